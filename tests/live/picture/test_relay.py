"""The relay: what a joiner gets, who is skipped ahead and how it goes on, and that nothing grows without bound."""

from __future__ import annotations

import pytest

from live.picture.mp4 import Mp4Scanner
from live.picture.pieces import Init, Piece
from live.picture.relay import BEHIND, LARGEST_GROUP, Relay, binary_frame
from live.picture.tally import Tally
from live.picture.webm import WebmScanner
from tests.live.picture.screen import Screen, payload
from tests.live.picture.tape import TAPES, scanned

INIT = Init(b"init", 'video/webm; codecs="vp8"', has_video=True)


def head(name: str) -> Piece:
    return Piece(f"<{name}>".encode(), is_head=True, is_key=False, begin=0, end=0)


def block(name: str, *, is_key: bool = False) -> Piece:
    return Piece(name.encode(), is_head=False, is_key=is_key, begin=0, end=0)


def frames(*messages: str) -> list[bytes]:
    """These messages as they go over the line."""
    return [binary_frame(message.encode()) for message in messages]


def deliver(relay: Relay, *pieces: Piece) -> None:
    list(relay.deliver(pieces))


def test_joiner_gets_everything_from_the_head_before_the_newest_key() -> None:
    """A cluster that begins with delta frames is sent whole; the one before it is not."""
    relay, early, late = Relay(INIT, Tally()), Screen(), Screen()
    deliver(relay, head("1"), block("K1", is_key=True))
    relay.join(early)
    deliver(relay, block("a"), head("2"), block("b"))
    deliver(relay, block("K2", is_key=True), block("c"))
    deliver(relay, head("3"), block("d"))

    relay.join(late)
    deliver(relay, block("e"))

    assert early.seen == frames("init<1>K1", "a<2>b", "K2c", "<3>d", "e")
    assert late.seen == frames("init<2>bK2c<3>d", "e")


def test_joiner_waits_for_a_key_where_there_is_none() -> None:
    """Nothing that it could not play is sent."""
    relay, viewer = Relay(INIT, Tally()), Screen()
    relay.join(viewer)
    deliver(relay, head("1"), block("a"))
    before = list(viewer.seen)

    deliver(relay, block("K", is_key=True), block("b"))
    deliver(relay, block("c"))

    assert before == []
    assert viewer.seen == frames("init<1>aKb", "c")
    assert viewer.skips == 0


def test_slow_viewer_is_skipped_to_the_next_key() -> None:
    """What comes while it is behind is not kept for it; it is told of the gap, and needs no second init."""
    tally = Tally()
    relay, viewer = Relay(INIT, tally), Screen()
    deliver(relay, head("1"), block("K1", is_key=True))
    relay.join(viewer)

    viewer.backlog = BEHIND + 1
    deliver(relay, block("a"))
    deliver(relay, head("2"), block("K2", is_key=True))
    viewer.backlog = 0
    deliver(relay, block("b"))
    deliver(relay, head("3"), block("K3", is_key=True), block("c"))
    deliver(relay, block("d"))

    assert viewer.seen == frames("init<1>K1", "<3>K3c", "d")
    assert (viewer.skips, relay.skips, tally.skips) == (1, 1, 1)
    assert tally.sent == sum(map(len, viewer.seen))


def test_slow_viewer_costs_the_others_nothing() -> None:
    """They get each message, in order."""
    relay, slow, quick = Relay(INIT, Tally()), Screen(backlog=BEHIND + 1), Screen()
    deliver(relay, head("1"), block("K", is_key=True))
    relay.join(slow)
    relay.join(quick)

    for number in range(50):
        deliver(relay, block(f"{number}"))

    assert quick.seen[1:] == frames(*(f"{number}" for number in range(50)))
    assert len(slow.seen) == 1


def test_who_left_gets_nothing_more() -> None:
    """Also when it leaves while a message is on its way to the others."""
    relay, first, second = Relay(INIT, Tally()), Screen(), Screen()
    deliver(relay, head("1"), block("K", is_key=True))
    relay.join(first)
    relay.join(second)

    sending = relay.deliver([block("a")])
    next(sending)
    relay.leave(second)
    list(sending)

    assert len(first.seen) == 2
    assert len(second.seen) == 1
    assert relay.viewers == 1


def test_who_joins_while_a_message_is_on_its_way_gets_it_once() -> None:
    """The group that it begins with holds it already."""
    relay, first, joiner = Relay(INIT, Tally()), Screen(), Screen()
    deliver(relay, head("1"), block("K", is_key=True))
    relay.join(first)

    sending = relay.deliver([block("a")])
    next(sending)
    relay.join(joiner)
    list(sending)

    assert joiner.seen == frames("init<1>Ka")


@pytest.mark.parametrize("has_key", [True, False])
def test_group_is_bounded(has_key: bool) -> None:
    """A recorder that makes no more key frames or heads: joiners wait, and no memory is taken for them."""
    relay, viewer = Relay(INIT, Tally()), Screen()
    deliver(relay, head("1"), block("K", is_key=has_key))
    large = Piece(bytes(1 << 20), is_head=False, is_key=False, begin=0, end=0)
    for _ in range(2 * LARGEST_GROUP >> 20):
        deliver(relay, large)

    relay.join(viewer)
    deliver(relay, block("a"))
    deliver(relay, head("2"), block("K", is_key=True))

    assert viewer.seen == frames("init<2>K")


@pytest.mark.parametrize("tape", TAPES)
def test_what_a_joiner_gets_at_any_moment_can_be_scanned(tape: str) -> None:
    """Join after each piece of a recording: init and whole elements with the newest key among them, none missing."""
    scanner, pieces = scanned(tape)
    assert scanner.init is not None
    relay, screens = Relay(scanner.init, Tally()), []
    for piece in pieces:
        deliver(relay, piece)
        screens.append(Screen())
        relay.join(screens[-1])

    for number, screen in enumerate(screens):
        got = b"".join(payload(frame) for frame in screen.seen)
        again = WebmScanner() if tape == "webm" else Mp4Scanner()
        seen = again.feed(got)
        keys = [piece for piece in pieces[: number + 1] if piece.is_key]
        assert not keys or (seen[0].is_head and keys[-1] in seen)
        assert seen == pieces[len(pieces) - len(seen) :]
