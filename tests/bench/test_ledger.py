"""The ledger finds each thing that can go wrong, and nothing where nothing did."""

from __future__ import annotations

import pytest

from bench.ledger import Memory, Witnessed, missing

EVENTS = [f'{{"kind":"said","line":{{"id":"c{number}"}}}}'.encode() for number in range(1, 101)]


@pytest.fixture
def witnessed():
    """One who was told all hundred events."""
    witness = Witnessed()
    witness.take(0, EVENTS)
    return witness


def faults(memory, witnessed):
    """What is wrong with a memory."""
    memory.compare(witnessed)
    return dict(memory.faults)


def test_faultless_return_has_no_faults(witnessed):
    """Snapshot, ticks, a break, what was missed, an overlapping tick: all as the protocol has it."""
    memory = Memory()
    memory.begin("e1", 60, [f"c{number}" for number in range(11, 61)])
    memory.tick("e1", 60, 70, EVENTS[60:70])
    memory.resume("e1", 70, 90, EVENTS[70:90])
    memory.tick("e1", 88, 100, EVENTS[88:100])

    assert faults(memory, witnessed) == {}
    assert memory.seq == 100


@pytest.mark.parametrize(
    ("after", "seq", "events", "fault"),
    [
        (71, 80, EVENTS[71:80], "partial recovery"),
        (70, 80, EVENTS[70:79], "partial recovery"),
        (70, 72, [EVENTS[71], EVENTS[70]], "other content or order"),
    ],
)
def test_wrong_return_is_found(witnessed, after, seq, events, fault):
    """Something left out at the beginning or the end, or out of order."""
    memory = Memory()
    memory.begin("e1", 70, [f"c{number}" for number in range(21, 71)])

    memory.resume("e1", after, seq, events)

    assert fault in faults(memory, witnessed)


@pytest.mark.parametrize(
    ("epoch", "after", "fault"), [("e1", 72, "gap"), ("e1", 60, "duplicate"), ("e2", 71, "other epoch")]
)
def test_wrong_tick_is_found(witnessed, epoch, after, fault):
    """After the first tick there is neither a hole nor a repetition."""
    memory = Memory()
    memory.begin("e1", 70, [f"c{number}" for number in range(21, 71)])
    memory.tick("e1", 70, 71, EVENTS[70:71])

    memory.tick(epoch, after, after + 1, EVENTS[after : after + 1])

    assert fault in faults(memory, witnessed)


def test_wrong_snapshot_is_found(witnessed):
    """A snapshot that lacks the newest line is not what the events make."""
    memory = Memory()

    memory.begin("e1", 60, [f"c{number}" for number in range(10, 60)])

    assert faults(memory, witnessed) == {"snapshot that the events do not make": 1}


def test_witness_with_a_gap_is_none():
    """Nothing can be compared with somebody who missed something."""
    witness = Witnessed()

    with pytest.raises(ValueError, match="told 3 after 0"):
        witness.take(3, EVENTS[3:5])


def test_acknowledged_and_not_kept_is_missing():
    """More may be kept than was acknowledged, never less."""
    assert missing([1, 2, 5], [1, 2, 3]) == [5]
