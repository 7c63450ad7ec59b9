"""A live session before it goes on air: its facts, its slots, the positions in each, and asking for approval."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import func, or_, select

from fair.accounts import Role
from fair.districts import District, bureau_for
from fair.employers import Employer
from fair.errors import NotFound, NotPermitted, WrongValue
from fair.lineups import (
    add_slot,
    arrange,
    move_offer,
    move_slot,
    offer_position,
    remove_slot,
    withdraw_offer,
)
from fair.livesessions import LiveSession, Slot, SlotPosition, move_session
from fair.permissions import Action, may, require
from fair.positions import Position
from fair.statuses import EmployerStatus, LiveSessionStatus, PositionStatus
from web.context import actor, db, now
from web.employers.places import written_place
from web.format import ZONE
from web.recruiting.blueprint import blueprint
from web.recruiting.readiness import checks_of
from web.recruiting.sessionform import SessionForm, recording_of

A_PAGE = 20
_OPEN = (LiveSessionStatus.DRAFT, LiveSessionStatus.REJECTED)


@blueprint.get("/employer/sessions")
def sessions() -> ResponseReturnValue:
    """Sessions that the recruiter made or takes part in; for an officer, those of the bureau's districts."""
    require(actor(), Action.MAKE_SESSION)
    status = request.args.get("status", "")
    page = max(1, request.args.get("page", 1, type=int))
    own = select(LiveSession)
    if actor().role == Role.OFFICER:
        own = own.join(LiveSession.district).where(District.path.startswith(actor().subtree or "-", autoescape=True))
    else:
        takes_part = select(Slot.session_id).where(Slot.employer_id == actor().employer_id)
        own = own.where(or_(LiveSession.made_by == actor().account_id, LiveSession.id.in_(takes_part)))
    per_status = db().execute(
        select(LiveSession.status, func.count())
        .where(LiveSession.id.in_(own.with_only_columns(LiveSession.id)))
        .group_by(LiveSession.status)
    )
    counts = {row[0]: row[1] for row in per_status}
    if status in list(LiveSessionStatus):
        own = own.where(LiveSession.status == LiveSessionStatus(status))
    total = sum(counts.values()) if status not in list(LiveSessionStatus) else counts.get(LiveSessionStatus(status), 0)
    found = db().scalars(own.order_by(LiveSession.starts_at.desc()).limit(A_PAGE).offset((page - 1) * A_PAGE)).all()
    return render_template(
        "recruiting/sessions.html",
        sessions=found,
        counts=counts,
        status=status,
        page=page,
        pages=-(-total // A_PAGE),
        now=now(),
    )


@blueprint.route("/employer/sessions/new", methods=["GET", "POST"])
def new_session() -> ResponseReturnValue:
    """A new session; a recruiter's own employer gets its first slot."""
    require(actor(), Action.MAKE_SESSION)
    employer = db().get(Employer, actor().employer_id) if actor().employer_id else None
    at = (now().astimezone(ZONE) + timedelta(days=1)).replace(hour=14, minute=0, second=0, microsecond=0, tzinfo=None)
    form = SessionForm(
        data={
            "place": written_place(db(), employer.district) if employer else "",
            "starts_at": at,
            "ends_at": at + timedelta(hours=1),
            "poster": "stage-fair.svg",
        }
    )
    form.near = employer.district.path if employer else actor().subtree
    if request.method == "GET":
        return render_template("recruiting/session_new.html", form=form)
    live_session = LiveSession(made_by=actor().account_id, created_at=now())
    if not form.validate() or not _place(form, live_session):
        return render_template("recruiting/session_new.html", form=form), 422
    form.write(live_session)
    db().add(live_session)
    db().flush()
    if employer is not None:
        length = round((live_session.ends_at - live_session.starts_at) / timedelta(minutes=1))
        add_slot(db(), live_session, employer, minutes=min(240, max(5, length)))
    flash(_("场次建好了，接着放岗位"), "success")
    return _back(live_session)


@blueprint.route("/employer/sessions/<int:session_id>", methods=["GET", "POST"])
def session(session_id: int) -> ResponseReturnValue:
    """One session with its running order, and the form of its facts."""
    live_session = _own(session_id)
    facts = {
        name: getattr(live_session, name) for name in ("title", "about", "picture_source", "picture_url", "publish_url")
    }
    form = SessionForm(
        data=facts
        | {
            "poster": live_session.poster or "stage-fair.svg",
            "recording": recording_of(live_session),
            "place": written_place(db(), live_session.district),
            "starts_at": live_session.starts_at.astimezone(ZONE).replace(tzinfo=None),
            "ends_at": live_session.ends_at.astimezone(ZONE).replace(tzinfo=None),
        }
    )
    if request.method == "GET":
        return _page(form, live_session)
    _may_change(live_session)
    form.near, form.is_over_allowed = live_session.district.path, live_session.is_live
    with db().no_autoflush:
        if not form.validate() or not _place(form, live_session):
            return _page(form, live_session), 422
    form.write(live_session)
    arrange(db(), live_session, list(live_session.slots))
    flash(_("已保存"), "success")
    return _back(live_session)


@blueprint.post("/employer/sessions/<int:session_id>/slots")
def new_slot(session_id: int) -> ResponseReturnValue:
    """One more turn: the recruiter's own employer's, or one that the officer chooses."""
    live_session = _own(session_id)
    _may_change(live_session)
    employer_id = request.form.get("employer_id", type=int)
    employer = db().get(Employer, employer_id) if employer_id else None
    if employer is None or employer.id not in {each.id for each in _invited(live_session)}:
        flash(_("没有选单位。从列表里选一家"), "error")
        return _back(live_session)
    try:
        add_slot(db(), live_session, employer, minutes=request.form.get("minutes", 20, type=int))
    except WrongValue as wrong:
        flash(_(str(wrong)), "error")
    return _back(live_session, "lineup")


@blueprint.post("/employer/sessions/<int:session_id>/slots/<int:slot_id>")
def change_slot(session_id: int, slot_id: int) -> ResponseReturnValue:
    """Move a slot up or down, change its length, or take it out."""
    live_session = _own(session_id)
    _may_change(live_session)
    slot = _slot(live_session, slot_id)
    wanted = request.form.get("do", "")
    if wanted in ("up", "down"):
        move_slot(db(), slot, -1 if wanted == "up" else 1)
    elif wanted == "remove":
        remove_slot(db(), slot)
    else:
        slot.minutes = max(5, min(240, request.form.get("minutes", slot.minutes, type=int)))
        arrange(db(), live_session, list(live_session.slots))
    return _back(live_session, "lineup")


@blueprint.post("/employer/sessions/<int:session_id>/slots/<int:slot_id>/offers")
def new_offers(session_id: int, slot_id: int) -> ResponseReturnValue:
    """Put positions into a slot."""
    live_session = _own(session_id)
    slot = _slot(live_session, slot_id)
    require(actor(), Action.FILL_SLOT, slot)
    chosen = db().scalars(select(Position).where(Position.id.in_(request.form.getlist("position_id", type=int)[:60])))
    found = {position.id: position for position in chosen}
    if not found:
        flash(_("没有选岗位。勾上再点放进去"), "error")
    for position_id in request.form.getlist("position_id", type=int):
        if position_id in found:
            try:
                offer_position(db(), slot, found[position_id])
            except WrongValue as wrong:
                flash(_(str(wrong)), "error")
    return _back(live_session, f"slot-{slot.id}")


@blueprint.post("/employer/sessions/<int:session_id>/offers/<int:offer_id>")
def change_offer(session_id: int, offer_id: int) -> ResponseReturnValue:
    """Move a position up or down in its slot, or take it out."""
    live_session = _own(session_id)
    offer = db().get(SlotPosition, offer_id)
    if offer is None or offer.slot.session_id != live_session.id:
        raise NotFound(f"no offer {offer_id} in session {session_id}")
    require(actor(), Action.FILL_SLOT, offer.slot)
    slot_id, wanted = offer.slot_id, request.form.get("do", "")
    if wanted in ("up", "down"):
        move_offer(db(), offer, -1 if wanted == "up" else 1)
    elif wanted == "remove":
        withdraw_offer(db(), offer)
    return _back(live_session, f"slot-{slot_id}")


@blueprint.post("/employer/sessions/<int:session_id>/step")
def step_session(session_id: int) -> ResponseReturnValue:
    """Hand a session in for approval, take it back to change it, or cancel it."""
    live_session = _own(session_id)
    require(actor(), Action.EDIT_SESSION, live_session)
    wanted = request.form.get("to", "")
    if wanted == LiveSessionStatus.SUBMITTED:
        lacking = [
            check["words"] for check in checks_of(live_session, now=now()) if check["state"] == "bad" and check["must"]
        ]
        if lacking:
            flash(_("还不能提交：%(problems)s", problems=_("；").join(lacking)), "error")
            return _back(live_session)
    elif wanted not in (LiveSessionStatus.DRAFT, LiveSessionStatus.CANCELLED):
        raise NotFound(f"no such step: {wanted}")
    move_session(db(), live_session, LiveSessionStatus(wanted), now=now())
    words = {
        "submitted": _("已提交，等%(bureau)s审核", bureau=live_session.bureau.name),
        "draft": _("已撤回，改好再提交"),
        "cancelled": _("已取消"),
    }
    flash(words[wanted], "success")
    return _back(live_session)


def _own(session_id: int) -> LiveSession:
    """A session that the actor made, takes part in or oversees; others are not found."""
    require(actor(), Action.MAKE_SESSION)
    live_session = db().get(LiveSession, session_id)
    if live_session is None or not _belongs(live_session):
        raise NotFound(f"no session {session_id} of this actor")
    return live_session


def _belongs(live_session: LiveSession) -> bool:
    takes_part = any(slot.employer_id == actor().employer_id for slot in live_session.slots)
    return (
        takes_part or live_session.made_by == actor().account_id or may(actor(), Action.APPROVE_SESSION, live_session)
    )


def _may_change(live_session: LiveSession) -> None:
    require(actor(), Action.EDIT_SESSION, live_session)
    if actor().role == Role.RECRUITER and live_session.status not in _OPEN:
        raise NotPermitted("what was handed in is taken back before it is changed")


def _slot(live_session: LiveSession, slot_id: int) -> Slot:
    slot = next((slot for slot in live_session.slots if slot.id == slot_id), None)
    if slot is None:
        raise NotFound(f"no slot {slot_id} in session {live_session.id}")
    return slot


def _place(form: SessionForm, live_session: LiveSession) -> bool:
    """Set district and bureau from the form's place; an officer stays in the own subtree."""
    assert form.found is not None
    district = db().get_one(District, form.found.code)
    bureau = bureau_for(db(), district.path)
    if bureau is None:
        form.place.errors = [_("这个地方没有主管部门在用岗播。换一个地方")]
        return False
    if actor().role == Role.OFFICER and not district.path.startswith(actor().subtree or "-"):
        form.place.errors = [_("不在你管的区划里。换一个地方")]
        return False
    live_session.district_code, live_session.bureau_id = district.code, bureau.id
    live_session.district, live_session.bureau = district, bureau
    return True


def _invited(live_session: LiveSession) -> list[Employer]:
    """The employers that the actor may give a slot to."""
    if actor().role == Role.RECRUITER:
        return list(db().scalars(select(Employer).where(Employer.id == actor().employer_id)))
    subtree = actor().subtree or live_session.bureau.district.path
    approved = (
        select(Employer)
        .join(Employer.district)
        .where(Employer.status == EmployerStatus.APPROVED, District.path.startswith(subtree, autoescape=True))
    )
    return list(db().scalars(approved.order_by(Employer.short_name).limit(500)))


def _page(form: SessionForm, live_session: LiveSession) -> str:
    with db().no_autoflush:
        can_edit = may(actor(), Action.EDIT_SESSION, live_session)
        can_change = can_edit and (actor().role != Role.RECRUITER or live_session.status in _OPEN)
        fillable = {slot.id for slot in live_session.slots if may(actor(), Action.FILL_SLOT, slot)}
        return render_template(
            "recruiting/session.html",
            form=form,
            live_session=live_session,
            can_edit=can_edit,
            can_change=can_change,
            can_start=may(actor(), Action.START_SESSION, live_session),
            fillable=fillable,
            free=_free_positions(live_session, fillable),
            invited=_invited(live_session) if can_change else [],
            checks=checks_of(live_session, now=now()),
            now=now(),
        )


def _free_positions(live_session: LiveSession, slot_ids: set[int]) -> dict[int, list[Any]]:
    """Slot → published positions of its employer that are not in it yet."""
    employer_ids = {slot.employer_id for slot in live_session.slots if slot.id in slot_ids}
    rows = (
        db()
        .execute(
            select(
                Position.id, Position.title, Position.employer_id, Position.pay_min, Position.pay_max, Position.pay_unit
            )
            .where(Position.employer_id.in_(employer_ids), Position.status == PositionStatus.PUBLISHED)
            .order_by(Position.id.desc())
            .limit(300)
        )
        .all()
    )
    free = {}
    for slot in live_session.slots:
        offered = {offer.position_id for offer in slot.offers}
        free[slot.id] = [row for row in rows if row.employer_id == slot.employer_id and row.id not in offered]
    return free


def _back(live_session: LiveSession, part: str | None = None) -> ResponseReturnValue:
    return redirect(url_for(".session", session_id=live_session.id, _anchor=part), 303)
