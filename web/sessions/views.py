"""The list of sessions, the page of one, and the calendar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from fair.errors import NotFound
from fair.livesessions import LiveSession, Slot, SlotPosition, current_slot
from fair.permissions import Action, may
from fair.statuses import LiveSessionStatus, PositionStatus
from web.addresses import public_address
from web.context import actor, db, now, today
from web.paging import page_of, pattern
from web.positions.fitting import matches_for_seeker
from web.rooms.replay import has_replay
from web.sessions.calendar import calendar_of
from web.sessions.listing import FILTERS, cards_of, coming_sessions, ended_sessions, live_sessions, present_count

blueprint = Blueprint("sessions", __name__)

_A_PAGE = 20


@blueprint.get("/sessions")
def index() -> ResponseReturnValue:
    """The sessions that come, or those that are over (`?when=past`)."""
    is_past = request.args.get("when") == "past"
    wanted = request.args.get("f", "")
    query = ended_sessions() if is_past else coming_sessions(now(), wanted=wanted)
    page = page_of(db(), query, size=_A_PAGE)
    return render_template(
        "sessions/index.html",
        page=page,
        cards=cards_of(db(), page.rows, today=today()),
        on_air=[] if is_past else cards_of(db(), live_sessions(db()), today=today()),
        is_past=is_past,
        chips=filter_chips("/sessions", wanted),
        pattern=pattern(when="past" if is_past else "", f=wanted),
        now=now(),
    )


@blueprint.get("/sessions/<int:session_id>")
def show(session_id: int) -> ResponseReturnValue:
    """One session: when, who, in which order, with which positions."""
    session = _session(session_id)
    offered = [offer.position for slot in session.slots for offer in slot.offers]
    matches = matches_for_seeker([position.id for position in offered])
    return render_template(
        "sessions/show.html",
        session=session,
        current=current_slot(session),
        slots=[(slot, _shown(slot)) for slot in session.slots],
        jumps=[
            {"words": slot.employer.short_name, "href": f"#slot-{slot.number}", "current": False}
            for slot in session.slots
        ],
        position_count=len({position.id for position in offered}),
        present=present_count(db(), session.id) if session.is_live else 0,
        matches=matches,
        now=now(),
        today=today(),
        organiser=session.bureau.name,
        has_replay=has_replay(session),
        office=False,
    )


@blueprint.get("/sessions.ics")
def calendar() -> ResponseReturnValue:
    """The sessions on air and to come, as a feed to subscribe to."""
    coming = (LiveSessionStatus.APPROVED, LiveSessionStatus.LIVE)
    query = select(LiveSession).where(LiveSession.status.in_(coming), LiveSession.ends_at > now())
    return _as_calendar(db().scalars(query.order_by(LiveSession.starts_at).limit(500)).all())


@blueprint.get("/sessions/<int:session_id>.ics")
def event(session_id: int) -> ResponseReturnValue:
    """One session for a calendar, with a reminder ten minutes before."""
    session = db().get(LiveSession, session_id)
    if session is None or not may(actor(), Action.SEE_SESSION, session):
        raise NotFound("no such session")
    return _as_calendar([session])


def filter_chips(address: str, wanted: str) -> list[dict[str, Any]]:
    """The filters as chips that lead to `address`."""
    words = {"": _("全部"), "zero": _("不要经验"), "room": _("包住宿"), "grad": _("应届生")}
    chosen = wanted if wanted in FILTERS else ""
    return [
        {"words": label, "href": f"{address}?f={key}" if key else address, "current": key == chosen}
        for key, label in words.items()
    ]


def _session(session_id: int) -> LiveSession:
    session = db().scalar(
        select(LiveSession)
        .where(LiveSession.id == session_id)
        .options(selectinload(LiveSession.slots).selectinload(Slot.offers).joinedload(SlotPosition.position))
    )
    if session is None or not may(actor(), Action.SEE_SESSION, session):
        raise NotFound("no such session")
    return session


def _shown(slot: Slot) -> list[Any]:
    public = (PositionStatus.PUBLISHED, PositionStatus.CLOSED)
    return [offer.position for offer in slot.offers if offer.position.status in public]


def _as_calendar(sessions: Sequence[LiveSession]) -> ResponseReturnValue:
    text = calendar_of(sessions, site=public_address(), now=now())
    return Response(text, mimetype="text/calendar", headers={"Content-Disposition": "inline; filename=gangbo.ics"})
