"""What waits for Redis: bounded, in order, and the happenings of one fact together."""

from live import outbox
from live.effects import Publish
from live.happenings import Hid, Said
from live.outbox import Outbox
from tests.live.core import line


def fact(event_id: int) -> Publish:
    """A happening that a fact of the event log tells."""
    return Publish(Hid(f"c{event_id}"), event_id=event_id)


def test_what_waits_goes_in_order_and_so_many_at_once(monkeypatch):
    """The rest goes next time."""
    monkeypatch.setattr(outbox, "AT_ONCE", 2)
    box = Outbox()
    for event_id in (1, 2, 3):
        box.add(fact(event_id))

    assert [each.event_id for each in box.take()] == [1, 2]
    assert [each.event_id for each in box.take()] == [3]
    assert box.take() == []


def test_one_fact_is_never_parted(monkeypatch):
    """All that a fact tells goes at once, though it is more than goes at once: the rest would count as told."""
    monkeypatch.setattr(outbox, "AT_ONCE", 2)
    box = Outbox()
    for event_id in (1, 2, 2, 2, 3):
        box.add(fact(event_id))

    assert [each.event_id for each in box.take()] == [1, 2, 2, 2]
    assert [each.event_id for each in box.take()] == [3]


def test_audience_lines_that_wait_are_bounded(monkeypatch):
    """The host's lines and everything else may wait on; a line that went makes room for another."""
    monkeypatch.setattr(outbox, "MOST_LINES_WAITING", 1)
    box = Outbox()
    box.add(Publish(Said(line(1))))

    assert not box.takes(Publish(Said(line(2))))
    assert box.takes(Publish(Said(line(3, role="host"))))
    assert box.takes(fact(1))
    box.take()
    assert box.takes(Publish(Said(line(2))))


def test_too_much_drops_all_and_says_so(monkeypatch):
    """The room is read from the records then, so that a part would be of no use."""
    monkeypatch.setattr(outbox, "MOST_WAITING", 2)
    box = Outbox()
    for event_id in (1, 2, 3):
        box.add(fact(event_id))

    assert box.is_overfull
    assert len(box) == 0
