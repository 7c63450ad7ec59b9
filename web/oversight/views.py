"""What an officer approves: employers and live sessions of the bureau's own district subtree."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import ColumnElement, Select, func, select, true

from fair.accounts import Role, masked_phone
from fair.districts import District, names_of
from fair.employers import Employer, Recruiter, move_employer
from fair.errors import NotFound
from fair.livesessions import LiveSession, Slot, SlotPosition, move_session
from fair.permissions import Action, require
from fair.positions import Position, flagged_words
from fair.statuses import EmployerStatus, LiveSessionStatus, PositionStatus
from fair.wording import RULES
from web.context import actor, db, now
from web.employers.places import shown_place
from web.language import is_english
from web.recruiting.readiness import checks_of, wrong_positions

blueprint = Blueprint("oversight", __name__)

A_PAGE = 20
NOTE_LENGTH = 200

_TABS = ("employers", "sessions")


@blueprint.get("/oversight")
def index() -> ResponseReturnValue:
    """What waits for approval, oldest first, or what was decided, newest first."""
    require(actor(), Action.OVERSEE)
    tab = request.args.get("tab") if request.args.get("tab") in _TABS else "employers"
    status = request.args.get("status", "submitted")
    page = max(1, request.args.get("page", 1, type=int))
    employers = select(Employer).join(Employer.district).where(_in_subtree())
    sessions = select(LiveSession).join(LiveSession.district).where(_in_subtree())
    waiting = {
        "employers": _count(employers.where(Employer.status == EmployerStatus.SUBMITTED)),
        "sessions": _count(sessions.where(LiveSession.status == LiveSessionStatus.SUBMITTED)),
    }
    if tab == "employers":
        if status in list(EmployerStatus):
            employers = employers.where(Employer.status == EmployerStatus(status))
        total = _count(employers)
        found = db().scalars(employers.order_by(Employer.id.desc()).limit(A_PAGE).offset((page - 1) * A_PAGE)).all()
        places = names_of(db(), (employer.district for employer in found), in_english=is_english())
        context = {"employers": found, "places": places}
    else:
        if status in list(LiveSessionStatus):
            sessions = sessions.where(LiveSession.status == LiveSessionStatus(status))
        total = _count(sessions)
        rows = (
            db()
            .scalars(sessions.order_by(LiveSession.starts_at.desc()).limit(A_PAGE).offset((page - 1) * A_PAGE))
            .all()
        )
        context = {"sessions": rows, "sizes": _sizes([row.id for row in rows])}
    return render_template(
        "oversight/index.html",
        tab=tab,
        status=status,
        waiting=waiting,
        total=total,
        page=page,
        pages=-(-total // A_PAGE),
        now=now(),
        **context,
    )


@blueprint.get("/oversight/positions")
def positions() -> ResponseReturnValue:
    """Published positions whose wording an officer should look at, the newest first: the words and the rule."""
    require(actor(), Action.OVERSEE)
    page = max(1, request.args.get("page", 1, type=int))
    flagged = (
        select(Position)
        .join(Position.employer)
        .join(Employer.district)
        .where(_in_subtree(), Position.status == PositionStatus.PUBLISHED, Position.flag_count > 0)
    )
    total = _count(flagged)
    found = db().scalars(flagged.order_by(Position.id.desc()).limit(A_PAGE).offset((page - 1) * A_PAGE)).all()
    return render_template(
        "oversight/positions.html",
        rows=[
            (position, [(each.words, _(RULES[each.ground])) for each in flagged_words(position)]) for position in found
        ],
        total=total,
        page=page,
        pages=-(-total // A_PAGE),
    )


@blueprint.get("/oversight/employers/<int:employer_id>")
def employer(employer_id: int) -> ResponseReturnValue:
    """Everything an employer handed in."""
    employer = _employer(employer_id)
    recruiters = db().scalars(select(Recruiter).where(Recruiter.employer_id == employer.id)).all()
    statuses = db().execute(
        select(Position.status, func.count()).where(Position.employer_id == employer.id).group_by(Position.status)
    )
    return render_template(
        "oversight/employer.html",
        employer=employer,
        place=shown_place(db(), employer.district, employer.address),
        recruiters=recruiters,
        phones={each.account_id: masked_phone(each.account.phone) if each.account.phone else "" for each in recruiters},
        position_counts={row[0]: row[1] for row in statuses},
        now=now(),
    )


@blueprint.post("/oversight/employers/<int:employer_id>/decide")
def decide_employer(employer_id: int) -> ResponseReturnValue:
    """Approve or reject an employer; a rejection says why."""
    employer = _employer(employer_id)
    note = _note()
    if request.form.get("decision") == "approve":
        move_employer(db(), employer, EmployerStatus.APPROVED, now=now(), note=note)
        flash(
            _("“%(name)s”通过了，有效到 %(day)s", name=employer.short_name, day=f"{employer.verified_until:%Y-%m-%d}"),
            "success",
        )
        return redirect(url_for(".index", tab="employers"), 303)
    if not note:
        flash(_("没写原因。对方要照着改，写一句再点没通过"), "error")
        return redirect(url_for(".employer", employer_id=employer.id), 303)
    move_employer(db(), employer, EmployerStatus.REJECTED, now=now(), note=note)
    flash(_("已退回“%(name)s”，对方看得到原因", name=employer.short_name), "success")
    return redirect(url_for(".index", tab="employers"), 303)


@blueprint.get("/oversight/sessions/<int:session_id>")
def session(session_id: int) -> ResponseReturnValue:
    """A session with its running order, and what speaks against it."""
    live_session = _session(session_id)
    return render_template(
        "oversight/session.html",
        live_session=live_session,
        place=shown_place(db(), live_session.district),
        problems=_problems(live_session),
        wrong=wrong_positions(live_session, now=now()),
        now=now(),
    )


@blueprint.post("/oversight/sessions/<int:session_id>/decide")
def decide_session(session_id: int) -> ResponseReturnValue:
    """Approve or reject a session; a rejection says why."""
    live_session = _session(session_id)
    note = _note()
    if request.form.get("decision") == "approve":
        problems = _problems(live_session)
        if problems:
            flash(_("还不能通过：%(problems)s", problems=_("；").join(problems)), "error")
            return redirect(url_for(".session", session_id=live_session.id), 303)
        move_session(db(), live_session, LiveSessionStatus.APPROVED, now=now(), note=note)
        flash(_("“%(title)s”通过了，到时间就能开播", title=live_session.title), "success")
        return redirect(url_for(".index", tab="sessions"), 303)
    if not note:
        flash(_("没写原因。对方要照着改，写一句再点没通过"), "error")
        return redirect(url_for(".session", session_id=live_session.id), 303)
    move_session(db(), live_session, LiveSessionStatus.REJECTED, now=now(), note=note)
    flash(_("已退回“%(title)s”，对方看得到原因", title=live_session.title), "success")
    return redirect(url_for(".index", tab="sessions"), 303)


def _problems(live_session: LiveSession) -> list[str]:
    """What keeps a session from going on air, in words."""
    return [check["words"] for check in checks_of(live_session, now=now()) if check["must"] and check["state"] == "bad"]


def _employer(employer_id: int) -> Employer:
    require(actor(), Action.OVERSEE)
    employer = db().get(Employer, employer_id)
    if employer is None:
        raise NotFound(f"no employer {employer_id}")
    require(actor(), Action.APPROVE_EMPLOYER, employer)
    return employer


def _session(session_id: int) -> LiveSession:
    require(actor(), Action.OVERSEE)
    live_session = db().get(LiveSession, session_id)
    if live_session is None:
        raise NotFound(f"no session {session_id}")
    require(actor(), Action.APPROVE_SESSION, live_session)
    return live_session


def _in_subtree() -> ColumnElement[bool]:
    if actor().role == Role.ADMINISTRATOR:
        return true()
    return District.path.startswith(actor().subtree or "-", autoescape=True)


def _note() -> str:
    return request.form.get("note", "").strip()[:NOTE_LENGTH]


def _count(query: Select[Any]) -> int:
    return db().scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def _sizes(session_ids: list[int]) -> dict[int, tuple[int, int]]:
    """Session → employers and positions in it."""
    slots = db().execute(
        select(Slot.session_id, func.count(Slot.employer_id.distinct()), func.count(SlotPosition.id))
        .outerjoin(SlotPosition, SlotPosition.slot_id == Slot.id)
        .where(Slot.session_id.in_(session_ids))
        .group_by(Slot.session_id)
    )
    return {row[0]: (row[1], row[2]) for row in slots}
