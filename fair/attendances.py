"""Attendance (观看): the visits of viewers, joined over short breaks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, String, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from fair.database import Base

SAME_VISIT = timedelta(seconds=60)  # Who returns within it has not left: a line that broke is no second visit.


class Attendance(Base):
    """One visit of one viewer; `viewer` is `a<account id>` or `v<random>` for a device without an account."""

    __tablename__ = "attendance"
    __table_args__ = (Index("ix_attendance_session_viewer", "session_id", "viewer"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("live_session.id"))
    viewer: Mapped[str] = mapped_column(String(40))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    is_audience: Mapped[bool] = mapped_column(default=True)
    entered_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


def enter_room(
    db: Session, session_id: int, viewer: str, *, account_id: int | None, is_audience: bool, now: datetime
) -> Attendance:
    """Count a visit; one that ended less than 60 s ago goes on instead."""
    visit = db.scalar(
        select(Attendance)
        .where(Attendance.session_id == session_id, Attendance.viewer == viewer)
        .order_by(Attendance.id.desc())
        .limit(1)
    )
    if visit is not None and (visit.left_at is None or now - visit.left_at < SAME_VISIT):
        visit.left_at = None
        return visit
    visit = Attendance(
        session_id=session_id, viewer=viewer, account_id=account_id, is_audience=is_audience, entered_at=now
    )
    db.add(visit)
    db.flush()
    return visit


def leave_room(db: Session, session_id: int, viewers: Sequence[str], *, now: datetime) -> None:
    """End the visits of `viewers` that go on."""
    db.execute(
        update(Attendance)
        .where(Attendance.session_id == session_id, Attendance.viewer.in_(viewers), Attendance.left_at.is_(None))
        .values(left_at=now)
    )
