"""Segments: whole fragments of about a second, without holes, whatever the fragments' own clocks do."""

from __future__ import annotations

from itertools import pairwise

from live.picture.pieces import Piece
from live.picture.segments import Cutter, Segment
from tests.live.picture.tape import scanned


def fragment(begin: float, end: float, *, is_key: bool = True, name: str = "f") -> Piece:
    return Piece(name.encode(), is_head=True, is_key=is_key, begin=begin, end=end)


def cut(*pieces: Piece) -> list[Segment]:
    """All segments of a stream that ends after these fragments."""
    cutter = Cutter()
    return [*cutter.take(pieces), *cutter.rest()]


def shape(segments: list[Segment]) -> list[tuple[float, float, bool]]:
    return [(round(each.begin, 3), round(each.length, 3), each.is_gap) for each in segments]


def test_recording_is_cut_each_second() -> None:
    """Each fragment of a recorder that makes a key frame a second is a segment; nothing is lost."""
    _, pieces = scanned("mp4")

    segments = cut(*pieces)

    assert [round(each.length) for each in segments[:3]] == [1, 1, 1]
    assert b"".join(each.data for each in segments) == b"".join(piece.data for piece in pieces)
    for before, after in pairwise(segments):
        assert abs(before.begin + before.length - after.begin) < 1e-9


def test_short_fragments_are_put_together() -> None:
    """Until there is a second."""
    pieces = [fragment(number / 4, (number + 1) / 4, is_key=number % 4 == 0) for number in range(6)]

    assert shape(cut(*pieces)) == [(0, 1, False), (1, 0.5, False)]


def test_first_segment_begins_with_a_key() -> None:
    """What cannot be played is left out."""
    assert shape(cut(fragment(0, 1, is_key=False), fragment(1, 2))) == [(1, 1, False)]


def test_gap_is_told() -> None:
    """Of fragments that were lost, and of a clock that went back; a rounding is none."""
    pieces = [fragment(0, 1), fragment(1.01, 2), fragment(5, 6), fragment(6, 7), fragment(2, 3)]

    assert shape(cut(*pieces)) == [(0, 1, False), (1, 1, False), (5, 1, True), (6, 1, False), (2, 1, True)]


def test_fragment_without_a_believable_length_is_left_out() -> None:
    """A clock that jumps within a fragment would be believed by players."""
    assert shape(cut(fragment(0, 1), fragment(1, 1e9), fragment(1, 2))) == [(0, 1, False), (1, 1, True)]
