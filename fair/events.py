"""The event log: every fact that another process must hear of, in the transaction of the state that it tells of.

Readers keep a cursor and see every committed event once or more, in commit order, none skipped. That needs numbers
in commit order: SQLite has one writer at a time; on PostgreSQL `append` takes an advisory lock that is held until
the transaction ends, so that a lower number is never committed after a higher one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, bindparam, func, insert, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from fair.database import Base, words

_LOCK = 0x6A6F6266  # Any fixed number that nothing else in this database locks.


class EventKind(StrEnum):
    """Facts, in the past tense."""

    EMPLOYER_CHANGED = "EmployerChanged"
    POSITION_PUBLISHED = "PositionPublished"
    POSITION_CHANGED = "PositionChanged"
    POSITION_CLOSED = "PositionClosed"
    PROFILE_SAVED = "ProfileSaved"
    MATCHING_SWITCHED = "MatchingSwitched"
    ACCOUNT_ERASED = "AccountErased"
    ACCOUNT_DISABLED = "AccountDisabled"
    SIGNED_OUT = "SignedOut"
    SESSION_CHANGED = "SessionChanged"
    SESSION_STARTED = "SessionStarted"
    SESSION_ENDED = "SessionEnded"
    POSITION_PINNED = "PositionPinned"
    POSITION_UNPINNED = "PositionUnpinned"
    APPLICATION_SUBMITTED = "ApplicationSubmitted"
    APPLICATION_MOVED = "ApplicationMoved"
    QUESTION_ASKED = "QuestionAsked"
    QUESTION_ANSWERED = "QuestionAnswered"
    QUESTION_MOVED = "QuestionMoved"
    VIEWER_SANCTIONED = "ViewerSanctioned"


class Event(Base):
    """A fact that happened; the ids say of what, `data` holds the little that a reader needs besides."""

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_session", "session_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    kind: Mapped[EventKind] = mapped_column(words(EventKind, 40))
    session_id: Mapped[int | None]
    employer_id: Mapped[int | None]
    position_id: Mapped[int | None]
    application_id: Mapped[int | None]
    account_id: Mapped[int | None]
    data: Mapped[dict[str, Any]] = mapped_column(default=dict)


# Asked several times a second by each process, nearly always in vain: built once.
_AFTER = select(Event).where(Event.id > bindparam("last_id")).order_by(Event.id).limit(bindparam("limit"))


class EventCursor(Base):
    """How far a reader has read."""

    __tablename__ = "event_cursor"

    reader: Mapped[str] = mapped_column(String(60), primary_key=True)
    last_id: Mapped[int] = mapped_column(default=0)


def append(
    db: Session,
    kind: EventKind,
    *,
    now: datetime,
    session_id: int | None = None,
    employer_id: int | None = None,
    position_id: int | None = None,
    application_id: int | None = None,
    account_id: int | None = None,
    data: dict[str, Any] | None = None,
) -> Event:
    """Add a fact to this transaction; it gets its number at once, and is seen by readers after the commit."""
    _take_turn(db)
    event = Event(
        at=now,
        kind=kind,
        session_id=session_id,
        employer_id=employer_id,
        position_id=position_id,
        application_id=application_id,
        account_id=account_id,
        data=data or {},
    )
    db.add(event)
    db.flush()
    return event


def append_many(db: Session, kind: EventKind, facts: Sequence[dict[str, Any]], *, now: datetime) -> None:
    """Add a fact of one kind for each of `facts` (its ids and data by name), in that order."""
    if facts:
        _take_turn(db)
        db.execute(insert(Event), [{"at": now, "kind": kind, "data": {}, **fact} for fact in facts])


def events_after(db: Session, last_id: int, *, limit: int = 500) -> Sequence[Event]:
    """The committed events after number `last_id`, oldest first, at most `limit`."""
    return db.scalars(_AFTER, {"last_id": last_id, "limit": limit}).all()


def newest_event_id(db: Session) -> int:
    """The number of the newest committed event, 0 when there is none."""
    return db.scalar(select(func.max(Event.id))) or 0


def cursor_of(db: Session, reader: str) -> int:
    """How far `reader` has read; 0 for a new one."""
    cursor = db.get(EventCursor, reader)
    return cursor.last_id if cursor else 0


def move_cursor(db: Session, reader: str, last_id: int) -> None:
    """Remember that `reader` has handled everything up to `last_id`."""
    db.merge(EventCursor(reader=reader, last_id=last_id))


def _take_turn(db: Session) -> None:
    if db.get_bind().dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
