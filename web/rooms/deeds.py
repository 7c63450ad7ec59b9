"""What a viewer does in a room by form: applying, asking, taking back. The socket does the same without a load.

Each deed is the rule's own (`fair`); here are only the right to do it and where to go on.
"""

from __future__ import annotations

import msgspec
from flask import flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from fair.applications import UNDO_WITHIN, standing_application, submit_application, withdraw_application
from fair.attendances import Attendance, enter_room
from fair.errors import AlreadyApplied, IncompleteResume, NotFound, NotPermitted
from fair.events import EventKind, append
from fair.livesessions import current_slot
from fair.permissions import Action, require
from fair.positions import Position
from fair.sanctions import is_sanctioned
from fair.statuses import QuestionStatus
from fair.talk import Question, ask_question, move_question, vote_for_question
from web.addresses import local_path
from web.context import actor, db, now
from web.errors import wants_json
from web.positions.fitting import match_to_apply_on, own_profile
from web.rooms import page
from web.rooms.scene import load_session


def apply(session_id: int, position_id: int) -> ResponseReturnValue:
    """Apply from within the room, once whatever is repeated."""
    live_session = load_session(db(), session_id)
    acting = actor()
    require(acting, Action.APPLY)
    require(acting, Action.SEE_SESSION, live_session)
    match = match_to_apply_on(position_id)
    position, profile = db().get(Position, position_id), own_profile()
    if position is None:
        raise NotFound("no such position")
    if profile is None:
        raise IncompleteResume("no profile yet")
    try:
        application = submit_application(
            db(),
            profile,
            position,
            key=request.form.get("key", "")[:64] or page.new_key(),
            now=now(),
            wording=_("点投递，就是同意把简历给%(employer)s一家。", employer=position.employer.name)[:200],
            live_session=live_session,
            score=match.score if match else None,
            reasons=[msgspec.to_builtins(reason) for reason in match.reasons] if match else None,
        )
    except (AlreadyApplied, IncompleteResume) as broken:
        return _not_applied(broken, session_id)
    _was_here(session_id, profile.account_id)
    if wants_json():
        return jsonify(
            application={
                "id": application.id,
                "position_id": position_id,
                "status": application.status.value,
                "applied_at": application.applied_at.isoformat(),
            },
            undo_until=(application.applied_at + UNDO_WITHIN).isoformat(),
        )
    flash(_("已投递%(title)s", title=position.title), "success")
    return _back(session_id)


def withdraw(session_id: int, position_id: int) -> ResponseReturnValue:
    """Take the application for this position back, and the résumé with it."""
    acting = actor()
    if acting.account_id is None:
        raise NotPermitted("sign in first")
    application = standing_application(db(), position_id, acting.account_id)
    if application is not None:
        require(acting, Action.WITHDRAW_APPLICATION, application)
        withdraw_application(db(), application, by=acting.account_id, now=now())
    if wants_json():
        return jsonify(position_id=position_id, status="withdrawn")
    flash(_("已撤回，简历收回了"), "success")
    return _back(session_id)


def ask(session_id: int) -> ResponseReturnValue:
    """Ask the employer on stage."""
    live_session = load_session(db(), session_id)
    acting = actor()
    require(acting, Action.ENTER_ROOM, live_session)
    if acting.account_id is None or not live_session.is_live:
        raise NotPermitted("asking needs an account and a session on air")
    for kind in ("mute", "ban"):
        if is_sanctioned(db(), session_id, acting.account_id, kind, now=now()):
            raise NotPermitted("muted")
    ask_question(
        db(),
        live_session,
        request.form.get("text", ""),
        slot=current_slot(live_session),
        account_id=acting.account_id,
        name=acting.name,
        now=now(),
    )
    _was_here(session_id, acting.account_id)
    flash(_("问出去了，等招聘专员回答"), "success")
    return _back(session_id, tab="ask")


def vote(session_id: int, question_id: int) -> ResponseReturnValue:
    """Want to know the same."""
    live_session = load_session(db(), session_id)
    acting = actor()
    require(acting, Action.ENTER_ROOM, live_session)
    if acting.account_id is None:
        raise NotPermitted("sign in first")
    question = _question_or_404(session_id, question_id)
    if vote_for_question(db(), question, account_id=acting.account_id):
        _tell_of(question)
    return _back(session_id, tab="ask")


def withdraw_question(session_id: int, question_id: int) -> ResponseReturnValue:
    """Take one's own question back."""
    question = _question_or_404(session_id, question_id)
    if actor().account_id is None or question.account_id != actor().account_id:
        raise NotPermitted("not one's own question")
    move_question(question, QuestionStatus.WITHDRAWN)
    _tell_of(question)
    return _back(session_id, tab="ask")


def _tell_of(question: Question) -> None:
    """Let the open room hear that a question changed."""
    append(
        db(),
        EventKind.QUESTION_MOVED,
        now=now(),
        session_id=question.session_id,
        account_id=question.account_id,
        data={"question_id": question.id},
    )


def _was_here(session_id: int, account_id: int) -> None:
    """Count who takes part by form as a viewer, unless the live room has counted them already."""
    viewer = f"a{account_id}"
    seen = select(Attendance.id).where(Attendance.session_id == session_id, Attendance.viewer == viewer).limit(1)
    if db().scalar(seen) is None:
        visit = enter_room(db(), session_id, viewer, account_id=account_id, is_audience=True, now=now())
        visit.left_at = now()


def _question_or_404(session_id: int, question_id: int) -> Question:
    question = db().scalar(select(Question).where(Question.id == question_id, Question.session_id == session_id))
    if question is None:
        raise NotFound("no such question")
    return question


def _not_applied(broken: AlreadyApplied | IncompleteResume, session_id: int) -> ResponseReturnValue:
    """A page goes back to the room with the reason; a script gets the rule's own answer."""
    if wants_json():
        raise broken
    db().rollback()
    if isinstance(broken, AlreadyApplied):
        flash(_("这个岗位投过了，在我的投递里看进展"), "info")
        return _back(session_id)
    flash(_("先填姓名和联系方式，再投递"), "warning")
    return redirect(url_for("profile.edit", next=url_for("rooms.show", session_id=session_id)), 303)


def _back(session_id: int, *, tab: str = "") -> ResponseReturnValue:
    """Where the form was: the address it names, the page before, or the room."""
    room = url_for("rooms.show", session_id=session_id, tab=tab or None)
    if tab and "next" not in request.form:
        return redirect(room, 303)
    return redirect(local_path(request.form.get("next") or request.referrer, room), 303)
