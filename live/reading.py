"""What a room reads when it opens. Reads only; each function is one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fair.applications import applications_of_session
from fair.days import china_day
from fair.events import newest_event_id
from fair.livesessions import LiveSession, Slot, SlotPosition
from fair.pictures import captions_of
from fair.pins import Pin, pin_on_screen
from fair.sanctions import Sanction
from fair.seekers import SeekerProfile
from fair.statuses import LiveSessionStatus, QuestionStatus
from fair.talk import ChatMessage, Question
from live import views
from live.board import CAPTIONS_KEPT, CHAT_KEPT, QUESTIONS_KEPT, Board, Card, newest_questions
from live.views import People

OPEN = (LiveSessionStatus.APPROVED, LiveSessionStatus.LIVE, LiveSessionStatus.ENDED)


@dataclass(frozen=True)
class Opening:
    """A room as the database has it, and the number of the event log that it is read up to."""

    board: Board
    people: dict[str, int]
    likes: int
    event_id: int


def open_room(db: Session, session_id: int, *, people: People, now: datetime) -> Opening | None:
    """Everything a room starts from; None when there is no such session or it has no room."""
    event_id = newest_event_id(db)
    live_session = db.get(LiveSession, session_id)
    if live_session is None or live_session.status not in OPEN:
        return None
    chat = db.scalars(
        select(ChatMessage)
        .where(ChatMessage.session_id == session_id, ChatMessage.hidden_at.is_(None))
        .order_by(ChatMessage.id.desc())
        .limit(CHAT_KEPT)
    ).all()
    questions = db.scalars(
        select(Question)
        .where(
            Question.session_id == session_id,
            Question.status.in_((QuestionStatus.WAITING, QuestionStatus.ANSWERED)),
        )
        .order_by(Question.id.desc())
        .limit(QUESTIONS_KEPT)
    ).all()
    moderator_id = live_session.moderator_id
    lines = [views.line_view(message, people=people, moderator_id=moderator_id) for message in chat]
    lines += [
        views.answer_line(question, people=people, moderator_id=moderator_id)
        for question in questions
        if question.status == QuestionStatus.ANSWERED
    ]
    slot_id, slots = views.slot_views(live_session)
    pin = pin_on_screen(db, session_id)
    board = Board(
        session=views.session_view(live_session),
        slot_id=slot_id,
        slots=slots,
        positions=cards_of(db, session_id, today=china_day(now)),
        pin=views.pin_view(pin) if pin else None,
        chat=sorted(lines, key=lambda line: line.at)[-CHAT_KEPT:],
        questions=newest_questions(views.question_view(question, people=people) for question in reversed(questions)),
        captions=[views.caption_view(caption) for caption in captions_of(db, session_id, newest=CAPTIONS_KEPT)],
    )
    speakers = {message.account_id for message in chat if message.account_id}
    speakers |= {question.account_id for question in questions}
    speakers |= set(db.scalars(select(Sanction.account_id).where(Sanction.session_id == session_id)))
    return Opening(
        board=board,
        people={people.handle(session_id, account_id): account_id for account_id in speakers},
        likes=live_session.like_count,
        event_id=event_id,
    )


def cards_of(db: Session, session_id: int, *, today: date, only: set[int] | None = None) -> list[Card]:
    """The cards of the offered positions in running order, or of those in `only`."""
    query = select(SlotPosition).join(Slot).where(Slot.session_id == session_id)
    if only is not None:
        query = query.where(SlotPosition.position_id.in_(only))
    offers = db.scalars(query.order_by(Slot.number, SlotPosition.number)).unique().all()
    places = views.places_of(db, [offer.position.district for offer in offers])
    applied, shown = applications_of_session(db, session_id), shown_ms_of(db, session_id)
    cards: dict[int, Card] = {}
    for offer in offers:
        position_id = offer.position_id
        cards.setdefault(
            position_id,
            views.card_view(
                offer,
                places=places,
                today=today,
                applied=applied.get(position_id, 0),
                shown_ms=shown.get(position_id, 0),
            ),
        )
    return list(cards.values())


def shown_ms_of(db: Session, session_id: int) -> dict[int, int]:
    """Position → milliseconds on screen, of pins that ended."""
    rows = db.execute(
        select(Pin.position_id, func.sum(Pin.media_to_ms - Pin.media_from_ms))
        .where(Pin.session_id == session_id, Pin.media_to_ms.is_not(None))
        .group_by(Pin.position_id)
    )
    return {position_id: int(milliseconds or 0) for position_id, milliseconds in rows}


def match_state_of(db: Session, account_id: int) -> str:
    """`on`, `off`, or `no_profile`, of a seeker."""
    return match_state(db.scalar(select(SeekerProfile.is_matched).where(SeekerProfile.account_id == account_id)))


def match_state(is_matched: bool | None) -> str:
    """The same, of what the profile says; None = there is none."""
    if is_matched is None:
        return "no_profile"
    return "on" if is_matched else "off"
