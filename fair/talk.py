"""What is said in a room: chat (弹幕), and questions (提问) with their answers; hidden lines stay for the record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from fair.database import Base, words
from fair.errors import TextRefused
from fair.events import EventKind, append
from fair.livesessions import LiveSession, Slot
from fair.statuses import QUESTION_STEPS, QuestionStatus, step

CHAT_LENGTH = 60
QUESTION_LENGTH = 60
ANSWER_LENGTH = 300


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


def checked_text(text: str, *, limit: int) -> str:
    """`text` without outer and doubled white space or control characters; raises TextRefused when empty or too long."""
    clean = " ".join("".join(character for character in text if character.isprintable() or character.isspace()).split())
    if not clean:
        raise TextRefused("empty_text")
    if len(clean) > limit:
        raise TextRefused("long_text")
    return clean


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


def keep_lines(db: Session, messages: Sequence[ChatMessage]) -> None:
    """Store lines of chat that passed `checked_text` in one statement; each gets its number, and is not watched."""
    rows = [
        {
            "session_id": each.session_id,
            "account_id": each.account_id,
            "name": each.name,
            "text": each.text,
            "is_host": each.is_host,
            "sent_at": each.sent_at,
        }
        for each in messages
    ]
    numbers = db.scalars(insert(ChatMessage).returning(ChatMessage.id, sort_by_parameter_order=True), rows)
    for message, number in zip(messages, numbers, strict=True):
        message.id = number


def hide_chat(message: ChatMessage, *, by: int, now: datetime) -> None:
    """Take a line of chat off the screens; it stays on record."""
    message.hidden_at, message.hidden_by = now, by


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
