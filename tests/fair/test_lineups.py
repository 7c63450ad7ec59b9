"""The running order: numbered from 1, one slot after another, each with positions of its own employer."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from fair.errors import NotPermitted, WrongValue
from fair.lineups import add_slot, move_offer, move_slot, offer_position, remove_slot, withdraw_offer
from fair.livesessions import LiveSession, offered_position_ids
from fair.statuses import LiveSessionStatus
from tests.builders import NOW, SmallFair, add_employer, add_position, add_session, small_fair


def joint_session(db: Session, fair: SmallFair) -> LiveSession:
    """Three employers, 20 minutes each; the first has two positions."""
    offered = [fair.position, add_position(db, fair.employer, title="焊工")]
    draft = add_session(db, fair.bureau, fair.employer, offered, status=LiveSessionStatus.SUBMITTED)
    for _ in range(2):
        add_slot(db, draft, add_employer(db, fair.district), minutes=20)
    return draft


def order(live_session: LiveSession) -> list[tuple[int, int, int]]:
    """Number, employer and minutes after the start of each slot."""
    return [
        (slot.number, slot.employer_id, (slot.starts_at - live_session.starts_at) // timedelta(minutes=1))
        for slot in live_session.slots
    ]


def test_slots_follow_one_another_however_they_are_moved(db: Session) -> None:
    """Numbers stay 1, 2, 3; each begins when the one before it ends; the ends stay ends."""
    fair = small_fair(db)
    live_session = joint_session(db, fair)
    first, second, third = (slot.employer_id for slot in live_session.slots)
    assert order(live_session) == [(1, first, 0), (2, second, 20), (3, third, 40)]

    move_slot(db, live_session.slots[2], -1)
    assert order(live_session) == [(1, first, 0), (2, third, 20), (3, second, 40)]

    move_slot(db, live_session.slots[0], -1)
    move_slot(db, live_session.slots[0], 1)
    assert order(live_session) == [(1, third, 0), (2, first, 20), (3, second, 40)]

    remove_slot(db, live_session.slots[0])
    db.expire_all()
    assert order(live_session) == [(1, first, 0), (2, second, 20)]


def test_slot_that_had_its_turn_stays(db: Session) -> None:
    """What happened is not taken out of the order."""
    live_session = small_fair(db).live_session

    with pytest.raises(NotPermitted):
        remove_slot(db, live_session.slots[0])


def test_positions_are_offered_in_the_order_they_are_given(db: Session) -> None:
    """Moved up and down; offered twice is offered once."""
    fair = small_fair(db)
    live_session = joint_session(db, fair)
    slot = live_session.slots[0]
    third = add_position(db, fair.employer, title="叉车司机")

    offer = offer_position(db, slot, third)
    assert offer_position(db, slot, third) is offer
    move_offer(db, offer, -1)

    titles = [each.position.title for each in slot.offers]
    assert titles == ["低压电工", "叉车司机", "焊工"]
    withdraw_offer(db, slot.offers[0])
    db.expire_all()
    assert offered_position_ids(db, live_session.id) == [each.position_id for each in slot.offers]
    assert [(each.number, each.position.title) for each in slot.offers] == [(1, "叉车司机"), (2, "焊工")]


def test_only_published_positions_of_the_slots_employer_are_offered(db: Session) -> None:
    """Not a draft, not another employer's; and what is on air stays in its slot."""
    fair = small_fair(db)
    live_session = joint_session(db, fair)
    slot = live_session.slots[0]
    others = add_position(db, add_employer(db, fair.district))
    draft = add_position(db, fair.employer, title="草稿", is_published=False)

    with pytest.raises(NotPermitted):
        offer_position(db, slot, others)
    with pytest.raises(WrongValue):
        offer_position(db, slot, draft)
    with pytest.raises(NotPermitted):
        withdraw_offer(db, fair.live_session.slots[0].offers[0])
    assert fair.live_session.starts_at == NOW
