"""Live servers: each process that holds rooms gives signs of life, so that stays it left open can be ended.

A process that starts under the name of one that died ends that one's stays. Who died for good has them ended by any
other after LOST_AFTER. Both end them when the process was last known to live.
"""

from __future__ import annotations

import platform
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import ColumnElement, CursorResult, String, case, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from fair.attendances import Attendance
from fair.database import Base
from fair.settings import Settings

LONGEST_NAME = 50
SIGN_EVERY = timedelta(seconds=5)
SEEN_WITHIN = 3 * SIGN_EVERY
LOST_AFTER = timedelta(minutes=5)


class LiveServer(Base):
    """One live process by its name, and when it was last known to live."""

    __tablename__ = "live_server"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    seen_at: Mapped[datetime]


def name_of(settings: Settings, number: int) -> str:
    """What the live process of this number is called on this machine, the same after each start."""
    name = settings.live_name or f"{platform.node()}:{settings.live_port}"
    return f"{name[:LONGEST_NAME]}-{number}"


def servers_that_live(db: Session, *, now: datetime) -> Sequence[LiveServer]:
    """Every process that gave a sign of life just now, on whichever machine, by name."""
    return db.scalars(select(LiveServer).where(LiveServer.seen_at >= now - SEEN_WITHIN).order_by(LiveServer.name)).all()


def sign_of_life(db: Session, name: str, *, now: datetime) -> None:
    """Note that a live process lives."""
    server = db.get(LiveServer, name)
    if server is None:
        db.add(LiveServer(name=name, seen_at=now))
    else:
        server.seen_at = now


def end_stays_of(db: Session, name: str) -> int:
    """End the stays that a process of this name left open, when it was last known to live; how many."""
    server = db.get(LiveServer, name)
    return _end(db, Attendance.server == name, at=server.seen_at if server else None)


def end_lost_stays(db: Session, *, now: datetime) -> int:
    """The same for every process that has given no sign for LOST_AFTER; the stays of unknown ones last no time."""
    lost = db.scalars(select(LiveServer).where(LiveServer.seen_at < now - LOST_AFTER)).all()
    ended = sum(_end(db, Attendance.server == server.name, at=server.seen_at) for server in lost)
    known = select(LiveServer.name)
    is_old = Attendance.entered_at < now - LOST_AFTER
    return ended + _end(db, Attendance.server.not_in(known) & is_old, at=None)


def _end(db: Session, stays: ColumnElement[bool], *, at: datetime | None) -> int:
    entered = Attendance.entered_at
    result = db.execute(
        update(Attendance)
        .where(stays, Attendance.left_at.is_(None))
        .values(left_at=entered if at is None else case((entered > at, entered), else_=at))
        .execution_options(synchronize_session=False)
    )
    return cast(CursorResult[Any], result).rowcount
