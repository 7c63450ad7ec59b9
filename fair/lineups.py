"""The running order (讲解顺序) of a live session: its slots one after another, and the positions in each slot."""

from __future__ import annotations

from datetime import timedelta
from typing import TypeVar

from sqlalchemy.orm import Session

from fair.employers import Employer
from fair.errors import NotPermitted, WrongValue
from fair.livesessions import LiveSession, Slot, SlotPosition
from fair.positions import Position
from fair.statuses import LiveSessionStatus, PositionStatus

Thing = TypeVar("Thing")

MOST_SLOTS = 60
MOST_OFFERS = 60
_APART = 10_000  # Numbers are unique in a session: they are moved away before they are given anew.


def add_slot(db: Session, live_session: LiveSession, employer: Employer, *, minutes: int) -> Slot:
    """Give an employer the turn after the last one; raises WrongValue."""
    if not 5 <= minutes <= 240:
        raise WrongValue("minutes", "一个环节 5 到 240 分钟")
    if len(live_session.slots) >= MOST_SLOTS:
        raise WrongValue("employer_id", "环节太多，最多 60 个")
    slot = Slot(
        employer_id=employer.id, number=len(live_session.slots) + 1, minutes=minutes, starts_at=live_session.starts_at
    )
    slot.employer = employer
    live_session.slots.append(slot)
    arrange(db, live_session, list(live_session.slots))
    return slot


def move_slot(db: Session, slot: Slot, by: int) -> None:
    """Move a slot `by` places; a slot at the end stays there."""
    arrange(db, slot.live_session, _moved(list(slot.live_session.slots), slot, by))


def remove_slot(db: Session, slot: Slot) -> None:
    """Take a slot out that has not had its turn; raises NotPermitted for one that had."""
    live_session = slot.live_session
    if slot.started_at is not None:
        raise NotPermitted("the slot has had its turn")
    live_session.slots.remove(slot)
    arrange(db, live_session, list(live_session.slots))


def arrange(db: Session, live_session: LiveSession, slots: list[Slot]) -> None:
    """Number the slots in this order from 1, each beginning when the one before it ends."""
    for number, slot in enumerate(slots, start=1):
        slot.number = number + _APART
    db.flush()
    begins = live_session.starts_at
    for number, slot in enumerate(slots, start=1):
        slot.number, slot.starts_at = number, begins
        begins += timedelta(minutes=slot.minutes)
    db.flush()
    live_session.slots.sort(key=lambda slot: slot.number)


def offer_position(db: Session, slot: Slot, position: Position) -> SlotPosition:
    """Offer one of the slot's employer's positions, last in order; one that is offered already stays as it is.

    Raises NotPermitted for another employer's position, WrongValue for one that is not published.
    """
    if position.employer_id != slot.employer_id:
        raise NotPermitted("the position is another employer's")
    if position.status != PositionStatus.PUBLISHED:
        raise WrongValue("position_id", "先发布这个岗位，再放进环节")
    standing = next((offer for offer in slot.offers if offer.position_id == position.id), None)
    if standing is not None:
        return standing
    if len(slot.offers) >= MOST_OFFERS:
        raise WrongValue("position_id", "一个环节最多 60 个岗位")
    offer = SlotPosition(position_id=position.id, number=len(slot.offers) + 1)
    offer.position = position
    slot.offers.append(offer)
    db.flush()
    return offer


def move_offer(db: Session, offer: SlotPosition, by: int) -> None:
    """Move a position `by` places within its slot."""
    _number(db, offer.slot, _moved(list(offer.slot.offers), offer, by))


def withdraw_offer(db: Session, offer: SlotPosition) -> None:
    """Take a position out of its slot; raises NotPermitted while the session is on air."""
    slot = offer.slot
    if slot.live_session.status == LiveSessionStatus.LIVE:
        raise NotPermitted("a position stays in its slot while the session is on air")
    slot.offers.remove(offer)
    _number(db, slot, list(slot.offers))


def _number(db: Session, slot: Slot, offers: list[SlotPosition]) -> None:
    for number, offer in enumerate(offers, start=1):
        offer.number = number
    db.flush()
    slot.offers.sort(key=lambda offer: offer.number)


def _moved(things: list[Thing], thing: Thing, by: int) -> list[Thing]:
    here = things.index(thing)
    things.insert(max(0, min(len(things) - 1, here + by)), things.pop(here))
    return things
