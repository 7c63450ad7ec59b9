"""What happens in a room, for the record: pins, attendance, chat, questions, sanctions.

The order in which viewers see these things is the live server's; what was said and shown is kept here.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship

from fair.database import Base, words
from fair.days import china_day
from fair.errors import NotFound, PositionClosed, TextRefused
from fair.events import EventKind, append
from fair.livesessions import LiveSession, Slot, SlotPosition
from fair.positions import Position, missing_fields
from fair.statuses import QUESTION_STEPS, QuestionStatus, step

CHAT_LENGTH = 60
QUESTION_LENGTH = 60
ANSWER_LENGTH = 300
SAME_VISIT = timedelta(seconds=60)  # Who returns within it has not left: a line that broke is no second visit.


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


class ChatMessage(Base):
    """A line of chat (弹幕); hidden ones stay for the record."""

    __tablename__ = "chat_message"
    __table_args__ = (Index("ix_chat_message_session", "session_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("live_session.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    is_host: Mapped[bool] = mapped_column(default=False)
    text: Mapped[str] = mapped_column(String(CHAT_LENGTH))
    sent_at: Mapped[datetime]
    hidden_at: Mapped[datetime | None]
    hidden_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))


class Question(Base):
    """A question (提问) to the employer on stage, with the answer once there is one."""

    __tablename__ = "question"
    __table_args__ = (Index("ix_question_session", "session_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("live_session.id"))
    slot_id: Mapped[int | None] = mapped_column(ForeignKey("slot.id", ondelete="SET NULL"))
    employer_id: Mapped[int | None] = mapped_column(ForeignKey("employer.id"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    name: Mapped[str] = mapped_column(String(40))
    text: Mapped[str] = mapped_column(String(QUESTION_LENGTH))
    status: Mapped[QuestionStatus] = mapped_column(words(QuestionStatus, 12), default=QuestionStatus.WAITING)
    vote_count: Mapped[int] = mapped_column(default=0)
    asked_at: Mapped[datetime]
    answer: Mapped[str] = mapped_column(String(ANSWER_LENGTH), default="")
    is_spoken: Mapped[bool] = mapped_column(default=False)
    answered_by: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    answerer: Mapped[str] = mapped_column(String(40), default="")
    answered_at: Mapped[datetime | None]
    media_ms: Mapped[int | None]


class QuestionVote(Base):
    """Somebody wants to know the same (我也想问), once."""

    __tablename__ = "question_vote"

    question_id: Mapped[int] = mapped_column(ForeignKey("question.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)


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


def checked_text(text: str, *, limit: int) -> str:
    """`text` without outer and doubled white space or control characters; raises TextRefused when empty or too long."""
    clean = " ".join("".join(character for character in text if character.isprintable() or character.isspace()).split())
    if not clean:
        raise TextRefused("empty_text")
    if len(clean) > limit:
        raise TextRefused("long_text")
    return clean


def ask_question(
    db: Session, live_session: LiveSession, text: str, *, slot: Slot | None, account_id: int, name: str, now: datetime
) -> Question:
    """Keep a question to the employer on stage; raises TextRefused."""
    question = Question(
        session_id=live_session.id,
        slot_id=slot.id if slot else None,
        employer_id=slot.employer_id if slot else None,
        account_id=account_id,
        name=name,
        text=checked_text(text, limit=QUESTION_LENGTH),
        asked_at=now,
    )
    db.add(question)
    db.flush()
    append(
        db,
        EventKind.QUESTION_ASKED,
        now=now,
        session_id=live_session.id,
        account_id=account_id,
        data={"question_id": question.id},
    )
    return question


def vote_for_question(db: Session, question: Question, *, account_id: int) -> bool:
    """Count that somebody asks the same; whether it was the first time. The asker's own vote does not count."""
    if account_id == question.account_id or db.get(QuestionVote, (question.id, account_id)) is not None:
        return False
    db.add(QuestionVote(question_id=question.id, account_id=account_id))
    question.vote_count += 1
    return True


def answer_question(
    db: Session, live_session: LiveSession, question: Question, *, answer: str, by: int, answerer: str, now: datetime
) -> None:
    """Answer in writing, or by word of mouth when `answer` is empty; raises TextRefused, IllegalTransition."""
    question.status = step("question", QUESTION_STEPS, question.status, QuestionStatus.ANSWERED)
    question.is_spoken = not answer.strip()
    question.answer = "" if question.is_spoken else checked_text(answer, limit=ANSWER_LENGTH)
    question.answered_by, question.answerer, question.answered_at = by, answerer, now
    question.media_ms = live_session.media_ms(now)
    append(
        db,
        EventKind.QUESTION_ANSWERED,
        now=now,
        session_id=live_session.id,
        account_id=by,
        data={"question_id": question.id},
    )


def move_question(question: Question, wanted: QuestionStatus) -> None:
    """Withdraw, hide or show a question again."""
    question.status = step("question", QUESTION_STEPS, question.status, wanted)


def keep_chat(
    db: Session, session_id: int, *, account_id: int | None, name: str, text: str, is_host: bool, now: datetime
) -> ChatMessage:
    """Store a line of chat that passed `checked_text`."""
    message = ChatMessage(
        session_id=session_id, account_id=account_id, name=name, text=text, is_host=is_host, sent_at=now
    )
    db.add(message)
    db.flush()
    return message


def hide_chat(message: ChatMessage, *, by: int, now: datetime) -> None:
    """Take a line of chat off the screens; it stays on record."""
    message.hidden_at, message.hidden_by = now, by


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
    standing = db.scalar(
        select(Sanction).where(
            Sanction.session_id == session_id, Sanction.account_id == account_id, Sanction.kind == kind
        )
    )
    return standing is not None and (standing.until is None or standing.until > now)
