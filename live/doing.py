"""Doing: each deed in one transaction, by the rules of `fair`. The caller commits; what the rules refuse is raised.

What other processes must hear of goes through the event log, and comes back to the room as news by that way alone;
chat and votes, of which the log does not tell, are in the outcome.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import update
from sqlalchemy.orm import Session

from fair.accounts import Account
from fair.applications import (
    UNDO_WITHIN,
    Application,
    move_application,
    submit_application,
    withdraw_application,
)
from fair.errors import IncompleteResume, NotFound, NotPermitted, WrongValue
from fair.events import EventKind, append
from fair.exposures import count_exposures
from fair.livesessions import LiveSession, Slot, begin_slot, current_slot, move_session
from fair.permissions import Action, Actor, RoomRole, actor_of, require, room_role
from fair.positions import Position
from fair.rooms import (
    CHAT_LENGTH,
    ChatMessage,
    Question,
    answer_question,
    ask_question,
    checked_text,
    enter_room,
    hide_chat,
    is_sanctioned,
    keep_chat,
    leave_room,
    lift_sanction,
    move_question,
    pin_on_screen,
    pin_position,
    sanction,
    unpin,
    vote_for_question,
)
from fair.seekers import SeekerProfile
from fair.statuses import ApplicationStatus, LiveSessionStatus, QuestionStatus
from live import requests, views
from live.deeds import AnyDeed, Changed, Chatted, Deed, KeepAttendance, KeepExposures, KeepLikes, Outcome, VotesCounted
from live.happenings import Hid, Showed
from live.views import People

WORDING = "点投递，就是同意把简历给{employer}一家。"
"""What stands under the button in the room, for the record of the consent."""


class Refused(Exception):
    """A deed that no rule of `fair` refuses and that yet cannot be done now."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Doing:
    """One deed's transaction: the database, the actor, the session and the deed."""

    def __init__(self, db: Session, deed: Deed, people: People) -> None:
        account, live_session = db.get(Account, deed.account_id), db.get(LiveSession, deed.session_id)
        if account is None or not account.is_active:
            raise NotPermitted("the account is disabled")
        if live_session is None:
            raise NotFound("no such session")
        self.db, self.deed, self.people = db, deed, people
        self.live_session: LiveSession = live_session
        self.actor: Actor = actor_of(db, account)

    def must_be_live(self) -> None:
        """Raise Refused unless the session is on."""
        if not self.live_session.is_live:
            raise Refused("not_live")

    def question(self, question_id: int) -> Question:
        """A question of this session; raises NotFound."""
        question = self.db.get(Question, question_id)
        if question is None or question.session_id != self.live_session.id:
            raise NotFound("no such question")
        return question

    def application(self, application_id: int, action: Action) -> Application:
        """An application that the actor may act on; raises NotFound for any other, there or not."""
        application = self.db.get(Application, application_id)
        if application is None:
            raise NotFound("no such application")
        try:
            require(self.actor, action, application)
        except NotPermitted:
            raise NotFound("no such application") from None
        return application


def do(db: Session, deed: AnyDeed, people: People) -> Outcome:
    """Do a deed in this transaction; raises FairError or Refused."""
    match deed:
        case Deed():
            return _DEEDS[type(deed.request)](Doing(db, deed, people), deed.request)
        case KeepAttendance():
            for visit in deed.entered:
                enter_room(
                    db, deed.session_id, visit.viewer,
                    account_id=visit.account_id, is_audience=visit.is_audience, now=deed.at,
                )  # fmt: skip
            db.flush()
            if deed.left:
                leave_room(db, deed.session_id, deed.left, now=deed.at)
        case KeepLikes():
            db.execute(
                update(LiveSession)
                .where(LiveSession.id == deed.session_id)
                .values(like_count=LiveSession.like_count + deed.count)
            )
        case KeepExposures():
            count_exposures(db, deed.session_id, deed.position_id, deed.employer_id, deed.viewers, now=deed.at)
    return Outcome()


def _say(doing: Doing, request: requests.Say) -> Outcome:
    deed = doing.deed
    if deed.role == RoomRole.OBSERVER:
        raise NotPermitted("observers do not speak")
    if deed.role == RoomRole.AUDIENCE:
        doing.must_be_live()
    require(doing.actor, Action.ENTER_ROOM, doing.live_session)
    _must_not_be_muted(doing)
    message = keep_chat(
        doing.db,
        doing.live_session.id,
        account_id=deed.account_id,
        name=deed.name,
        text=checked_text(request.text, limit=CHAT_LENGTH),
        is_host=deed.role != RoomRole.AUDIENCE,
        now=deed.at,
    )
    line = views.line_view(message, people=doing.people, moderator_id=doing.live_session.moderator_id)
    return Outcome({"line": line}, news=(Chatted(line, deed.account_id),))


def _ask(doing: Doing, request: requests.Ask) -> Outcome:
    doing.must_be_live()
    _must_not_be_muted(doing)
    question = ask_question(
        doing.db,
        doing.live_session,
        request.text,
        slot=current_slot(doing.live_session),
        account_id=doing.deed.account_id,
        name=doing.deed.name,
        now=doing.deed.at,
    )
    return Outcome({"question": views.question_view(question, people=doing.people)})


def _vote(doing: Doing, request: requests.Vote) -> Outcome:
    doing.must_be_live()
    question = doing.question(request.question_id)
    is_counted = vote_for_question(doing.db, question, account_id=doing.deed.account_id)
    news = (VotesCounted(question.id, question.vote_count),) if is_counted else ()
    return Outcome({"question_id": question.id, "is_counted": is_counted}, news=news)


def _withdraw_question(doing: Doing, request: requests.WithdrawQuestion) -> Outcome:
    question = doing.question(request.question_id)
    if question.account_id != doing.deed.account_id:
        raise NotFound("no such question")
    if question.status != QuestionStatus.WITHDRAWN:
        _move_question(doing, question, QuestionStatus.WITHDRAWN)
    return Outcome({"question_id": question.id})


def _answer(doing: Doing, request: requests.Answer) -> Outcome:
    question, deed = doing.question(request.question_id), doing.deed
    role = room_role(doing.actor, doing.live_session)
    is_asked = role == RoomRole.HOST and question.employer_id in (None, doing.actor.employer_id)
    if not is_asked and role != RoomRole.MODERATOR:
        raise NotPermitted("the question is another employer's")
    answer_question(
        doing.db, doing.live_session, question,
        answer=request.text, by=deed.account_id, answerer=deed.name, now=deed.at,
    )  # fmt: skip
    return Outcome({"question_id": question.id})


def _apply(doing: Doing, request: requests.Apply) -> Outcome:
    deed = doing.deed
    require(doing.actor, Action.APPLY)
    doing.must_be_live()
    position = doing.db.get(Position, request.position_id)
    if position is None:
        raise NotFound("no such position")
    profile = doing.db.get(SeekerProfile, deed.account_id)
    if profile is None:
        raise IncompleteResume("no profile yet")
    application = submit_application(
        doing.db,
        profile,
        position,
        key=request.key,
        now=deed.at,
        wording=WORDING.format(employer=position.employer.name),
        live_session=doing.live_session,
        score=deed.score,
        reasons=deed.reasons,
    )
    return Outcome(
        {"application": views.application_view(application), "undo_until": application.applied_at + UNDO_WITHIN}
    )


def _withdraw(doing: Doing, request: requests.Withdraw) -> Outcome:
    application = doing.application(request.application_id, Action.WITHDRAW_APPLICATION)
    withdraw_application(doing.db, application, by=doing.deed.account_id, now=doing.deed.at)
    return Outcome({"application": views.application_view(application)})


def _move(doing: Doing, request: requests.Move) -> Outcome:
    application = doing.application(request.application_id, Action.MOVE_APPLICATION)
    try:
        wanted = ApplicationStatus(request.status)
    except ValueError:
        raise WrongValue("status", "no such status") from None
    note = checked_text(request.note, limit=200) if request.note.strip() else ""
    move_application(doing.db, application, wanted, by=doing.deed.account_id, now=doing.deed.at, note=note)
    return Outcome({"application": views.application_view(application)})


def _seen(doing: Doing, request: requests.Seen) -> Outcome:
    application = doing.application(request.application_id, Action.MOVE_APPLICATION)
    if application.status == ApplicationStatus.SUBMITTED:
        move_application(doing.db, application, ApplicationStatus.VIEWED, by=doing.deed.account_id, now=doing.deed.at)
    return Outcome({"application": views.application_view(application)})


def _pin(doing: Doing, request: requests.Pin) -> Outcome:
    doing.must_be_live()
    position = doing.db.get(Position, request.position_id)
    if position is None:
        raise NotFound("no such position")
    require(doing.actor, Action.PIN_POSITION, (doing.live_session, position))
    pin = pin_on_screen(doing.db, doing.live_session.id)
    if pin is None or pin.position_id != position.id:
        pin = pin_position(doing.db, doing.live_session, position.id, by=doing.deed.account_id, now=doing.deed.at)
    return Outcome({"pin": views.pin_view(pin)})


def _unpin(doing: Doing, _: requests.Unpin) -> Outcome:
    require(doing.actor, Action.HOST_ROOM, doing.live_session)
    pin = unpin(doing.db, doing.live_session, by=doing.deed.account_id, now=doing.deed.at)
    return Outcome({"pin_id": pin.id if pin else None})


def _begin_slot(doing: Doing, request: requests.BeginSlot) -> Outcome:
    doing.must_be_live()
    require(doing.actor, Action.START_SESSION, doing.live_session)
    slot = doing.db.get(Slot, request.slot_id)
    if slot is None or slot.session_id != doing.live_session.id:
        raise NotFound("no such slot")
    if current_slot(doing.live_session) is not slot:
        unpin(doing.db, doing.live_session, by=doing.deed.account_id, now=doing.deed.at)
        begin_slot(doing.db, doing.live_session, slot, now=doing.deed.at)
    return Outcome({"slot_id": slot.id})


def _start(doing: Doing, _: requests.Start) -> Outcome:
    require(doing.actor, Action.START_SESSION, doing.live_session)
    move_session(doing.db, doing.live_session, LiveSessionStatus.LIVE, now=doing.deed.at)
    return Outcome({"status": doing.live_session.status})


def _end(doing: Doing, _: requests.End) -> Outcome:
    require(doing.actor, Action.START_SESSION, doing.live_session)
    unpin(doing.db, doing.live_session, by=doing.deed.account_id, now=doing.deed.at)
    move_session(doing.db, doing.live_session, LiveSessionStatus.ENDED, now=doing.deed.at)
    return Outcome({"status": doing.live_session.status})


def _hide(doing: Doing, request: requests.Hide) -> Outcome:
    require(doing.actor, Action.MODERATE_ROOM, doing.live_session)
    found = _line_or_question(doing, request)
    if isinstance(found, Question):
        _move_question(doing, found, QuestionStatus.HIDDEN)
        return Outcome({"line_id": request.line_id, "question_id": found.id})
    hide_chat(found, by=doing.deed.account_id, now=doing.deed.at)
    return Outcome({"line_id": f"c{found.id}", "question_id": None}, news=(Changed(Hid(f"c{found.id}")),))


def _show(doing: Doing, request: requests.Show) -> Outcome:
    require(doing.actor, Action.MODERATE_ROOM, doing.live_session)
    found = _line_or_question(doing, request)
    if isinstance(found, Question):
        _move_question(doing, found, QuestionStatus.WAITING)
        return Outcome({"line_id": request.line_id, "question_id": found.id})
    found.hidden_at = found.hidden_by = None
    line = views.line_view(found, people=doing.people, moderator_id=doing.live_session.moderator_id)
    return Outcome({"line_id": line.id, "question_id": None}, news=(Changed(Showed(line)),))


def _sanction(doing: Doing, request: requests.Mute | requests.Ban) -> Outcome:
    account_id, deed = _sanctioned_account(doing), doing.deed
    minutes = request.minutes if isinstance(request, requests.Mute) else None
    kind = requests.KIND[type(request)]
    laid = sanction(
        doing.db, doing.live_session.id, account_id, kind,
        by=deed.account_id, now=deed.at, until=deed.at + timedelta(minutes=minutes) if minutes else None,
    )  # fmt: skip
    return Outcome({"person": request.person, "kind": kind, "until": laid.until})


def _lift(doing: Doing, request: requests.Unmute | requests.Unban) -> Outcome:
    account_id, kind = _sanctioned_account(doing), requests.KIND[type(request)]
    lift_sanction(
        doing.db, doing.live_session.id, account_id, kind.removeprefix("un"),
        by=doing.deed.account_id, now=doing.deed.at,
    )  # fmt: skip
    return Outcome({"person": request.person, "kind": kind})


def _must_not_be_muted(doing: Doing) -> None:
    if is_sanctioned(doing.db, doing.live_session.id, doing.deed.account_id, "mute", now=doing.deed.at):
        raise Refused("muted")


def _move_question(doing: Doing, question: Question, wanted: QuestionStatus) -> None:
    move_question(question, wanted)
    append(
        doing.db,
        EventKind.QUESTION_MOVED,
        now=doing.deed.at,
        session_id=doing.live_session.id,
        account_id=doing.deed.account_id,
        data={"question_id": question.id},
    )


def _line_or_question(doing: Doing, request: requests.Hide | requests.Show) -> ChatMessage | Question:
    if request.question_id is not None:
        return doing.question(request.question_id)
    kind, number = (request.line_id or "")[:1], (request.line_id or "")[1:]
    if not number.isascii() or not number.isdigit():
        raise NotFound("no such line")
    if kind == "q":
        return doing.question(int(number))
    message = doing.db.get(ChatMessage, int(number)) if kind == "c" else None
    if message is None or message.session_id != doing.live_session.id:
        raise NotFound("no such line")
    return message


def _sanctioned_account(doing: Doing) -> int:
    require(doing.actor, Action.MODERATE_ROOM, doing.live_session)
    account = doing.db.get(Account, doing.deed.target_id)
    if account is None:
        raise NotFound("no such person")
    if room_role(actor_of(doing.db, account), doing.live_session) != RoomRole.AUDIENCE:
        raise NotPermitted("only the audience is muted or banned")
    return account.id


_DEEDS = cast(
    dict[type, Callable[[Doing, Any], Outcome]],
    {
        requests.Say: _say,
        requests.Ask: _ask,
        requests.Vote: _vote,
        requests.WithdrawQuestion: _withdraw_question,
        requests.Answer: _answer,
        requests.Apply: _apply,
        requests.Withdraw: _withdraw,
        requests.Move: _move,
        requests.Seen: _seen,
        requests.Pin: _pin,
        requests.Unpin: _unpin,
        requests.BeginSlot: _begin_slot,
        requests.Start: _start,
        requests.End: _end,
        requests.Hide: _hide,
        requests.Show: _show,
        requests.Mute: _sanction,
        requests.Ban: _sanction,
        requests.Unmute: _lift,
        requests.Unban: _lift,
    },
)
