"""Sessions as lists show them: each with the figures of its employers and positions, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, case, distinct, exists, func, or_, select
from sqlalchemy.orm import Session

from fair.attendances import Attendance
from fair.livesessions import LiveSession, Slot, SlotPosition
from fair.pins import Pin
from fair.positions import Position
from fair.statuses import LiveSessionStatus, PositionStatus
from fair.vocabulary import Education, EmploymentType

__all__ = ["FILTERS", "SessionCard", "cards_of", "coming_sessions", "ended_sessions", "live_sessions", "present_count"]

_DEGREES = (Education.COLLEGE, Education.BACHELOR, Education.MASTER, Education.DOCTOR)

FILTERS: Mapping[str, ColumnElement[bool]] = {
    "zero": Position.experience_years == 0,
    "room": Position.has_dormitory.is_(True),
    "grad": or_(
        Position.employment_type == EmploymentType.INTERN,
        and_(Position.experience_years == 0, Position.education.in_(_DEGREES)),
    ),
}
"""What a session can be filtered by: it offers a position that is like this."""


@dataclass(frozen=True)
class SessionCard:
    """A session and its figures; `open_count` are the positions that still take applications."""

    session: LiveSession
    employer_count: int
    position_count: int
    open_count: int
    dormitory_count: int
    pin_count: int


def live_sessions(db: Session, *, limit: int = 6) -> Sequence[LiveSession]:
    """The sessions on air, the one that began first at the front."""
    query = select(LiveSession).where(LiveSession.status == LiveSessionStatus.LIVE).order_by(LiveSession.started_at)
    return db.scalars(query.limit(limit)).all()


def coming_sessions(now: datetime, *, wanted: str = "") -> Select[LiveSession]:
    """The approved sessions whose hour has not passed, next first; `wanted` is a key of FILTERS."""
    query = select(LiveSession).where(LiveSession.status == LiveSessionStatus.APPROVED, LiveSession.ends_at > now)
    if wanted in FILTERS:
        query = query.where(_offers(FILTERS[wanted]))
    return query.order_by(LiveSession.starts_at, LiveSession.id)


def ended_sessions() -> Select[LiveSession]:
    """The sessions that are over, newest first."""
    return (
        select(LiveSession)
        .where(LiveSession.status == LiveSessionStatus.ENDED)
        .order_by(LiveSession.starts_at.desc(), LiveSession.id.desc())
    )


def cards_of(db: Session, sessions: Sequence[LiveSession], *, today: date) -> list[SessionCard]:
    """The cards of `sessions`, in their order."""
    ids = [each.id for each in sessions]
    if not ids:
        return []
    is_open = and_(Position.status == PositionStatus.PUBLISHED, Position.valid_until >= today)
    offered = db.execute(
        select(
            Slot.session_id,
            func.count(distinct(Position.id)),
            func.count(distinct(case((is_open, Position.id)))),
            func.count(distinct(case((Position.has_dormitory, Position.id)))),
        )
        .select_from(Slot)
        .join(SlotPosition)
        .join(Position)
        .where(Slot.session_id.in_(ids))
        .group_by(Slot.session_id)
    )
    positions = {row[0]: row[1:] for row in offered}
    employers = _counts(
        db,
        select(Slot.session_id, func.count(distinct(Slot.employer_id)))
        .where(Slot.session_id.in_(ids))
        .group_by(Slot.session_id),
    )
    pins = _counts(db, select(Pin.session_id, func.count()).where(Pin.session_id.in_(ids)).group_by(Pin.session_id))
    return [
        SessionCard(
            each,
            employers.get(each.id, 0),
            *positions.get(each.id, (0, 0, 0)),
            pin_count=pins.get(each.id, 0),
        )
        for each in sessions
    ]


def present_count(db: Session, session_id: int) -> int:
    """How many viewers are in the room now."""
    query = select(func.count(distinct(Attendance.viewer))).where(
        Attendance.session_id == session_id, Attendance.is_audience, Attendance.left_at.is_(None)
    )
    return db.scalar(query) or 0


def _counts(db: Session, query: Select[int, int]) -> dict[int, int]:
    return {row[0]: row[1] for row in db.execute(query)}


def _offers(like: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(
        select(SlotPosition.id)
        .join(Slot, Slot.id == SlotPosition.slot_id)
        .join(Position, Position.id == SlotPosition.position_id)
        .where(Slot.session_id == LiveSession.id, Position.status == PositionStatus.PUBLISHED, like)
    )
