"""Sessions as lists show them: each with the figures of its employers and positions, in a fixed number of queries.

The statements are built once and read columns, not records: the home page asks most of them every time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, and_, bindparam, case, distinct, exists, func, or_, select
from sqlalchemy.orm import Session

from fair.attendances import Attendance
from fair.districts import Bureau, District
from fair.livesessions import LiveSession, Slot, SlotPosition
from fair.pins import Pin
from fair.positions import Position
from fair.statuses import LiveSessionStatus, PositionStatus
from fair.vocabulary import Education, EmploymentType

__all__ = [
    "FILTERS",
    "SessionCard",
    "cards_of",
    "coming_sessions",
    "ended_sessions",
    "first_sessions",
    "live_sessions",
    "present_count",
]

Sessions = Sequence[Any]
"""Rows of the queries below: what a card says of the session itself."""

_DEGREES = (Education.COLLEGE, Education.BACHELOR, Education.MASTER, Education.DOCTOR)

_session = LiveSession.__table__
_slot = Slot.__table__
_offer = SlotPosition.__table__
_position = Position.__table__
_pin = Pin.__table__
_visit = Attendance.__table__.c

FILTERS: Mapping[str, ColumnElement[bool]] = {
    "zero": _position.c.experience_years == 0,
    "room": _position.c.has_dormitory.is_(True),
    "grad": or_(
        _position.c.employment_type == EmploymentType.INTERN,
        and_(_position.c.experience_years == 0, _position.c.education.in_(_DEGREES)),
    ),
}
"""What a session can be filtered by: it offers a position that is like this."""


@dataclass(frozen=True)
class SessionCard:
    """A session and its figures; `open_count` are the positions that still take applications."""

    id: int
    title: str
    poster: str
    starts_at: datetime
    ends_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    district: str
    district_en: str
    bureau: str
    employer_count: int
    position_count: int
    open_count: int
    dormitory_count: int
    pin_count: int


def live_sessions(db: Session) -> Sessions:
    """The sessions on air, six at most, the one that began first at the front."""
    return db.execute(_LIVE).all()


def coming_sessions(now: datetime, *, wanted: str = "") -> Select[Any]:
    """The approved sessions whose hour has not passed, next first; `wanted` is a key of FILTERS."""
    return _COMING.get(wanted, _COMING[""]).params(now=now)


def ended_sessions() -> Select[Any]:
    """The sessions that are over, newest first."""
    return _ENDED


def first_sessions(db: Session, *, now: datetime, wanted: str) -> tuple[Sessions, int, Sessions]:
    """The first sessions to come, how many come in all, and the first that are over, for the home page."""
    coming = db.execute(_FIRST_COMING.get(wanted, _FIRST_COMING[""]), {"now": now}).all()
    return [row[:-1] for row in coming], coming[0][-1] if coming else 0, db.execute(_FIRST_ENDED).all()


def cards_of(db: Session, sessions: Sessions, *, today: date) -> list[SessionCard]:
    """The cards of `sessions`, in their order."""
    if not sessions:
        return []
    ids = {"ids": [row[0] for row in sessions]}
    positions = {row[0]: row[1:] for row in db.execute(_OFFERED, {**ids, "today": today})}
    employers = {row[0]: row[1] for row in db.execute(_EMPLOYERS, ids)}
    pins = {row[0]: row[1] for row in db.execute(_PINS, ids)}
    none = (0, 0, 0)
    return [
        SessionCard(*(*row, employers.get(row[0], 0), *positions.get(row[0], none), pins.get(row[0], 0)))
        for row in sessions
    ]


def present_count(db: Session, session_id: int) -> int:
    """How many viewers are in the room now."""
    return db.scalar(_PRESENT, {"session_id": session_id}) or 0


def _offers(like: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(
        select(_offer.c.id)
        .join(_slot, _slot.c.id == _offer.c.slot_id)
        .join(_position, _position.c.id == _offer.c.position_id)
        .where(_slot.c.session_id == _session.c.id, _position.c.status == PositionStatus.PUBLISHED, like)
    )


_HOME_COMING, _HOME_ENDED, _HOME_LIVE = 4, 3, 6
_ALL = (
    select(
        _session.c.id,
        _session.c.title,
        _session.c.poster,
        _session.c.starts_at,
        _session.c.ends_at,
        _session.c.started_at,
        _session.c.ended_at,
        District.__table__.c.name,
        District.__table__.c.name_en,
        Bureau.__table__.c.name,
    )
    .join(District.__table__, District.__table__.c.code == _session.c.district_code)
    .join(Bureau.__table__, Bureau.__table__.c.id == _session.c.bureau_id)
)
_LIVE = _ALL.where(_session.c.status == LiveSessionStatus.LIVE).order_by(_session.c.started_at).limit(_HOME_LIVE)
_ENDED = _ALL.where(_session.c.status == LiveSessionStatus.ENDED).order_by(
    _session.c.starts_at.desc(), _session.c.id.desc()
)
_TO_COME = _ALL.where(_session.c.status == LiveSessionStatus.APPROVED, _session.c.ends_at > bindparam("now")).order_by(
    _session.c.starts_at, _session.c.id
)
_COMING = {"": _TO_COME} | {name: _TO_COME.where(_offers(like)) for name, like in FILTERS.items()}
_FIRST_COMING = {name: query.add_columns(func.count().over()).limit(_HOME_COMING) for name, query in _COMING.items()}
_FIRST_ENDED = _ENDED.limit(_HOME_ENDED)

_ids: BindParameter[Any] = bindparam("ids", expanding=True)
_is_open = and_(_position.c.status == PositionStatus.PUBLISHED, _position.c.valid_until >= bindparam("today"))
_OFFERED = (
    select(
        _slot.c.session_id,
        func.count(distinct(_position.c.id)),
        func.count(distinct(case((_is_open, _position.c.id)))),
        func.count(distinct(case((_position.c.has_dormitory, _position.c.id)))),
    )
    .join(_offer, _offer.c.slot_id == _slot.c.id)
    .join(_position, _position.c.id == _offer.c.position_id)
    .where(_slot.c.session_id.in_(_ids))
    .group_by(_slot.c.session_id)
)
_EMPLOYERS = (
    select(_slot.c.session_id, func.count(distinct(_slot.c.employer_id)))
    .where(_slot.c.session_id.in_(_ids))
    .group_by(_slot.c.session_id)
)
_PINS = select(_pin.c.session_id, func.count()).where(_pin.c.session_id.in_(_ids)).group_by(_pin.c.session_id)
_PRESENT = select(func.count(distinct(_visit.viewer))).where(
    _visit.session_id == bindparam("session_id"), _visit.is_audience, _visit.left_at.is_(None)
)
