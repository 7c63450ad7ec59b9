"""Sanctions: a mute (禁言) or a ban from one room."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from fair.database import Base
from fair.events import EventKind, append


class Sanction(Base):
    """A mute (禁言) or a ban from one room, until an hour or its end."""

    __tablename__ = "sanction"
    __table_args__ = (UniqueConstraint("session_id", "account_id", "kind"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("live_session.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"))
    kind: Mapped[str] = mapped_column(String(8))
    by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    at: Mapped[datetime]
    until: Mapped[datetime | None]


def sanction(
    db: Session, session_id: int, account_id: int, kind: str, *, by: int, now: datetime, until: datetime | None = None
) -> Sanction:
    """Mute or ban somebody in one room (`kind` is `mute` or `ban`), until an hour or for good."""
    standing = db.scalar(
        select(Sanction).where(
            Sanction.session_id == session_id, Sanction.account_id == account_id, Sanction.kind == kind
        )
    )
    if standing is None:
        standing = Sanction(session_id=session_id, account_id=account_id, kind=kind, by=by, at=now)
        db.add(standing)
    standing.until, standing.by = until, by
    append(db, EventKind.VIEWER_SANCTIONED, now=now, session_id=session_id, account_id=account_id, data={"kind": kind})
    return standing


def lift_sanction(db: Session, session_id: int, account_id: int, kind: str, *, by: int, now: datetime) -> None:
    """End a mute or a ban now."""
    db.execute(
        update(Sanction)
        .where(Sanction.session_id == session_id, Sanction.account_id == account_id, Sanction.kind == kind)
        .values(until=now, by=by)
    )
    append(
        db,
        EventKind.VIEWER_SANCTIONED,
        now=now,
        session_id=session_id,
        account_id=account_id,
        data={"kind": f"lift_{kind}"},
    )


def is_sanctioned(db: Session, session_id: int, account_id: int, kind: str, *, now: datetime) -> bool:
    """Whether a mute or ban stands at `now`."""
    return account_id in sanctioned_among(db, session_id, {account_id}, kind, now=now)


def sanctioned_among(
    db: Session, session_id: int, account_ids: Collection[int], kind: str, *, now: datetime
) -> set[int]:
    """Those of these accounts for whom a mute or ban stands at `now`."""
    rows = db.execute(
        select(Sanction.account_id, Sanction.until).where(
            Sanction.session_id == session_id, Sanction.account_id.in_(account_ids), Sanction.kind == kind
        )
    )
    return {account_id for account_id, until in rows if until is None or until > now}
