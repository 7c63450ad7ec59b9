"""What a room reads when it opens, and of each who enters. Reads only; each function is one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from msgspec import UNSET
from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from fair.accounts import Account, Role
from fair.applications import Application, applications_of_session
from fair.days import china_day
from fair.events import newest_event_id
from fair.livesessions import LiveSession, Slot, SlotPosition
from fair.permissions import Action, Actor, RoomRole, actor_of, may
from fair.pins import Pin, pin_on_screen
from fair.sanctions import Sanction
from fair.seekers import SeekerProfile
from fair.statuses import LiveSessionStatus, QuestionStatus
from fair.talk import ChatMessage, Question, QuestionVote
from fair.tickets import Ticket
from live import views
from live.board import CHAT_KEPT, QUESTIONS_KEPT, Board, Card, newest_questions
from live.deeds import Guest
from live.messages import ApplicationView, Me, Staff
from live.views import People

OPEN = (LiveSessionStatus.APPROVED, LiveSessionStatus.LIVE, LiveSessionStatus.ENDED)
_LISTED = 50


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


def read_guest(db: Session, ticket: Ticket, *, people: People, now: datetime) -> Guest | None:
    """Who enters with this ticket; None when the account is gone or disabled, or the room is not open to it."""
    account = db.get(Account, ticket.account_id)
    live_session = db.get(LiveSession, ticket.session_id)
    if account is None or not account.is_active or live_session is None:
        return None
    actor = actor_of(db, account)
    if not may(actor, Action.ENTER_ROOM, live_session):
        return None
    standing = {
        sanction.kind: sanction
        for sanction in db.scalars(
            select(Sanction).where(Sanction.session_id == live_session.id, Sanction.account_id == account.id)
        )
        if sanction.until is None or sanction.until > now
    }
    mute = standing.get("mute")
    is_seeker = account.role == Role.SEEKER
    me = Me(
        role=ticket.role,
        name=ticket.name,
        person=people.handle(live_session.id, account.id),
        has_account=True,
        employer_id=ticket.employer_id,
        can=_can(actor, live_session, ticket.role),
        is_muted=mute is not None,
        muted_until=mute.until if mute else None,
        applications=own_applications(db, live_session.id, account.id),
        voted=_voted(db, live_session.id, account.id),
        match_state=match_state_of(db, account.id) if is_seeker else "none",
        staff=UNSET if ticket.role == RoomRole.AUDIENCE else _staff(db, actor, live_session, people=people, now=now),
    )
    return Guest(ticket.viewer, account.id, ticket.login, is_seeker, "ban" in standing, me)


def visitor(ticket: Ticket) -> Guest:
    """Who enters without an account: sees and likes, and says nothing."""
    me = Me(
        role=RoomRole.AUDIENCE, name=ticket.name, person=None, has_account=False, employer_id=None, can=[],
        is_muted=False, muted_until=None, applications=[], voted=[], match_state="none",
    )  # fmt: skip
    return Guest(ticket.viewer, None, ticket.login, is_seeker=False, is_banned=False, me=me)


def own_applications(db: Session, session_id: int, seeker_id: int) -> list[ApplicationView]:
    """The seeker's newest application for each position that the session offers."""
    offered = select(SlotPosition.position_id).join(Slot).where(Slot.session_id == session_id)
    rows = db.execute(
        select(Application.id, Application.position_id, Application.status, Application.applied_at)
        .where(Application.seeker_id == seeker_id, Application.position_id.in_(offered))
        .order_by(Application.id)
    )
    return list({row.position_id: ApplicationView(*row) for row in rows}.values())


def match_state_of(db: Session, account_id: int) -> str:
    """`on`, `off`, or `no_profile`, of a seeker."""
    return match_state(db.scalar(select(SeekerProfile.is_matched).where(SeekerProfile.account_id == account_id)))


def match_state(is_matched: bool | None) -> str:
    """The same, of what the profile says; None = there is none."""
    if is_matched is None:
        return "no_profile"
    return "on" if is_matched else "off"


def _can(actor: Actor, live_session: LiveSession, role: str) -> list[str]:
    can = []
    if role != RoomRole.OBSERVER:
        can.append("say")
    if role == RoomRole.AUDIENCE:
        can.append("ask")
    if may(actor, Action.APPLY, None):
        can.append("apply")
    if may(actor, Action.HOST_ROOM, live_session):
        can.append("pin")
    if role in (RoomRole.HOST, RoomRole.MODERATOR):
        can.append("answer")
    if may(actor, Action.START_SESSION, live_session):
        can += ["arrange", "start"]
    if may(actor, Action.MODERATE_ROOM, live_session):
        can.append("moderate")
    return can


def _voted(db: Session, session_id: int, account_id: int) -> list[int]:
    return list(
        db.scalars(
            select(QuestionVote.question_id)
            .join(Question, Question.id == QuestionVote.question_id)
            .where(Question.session_id == session_id, QuestionVote.account_id == account_id)
        )
    )


def _staff(db: Session, actor: Actor, live_session: LiveSession, *, people: People, now: datetime) -> Staff:
    arrivals: list[Application] = []
    if actor.employer_id is not None and may(actor, Action.HOST_ROOM, live_session):
        query = (
            select(Application)
            .options(joinedload(Application.seeker))
            .where(Application.session_id == live_session.id, Application.employer_id == actor.employer_id)
        )
        arrivals = list(db.scalars(query.order_by(Application.id.desc()).limit(_LISTED)))
    hidden = db.scalars(
        select(ChatMessage)
        .where(ChatMessage.session_id == live_session.id, ChatMessage.hidden_at.is_not(None))
        .order_by(ChatMessage.id.desc())
        .limit(_LISTED)
    )
    sanctions = db.execute(
        select(Sanction, Account.name)
        .join(Account, Account.id == Sanction.account_id)
        .where(Sanction.session_id == live_session.id)
    )
    return Staff(
        arrivals=[views.arrival_view(each) for each in arrivals],
        hidden=[views.line_view(each, people=people, moderator_id=live_session.moderator_id) for each in hidden],
        sanctions=[
            views.sanction_view(each, name=name, kind=each.kind, people=people)
            for each, name in sanctions
            if each.until is None or each.until > now
        ],
    )
