"""The session on air as the home page shows it: who is on, what is being presented, what fits who looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from fair.livesessions import LiveSession, Slot, current_slot, offered_position_ids
from fair.rooms import Pin, pin_on_screen
from web.context import db
from web.positions.fitting import Fitting, matches_for_seeker, own_profile
from web.sessions.listing import SessionCard, present_count

__all__ = ["Hero", "Turn", "hero_of"]

_TURNS_SHOWN = 4


@dataclass(frozen=True)
class Turn:
    """An employer's turn; `state` is `past`, `now` or empty."""

    slot: Slot
    state: str


@dataclass(frozen=True)
class Hero:
    """A session on air; `fitting_count` positions fit very well, `unseen_count` of them were not presented yet."""

    card: SessionCard
    present: int
    pin: Pin | None
    turns: Sequence[Turn]
    fitting: Fitting
    fitting_count: int
    unseen_count: int

    @property
    def session(self) -> LiveSession:
        return self.card.session


def hero_of(card: SessionCard) -> Hero:
    """Everything about a session on air."""
    session = card.session
    wants_matches = (profile := own_profile()) is not None and profile.is_matched
    fitting = matches_for_seeker(offered_position_ids(db(), session.id) if wants_matches else [])
    very_fitting = fitting.very_fitting()
    presented = (
        set(db().scalars(select(Pin.position_id).where(Pin.session_id == session.id))) if very_fitting else set()
    )
    return Hero(
        card=card,
        present=present_count(db(), session.id),
        pin=pin_on_screen(db(), session.id),
        turns=turns_of(session),
        fitting=fitting,
        fitting_count=len(very_fitting),
        unseen_count=len([each for each in very_fitting if each not in presented]),
    )


def turns_of(session: LiveSession) -> list[Turn]:
    """Four turns at most: the one before now, now, and those that follow."""
    current = current_slot(session)
    at = session.slots.index(current) if current in session.slots else 0
    first = max(0, min(at - 1, len(session.slots) - _TURNS_SHOWN))
    shown = session.slots[first : first + _TURNS_SHOWN]
    return [Turn(slot, "now" if slot is current else ("past" if slot.ended_at else "")) for slot in shown]
