"""Segments: whole fragments of about a second, on the clock of the recorder, whatever it left out."""

from __future__ import annotations

from live.picture.pieces import Piece
from live.picture.segments import Cutter, Segment
from tests.live.picture.tape import scanned


def fragment(begin: float, end: float, *, is_key: bool = True, name: str = "f") -> Piece:
    return Piece(name.encode(), is_head=True, is_key=is_key, begin=begin, end=end)


def cut(*pieces: Piece) -> list[Segment]:
    """All segments of a stream that ends after these fragments."""
    cutter = Cutter()
    return [*cutter.take(pieces), *cutter.rest()]


def shape(segments: list[Segment]) -> list[tuple[float, float]]:
    return [(round(each.begin, 3), round(each.length, 3)) for each in segments]


def test_recording_is_cut_each_second() -> None:
    """Each fragment of a recorder that makes a key frame a second is a segment; nothing is lost."""
    _, pieces = scanned("mp4")

    segments = cut(*pieces)

    assert [round(each.length) for each in segments[:3]] == [1, 1, 1]
    assert b"".join(each.data for each in segments) == b"".join(piece.data for piece in pieces)
    assert [each.begin for each in segments] == [piece.begin for piece in pieces]


def test_short_fragments_are_put_together() -> None:
    """Until there is a second."""
    pieces = [fragment(number / 4, (number + 1) / 4, is_key=number % 4 == 0) for number in range(6)]

    assert shape(cut(*pieces)) == [(0, 0.75), (0.75, 0.75)]


def test_fragment_whose_last_frames_were_late_is_a_segment() -> None:
    """Put together with the next it would be two seconds, and every viewer as much later."""
    assert shape(cut(fragment(0, 0.73), fragment(1, 2))) == [(0, 0.73), (1, 1)]


def test_first_segment_begins_with_a_key() -> None:
    """What cannot be played is left out."""
    assert shape(cut(fragment(0, 1, is_key=False), fragment(1, 2))) == [(1, 1)]


def test_gap_is_told() -> None:
    """Of fragments that were lost; a rounding is none, nor what a machine left out that was too busy for a moment."""
    segments = cut(fragment(0, 1), fragment(1.01, 2), fragment(3.5, 4.5), fragment(7, 7.3), fragment(10, 11))

    assert shape(segments) == [(0, 1), (1.01, 0.99), (3.5, 1), (7, 0.3), (10, 1)]
    assert [each.is_gap for each in segments] == [False, False, False, True, True]


def test_what_goes_back_is_left_out() -> None:
    """A playlist can only go on; a rounding goes back by nothing."""
    assert shape(cut(fragment(0, 1), fragment(0.99, 2), fragment(1, 2), fragment(2, 3))) == [
        (0, 1),
        (0.99, 1.01),
        (2, 1),
    ]


def test_fragment_without_a_believable_length_is_left_out() -> None:
    """A clock that jumps within a fragment would be believed by players."""
    assert shape(cut(fragment(0, 1), fragment(1, 1e9), fragment(1, 2))) == [(0, 1), (1, 1)]
