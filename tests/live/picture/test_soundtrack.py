"""The soundtrack: who listens gets the sound from the newest piece on; nothing is made of it while nobody does."""

from __future__ import annotations

import pytest

from live.picture.pieces import Piece
from live.picture.relay import BEHIND
from live.picture.sound import sound_of
from live.picture.soundtrack import Soundtrack
from live.picture.tally import Tally
from tests.live.picture.screen import Screen, payload
from tests.live.picture.tape import TAPES, scanned, scanner_of


def soundtrack(tape: str, tally: Tally | None = None) -> tuple[Soundtrack, list[Piece]]:
    """That of a recording, and the recording's pieces."""
    scanner, pieces = scanned(tape)
    sound = sound_of(scanner.init)
    return Soundtrack(sound, tally or Tally()), pieces


def deliver(track: Soundtrack, pieces: list[Piece]) -> None:
    list(track.deliver(pieces))


def heard(tape: str, viewer: Screen) -> list[Piece]:
    """The samples that a viewer was sent."""
    return samples(tape, b"".join(map(payload, viewer.seen)))


def samples(tape: str, data: bytes) -> list[Piece]:
    """Those of a stream, without the heads before them."""
    found = scanner_of(tape).feed(data)
    return [piece for piece in found if tape == "mp4" or not piece.is_head]


@pytest.mark.parametrize("tape", TAPES)
def test_listener_hears_all_from_the_newest_piece_on(tape: str) -> None:
    """From the beginning all of it; the first that comes later, and those after that one, what was newest then."""
    track, pieces = soundtrack(tape)
    early, late, later = Screen(), Screen(), Screen()
    half = len(pieces) // 2
    track.join(early)
    for piece in pieces[:half]:
        deliver(track, [piece])
    track.leave(early)

    track.join(late)
    deliver(track, pieces[half : half + 1])
    track.join(later)
    for piece in pieces[half + 1 :]:
        deliver(track, [piece])

    alone = sound_of(scanned(tape)[0].init)
    assert alone is not None
    sound = samples(tape, alone.init.data + b"".join(piece.data for piece in alone.take(pieces)))
    assert heard(tape, early) == sound[: len(heard(tape, early))]
    assert len(heard(tape, early)) + len(heard(tape, late)) >= len(sound)
    for viewer in (late, later):
        assert heard(tape, viewer) == sound[-len(heard(tape, viewer)) :]
    assert sound[0].begin < heard(tape, later)[0].begin < pieces[half].end + 0.2


def test_nothing_is_sent_while_nobody_listens() -> None:
    """Nor kept: who comes back after a while hears nothing old."""
    tally = Tally()
    track, pieces = soundtrack("mp4", tally)
    viewer = Screen()
    track.join(viewer)
    deliver(track, pieces[:1])
    track.leave(viewer)
    sent = tally.sent
    deliver(track, pieces[1:3])

    assert (track.listeners, tally.sent, len(viewer.seen)) == (0, sent, 1)
    again = Screen()
    track.join(again)
    assert [piece.begin for piece in heard("mp4", again)] == [pytest.approx(pieces[2].begin, abs=0.1)]


def test_slow_listener_is_skipped_ahead() -> None:
    """As those of the picture are; it is counted also when it has left."""
    tally = Tally()
    track, pieces = soundtrack("mp4", tally)
    viewer = Screen()
    track.join(viewer)
    deliver(track, pieces[:1])

    viewer.backlog = BEHIND + 1
    deliver(track, pieces[1:2])
    viewer.backlog = 0
    deliver(track, pieces[2:3])
    track.leave(viewer)

    assert [round(piece.begin) for piece in heard("mp4", viewer)] == [0, 2]
    assert (viewer.skips, track.skips, tally.skips) == (1, 1, 1)
