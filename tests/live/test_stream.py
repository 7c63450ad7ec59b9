"""Numbers, history and snapshots: exactly what was missed, or a fresh snapshot; never a part."""

from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from live.board import Board, CaptionView
from live.happenings import (
    Answered,
    Applied,
    Arranged,
    Asked,
    Captioned,
    Happening,
    Hid,
    Passed,
    Pinned,
    PositionChanged,
    QuestionGone,
    Said,
    SessionChanged,
    Showed,
    Shown,
    SlotChanged,
    Unpinned,
    Voted,
)
from live.stream import Bounds, Cut, Stream
from tests.live.core import append, at, board, card, line, pin, question, session, slot

decode_board = msgspec.json.Decoder(Board).decode
decode_events: msgspec.json.Decoder[list[Happening]] = msgspec.json.Decoder(list[Happening])

numbers = st.integers(1, 6)
positions = st.sampled_from([31, 32, 41])
shown = st.builds(Shown, positions, st.integers(0, 10**6))
KINDS: dict[type, st.SearchStrategy[Any]] = {
    Said: st.builds(lambda number, role: Said(line(number, role=role)), numbers, st.sampled_from(["audience", "host"])),
    Passed: st.just(Passed()),
    Captioned: st.builds(lambda number: Captioned(CaptionView(number, "四人间，有空调", at(number))), numbers),
    Hid: st.builds(lambda number: Hid(f"c{number}"), numbers),
    Showed: st.builds(lambda number: Showed(line(number)), numbers),
    Asked: st.builds(lambda number: Asked(question(number)), numbers),
    Voted: st.builds(Voted, numbers, st.integers(0, 99)),
    Answered: st.builds(
        lambda number: Answered(question(number, status="answered", answer="四人间"), line(number, role="host")),
        numbers,
    ),
    QuestionGone: st.builds(QuestionGone, numbers),
    Pinned: st.builds(lambda at, previous: Pinned(pin(at, at), previous), positions, st.none() | shown),
    Unpinned: st.builds(Unpinned, st.none() | shown),
    Applied: st.builds(Applied, positions, st.integers(0, 99)),
    PositionChanged: st.builds(lambda at: PositionChanged(card(at, title="电工")), positions),
    SlotChanged: st.builds(lambda number: SlotChanged(number, [slot(number)]), numbers),
    SessionChanged: st.builds(lambda status: SessionChanged(session(status)), st.sampled_from(["live", "ended"])),
    Arranged: st.builds(lambda at: Arranged(session(), None, [slot(2)], [card(at)], pin(1, at)), positions),
}
happenings = st.one_of(*KINDS.values())


def replay(snapshot: bytes, events: bytes) -> Board:
    """What a client has after a snapshot and the events that followed."""
    seen = decode_board(snapshot)
    for event in decode_events.decode(events):
        event.apply(seen)
    return seen


def test_every_kind_of_happening_is_tried():
    """The list of strategies lacks no kind."""
    assert set(KINDS) == set(Happening.__args__)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_snapshot_and_one_event_equal_fresh_snapshot(kind):
    """For each kind: a snapshot, then the event as sent, gives what a newcomer gets."""

    @settings(max_examples=25, deadline=None, database=None)
    @given(st.lists(happenings, max_size=12), KINDS[kind])
    def check(before: list[Happening], last: Happening) -> None:
        stream = Stream(board(), epoch="e")
        for each in before:
            append(stream, each)
        snapshot, seq = stream.snapshot(), stream.seq
        append(stream, last)
        missed = stream.since("e", seq)
        assert isinstance(missed, Cut)
        assert msgspec.json.encode(replay(snapshot, missed.json())) == stream.snapshot()

    check()


@settings(max_examples=150, deadline=None, database=None)
@given(st.lists(happenings, max_size=80), st.data())
def test_returning_gives_exactly_what_was_missed_or_a_reason(happened, data):
    """From any number, of this epoch or another: all events after it in order, or one word and no event."""
    stream = Stream(board(), epoch="e", bounds=Bounds(events=20, bytes=6_000))
    snapshots = [stream.snapshot()]
    for each in happened:
        append(stream, each)
        snapshots.append(stream.snapshot())
    epoch, seq = data.draw(st.sampled_from(["e", "e", "e", "old", None])), data.draw(st.integers(-1, len(happened) + 2))

    missed = stream.since(epoch, seq)

    if isinstance(missed, Cut):
        assert epoch == "e"
        assert [event.seq for event in missed.events] == list(range(seq + 1, len(happened) + 1))
        assert msgspec.json.encode(replay(snapshots[seq], missed.json())) == stream.snapshot()
    else:
        assert missed in ("first", "other_epoch", "ahead", "too_old")
        assert (missed == "other_epoch") == (epoch == "old")


@pytest.mark.parametrize(
    ("before", "late", "told"),
    [
        (Said(line(1)), Said(line(1)), Passed),
        (Asked(question(1, votes=5)), Voted(1, 4), Passed),
        (Asked(question(1, votes=5)), Asked(question(1, votes=4)), Asked),
        (Asked(question(1, votes=5)), Answered(question(1, votes=4, answer="有"), line(9, role="host")), Answered),
        (Applied(31, 5), PositionChanged(card(31, applied=4, title="电工")), PositionChanged),
        (Applied(31, 5), Arranged(session(), 1, [slot()], [card(31, applied=4)], None), Arranged),
    ],
)
def test_what_comes_late_tells_nothing_twice_and_no_older_count(before, late, told):
    """Processes publish what they read at different times: a line stands once, votes and applications never go back."""
    stream = Stream(board(), epoch="e")
    append(stream, before)
    known = stream.snapshot()

    append(stream, late)

    missed = stream.since("e", 1)
    assert [type(event) for event in decode_events.decode(missed.json())] == [told]
    assert msgspec.json.encode(replay(known, missed.json())) == stream.snapshot()
    assert len(stream.board.chat) <= 1
    assert all(each.votes == 5 for each in stream.board.questions)
    assert stream.board.card(31).applied == (5 if isinstance(before, Applied) else 0)


def test_newer_count_is_told():
    """More votes and another number of applications change the board, an application taken back too."""
    stream = Stream(board(), epoch="e")
    append(stream, Asked(question(1, votes=5)))
    append(stream, Applied(31, 5))

    append(stream, Voted(1, 6))
    append(stream, Applied(31, 4))

    assert stream.board.votes(1) == 6
    assert stream.board.card(31).applied == 4


def test_ticks_hold_every_event_once():
    """Cut after cut, the numbers go on without a gap."""
    stream = Stream(board(), epoch="e")
    cuts = []

    for number in range(1, 8):
        append(stream, Said(line(number)))
        if number % 3 == 0:
            cuts.append(stream.cut())
    cuts.append(stream.cut())

    assert [(cut.after, cut.seq, len(cut.events)) for cut in cuts] == [(0, 3, 3), (3, 6, 3), (6, 7, 1)]


def test_lean_tick_keeps_the_numbers():
    """A connection that is behind gets the host's lines, and a place holder for each of the audience's."""
    stream = Stream(board(), epoch="e")
    append(stream, Said(line(1)))
    append(stream, Said(line(2, role="host")))

    lean = decode_events.decode(stream.cut().json(is_lean=True))

    assert [type(event) for event in lean] == [Passed, Said]


def test_history_is_bounded_in_bytes():
    """What goes beyond the bound is forgotten, and whoever needs it is told so."""
    stream = Stream(board(), epoch="e", bounds=Bounds(bytes=2_000))

    for number in range(1, 100):
        append(stream, Said(line(number)))

    assert stream.since("e", 1) == "too_old"
    assert isinstance(stream.since("e", 95), Cut)


def test_history_is_bounded_in_time():
    """What is older than the bound is forgotten, whether anything new came or not."""
    stream = Stream(board(), epoch="e", bounds=Bounds(seconds=60))
    for number in range(1, 4):
        append(stream, Said(line(number)), seconds=number * 40)

    assert stream.since("e", 0) == "too_old"
    assert isinstance(stream.since("e", 1), Cut)
    stream.expire(now=at(200).timestamp())
    assert stream.since("e", 2) == "too_old"
    assert isinstance(stream.since("e", 3), Cut)


def test_board_keeps_the_newest_50_lines_and_200_questions():
    """Older ones leave; of the questions the answered first."""
    stream = Stream(board(), epoch="e")
    for number in range(1, 61):
        append(stream, Said(line(number)))
    for number in range(1, 203):
        append(stream, Asked(question(number, status="answered" if number == 100 else "waiting")))

    assert [each.id for each in stream.board.chat] == [f"c{number}" for number in range(11, 61)]
    kept = {each.id for each in stream.board.questions}
    assert len(kept) == 200
    assert kept.isdisjoint({1, 100})
