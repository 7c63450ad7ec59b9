"""A room as it is printed: the context of the templates room/* and the data block that the script reads.

Turns a `Scene` into words and addresses; reads no record and decides nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for
from flask_babel import gettext as _

from fair.applications import Application
from fair.livesessions import LiveSession, Slot
from fair.matches import VERY_FITTING, WORTH_A_LOOK, Match, Reason
from fair.rooms import ChatMessage, Question
from fair.statuses import ApplicationStatus, QuestionStatus
from web import format as printed
from web.language import is_english
from web.rooms.scene import Asked, Offer, Scene
from web.words import APPLICATION_STATUS, SCHEDULE

FOLLOWING_SHOWN = 3
OPEN_SHOWN = 5
LOG_SHOWN = 20


def facts(offer: Offer) -> list[str]:
    """Place, board and lodging or shift, head count: what fits in a line."""
    position = offer.position
    board = {
        (True, True): _("包食宿"),
        (True, False): _("包住"),
        (False, True): _("包吃"),
    }.get((position.has_dormitory, position.has_meals), "")
    place = position.district.name_en if is_english() and position.district else ""
    head_count = _("招 %(n)s 人", n=position.head_count) if position.head_count else ""
    return [place or offer.place, board or str(SCHEDULE.get(position.schedule, "")), head_count]


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
        "resume_href": url_for("profile.edit"),
    }


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
        "next": {"employer": following_slot.employer.short_name, "starts": _hour(following_slot.starts_at)}
        if following_slot
        else None,
    }


def order(live_session: LiveSession) -> list[dict[str, Any]]:
    """The running order."""
    return [
        {
            "id": slot.id,
            "employer": slot.employer.short_name,
            "starts": _hour(slot.started_at or slot.starts_at),
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
            "starts": _hour(offer.planned_at),
        }
        for offer in scene.upcoming[:FOLLOWING_SHOWN]
    ]
    slot = scene.next_slot
    if slot is not None and len(items) < FOLLOWING_SHOWN:
        words = _("%(employer)s %(n)s 个岗位", employer=slot.employer.short_name, n=len(slot.offers))
        items.append({"title": words, "href": "#order", "starts": _hour(slot.starts_at)})
    return items


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
                    "jobs": [job_shown(scene.session.id, offer, now=now) for offer in _best_first(offers)],
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


def messages(scene: Scene, *, account_id: int | None) -> list[dict[str, Any]]:
    """The last lines of chat with the answers among them, oldest first."""
    lines = [(line.sent_at, chat_shown(line, account_id=account_id)) for line in scene.chat]
    lines += [(asked.answered_at or asked.asked_at, answer_shown(asked)) for asked in scene.answers]
    return [line for _at, line in sorted(lines, key=lambda pair: pair[0])][-50:]


def chat_shown(line: ChatMessage, *, account_id: int | None) -> dict[str, Any]:
    """A line of chat."""
    is_mine = account_id is not None and line.account_id == account_id
    return {"id": f"c{line.id}", "kind": "chat", "who": line.name, "text": line.text, "mine": is_mine}


def answer_shown(question: Question) -> dict[str, Any]:
    """An answered question as it stands in the chat."""
    return {
        "id": f"q{question.id}",
        "kind": "answer",
        "who": question.answerer,
        "text": question.answer or _("口头答过了"),
        "question": _("答 %(who)s：%(text)s", who=question.name, text=question.text),
    }


def questions(scene: Scene, *, can_speak: bool) -> list[dict[str, Any]]:
    """The questions, the viewer's own waiting ones first."""
    return [_question_shown(scene.session.id, each, can_speak=can_speak) for each in scene.asked]


@dataclass(frozen=True)
class StillOpen:
    """What can still be applied for when the session is over: the rows shown, and how many there are in all."""

    offers: Sequence[Mapping[str, Any]]
    is_suited: bool
    open_count: int


def still_open(scene: Scene, *, now: datetime) -> StillOpen:
    """The fitting positions not applied for yet, best first; without scores the first few in running order."""
    opened = [offer for offer in scene.offers if offer.is_open]
    left = [offer for offer in opened if offer.application is None]
    suited = [offer for offer in _best_first(left) if _score(offer.match) >= VERY_FITTING]
    rows = [
        job_shown(scene.session.id, offer, now=now) | {"employer": offer.position.employer.short_name}
        for offer in (suited or left)[:OPEN_SHOWN]
    ]
    return StillOpen(offers=rows, is_suited=bool(suited), open_count=len(opened))


def next_sessions(sessions: Iterable[LiveSession], *, now: datetime) -> list[dict[str, Any]]:
    """Rows of the sessions that come next."""
    return [
        {
            "title": each.title,
            "href": url_for("rooms.show" if each.is_live else "sessions.show", session_id=each.id),
            "clock": _hour(each.starts_at),
            "day": _("直播中") if each.is_live else printed.day(each.starts_at, now=now, gettext=_),
            "facts": [
                _("%(n)s 家单位", n=len({slot.employer_id for slot in each.slots})),
                _("%(n)s 个岗位", n=sum(len(slot.offers) for slot in each.slots)),
            ],
        }
        for each in sessions
    ]


def log(scene: Scene) -> list[dict[str, str]]:
    """The last lines as a list with hours, newest first, for the text version."""
    said = [(line.sent_at, {"who": line.name, "text": line.text}) for line in scene.chat]
    said += [
        (
            question.answered_at or question.asked_at,
            {
                "who": _("%(who)s答%(asker)s：", who=question.answerer, asker=question.name),
                "text": question.answer or _("口头答过了"),
            },
        )
        for question in scene.answers
    ]
    newest = sorted(said, key=lambda pair: pair[0], reverse=True)[:LOG_SHOWN]
    return [{"at": _hour(at), **line} for at, line in newest]


def later(scene: Scene) -> list[dict[str, str]]:
    """What is presented next, for the text version."""
    return [
        {"at": item["starts"], "title": item["title"], "href": item["href"], "words": ""} for item in following(scene)
    ]


def presets() -> list[str]:
    """Questions that are often asked, one tap each."""
    return [_("没经验能去吗"), _("几号发工资"), _("什么时候面试"), _("交不交五险")]


def poster(live_session: LiveSession) -> str:
    """The address of the session's poster."""
    name = live_session.poster or "fair"
    return url_for("static", filename=f"pictures/{name if name.endswith('.svg') else f'stage-{name}.svg'}")


def _question_shown(session_id: int, asked: Asked, *, can_speak: bool) -> dict[str, Any]:
    question = asked.question
    is_waiting = question.status == QuestionStatus.WAITING
    address = {"session_id": session_id, "question_id": question.id}
    return {
        "id": question.id,
        "text": question.text,
        "who": question.name,
        "mine": asked.is_mine,
        "votes": question.vote_count,
        "voted": asked.is_voted,
        "answer": question.answer,
        "answered_by": question.answerer if question.status == QuestionStatus.ANSWERED else "",
        "withdraw_url": url_for("rooms.withdraw_question", **address) if asked.is_mine and is_waiting else "",
        "vote_url": url_for("rooms.vote", **address) if can_speak and is_waiting else "",
    }


def _best_first(offers: Sequence[Offer]) -> list[Offer]:
    """On screen first, then by score where there are scores, else in running order."""
    return sorted(offers, key=lambda offer: (offer.state != "now", -_score(offer.match)))


def _score(match: Match | None) -> int:
    return match.score if match is not None and not match.broken else 0


def _said(offer: Offer, *, now: datetime) -> str:
    if offer.state == "now":
        return _("已有 %(n)s 人投", n=offer.applications) if offer.applications else ""
    if offer.pinned_at is not None:
        return _("%(at)s 讲过", at=_hour(offer.pinned_at))
    return _("约 %(at)s 讲", at=_hour(offer.planned_at)) if offer.planned_at > now else ""


def _slot_state(slot: Slot) -> str:
    if slot.started_at and not slot.ended_at:
        return "now"
    return "past" if slot.ended_at else ""


def _hour(at: datetime) -> str:
    hour: str = printed.FILTERS["hour"](at)
    return hour
