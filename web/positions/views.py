"""The search for positions, the page of one, and applying from it."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import Any

import msgspec
from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup
from sqlalchemy import bindparam, select

from fair.accounts import Role
from fair.applications import UNDO_WITHIN, standing_application, submit_application
from fair.districts import District
from fair.errors import AlreadyApplied, IncompleteResume, NotFound, WrongValue
from fair.livesessions import LiveSession, Slot, SlotPosition
from fair.permissions import Action, may, require
from fair.pins import Pin
from fair.positions import Position
from fair.statuses import LiveSessionStatus
from fair.vocabulary import Schedule
from web.addresses import public_address
from web.context import actor, db, now, today
from web.paging import pattern
from web.places import place_name, search_places
from web.positions.fitting import (
    best_for_seeker,
    match_to_apply_on,
    matches_for_seeker,
    own_profile,
    wants_matches,
)
from web.positions.posting import job_posting
from web.positions.search import Found, Wanted, find_positions, found_by_fit, wanted_among
from web.positions.turns import in_turn
from web.words import SCHEDULE, choices

blueprint = Blueprint("positions", __name__)


_SUITED = 200
_PRESENTED = (LiveSessionStatus.LIVE, LiveSessionStatus.APPROVED, LiveSessionStatus.ENDED)

_session, _pin = LiveSession.__table__.c, Pin.__table__.c
# Built once and of columns alone, for every page of a position asks them.
_FOUND = select(Position).where(Position.id == bindparam("position_id"))
_SESSIONS = (
    select(_session.id, _session.title, _session.status, _session.poster, _session.starts_at)
    .join(Slot.__table__, Slot.__table__.c.session_id == _session.id)
    .join(SlotPosition.__table__, SlotPosition.__table__.c.slot_id == Slot.__table__.c.id)
    .where(SlotPosition.__table__.c.position_id == bindparam("position_id"), _session.status.in_(_PRESENTED))
    .order_by(_session.starts_at.desc())
    .limit(5)
)
_LAST_PIN = (
    select(_pin.started_at, _pin.media_from_ms, _pin.media_to_ms)
    .where(_pin.session_id == bindparam("session_id"), _pin.position_id == bindparam("position_id"))
    .order_by(_pin.id.desc())
    .limit(1)
)


@dataclass(frozen=True)
class Moment:
    """When a position is or was presented: the session as a list shows it, and the pin's times if there was one."""

    session: Any
    pin: Any


@blueprint.get("/positions")
def index() -> ResponseReturnValue:
    """The open positions, by words, place and pay; without words what fits a seeker first, or all by `?order=new`."""
    wanted, is_new_first = _wanted(), request.args.get("order") == "new"
    has_orders = not wanted.words and bool(wants_matches())
    found = _suited(wanted) if has_orders and not is_new_first else None
    found = found or find_positions(db(), wanted, number=_page_number(), today=today())
    fitting = matches_for_seeker([position.id for position in found.page.rows])
    return render_template(
        "positions/index.html",
        wanted=wanted,
        page=found.page,
        by=found.by,
        fitting=fitting,
        places=search_places(db()),
        schedules=choices(SCHEDULE),
        orders=_orders(wanted, by=found.by) if has_orders and (is_new_first or found.by == "fit") else [],
        pattern=pattern(**_asked(wanted), order="new" if is_new_first else None),
    )


@blueprint.get("/positions/<int:position_id>")
def show(position_id: int) -> ResponseReturnValue:
    """One position: pay, duties, requirements, who offers it, how it fits, and the one button."""
    position = _position(position_id)
    place = place_name(db(), position.district_code)
    acting = actor()
    application = (
        standing_application(db(), position.id, acting.account_id)
        if acting.role == Role.SEEKER and acting.account_id is not None
        else None
    )
    is_open = position.is_open(today())
    address = public_address() + url_for("positions.show", position_id=position.id)
    return render_template(
        "positions/show.html",
        position=position,
        place=place,
        is_open=is_open,
        fitting=matches_for_seeker([position.id] if is_open else []),
        application=application,
        can_undo=application is not None and now() - application.applied_at < UNDO_WITHIN,
        may_apply=acting.role in (Role.SEEKER, None),
        moment=_moment(position.id),
        key=secrets.token_urlsafe(18),
        posting=_as_data(json.dumps(job_posting(position, address=address, place=place))) if is_open else "",
        now=now(),
    )


@blueprint.post("/positions/<int:position_id>/apply")
def apply(position_id: int) -> ResponseReturnValue:
    """Apply once, whatever is repeated; the consent names the employer."""
    require(actor(), Action.APPLY)
    profile = own_profile()
    if profile is None:
        raise NotFound("no profile")
    key = request.form.get("key", "")
    if not 8 <= len(key) <= 64:
        raise WrongValue("key", "刷新页面再投一次")
    match = match_to_apply_on(position_id)
    position = _position(position_id)
    here = url_for("positions.show", position_id=position.id)
    try:
        application = submit_application(
            db(),
            profile,
            position,
            key=key,
            now=now(),
            wording=_("点投递，就是同意把简历给%(employer)s一家。", employer=position.employer.name),
            score=match.score if match else None,
            reasons=[msgspec.to_builtins(each) for each in match.reasons] if match else None,
        )
    except AlreadyApplied:
        flash(_("这个岗位投过了，在我的投递里看进展"), "info")
        return redirect(here, 303)
    except IncompleteResume:
        flash(_("先填姓名，用人单位才知道怎么称呼你。存好就回到这个岗位"), "warning")
        return redirect(url_for("profile.edit", next=here), 303)
    session["applied"] = application.id
    return redirect(here, 303)


def _suited(wanted: Wanted) -> Found | None:
    """What fits the seeker who looks and is wanted, the best first; None when nothing does."""
    best = best_for_seeker(limit=_SUITED)
    among = wanted_among(db(), wanted, list(best.matches), today=today())
    ids = in_turn(best, among, is_shown=_page_number() == 1)
    return found_by_fit(db(), ids, number=_page_number()) if ids else None


def _orders(wanted: Wanted, *, by: str) -> list[dict[str, Any]]:
    """The two orders as chips: what fits the seeker, and all of it."""
    words = {"": _("适合你的"), "new": _("全部，新发布的在前")}
    return [
        {
            "words": label,
            "href": url_for("positions.index", **_asked(wanted), order=order or None),
            "current": (by == "fit") == (order == ""),
        }
        for order, label in words.items()
    ]


def _page_number() -> int:
    return request.args.get("page", 1, int)


def _asked(wanted: Wanted) -> dict[str, Any]:
    """What is wanted as the values of an address."""
    return {
        "q": wanted.words or None,
        "place": wanted.place or None,
        "pay": wanted.pay,
        "schedule": wanted.schedule,
        "room": "1" if wanted.has_dormitory else None,
        "zero": "1" if wanted.needs_no_experience else None,
    }


def _wanted() -> Wanted:
    values = request.args
    place = values.get("place", "")
    district = db().get(District, place) if place else None
    schedule = values.get("schedule", "")
    return Wanted(
        words=" ".join(values.get("q", "").split())[:80],
        place=district.code if district else "",
        path=district.path if district else "",
        pay=values.get("pay", None, int) or None,
        schedule=Schedule(schedule) if schedule in set(Schedule) else None,
        has_dormitory=values.get("room") == "1",
        needs_no_experience=values.get("zero") == "1",
    )


def _position(position_id: int) -> Position:
    position = db().scalar(_FOUND, {"position_id": position_id})
    if position is None or not may(actor(), Action.SEE_POSITION, position):
        raise NotFound("no such position")
    return position


def _moment(position_id: int) -> Moment | None:
    """Where one sees it presented: a session on air or to come before one that is over."""
    sessions = db().execute(_SESSIONS, {"position_id": position_id}).all()
    if not sessions:
        return None
    session = min(sessions, key=lambda each: _PRESENTED.index(each.status))
    pin = db().execute(_LAST_PIN, {"session_id": session.id, "position_id": position_id}).first()
    return Moment(session, pin)


def _as_data(text: str) -> Markup:
    """JSON that cannot end the element it stands in."""
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))  # noqa: S704
