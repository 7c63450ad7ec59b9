"""The room as pages: watching, applying, asking.

Everything here works by links and forms; what happens while one watches comes over the socket (docs/protocol.md).
"""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from fair.accounts import Role
from fair.errors import IncompleteResume
from fair.livesessions import LiveSession
from fair.permissions import Action, require
from fair.seekers import SeekerProfile, resume_of
from fair.statuses import LiveSessionStatus
from web import format as printed
from web.addresses import live_address
from web.context import account, actor, db, now, only_reads
from web.positions.fitting import Fitting, matches_for_seeker, own_profile
from web.positions.turns import first_of_session, show_first_of_session
from web.rooms import console, deeds, ended, entry, page, recordings, script, talk
from web.rooms import replay as replays
from web.rooms.scene import Scene, load_session, next_sessions, scene_of

blueprint = Blueprint("rooms", __name__)

TABS = {"jobs": "jobs", "chat": "chat", "ask": "questions", "questions": "questions", "pin": "pin"}


@blueprint.get("/sessions/<int:session_id>/room")
def show(session_id: int) -> ResponseReturnValue:
    """The room while it is on air; the poster before, what still can be applied for after."""
    live_session = load_session(db(), session_id)
    if live_session.status == LiveSessionStatus.CANCELLED:
        return _over(live_session)
    require(actor(), Action.SEE_SESSION, live_session)
    if live_session.status == LiveSessionStatus.ENDED:
        return _over(live_session)
    if not live_session.is_live:
        return redirect(url_for("sessions.show", session_id=session_id), 303)
    is_care = bool(session.get("is_care"))
    tab = TABS.get(request.args.get("tab", ""), "pin" if is_care else "chat")
    context = _room_context(live_session, tab=tab)
    return render_template("room/care.html" if is_care else "room/room.html", **context)


@blueprint.get("/sessions/<int:session_id>/text")
def text(session_id: int) -> ResponseReturnValue:
    """The room in words alone."""
    live_session = load_session(db(), session_id)
    require(actor(), Action.SEE_SESSION, live_session)
    if live_session.status == LiveSessionStatus.ENDED:
        return redirect(url_for("rooms.show", session_id=session_id), 303)
    context = _room_context(live_session, tab="chat")
    return render_template("room/text.html", updated=printed.clock(now()), **context)


@blueprint.get("/sessions/<int:session_id>/refused")
def refused(session_id: int) -> ResponseReturnValue:
    """Why the script could not enter the room, and the way on."""
    live_session = load_session(db(), session_id)
    require(actor(), Action.SEE_SESSION, live_session)
    urls = {
        "room": url_for("rooms.show", session_id=session_id),
        "text": url_for("rooms.text", session_id=session_id),
        "back": url_for("sessions.index"),
    }
    reference = secrets.token_hex(3).upper()
    return render_template("room/ticket.html", reason=request.args.get("reason", ""), urls=urls, reference=reference)


@blueprint.post("/sessions/<int:session_id>/listed")
@only_reads
def listed(session_id: int) -> ResponseReturnValue:
    """The positions were opened in the page: the list that was made for this viewer is seen now."""
    show_first_of_session(session_id)
    return "", 204


@blueprint.get("/sessions/<int:session_id>/replay")
def replay(session_id: int) -> ResponseReturnValue:
    """The recording with a chapter for each position that was presented."""
    live_session = load_session(db(), session_id)
    require(actor(), Action.SEE_SESSION, live_session)
    _matching, scene = _scene(live_session)
    return replays.page_of(live_session, scene, blocked=_blocked(live_session, here="rooms.replay"))


for _deed, _path in (
    (entry.ticket, "ticket"),
    (entry.picture_ticket, "picture/ticket"),
    (deeds.apply, "positions/<int:position_id>/apply"),
    (deeds.withdraw, "positions/<int:position_id>/withdraw"),
    (deeds.ask, "questions"),
    (deeds.vote, "questions/<int:question_id>/vote"),
    (deeds.withdraw_question, "questions/<int:question_id>/withdraw"),
    (console.start, "start"),
    (console.end, "end"),
    (console.move, "applications/<int:application_id>/move"),
    (recordings.withdraw_recording, "recordings/<int:number>/withdraw"),
):
    blueprint.add_url_rule(f"/sessions/<int:session_id>/{_path}", view_func=_deed, methods=["POST"])
for _page, _path, _endpoint in (
    (console.show, "console", "console"),
    (replays.talk, "replay/talk", "replay_talk"),
    (recordings.download, "recordings/<int:number>.mp4", "recording"),
):
    blueprint.add_url_rule(f"/sessions/<int:session_id>/{_path}", view_func=_page, endpoint=_endpoint)


def _room_context(live_session: LiveSession, *, tab: str) -> dict[str, Any]:
    acting = actor()
    fitting, scene = _scene(live_session)
    matching = fitting.state
    is_listed = tab == "jobs" or request.endpoint == "rooms.text"
    first = first_of_session(live_session.id, fitting, scene.open_ids, is_shown=is_listed)
    blocked = _blocked(live_session)
    is_signed_in = acting.account_id is not None
    room_url = url_for("rooms.show", session_id=live_session.id)
    urls = {
        "back": url_for("sessions.index"),
        "room": room_url,
        "pin": f"{room_url}?tab=pin",
        "jobs": f"{room_url}?tab=jobs",
        "chat": f"{room_url}?tab=chat",
        "questions": f"{room_url}?tab=ask",
        "care": url_for("modes.care"),
        "plain": url_for("modes.care"),
        "text": url_for("rooms.text", session_id=live_session.id),
        "say": "",
        "ask": url_for("rooms.ask", session_id=live_session.id) if is_signed_in and live_session.is_live else "",
        "applications": url_for("applications.index"),
        "profile": url_for("profile.edit"),
        "sign_in": url_for("accounts.sign_in", next=room_url),
        "listed": url_for("rooms.listed", session_id=live_session.id) if first and not is_listed else "",
    }
    why = _why(matching, is_signed_in=is_signed_in)
    last = scene.answers[-1] if scene.answers else None
    return {
        "room": {
            "id": live_session.id,
            "title": live_session.title,
            "on_air": live_session.is_live,
            "poster": page.poster(live_session),
            "picture": live_session.picture_source.value,
            "viewers": scene.viewer_count,
            "likes": live_session.like_count,
            "live_url": live_address(),
            "ticket_url": url_for("rooms.ticket", session_id=live_session.id),
            "matching": matching,
        },
        "tab": tab,
        "urls": urls,
        "viewer": {"name": acting.name, "signed_in": is_signed_in, "role": acting.role},
        "blocked": blocked,
        "slot": page.slot_shown(scene, now=now()),
        "order": page.order(live_session),
        "pin": page.pin_shown(scene, now=now(), why=why),
        "following": page.following(scene),
        "suited": page.suited(scene, first, now=now()),
        "groups": page.groups(scene, now=now()),
        "messages": talk.messages(scene, account_id=acting.account_id),
        "questions": talk.questions(scene, can_speak=is_signed_in and live_session.is_live),
        "presets": talk.presets(),
        "last_answer": talk.answer_shown(last) if last else None,
        "log": talk.log(scene),
        "later": page.later(scene),
        "page": script.data(live_session, urls=urls, blocked=blocked, why=why),
    }


def _scene(live_session: LiveSession) -> tuple[Fitting, Scene]:
    """How the positions offered fit this viewer, and the room as this viewer sees it."""
    offered = [offer.position_id for slot in live_session.slots for offer in slot.offers]
    fitting = matches_for_seeker(offered)
    account_id = actor().account_id
    return fitting, scene_of(db(), live_session, account_id=account_id, matches=fitting.matches, now=now())


def _blocked(live_session: LiveSession, *, here: str = "rooms.show") -> dict[str, str] | None:
    """Why this viewer cannot apply, and the way on, which leads back here; None when nothing stands between."""
    person = account()
    here = url_for(here, session_id=live_session.id)
    if person is None:
        return {
            "words": _("登录后点一下就能投"),
            "link": _("登录后投递"),
            "href": url_for("accounts.sign_in", next=here),
        }
    if person.role != Role.SEEKER:
        return {"words": _("用求职者账号进来才能投递"), "link": "", "href": ""}
    try:
        resume_of(own_profile() or SeekerProfile(account=person))
    except IncompleteResume:
        return {
            "words": _("填好姓名和联系方式就能投"),
            "link": _("去填资料"),
            "href": url_for("profile.edit", next=here),
        }
    return None


def _why(matching: str, *, is_signed_in: bool) -> str:
    """One line in the place of a score, when there is none."""
    if matching == "down":
        return _("匹配暂时用不了，岗位照常能投")
    if not is_signed_in:
        return _("登录后能看到和你合不合适")
    if matching == "off":
        return _("匹配没打开，在“我的”里能打开")
    return ""


def _over(live_session: LiveSession) -> ResponseReturnValue:
    fitting, scene = _scene(live_session)
    first = first_of_session(live_session.id, fitting, ended.suited_ids(scene), is_shown=True)
    shown = ended.still_open(scene, first, now=now())
    is_cancelled = live_session.status == LiveSessionStatus.CANCELLED
    return render_template(
        "room/ended.html",
        room={"id": live_session.id, "title": live_session.title, "cancelled": is_cancelled},
        ended_at=printed.moment(live_session.ended_at, now=now(), gettext=_),
        offers=[] if is_cancelled else shown.offers,
        suited=shown.is_suited,
        open_count=0 if is_cancelled else shown.open_count,
        urls={
            "positions": url_for("positions.index"),
            "replay": url_for("rooms.replay", session_id=live_session.id) if replays.has_replay(live_session) else "",
        },
        next_sessions=ended.next_sessions(next_sessions(db(), now=now()), now=now()),
        blocked=_blocked(live_session),
    )
