"""Live sessions (直播场次), their slots (环节, an employer's turn) and the positions offered in each."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, bindparam, select
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from fair.accounts import Account
from fair.database import Base, words
from fair.districts import Bureau, District
from fair.employers import Employer
from fair.errors import WrongValue
from fair.events import EventKind, append
from fair.positions import Position
from fair.statuses import LIVE_SESSION_STEPS, LiveSessionStatus, step


class PictureSource(StrEnum):
    """Where the picture of a session comes from: the host's browser, or an address."""

    BUILT_IN = "built_in"
    HLS = "hls"
    WHEP = "whep"


class LiveSession(Base):
    """A live job fair of one or more employers.

    `picture_url` is the address of a source that is not built in; with `publish_url` (WHIP) the console sends the
    picture to a media server. A built-in picture is recorded where `is_recorded`; `has_replay` shows it to everybody.
    """

    __tablename__ = "live_session"
    __table_args__ = (Index("ix_live_session_status_starts", "status", "starts_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(60))
    about: Mapped[str] = mapped_column(Text, default="")
    status: Mapped[LiveSessionStatus] = mapped_column(words(LiveSessionStatus, 12), default=LiveSessionStatus.DRAFT)
    status_note: Mapped[str] = mapped_column(String(200), default="")
    district_code: Mapped[str] = mapped_column(ForeignKey("district.code"), index=True)
    bureau_id: Mapped[int] = mapped_column(ForeignKey("bureau.id"), index=True)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    moderator_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    picture_source: Mapped[PictureSource] = mapped_column(words(PictureSource, 12), default=PictureSource.BUILT_IN)
    picture_url: Mapped[str] = mapped_column(String(400), default="")
    publish_url: Mapped[str] = mapped_column(String(400), default="")
    is_recorded: Mapped[bool] = mapped_column(default=True)
    has_replay: Mapped[bool] = mapped_column(default=True)
    poster: Mapped[str] = mapped_column(String(80), default="")
    like_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]

    district: Mapped[District] = relationship(lazy="joined")
    bureau: Mapped[Bureau] = relationship(lazy="joined")
    moderator: Mapped[Account | None] = relationship(foreign_keys=[moderator_id])
    slots: Mapped[list[Slot]] = relationship(
        back_populates="live_session", order_by="Slot.number", cascade="all, delete-orphan"
    )

    @property
    def is_live(self) -> bool:
        return self.status == LiveSessionStatus.LIVE

    def media_ms(self, now: datetime) -> int | None:
        """Milliseconds of the session's media clock at `now`; None before the start."""
        return None if self.started_at is None else max(0, round((now - self.started_at) / timedelta(milliseconds=1)))


class Slot(Base):
    """One employer's turn in a session; numbers start at 1."""

    __tablename__ = "slot"
    __table_args__ = (UniqueConstraint("session_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("live_session.id"), index=True)
    employer_id: Mapped[int] = mapped_column(ForeignKey("employer.id"), index=True)
    number: Mapped[int]
    starts_at: Mapped[datetime]
    minutes: Mapped[int] = mapped_column(default=20)
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    live_session: Mapped[LiveSession] = relationship(back_populates="slots")
    employer: Mapped[Employer] = relationship(lazy="joined")
    offers: Mapped[list[SlotPosition]] = relationship(
        back_populates="slot", order_by="SlotPosition.number", cascade="all, delete-orphan"
    )


class SlotPosition(Base):
    """A position offered in a slot, in the order in which it is to be presented."""

    __tablename__ = "slot_position"
    __table_args__ = (UniqueConstraint("slot_id", "position_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id"), index=True)
    position_id: Mapped[int] = mapped_column(ForeignKey("position.id"), index=True)
    number: Mapped[int]

    slot: Mapped[Slot] = relationship(back_populates="offers")
    position: Mapped[Position] = relationship(lazy="joined")


_OFFERED_IDS = (
    select(SlotPosition.position_id)
    .join(Slot, Slot.id == SlotPosition.slot_id)
    .where(Slot.session_id == bindparam("session_id"))
    .order_by(Slot.number, SlotPosition.number)
)


def move_session(
    db: Session, live_session: LiveSession, wanted: LiveSessionStatus, *, now: datetime, note: str = ""
) -> None:
    """Take one step of the session's status; `live` and `ended` set the media clock's ends."""
    live_session.status = step("session", LIVE_SESSION_STEPS, live_session.status, wanted)
    live_session.status_note = note
    kind = EventKind.SESSION_CHANGED
    if wanted == LiveSessionStatus.LIVE:
        live_session.started_at, kind = now, EventKind.SESSION_STARTED
        if live_session.slots:
            live_session.slots[0].started_at = now
    elif wanted == LiveSessionStatus.ENDED:
        live_session.ended_at, kind = now, EventKind.SESSION_ENDED
        for slot in live_session.slots:
            if slot.started_at and not slot.ended_at:
                slot.ended_at = now
    append(db, kind, now=now, session_id=live_session.id, data={"status": wanted})


def set_picture(
    live_session: LiveSession, source: PictureSource, *, picture_url: str = "", publish_url: str = ""
) -> None:
    """Say where the picture comes from and where the console sends it; raises WrongValue for an unusable address."""
    if source == PictureSource.BUILT_IN and (picture_url or publish_url):
        raise WrongValue("picture_source", "浏览器直接开播不用填地址")
    if source != PictureSource.BUILT_IN and not picture_url:
        raise WrongValue("picture_url", "填观看地址，如 https://live.example.cn/fair.m3u8")
    for field, address in (("picture_url", picture_url), ("publish_url", publish_url)):
        if address and not is_media_address(address):
            raise WrongValue(field, "要 https 开头的地址，如 https://live.example.cn/fair.m3u8")
    live_session.picture_source = source
    live_session.picture_url, live_session.publish_url = picture_url, publish_url


def is_media_address(address: str) -> bool:
    """Whether a page may play from this address or publish to it: https, and safe to name in a page's policy."""
    try:
        parts = urlsplit(address)
        is_whole = parts.scheme == "https" and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False
    return is_whole and len(address) <= 400 and not any(ord(sign) < 33 or sign in "\"'<>;," for sign in address)


def current_slot(live_session: LiveSession) -> Slot | None:
    """The slot that has begun and not ended, or None."""
    return next((slot for slot in live_session.slots if slot.started_at and not slot.ended_at), None)


def begin_slot(db: Session, live_session: LiveSession, slot: Slot, *, now: datetime) -> None:
    """Hand the stage over: the slot on ends, `slot` begins (again, if it had its turn)."""
    on = current_slot(live_session)
    if on is slot:
        return
    if on is not None:
        on.ended_at = now
    slot.started_at, slot.ended_at = now, None
    append(db, EventKind.SESSION_CHANGED, now=now, session_id=live_session.id, data={"slot_id": slot.id})


def offered_position_ids(db: Session, session_id: int) -> list[int]:
    """The positions offered in a session, in running order."""
    return list(db.scalars(_OFFERED_IDS, {"session_id": session_id}))
