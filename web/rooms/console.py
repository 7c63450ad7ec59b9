"""The host's console: the check before the broadcast, the console while it runs, starting and ending.

Pinning, answering and moderating take the socket; starting, ending and moving an application work by form too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fair.applications import Application, move_application
from fair.errors import NotFound, NotPermitted, WrongValue
from fair.livesessions import LiveSession, Slot, move_session
from fair.matches import VERY_FITTING
from fair.permissions import Action, RoomRole, may, require, room_role
from fair.pins import unpin
from fair.statuses import ApplicationStatus, LiveSessionStatus, QuestionStatus
from web import format as printed
from web.context import actor, db, now
from web.errors import wants_json
from web.language import is_english
from web.rooms import checking, page, script, talk
from web.rooms.scene import Offer, Scene, console_applications, load_session, scene_of

__all__ = ["end", "move", "show", "start"]

_KEYS = "123456789"
_FILTERS: Mapping[str, Callable[[dict[str, Any]], bool]] = {
    "new": lambda row: row["status"] in ("submitted", "viewed"),
    "very": lambda row: (row["score"] or 0) >= VERY_FITTING,
    "noted": lambda row: row["status"] == "shortlisted",
}


def show(session_id: int) -> ResponseReturnValue:
    """The check before the start, the console while the session runs, the inbox once it has ended."""
    live_session = load_session(db(), session_id)
    require(actor(), Action.MODERATE_ROOM, live_session)
    if live_session.status == LiveSessionStatus.ENDED:
        flash(_("这一场已经结束"), "info")
        return redirect(_after(live_session), 303)
    scene = scene_of(db(), live_session, account_id=actor().account_id, matches={}, now=now())
    if live_session.is_live:
        return render_template("console/console.html", **_console(live_session, scene))
    return render_template(
        "console/check.html",
        **checking.context(live_session, scene),
        page=script.data(live_session, urls={}, at_desk=True),
    )


def start(session_id: int) -> ResponseReturnValue:
    """Go on air."""
    live_session = load_session(db(), session_id)
    require(actor(), Action.START_SESSION, live_session)
    scene = scene_of(db(), live_session, account_id=None, matches={}, now=now())
    missing = checking.missing(live_session, scene)
    if missing:
        raise WrongValue("session", missing)
    move_session(db(), live_session, LiveSessionStatus.LIVE, now=now())
    return redirect(url_for("rooms.console", session_id=session_id), 303)


def end(session_id: int) -> ResponseReturnValue:
    """Go off air, for good; what is on screen comes off."""
    live_session = load_session(db(), session_id)
    acting = actor()
    require(acting, Action.START_SESSION, live_session)
    if acting.account_id is None:
        raise NotPermitted("sign in first")
    unpin(db(), live_session, by=acting.account_id, now=now())
    move_session(db(), live_session, LiveSessionStatus.ENDED, now=now())
    flash(_("直播结束了。没看完的投递在这里接着看"), "success")
    return redirect(_after(live_session), 303)


def move(session_id: int, application_id: int) -> ResponseReturnValue:
    """Take a step with an application that arrived in this session."""
    application = db().get(Application, application_id)
    if application is None or application.session_id != session_id:
        raise NotFound("no such application")
    acting = actor()
    require(acting, Action.MOVE_APPLICATION, application)
    try:
        wanted = ApplicationStatus(request.form.get("status", ""))
    except ValueError:
        raise WrongValue("status", _("没有这一步")) from None
    move_application(db(), application, wanted, by=acting.account_id or 0, now=now())
    if wants_json():
        return jsonify(application={"id": application.id, "status": application.status.value})
    return redirect(url_for("rooms.console", session_id=session_id), 303)


def _console(live_session: LiveSession, scene: Scene) -> dict[str, Any]:
    acting = actor()
    is_host = room_role(acting, live_session) == RoomRole.HOST
    rows = [_applicant(each) for each in _applications(live_session.id, acting.employer_id)]
    wanted = request.args.get("show", "all")
    waiting = [each for each in scene.asked if each.question.status == QuestionStatus.WAITING]
    own = scene.stage_offers
    if acting.employer_id is not None:
        own = [offer for offer in scene.offers if offer.position.employer_id == acting.employer_id]
    following = next((offer for offer in own if offer.state == "" and offer.is_open), None)
    urls = {
        "console": url_for("rooms.console", session_id=live_session.id),
        "room": url_for("rooms.show", session_id=live_session.id),
        "end": url_for("rooms.end", session_id=live_session.id),
        "applications": url_for("inbox.index"),
        "back": url_for("sessions.show", session_id=live_session.id),
        "move": url_for("rooms.move", session_id=live_session.id, application_id=0),
        "resume": url_for("inbox.show", application_id=0),
    }
    return {
        "room": checking.room_shown(live_session, scene),
        "employer": checking.employer_name(live_session, acting.employer_id),
        "may": {
            "pin": is_host,
            "moderate": may(acting, Action.MODERATE_ROOM, live_session),
            "end": may(acting, Action.START_SESSION, live_session),
            "hand_over": is_host,
        },
        "moderator": live_session.moderator.name if live_session.moderator else "",
        "slots": [_turn(slot, may_begin=is_host, is_next=slot is scene.next_slot) for slot in live_session.slots],
        "late": _late(scene),
        "now": _now_shown(scene),
        "next": {"id": following.position.id, "title": following.position.title} if following else None,
        "offers": [_offer(offer, place) for place, offer in enumerate(own)],
        "applications": [row for row in rows if wanted not in _FILTERS or _FILTERS[wanted](row)],
        "show": wanted,
        "counts": {name: sum(map(chosen, rows)) for name, chosen in _FILTERS.items()} | {"all": len(rows)},
        "questions": [
            {
                "id": each.question.id,
                "text": each.question.text,
                "who": each.question.name,
                "votes": each.question.vote_count,
            }
            for each in waiting
        ],
        "longest": printed.duration(
            max(((now() - each.question.asked_at).total_seconds() for each in waiting), default=None)
        ),
        "messages": talk.messages(scene, account_id=acting.account_id),
        "urls": urls,
        "page": script.data(live_session, urls=urls, at_desk=True) | {"employer_id": acting.employer_id},
    }


def _turn(slot: Slot, *, may_begin: bool, is_next: bool) -> dict[str, Any]:
    began = slot.started_at
    elapsed = (((slot.ended_at or now()) - began) if began else timedelta()).total_seconds()
    is_on = began is not None and slot.ended_at is None
    left = slot.minutes * 60 - elapsed
    return {
        "id": slot.id,
        "number": slot.number,
        "starts": printed.FILTERS["hour"](began or slot.starts_at),
        "employer": slot.employer.short_name,
        "state": "now" if is_on else ("past" if slot.ended_at else ""),
        "minutes": slot.minutes,
        "elapsed": min(slot.minutes, int(elapsed // 60)),
        "left": _("剩 %(time)s", time=printed.duration(left))
        if left >= 0
        else _("超 %(time)s", time=printed.duration(-left)),
        "took": printed.duration(elapsed),
        "may_begin": may_begin,
        "is_next": is_next,
    }


def _late(scene: Scene) -> str:
    """How far the slot on stage began behind its plan, from two minutes on."""
    slot = scene.slot
    if slot is None or slot.started_at is None:
        return ""
    minutes = int((slot.started_at - slot.starts_at).total_seconds() // 60)
    return _("慢 %(n)s 分钟", n=minutes) if 2 <= minutes < 240 else ""


def _now_shown(scene: Scene) -> dict[str, Any] | None:
    offer = scene.pinned
    if offer is None or scene.pin is None:
        return None
    applied = _("投递 %(n)s", n=offer.applications) if offer.applications else ""
    return {
        "position": offer.position,
        "facts": [offer.position.employer.short_name, *page.facts(offer)[2:], applied],
        "time": printed.duration((now() - scene.pin.started_at).total_seconds()),
    }


def _offer(offer: Offer, place: int) -> dict[str, Any]:
    shown = _("讲过 %(n)s 分", n=max(1, round(offer.pinned_for.total_seconds() / 60))) if offer.state == "past" else ""
    return {
        "key": _KEYS[place] if place < len(_KEYS) else "",
        "position": offer.position,
        "facts": [page.facts(offer)[2], shown],
        "applied": offer.applications,
        "state": offer.state if offer.is_open or offer.state == "now" else "blocked",
        "why": checking.wrong_words(offer.wrong),
        "fix_url": url_for("recruiting.position", position_id=offer.position.id)
        if offer.position.employer_id == actor().employer_id
        else "",
    }


def _applications(session_id: int, employer_id: int | None) -> Sequence[Application]:
    return console_applications(db(), session_id, employer_id) if employer_id is not None else []


def _applicant(application: Application) -> dict[str, Any]:
    reasons = [
        {
            "met": each["is_met"],
            "text": (each.get("recruiter_en") if is_english() else "") or each["recruiter"],
        }
        for each in application.reasons
    ]
    is_assisted = application.filed_by != application.seeker_id
    return {
        "id": application.id,
        "name": application.seeker.account.name,
        "title": application.position.title,
        "score": application.score,
        "reasons": reasons,
        "status": application.status.value,
        "at": printed.waiting(application.applied_at, now=now(), gettext=_),
        "note": _("帮办员代投，本人已授权") if is_assisted else "",
        "href": url_for("inbox.show", application_id=application.id),
        "move_url": url_for("rooms.move", session_id=application.session_id, application_id=application.id),
        "fresh": application.status == ApplicationStatus.SUBMITTED,
    }


def _after(live_session: LiveSession) -> str:
    """Where a host goes when the show is over."""
    if actor().employer_id is not None:
        return url_for("inbox.index", session=live_session.id)
    return url_for("rooms.show", session_id=live_session.id)
