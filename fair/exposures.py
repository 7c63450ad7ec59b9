"""Exposure (曝光): whose screen showed which position's card for a second, once a person, position and session."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from fair.database import Base


class Exposure(Base):
    """One viewer saw one position in one session; `score` is the match shown beside it, if any was."""

    __tablename__ = "exposure"
    __table_args__ = (
        Index("uq_exposure_once", "session_id", "position_id", "viewer", unique=True),
        Index("ix_exposure_session_score", "session_id", "score", "viewer"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("live_session.id"))
    position_id: Mapped[int] = mapped_column(ForeignKey("position.id"))
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"))
    viewer: Mapped[str] = mapped_column(String(40))
    score: Mapped[int | None]
    at: Mapped[datetime]


def count_exposures(
    db: Session,
    session_id: int,
    position_id: int,
    employer_id: int,
    viewers: Sequence[tuple[str, int | None]],
    *,
    now: datetime,
) -> None:
    """Count that `viewers` (each with the score shown, or None) saw the position; nobody is counted twice."""
    insert = postgresql.insert if db.get_bind().dialect.name == "postgresql" else sqlite.insert
    rows = [
        {
            "session_id": session_id,
            "position_id": position_id,
            "employer_id": employer_id,
            "viewer": viewer,
            "score": score,
            "at": now,
        }
        for viewer, score in viewers
    ]
    if rows:
        db.execute(insert(Exposure).on_conflict_do_nothing(), rows)
