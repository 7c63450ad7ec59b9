"""The guest list: what the database knows of those who are on the way in, many read at once. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec import UNSET
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from fair.accounts import Account, Role
from fair.applications import Application
from fair.livesessions import LiveSession, Slot, SlotPosition
from fair.permissions import Action, Actor, RoomRole, actor_of, may
from fair.sanctions import Sanction
from fair.seekers import SeekerProfile
from fair.talk import ChatMessage, Question, QuestionVote
from fair.tickets import Ticket
from live import views
from live.deeds import Guest
from live.messages import ApplicationView, Me, Staff
from live.reading import match_state
from live.views import People

_LISTED = 50


def read_guests(db: Session, tickets: Sequence[Ticket], *, people: People, now: datetime) -> list[Guest | None]:
    """Who enters with each of these tickets, in as many queries as for one.

    None when the account is gone or disabled, or the room is not open to it.
    """
    found: dict[str, Guest] = {}
    for session_id in {ticket.session_id for ticket in tickets}:
        live_session = db.get(LiveSession, session_id)
        if live_session is not None:
            here = [ticket for ticket in tickets if ticket.session_id == session_id]
            found |= _guests_of(db, live_session, here, people=people, now=now)
    return [found.get(ticket.number) for ticket in tickets]


def _guests_of(
    db: Session, live_session: LiveSession, tickets: Sequence[Ticket], *, people: People, now: datetime
) -> dict[str, Guest]:
    """Ticket's number → who enters this session's room with it."""
    ids = {ticket.account_id for ticket in tickets if ticket.account_id is not None}
    accounts = _accounts(db, ids)
    standing = _standing(db, live_session.id, ids, now=now)
    applications = _applications(db, live_session.id, ids)
    voted = _voted(db, live_session.id, ids)
    guests = {}
    for ticket in tickets:
        account = accounts.get(ticket.account_id or 0)
        if account is None or not may(account.actor, Action.ENTER_ROOM, live_session):
            continue
        account_id, sanctions = account.id, standing.get(account.id, {})
        is_staff = ticket.role != RoomRole.AUDIENCE
        me = Me(
            role=ticket.role,
            name=ticket.name,
            person=people.handle(live_session.id, account_id),
            has_account=True,
            employer_id=ticket.employer_id,
            can=_can(account.actor, live_session, ticket.role),
            is_muted="mute" in sanctions,
            muted_until=sanctions.get("mute"),
            applications=applications.get(account_id, []),
            voted=voted.get(account_id, []),
            match_state=account.match_state,
            staff=_staff(db, account.actor, live_session, people=people, now=now) if is_staff else UNSET,
        )
        is_seeker = account.actor.role == Role.SEEKER
        guests[ticket.number] = Guest(ticket.viewer, account_id, ticket.login, is_seeker, "ban" in sanctions, me)
    return guests


def visitor(ticket: Ticket) -> Guest:
    """Who enters without an account: sees and likes, and says nothing."""
    me = Me(
        role=RoomRole.AUDIENCE.value, name=ticket.name, person=None, has_account=False, employer_id=None, can=[],
        is_muted=False, muted_until=None, applications=[], voted=[], match_state="none",
    )  # fmt: skip
    return Guest(ticket.viewer, None, ticket.login, is_seeker=False, is_banned=False, me=me)


def _applications(db: Session, session_id: int, seeker_ids: Collection[int]) -> dict[int, list[ApplicationView]]:
    """Seeker → the newest application for each position that the session offers."""
    offered = select(SlotPosition.position_id).join(Slot).where(Slot.session_id == session_id)
    rows = db.execute(
        select(
            Application.seeker_id, Application.id, Application.position_id, Application.status, Application.applied_at
        )
        .where(Application.seeker_id.in_(seeker_ids), Application.position_id.in_(offered))
        .order_by(Application.id)
    )
    newest: defaultdict[int, dict[int, ApplicationView]] = defaultdict(dict)
    for seeker_id, application_id, position_id, status, applied_at in rows:
        newest[seeker_id][position_id] = ApplicationView(application_id, position_id, status, applied_at)
    return {seeker_id: list(of_position.values()) for seeker_id, of_position in newest.items()}


@dataclass(frozen=True)
class _Known:
    """What is known of an account that is not disabled."""

    id: int
    actor: Actor
    match_state: str


def _accounts(db: Session, ids: Collection[int]) -> dict[int, _Known]:
    """Accounts that are not disabled; seekers, who come in thousands, by columns and without another query."""
    rows = db.execute(
        select(Account.id, Account.role, Account.name, SeekerProfile.is_matched)
        .outerjoin(SeekerProfile, SeekerProfile.account_id == Account.id)
        .where(Account.id.in_(ids), Account.is_active)
    )
    known = {}
    for account_id, role, name, is_matched in rows.all():
        if role == Role.SEEKER:
            known[account_id] = _Known(account_id, Actor(account_id, Role.SEEKER, name), match_state(is_matched))
        else:
            known[account_id] = _Known(account_id, actor_of(db, db.get(Account, account_id)), "none")
    return known


def _standing(
    db: Session, session_id: int, ids: Collection[int], *, now: datetime
) -> dict[int, dict[str, datetime | None]]:
    """Account → kind of sanction that stands → until when."""
    rows = db.execute(
        select(Sanction.account_id, Sanction.kind, Sanction.until).where(
            Sanction.session_id == session_id, Sanction.account_id.in_(ids)
        )
    )
    standing: defaultdict[int, dict[str, datetime | None]] = defaultdict(dict)
    for account_id, kind, until in rows:
        if until is None or until > now:
            standing[account_id][kind] = until
    return dict(standing)


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


def _voted(db: Session, session_id: int, ids: Collection[int]) -> dict[int, list[int]]:
    """Account → questions of the session that it voted for."""
    rows = db.execute(
        select(QuestionVote.account_id, QuestionVote.question_id)
        .join(Question, Question.id == QuestionVote.question_id)
        .where(Question.session_id == session_id, QuestionVote.account_id.in_(ids))
    )
    voted: defaultdict[int, list[int]] = defaultdict(list)
    for account_id, question_id in rows:
        voted[account_id].append(question_id)
    return dict(voted)


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
