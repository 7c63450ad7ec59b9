"""The session on air as the home page shows it: who is on, what is being presented, what fits who looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from fair.employers import Employer
from fair.livesessions import LiveSession, Slot, offered_position_ids
from fair.pins import Pin, pin_on_screen
from web.context import db
from web.positions.fitting import Fitting, matches_for_seeker, own_profile
from web.sessions.listing import SessionCard, present_count

__all__ = ["Hero", "Turn", "hero_of"]

_TURNS_SHOWN = 4


@dataclass(frozen=True)
class Turn:
    """An employer's turn: when it began or will, and `state`: `past`, `now` or empty."""

    starts_at: datetime
    employer: str
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
        turns=turns_of(session.id),
        fitting=fitting,
        fitting_count=len(very_fitting),
        unseen_count=len([each for each in very_fitting if each not in presented]),
    )


def turns_of(session_id: int) -> list[Turn]:
    """Four turns at most: the one before now, now, and those that follow."""
    rows = db().execute(
        select(Slot.starts_at, Slot.started_at, Slot.ended_at, Employer.short_name)
        .join(Employer, Employer.id == Slot.employer_id)
        .where(Slot.session_id == session_id)
        .order_by(Slot.number)
    )
    turns = [
        Turn(started_at or starts_at, name, "past" if ended_at else ("now" if started_at else ""))
        for starts_at, started_at, ended_at, name in rows
    ]
    at = next((place for place, turn in enumerate(turns) if turn.state == "now"), 0)
    first = max(0, min(at - 1, len(turns) - _TURNS_SHOWN))
    return turns[first : first + _TURNS_SHOWN]
