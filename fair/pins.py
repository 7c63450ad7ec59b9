"""Pins (岗位讲解): which position was on screen from when to when, on the clock and on the media clock."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from fair.database import Base
from fair.days import china_day
from fair.errors import NotFound, PositionClosed
from fair.events import EventKind, append
from fair.livesessions import LiveSession, Slot, SlotPosition
from fair.positions import Position, missing_fields


class Pin(Base):
    """A position on screen, from–to; `media_from_ms` and `media_to_ms` on the session's media clock."""

    __tablename__ = "pin"
    __table_args__ = (Index("ix_pin_session", "session_id", "started_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("live_session.id"))
    slot_id: Mapped[int | None] = mapped_column(ForeignKey("slot.id", ondelete="SET NULL"))
    position_id: Mapped[int] = mapped_column(ForeignKey("position.id"), index=True)
    position_version: Mapped[int]
    pinned_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    media_from_ms: Mapped[int]
    media_to_ms: Mapped[int | None]

    position: Mapped[Position] = relationship(lazy="joined")


def pin_position(db: Session, live_session: LiveSession, position_id: int, *, by: int, now: datetime) -> Pin:
    """Put an offered position on screen; the one before it comes off.

    Raises NotFound when the session does not offer it, PositionClosed when it cannot be applied for.
    """
    offer = db.scalar(
        select(SlotPosition)
        .join(Slot)
        .where(Slot.session_id == live_session.id, SlotPosition.position_id == position_id)
        .limit(1)
    )
    if offer is None:
        raise NotFound("the session does not offer this position")
    position = offer.position
    if not position.is_open(china_day(now)) or missing_fields(position, today=china_day(now)):
        raise PositionClosed("the position cannot be applied for")
    unpin(db, live_session, by=by, now=now)
    pin = Pin(
        session_id=live_session.id,
        slot_id=offer.slot_id,
        position_id=position.id,
        position_version=position.version,
        pinned_by=by,
        started_at=now,
        media_from_ms=live_session.media_ms(now) or 0,
    )
    db.add(pin)
    db.flush()
    append(
        db,
        EventKind.POSITION_PINNED,
        now=now,
        session_id=live_session.id,
        position_id=position.id,
        employer_id=position.employer_id,
        account_id=by,
        data={"pin_id": pin.id},
    )
    return pin


def unpin(db: Session, live_session: LiveSession, *, by: int, now: datetime) -> Pin | None:
    """Take the position on screen off it; the pin that ended, or None."""
    pin = pin_on_screen(db, live_session.id)
    if pin is None:
        return None
    pin.ended_at, pin.media_to_ms = now, live_session.media_ms(now)
    append(
        db,
        EventKind.POSITION_UNPINNED,
        now=now,
        session_id=live_session.id,
        position_id=pin.position_id,
        account_id=by,
        data={"pin_id": pin.id},
    )
    return pin


def pin_on_screen(db: Session, session_id: int) -> Pin | None:
    """The pin that has not ended, or None."""
    return db.scalar(
        select(Pin).where(Pin.session_id == session_id, Pin.ended_at.is_(None)).order_by(Pin.id.desc()).limit(1)
    )
