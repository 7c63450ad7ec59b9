"""Attendance (观看): when viewers came and went, as each live server saw it.

A row is one stay at one server. What counts as a visit, joined over short breaks and over servers, is
`fair.presence`'s to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, insert, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from fair.database import Base

_IS_OPEN = text("left_at IS NULL")


class Attendance(Base):
    """One stay of one viewer; `viewer` is `a<account id>` or `v<random>` for a device without an account.

    `server` names the live process that saw it, empty for who took part by form.
    """

    __tablename__ = "attendance"
    __table_args__ = (
        Index("ix_attendance_session_viewer", "session_id", "viewer"),
        Index("ix_attendance_open", "server", sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("live_session.id"))
    viewer: Mapped[str] = mapped_column(String(40))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    is_audience: Mapped[bool] = mapped_column(default=True)
    server: Mapped[str] = mapped_column(String(60), default="", server_default="")
    entered_at: Mapped[datetime]
    left_at: Mapped[datetime | None]


def enter_room(
    db: Session, session_id: int, viewer: str, *, account_id: int | None, is_audience: bool, now: datetime
) -> Attendance:
    """Note that somebody came."""
    stay = Attendance(
        session_id=session_id, viewer=viewer, account_id=account_id, is_audience=is_audience, entered_at=now
    )
    db.add(stay)
    db.flush()
    return stay


def count_entries(
    db: Session, session_id: int, entries: Iterable[tuple[str, int | None, bool]], *, server: str, now: datetime
) -> None:
    """Note that many came to one server at once: viewer, account, and whether it is audience, of each."""
    rows = [
        {
            "session_id": session_id,
            "viewer": viewer,
            "account_id": account_id,
            "is_audience": is_audience,
            "server": server,
            "entered_at": now,
        }
        for viewer, account_id, is_audience in entries
    ]
    if rows:
        db.execute(insert(Attendance), rows)


def leave_room(db: Session, session_id: int, viewers: Sequence[str], *, now: datetime, server: str = "") -> None:
    """End the stays of `viewers` at a server."""
    db.execute(
        update(Attendance)
        .where(
            Attendance.session_id == session_id,
            Attendance.viewer.in_(viewers),
            Attendance.server == server,
            Attendance.left_at.is_(None),
        )
        .values(left_at=now)
        .execution_options(synchronize_session=False)
    )
