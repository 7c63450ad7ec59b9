"""Deeds of moderation: lines and questions hidden and shown, people muted and banned."""

from __future__ import annotations

from datetime import timedelta

from fair import sanctions
from fair.accounts import Account
from fair.errors import NotFound, NotPermitted
from fair.permissions import Action, RoomRole, actor_of, require, room_role
from fair.sanctions import lift_sanction
from fair.statuses import QuestionStatus
from fair.talk import ChatMessage, Question, hide_chat
from live import requests, views
from live.act import Act
from live.deeds import Changed, Outcome
from live.happenings import Hid, Showed


def hide(act: Act, request: requests.Hide) -> Outcome:
    """Take a line or a question off the screens."""
    require(act.actor, Action.MODERATE_ROOM, act.live_session)
    found = _line_or_question(act, request)
    if isinstance(found, Question):
        act.move_question(found, QuestionStatus.HIDDEN)
        return Outcome({"line_id": request.line_id, "question_id": found.id})
    hide_chat(found, by=act.deed.account_id, now=act.deed.at)
    return Outcome({"line_id": f"c{found.id}", "question_id": None}, news=(Changed(Hid(f"c{found.id}")),))


def show(act: Act, request: requests.Show) -> Outcome:
    """Put a hidden line or question back."""
    require(act.actor, Action.MODERATE_ROOM, act.live_session)
    found = _line_or_question(act, request)
    if isinstance(found, Question):
        act.move_question(found, QuestionStatus.WAITING)
        return Outcome({"line_id": request.line_id, "question_id": found.id})
    found.hidden_at = found.hidden_by = None
    line = views.line_view(found, people=act.people, moderator_id=act.live_session.moderator_id)
    return Outcome({"line_id": line.id, "question_id": None}, news=(Changed(Showed(line)),))


def sanction(act: Act, request: requests.Mute | requests.Ban) -> Outcome:
    """Mute or ban somebody of the audience."""
    account_id, deed = _sanctioned_account(act), act.deed
    minutes = request.minutes if isinstance(request, requests.Mute) else None
    kind = requests.KIND[type(request)]
    laid = sanctions.sanction(
        act.db, act.live_session.id, account_id, kind,
        by=deed.account_id, now=deed.at, until=deed.at + timedelta(minutes=minutes) if minutes else None,
    )  # fmt: skip
    return Outcome({"person": request.person, "kind": kind, "until": laid.until})


def lift(act: Act, request: requests.Unmute | requests.Unban) -> Outcome:
    """End a mute or a ban."""
    account_id, kind = _sanctioned_account(act), requests.KIND[type(request)]
    lift_sanction(
        act.db, act.live_session.id, account_id, kind.removeprefix("un"),
        by=act.deed.account_id, now=act.deed.at,
    )  # fmt: skip
    return Outcome({"person": request.person, "kind": kind})


def _line_or_question(act: Act, request: requests.Hide | requests.Show) -> ChatMessage | Question:
    if request.question_id is not None:
        return act.question(request.question_id)
    kind, number = (request.line_id or "")[:1], (request.line_id or "")[1:]
    if not number.isascii() or not number.isdigit() or len(number) > 15:
        raise NotFound("no such line")
    if kind == "q":
        return act.question(int(number))
    message = act.db.get(ChatMessage, int(number)) if kind == "c" else None
    if message is None or message.session_id != act.live_session.id:
        raise NotFound("no such line")
    return message


def _sanctioned_account(act: Act) -> int:
    require(act.actor, Action.MODERATE_ROOM, act.live_session)
    account = act.db.get(Account, act.deed.target_id)
    if account is None:
        raise NotFound("no such person")
    if room_role(actor_of(act.db, account), act.live_session) != RoomRole.AUDIENCE:
        raise NotPermitted("only the audience is muted or banned")
    return account.id
