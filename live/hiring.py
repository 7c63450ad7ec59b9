"""Deeds of applications: submitted and withdrawn by seekers, seen and moved on by their employer."""

from __future__ import annotations

from fair.applications import UNDO_WITHIN, move_application, submit_application, withdraw_application
from fair.errors import IncompleteResume, NotFound, WrongValue
from fair.permissions import Action, require
from fair.positions import Position
from fair.seekers import SeekerProfile
from fair.statuses import ApplicationStatus
from fair.talk import checked_text
from live import requests, views
from live.act import Act
from live.deeds import Outcome

WORDING = "点投递，就是同意把简历给{employer}一家。"
"""What stands under the button in the room, for the record of the consent."""


def apply(act: Act, request: requests.Apply) -> Outcome:
    """Apply once, with the match that was on the screen; raises what `submit_application` raises."""
    deed = act.deed
    require(act.actor, Action.APPLY)
    act.must_be_live()
    position = act.db.get(Position, request.position_id)
    if position is None:
        raise NotFound("no such position")
    profile = act.db.get(SeekerProfile, deed.account_id)
    if profile is None:
        raise IncompleteResume("no profile yet")
    application = submit_application(
        act.db,
        profile,
        position,
        key=request.key,
        now=deed.at,
        wording=WORDING.format(employer=position.employer.name),
        live_session=act.live_session,
        score=deed.score,
        reasons=deed.reasons,
        is_in_room=True,
    )
    return Outcome(
        {"application": views.application_view(application), "undo_until": application.applied_at + UNDO_WITHIN}
    )


def withdraw(act: Act, request: requests.Withdraw) -> Outcome:
    """Take one's own application back."""
    application = act.application(request.application_id, Action.WITHDRAW_APPLICATION)
    withdraw_application(act.db, application, by=act.deed.account_id, now=act.deed.at)
    return Outcome({"application": views.application_view(application)})


def move(act: Act, request: requests.Move) -> Outcome:
    """Take one of the employer's steps with an application."""
    application = act.application(request.application_id, Action.MOVE_APPLICATION)
    try:
        wanted = ApplicationStatus(request.status)
    except ValueError:
        raise WrongValue("status", "no such status") from None
    note = checked_text(request.note, limit=200) if request.note.strip() else ""
    move_application(act.db, application, wanted, by=act.deed.account_id, now=act.deed.at, note=note)
    return Outcome({"application": views.application_view(application)})


def seen(act: Act, request: requests.Seen) -> Outcome:
    """Note that the employer has looked at an application."""
    application = act.application(request.application_id, Action.MOVE_APPLICATION)
    if application.status == ApplicationStatus.SUBMITTED:
        move_application(act.db, application, ApplicationStatus.VIEWED, by=act.deed.account_id, now=act.deed.at)
    return Outcome({"application": views.application_view(application)})
