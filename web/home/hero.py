"""The session on air as the home page shows it: who is on, what is being presented, what fits who looks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, select

from fair.employers import Employer
from fair.livesessions import Slot, offered_position_ids
from fair.pins import Pin
from fair.positions import Position
from web.context import db
from web.positions.fitting import Fitting, matches_for_seeker, wants_matches
from web.sessions.listing import SessionCard, present_count

__all__ = ["Hero", "Turn", "hero_of"]

_TURNS_SHOWN = 4

_pin, _position = Pin.__table__.c, Position.__table__.c
_slot, _employer = Slot.__table__.c, Employer.__table__.c
_of_session: BindParameter[int] = bindparam("session_id")

# Built once, and of columns alone: the home page is asked for more than any other.
_ON_SCREEN = (
    select(
        _position.title,
        _position.pay_min,
        _position.pay_max,
        _position.pay_unit,
        _employer.short_name.label("employer"),
    )
    .select_from(Pin.__table__)
    .join(Position.__table__, _position.id == _pin.position_id)
    .join(Employer.__table__, _employer.id == _position.employer_id)
    .where(_pin.session_id == _of_session, _pin.ended_at.is_(None))
    .order_by(_pin.id.desc())
    .limit(1)
)
_PRESENTED = select(_pin.position_id).where(_pin.session_id == _of_session)
_TURNS = (
    select(_slot.starts_at, _slot.started_at, _slot.ended_at, _employer.short_name)
    .join(Employer.__table__, _employer.id == _slot.employer_id)
    .where(_slot.session_id == _of_session)
    .order_by(_slot.number)
)


@dataclass(frozen=True)
class Turn:
    """An employer's turn: when it began or will, and `state`: `past`, `now` or empty."""

    starts_at: datetime
    employer: str
    state: str


@dataclass(frozen=True)
class Hero:
    """A session on air; `pin` is the position on screen: title, pay_min, pay_max, pay_unit, employer.

    `fitting_count` positions fit very well, `unseen_count` of them were not presented yet.
    """

    card: SessionCard
    present: int
    pin: Any
    turns: Sequence[Turn]
    fitting: Fitting
    fitting_count: int
    unseen_count: int


def hero_of(card: SessionCard) -> Hero:
    """Everything about a session on air."""
    this = {"session_id": card.id}
    fitting = matches_for_seeker(offered_position_ids(db(), card.id) if wants_matches() else [], with_reasons=False)
    very_fitting = fitting.very_fitting()
    presented = set(db().scalars(_PRESENTED, this)) if very_fitting else set()
    return Hero(
        card=card,
        present=present_count(db(), card.id),
        pin=db().execute(_ON_SCREEN, this).first(),
        turns=turns_of(card.id),
        fitting=fitting,
        fitting_count=len(very_fitting),
        unseen_count=len([each for each in very_fitting if each not in presented]),
    )


def turns_of(session_id: int) -> list[Turn]:
    """Four turns at most: the one before now, now, and those that follow."""
    turns = [
        Turn(started_at or starts_at, name, "past" if ended_at else ("now" if started_at else ""))
        for starts_at, started_at, ended_at, name in db().execute(_TURNS, {"session_id": session_id})
    ]
    at = next((place for place, turn in enumerate(turns) if turn.state == "now"), 0)
    first = max(0, min(at - 1, len(turns) - _TURNS_SHOWN))
    return turns[first : first + _TURNS_SHOWN]
