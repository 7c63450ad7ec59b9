"""A room as it is printed: the context of the templates room/* and the data block that the script reads.

Turns a `Scene` into words and addresses; reads no record and decides nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from fair.applications import Application
from fair.livesessions import LiveSession, Slot
from fair.matches import WORTH_A_LOOK, Match, Reason
from fair.positions import Position
from fair.statuses import ApplicationStatus
from web import format as printed
from web.language import either, is_english
from web.rooms.scene import Offer, Scene
from web.words import APPLICATION_STATUS, PAY_PER, SCHEDULE

FOLLOWING_SHOWN = 3


def facts(offer: Offer) -> list[str]:
    """Place, board and lodging or shift, head count: what fits in a line."""
    position = offer.position
    board = {
        (True, True): _("包食宿"),
        (True, False): _("包住"),
        (False, True): _("包吃"),
    }.get((position.has_dormitory, position.has_meals), "")
    head_count = _("招 %(n)s 人", n=position.head_count) if position.head_count else ""
    return [either(offer.place, offer.place_en), board or str(SCHEDULE.get(position.schedule, "")), head_count]


def match_shown(match: Match | None) -> dict[str, Any] | None:
    """Score and reasons as printed, or None when the score is not shown."""
    if match is None or match.score < WORTH_A_LOOK or match.broken:
        return None
    in_order = sorted(match.reasons, key=lambda reason: not reason.is_met)
    return {"score": match.score, "reasons": [reason_shown(each) for each in in_order]}


def reason_shown(reason: Reason) -> dict[str, Any]:
    """One reason in the seeker's words and the language of the page."""
    return {"met": reason.is_met, "text": (reason.seeker_en if is_english() else "") or reason.seeker}


def application_shown(session_id: int, application: Application | None, *, now: datetime) -> dict[str, Any] | None:
    """The receipt of an application that stands."""
    if application is None:
        return None
    return {
        "id": application.id,
        "clock": printed.clock(application.applied_at),
        "reply_by": printed.moment(application.reply_due_at, now=now, gettext=_)
        if application.status == ApplicationStatus.SUBMITTED
        else "",
        "status": application.status.value,
        "words": str(APPLICATION_STATUS[application.status]),
        "withdraw_url": withdraw_url(session_id, application.position_id),
        "href": url_for("applications.index"),
    }


def apply_url(session_id: int, position_id: int) -> str:
    """Where a POST applies from within the room."""
    return url_for("rooms.apply", session_id=session_id, position_id=position_id)


def withdraw_url(session_id: int, position_id: int) -> str:
    """Where a POST takes the application back."""
    return url_for("rooms.withdraw", session_id=session_id, position_id=position_id)


def pin_shown(scene: Scene, *, now: datetime, why: str) -> dict[str, Any] | None:
    """The card of the position on screen, or None."""
    offer = scene.pinned
    if offer is None or scene.pin is None:
        return None
    position = offer.position
    return {
        "id": scene.pin.id,
        "position": position,
        "href": url_for("positions.show", position_id=position.id),
        "employer": position.employer.short_name,
        "facts": facts(offer),
        "match": match_shown(offer.match),
        "application": application_shown(scene.session.id, offer.application, now=now),
        "apply_url": apply_url(scene.session.id, position.id),
        "fields": {},
        "key": new_key(),
        "state": "live" if offer.is_open else "closed",
        "time": printed.duration((now - scene.pin.started_at).total_seconds()),
        "why": why,
        "pay_per": str(PAY_PER.get(position.pay_unit, "")),
        "pay_words": pay_words(position),
        "resume_href": url_for("profile.edit"),
    }


def pay_words(position: Position) -> str:
    """The range spoken in full, without its unit."""
    return str(_("%(range)s 元", range=printed.pay_range(position.pay_min, position.pay_max)))


def new_key() -> str:
    """A key for one application, as the script makes its own."""
    return secrets.token_urlsafe(12)


def slot_shown(scene: Scene, *, now: datetime) -> dict[str, Any] | None:
    """Who is on stage, for how long still, and who is next; None when nobody is."""
    slot = scene.slot
    if slot is None:
        return None
    ends = (slot.started_at or slot.starts_at).timestamp() + slot.minutes * 60
    left = int((ends - now.timestamp()) // 60)
    following_slot = scene.next_slot
    return {
        "id": slot.id,
        "employer": slot.employer.short_name,
        "number": slot.number,
        "of": len(scene.session.slots),
        "left": _("%(n)s 分", n=left) if left > 0 else "",
        "next": {"employer": following_slot.employer.short_name, "starts": hour(following_slot.starts_at)}
        if following_slot
        else None,
    }


def order(live_session: LiveSession) -> list[dict[str, Any]]:
    """The running order."""
    return [
        {
            "id": slot.id,
            "employer": slot.employer.short_name,
            "starts": hour(slot.started_at or slot.starts_at),
            "state": _slot_state(slot),
            "positions": len(slot.offers),
        }
        for slot in live_session.slots
    ]


def following(scene: Scene) -> list[dict[str, Any]]:
    """What is presented next: positions of this employer, then the next employer."""
    items = [
        {
            "title": offer.position.title,
            "href": url_for("positions.show", position_id=offer.position.id),
            "starts": hour(offer.planned_at),
        }
        for offer in scene.upcoming[:FOLLOWING_SHOWN]
    ]
    slot = scene.next_slot
    if slot is not None and len(items) < FOLLOWING_SHOWN:
        words = _("%(employer)s %(n)s 个岗位", employer=slot.employer.short_name, n=len(slot.offers))
        items.append({"title": words, "href": "#order", "starts": hour(slot.starts_at)})
    return items


def suited(scene: Scene, first: Sequence[int], *, now: datetime) -> list[dict[str, Any]]:
    """What suits this viewer of the employers who are not on stage; those of the one who is stand above it anyway."""
    offers = [scene.offer_by_id[position_id] for position_id in first]
    return [job_shown(scene.session.id, offer, now=now) for offer in offers if offer.slot is not scene.slot]


def groups(scene: Scene, *, now: datetime) -> list[dict[str, Any]]:
    """The positions offered by employer, the one on stage first, then in running order."""
    made = []
    for slot in scene.session.slots:
        offers = [offer for offer in scene.offers if offer.slot is slot]
        if offers:
            made.append(
                {
                    "employer": slot.employer.short_name,
                    "number": slot.number,
                    "now": scene.slot is slot,
                    "jobs": [job_shown(scene.session.id, offer, now=now) for offer in best_first(offers)],
                }
            )
    return sorted(made, key=lambda group: not group["now"])


def job_shown(session_id: int, offer: Offer, *, now: datetime) -> dict[str, Any]:
    """One row of the list of positions."""
    position = offer.position
    match = offer.match
    missed = next((reason for reason in match.reasons if not reason.is_met), None) if match else None
    return {
        "position": position,
        "employer": position.employer.short_name,
        "href": url_for("positions.show", position_id=position.id),
        "facts": facts(offer),
        "match": match_shown(match),
        "note": reason_shown(missed)["text"] if match and match.broken and missed else "",
        "now": offer.state == "now",
        "application": application_shown(session_id, offer.application, now=now),
        "apply_url": apply_url(session_id, position.id),
        "fields": {},
        "key": new_key(),
        "said": _said(offer, now=now),
        "closed": not offer.is_open,
    }


def later(scene: Scene) -> list[dict[str, str]]:
    """What is presented next, for the text version."""
    return [
        {"at": item["starts"], "title": item["title"], "href": item["href"], "words": ""} for item in following(scene)
    ]


def poster(live_session: LiveSession) -> str:
    """The address of the session's poster."""
    name = live_session.poster or "fair"
    return url_for("static", filename=f"pictures/{name if name.endswith('.svg') else f'stage-{name}.svg'}")


def best_first(offers: Sequence[Offer]) -> list[Offer]:
    """On screen first, then by score where there are scores, else in running order."""
    return sorted(offers, key=lambda offer: (offer.state != "now", -score_of(offer.match)))


def score_of(match: Match | None) -> int:
    """The score that orders a list; 0 when none is shown."""
    return match.score if match is not None and not match.broken else 0


def _said(offer: Offer, *, now: datetime) -> str:
    if offer.state == "now":
        return _("已有 %(n)s 人投", n=offer.applications) if offer.applications else ""
    if offer.pinned_at is not None:
        return _("%(at)s 讲过", at=hour(offer.pinned_at))
    return _("约 %(at)s 讲", at=hour(offer.planned_at)) if offer.planned_at > now else ""


def _slot_state(slot: Slot) -> str:
    if slot.started_at and not slot.ended_at:
        return "now"
    return "past" if slot.ended_at else ""


def hour(at: datetime) -> str:
    """14:32 on the fair's clock."""
    printed_hour: str = printed.FILTERS["hour"](at)
    return printed_hour
