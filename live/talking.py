"""Deeds of talk: chat, captions, questions, votes and answers."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from fair.errors import FairError, NotFound, NotPermitted
from fair.livesessions import LiveSession, current_slot
from fair.permissions import Action, Actor, RoomRole, actors_of, require, room_role
from fair.pictures import add_caption
from fair.sanctions import is_sanctioned, sanctioned_among
from fair.statuses import QuestionStatus
from fair.talk import (
    CHAT_LENGTH,
    ChatMessage,
    answer_question,
    ask_question,
    checked_text,
    keep_lines,
    vote_for_question,
)
from live import requests, views
from live.act import Act, Refused
from live.deeds import Changed, Chatted, Deed, Outcome, VotesCounted
from live.happenings import Captioned
from live.views import People


def say_together(db: Session, deeds: Sequence[Deed], people: People) -> list[Outcome | Exception]:
    """Keep lines of chat of one session; an error stands for a line that is refused, and that is not kept."""
    live_session = db.get(LiveSession, deeds[0].session_id)
    if live_session is None:
        return [NotFound("no such session") for _ in deeds]
    accounts = {deed.account_id for deed in deeds}
    actors = actors_of(db, accounts)
    muted = sanctioned_among(db, live_session.id, accounts, "mute", now=deeds[0].at)
    outcomes: list[Outcome | Exception] = []
    said: dict[int, tuple[Deed, ChatMessage]] = {}
    for number, deed in enumerate(deeds):
        try:
            _must_be_let_speak(deed, actors.get(deed.account_id), live_session, muted)
            said[number] = deed, _message(deed)
            outcomes.append(Outcome())
        except (FairError, Refused) as refused:
            outcomes.append(refused)
    keep_lines(db, [message for _, message in said.values()])
    for number, (deed, message) in said.items():
        line = views.line_view(message, people=people, moderator_id=live_session.moderator_id)
        outcomes[number] = Outcome({"line": line}, news=(Chatted(line, deed.account_id),))
    return outcomes


def caption(act: Act, request: requests.Caption) -> Outcome:
    """Show a line under the picture: for whoever may publish it."""
    act.must_be_live()
    require(act.actor, Action.PUBLISH_PICTURE, act.live_session)
    kept = add_caption(act.db, act.live_session, request.text, by=act.deed.account_id, now=act.deed.at)
    view = views.caption_view(kept)
    return Outcome({"caption": view}, news=(Changed(Captioned(view)),))


def ask(act: Act, request: requests.Ask) -> Outcome:
    """Keep a question to the employer on stage."""
    act.must_be_live()
    _must_not_be_muted(act)
    question = ask_question(
        act.db,
        act.live_session,
        request.text,
        slot=current_slot(act.live_session),
        account_id=act.deed.account_id,
        name=act.deed.name,
        now=act.deed.at,
    )
    return Outcome({"question": views.question_view(question, people=act.people)})


def vote(act: Act, request: requests.Vote) -> Outcome:
    """Count that somebody wants to know the same."""
    act.must_be_live()
    question = act.question(request.question_id)
    is_counted = vote_for_question(act.db, question, account_id=act.deed.account_id)
    news = (VotesCounted(question.id, question.vote_count),) if is_counted else ()
    return Outcome({"question_id": question.id, "is_counted": is_counted}, news=news)


def withdraw_question(act: Act, request: requests.WithdrawQuestion) -> Outcome:
    """Take one's own question back; a second time changes nothing."""
    question = act.question(request.question_id)
    if question.account_id != act.deed.account_id:
        raise NotFound("no such question")
    if question.status != QuestionStatus.WITHDRAWN:
        act.move_question(question, QuestionStatus.WITHDRAWN)
    return Outcome({"question_id": question.id})


def answer(act: Act, request: requests.Answer) -> Outcome:
    """Answer in writing or by word of mouth: the host of the employer that was asked, or the moderator."""
    question, deed = act.question(request.question_id), act.deed
    role = room_role(act.actor, act.live_session)
    is_asked = role == RoomRole.HOST and question.employer_id in (None, act.actor.employer_id)
    if not is_asked and role != RoomRole.MODERATOR:
        raise NotPermitted("the question is another employer's")
    answer_question(
        act.db, act.live_session, question,
        answer=request.text, by=deed.account_id, answerer=deed.name, now=deed.at,
    )  # fmt: skip
    return Outcome({"question_id": question.id})


def _must_be_let_speak(deed: Deed, actor: Actor | None, live_session: LiveSession, muted: set[int]) -> None:
    """Raise NotPermitted or Refused unless this line may be said."""
    if actor is None:
        raise NotPermitted("the account is disabled")
    if deed.role == RoomRole.OBSERVER:
        raise NotPermitted("observers do not speak")
    if deed.role == RoomRole.AUDIENCE and not live_session.is_live:
        raise Refused("not_live")
    require(actor, Action.ENTER_ROOM, live_session)
    if deed.account_id in muted:
        raise Refused("muted")


def _message(deed: Deed) -> ChatMessage:
    """The record of a line; raises TextRefused."""
    assert isinstance(deed.request, requests.Say)
    return ChatMessage(
        session_id=deed.session_id,
        account_id=deed.account_id,
        name=deed.name,
        text=checked_text(deed.request.text, limit=CHAT_LENGTH),
        is_host=deed.role != RoomRole.AUDIENCE,
        sent_at=deed.at,
    )


def _must_not_be_muted(act: Act) -> None:
    if is_sanctioned(act.db, act.live_session.id, act.deed.account_id, "mute", now=act.deed.at):
        raise Refused("muted")
