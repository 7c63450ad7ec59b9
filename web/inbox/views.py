"""Applications as the employer sees them: the list, one application with its résumé, and each step on."""

from __future__ import annotations

from functools import cache
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import joinedload, selectinload

from fair.accounts import Account, masked_phone
from fair.applications import Application, ApplicationChange, is_overdue, move_application
from fair.errors import NotFound
from fair.livesessions import LiveSession
from fair.matches import VERY_FITTING
from fair.permissions import Action, may, require
from fair.positions import Position
from fair.statuses import APPLICATION_STEPS, ApplicationStatus
from web.addresses import local_path
from web.context import actor, db, now
from web.employers.views import own_employer_id
from web.errors import wants_json
from web.language import is_english

blueprint = Blueprint("inbox", __name__)

A_PAGE = 25
NOTE_LENGTH = 200

_STAGES: dict[str, tuple[ApplicationStatus, ...]] = {
    "unseen": (ApplicationStatus.SUBMITTED,),
    "viewed": (ApplicationStatus.VIEWED,),
    "shortlisted": (ApplicationStatus.SHORTLISTED,),
    "interview": (ApplicationStatus.INTERVIEW,),
    "hired": (ApplicationStatus.OFFERED, ApplicationStatus.HIRED),
    "declined": (ApplicationStatus.DECLINED, ApplicationStatus.WITHDRAWN),
}
# The number is the seeker's: it is shown in full once the employer means to call.
_CALLING = (
    ApplicationStatus.SHORTLISTED,
    ApplicationStatus.INTERVIEW,
    ApplicationStatus.OFFERED,
    ApplicationStatus.HIRED,
)
_STEPS = (
    ApplicationStatus.SHORTLISTED,
    ApplicationStatus.INTERVIEW,
    ApplicationStatus.OFFERED,
    ApplicationStatus.HIRED,
    ApplicationStatus.DECLINED,
)

_application, _position, _session = Application.__table__.c, Position.__table__.c, LiveSession.__table__.c
_FITTING = _application.score >= VERY_FITTING
_ROWS = select(
    _application.id,
    _application.session_id,
    _application.status,
    _application.score,
    _application.reasons,
    _application.resume,
    _application.applied_at,
    _position.title,
).join(Position.__table__, _position.id == _application.position_id)


def _applied_for(table: Any, column: Any, newest: Any) -> Select[Any]:
    """Number and title of the hundred newest of a table that somebody applied for, for a filter."""
    named = select(column).where(_application.employer_id == bindparam("employer_id")).distinct()
    return select(table.id, table.title).where(table.id.in_(named)).order_by(newest.desc()).limit(100)


_POSITION_TITLES = _applied_for(_position, _application.position_id, _position.id)
_SESSION_TITLES = _applied_for(_session, _application.session_id, _session.starts_at)


@blueprint.get("/employer/applications")
def index() -> ResponseReturnValue:
    """The employer's applications by stage, position and session; those that wait longest first where nobody looked."""
    employer_id = own_employer_id()
    stage = request.args.get("stage", "")
    position_id, session_id = request.args.get("position", type=int), request.args.get("session", type=int)
    page = max(1, request.args.get("page", 1, type=int))
    own = {"employer_id": employer_id, "position_id": position_id, "session_id": session_id}
    rows, per_status, fitting = _statements(
        stage if stage in _STAGES or stage == "fitting" else "",
        of_position=bool(position_id),
        of_session=bool(session_id),
    )
    counts = _counts({row[0]: row[1] for row in db().execute(per_status, own)}, db().scalar(fitting, own) or 0)
    total = counts[stage] if stage in counts else counts[""]
    found = db().execute(rows, {**own, "first": (page - 1) * A_PAGE}).all()
    return render_template(
        "inbox/index.html",
        applications=found,
        reasons={application.id: reasons_of(application.reasons) for application in found},
        is_late=lambda each: is_overdue(each.status, each.applied_at, now()),
        sessions={row[0]: row[1] for row in db().execute(_SESSION_TITLES, own)},
        positions=[(row[0], row[1]) for row in db().execute(_POSITION_TITLES, own)],
        counts=counts,
        stage=stage,
        position_id=position_id,
        session_id=session_id,
        page=page,
        pages=-(-total // A_PAGE),
        now=now(),
    )


@blueprint.get("/employer/applications/<int:application_id>")
def show(application_id: int) -> ResponseReturnValue:
    """One application: the résumé as it was given, why it fits, its way so far, and the next steps."""
    application = _own(application_id)
    names = db().execute(
        select(ApplicationChange.by, Account.name)
        .join(Account, Account.id == ApplicationChange.by)
        .where(ApplicationChange.application_id == application.id)
    )
    who = {row[0]: row[1] for row in names}
    has_resume = may(actor(), Action.SEE_RESUME, application)
    session = db().get(LiveSession, application.session_id) if application.session_id else None
    return render_template(
        "inbox/show.html",
        application=application,
        resume=application.resume if has_resume else {},
        phone=_phone(application) if has_resume else "",
        is_calling=application.status in _CALLING,
        email=_email(application) if has_resume and application.status in _CALLING else "",
        reasons=reasons_of(application.reasons),
        live_session=session,
        who=who,
        steps=[each for each in _STEPS if each in APPLICATION_STEPS.get(application.status, ())],
        now=now(),
    )


@blueprint.post("/employer/applications/<int:application_id>/move")
def move(application_id: int) -> ResponseReturnValue:
    """Take one step; having been seen already is no mistake."""
    application = _own(application_id)
    require(actor(), Action.MOVE_APPLICATION, application)
    wanted = _wanted()
    acting = actor().account_id
    assert acting is not None
    is_first_look = wanted == ApplicationStatus.VIEWED and application.status != ApplicationStatus.DECLINED
    if not (is_first_look and application.status != ApplicationStatus.SUBMITTED):
        note = request.form.get("note", "").strip()[:NOTE_LENGTH]
        move_application(db(), application, wanted, by=acting, now=now(), note=note)
    if wants_json():
        return jsonify(status=application.status)
    if wanted != ApplicationStatus.VIEWED:
        flash(_done(application, wanted), "success")
    elif not is_first_look:
        flash(_("已撤销，回到已查看"), "success")
    onward = local_path(request.form.get("next"), url_for(".show", application_id=application.id))
    return redirect(onward, 303)


def reasons_of(reasons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Why it fits, as the recruiter reads it: {met, text}, in the language of the page."""
    in_english = is_english()
    read = []
    for reason in reasons:
        words = (reason.get("recruiter_en") if in_english else "") or reason.get("recruiter") or reason.get("text", "")
        if words:
            read.append({"met": bool(reason.get("is_met", reason.get("met"))), "text": words})
    return read


def _own(application_id: int) -> Application:
    application = db().scalar(
        select(Application)
        .where(Application.id == application_id)
        .options(selectinload(Application.changes), joinedload(Application.seeker))
    )
    if application is None or application.employer_id != own_employer_id():
        raise NotFound(f"no application {application_id} to this employer")
    require(actor(), Action.SEE_APPLICATION, application)
    return application


def _wanted() -> ApplicationStatus:
    value = request.form.get("status") or (request.get_json(silent=True) or {}).get("status", "")
    if value not in list(ApplicationStatus):
        raise NotFound(f"no such step: {value}")
    return ApplicationStatus(value)


def _done(application: Application, wanted: ApplicationStatus) -> str:
    name = application.resume.get("full_name", "")
    return {
        ApplicationStatus.SHORTLISTED: _("已留意%(name)s，现在看得到完整手机号", name=name),
        ApplicationStatus.INTERVIEW: _("已约%(name)s面试，对方看得到", name=name),
        ApplicationStatus.OFFERED: _("已告诉%(name)s可录用", name=name),
        ApplicationStatus.HIRED: _("已录用%(name)s", name=name),
        ApplicationStatus.DECLINED: _("已答复%(name)s不合适，点错了可以撤销", name=name),
    }[wanted]


def _phone(application: Application) -> str:
    phone = application.seeker.account.phone if application.seeker else None
    if not phone:
        return ""
    return phone if application.status in _CALLING else masked_phone(phone)


def _email(application: Application) -> str:
    return (application.seeker.account.email or "") if application.seeker else ""


@cache
def _statements(stage: str, *, of_position: bool, of_session: bool) -> tuple[Select[Any], Select[Any], Select[Any]]:
    """The rows of a stage, how many there are of each status, and how many fit very well; built once each."""
    own = [_application.employer_id == bindparam("employer_id")]
    if of_position:
        own.append(_application.position_id == bindparam("position_id"))
    if of_session:
        own.append(_application.session_id == bindparam("session_id"))
    per_status = select(_application.status, func.count()).where(*own).group_by(_application.status)
    fitting = select(func.count()).select_from(Application.__table__).where(*own, _FITTING)
    rows = _ROWS.where(*own)
    if stage == "fitting":
        rows = rows.where(_FITTING).order_by(_application.score.desc(), _application.id.desc())
    elif stage == "unseen":
        rows = rows.where(_application.status.in_(_STAGES[stage])).order_by(_application.applied_at, _application.id)
    else:
        among = [_application.status.in_(_STAGES[stage])] if stage in _STAGES else []
        rows = rows.where(*among).order_by(_application.applied_at.desc(), _application.id.desc())
    return rows.limit(A_PAGE).offset(bindparam("first")), per_status, fitting


def _counts(per_status: dict[ApplicationStatus, int], fitting: int) -> dict[str, int]:
    counts = {name: sum(per_status.get(each, 0) for each in stages) for name, stages in _STAGES.items()}
    return counts | {"fitting": fitting, "": sum(per_status.values())}
