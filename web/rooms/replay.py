"""The replay of a session: its picture with a chapter for each pin, the talk in time beside it.

What still can be applied for is applied for here. Employers find their recordings: to download, and to take out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import jsonify, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from fair.errors import NotFound
from fair.livesessions import LiveSession
from fair.permissions import Action, may, require
from fair.pictures import PictureStream, replay_ms, streams_of
from fair.pins import Pin
from fair.statuses import QuestionStatus
from fair.talk import ChatMessage, Question
from web import format as printed
from web.addresses import media_address
from web.context import actor, db, now, only_reads, settings
from web.headers import allow_picture
from web.rooms import page, script
from web.rooms.recordings import kept_streams, recording_shown
from web.rooms.scene import Offer, Scene, load_session

__all__ = ["has_replay", "page_of", "talk"]

LINES_AT_MOST = 5_000


def has_replay(live_session: LiveSession) -> bool:
    """Whether this visitor finds something in the replay."""
    return may(actor(), Action.SEE_REPLAY, live_session) and bool(streams_of(db(), live_session.id))


def page_of(live_session: LiveSession, scene: Scene, *, blocked: dict[str, str] | None) -> ResponseReturnValue:
    """The page; raises NotFound where nothing is kept that this visitor may see."""
    is_public = may(actor(), Action.SEE_REPLAY, live_session)
    kept = kept_streams(live_session)
    streams = streams_of(db(), live_session.id)
    if not kept and not (is_public and streams):
        raise NotFound("no replay")
    address = media_address(live_session.id, "replay.m3u8")
    allow_picture(address)
    pins = db().scalars(select(Pin).where(Pin.session_id == live_session.id).order_by(Pin.id)).all()
    chapters = [each for pin in pins if (each := _chapter(streams, pin, scene)) is not None] if is_public else []
    back = url_for("rooms.show", session_id=live_session.id)
    here = url_for("rooms.replay", session_id=live_session.id)
    tabs = ["chapters", "chat", *(["recordings"] if kept else [])]
    tab = request.args.get("tab", "")
    data = script.data(live_session, urls={"talk": url_for("rooms.replay_talk", session_id=live_session.id)})
    return render_template(
        "room/replay.html",
        room={"id": live_session.id, "title": live_session.title, "poster": page.poster(live_session)},
        has_picture=is_public and bool(streams),
        address=address,
        captions=media_address(live_session.id, "captions.vtt"),
        begin=request.args.get("t", 0, int),
        total_ms=sum(stream.length_ms for stream in streams),
        chapters=chapters,
        groups=_groups(scene, chapters),
        kept=[recording_shown(stream) for stream in kept],
        until=printed.day(_until(live_session), now=now(), gettext=_),
        tab=tab if tab in tabs else "chapters" if is_public and streams else "recordings",
        urls={"back": back, **{name: f"{here}?tab={name}" for name in tabs}},
        blocked=blocked,
        page=data,
    )


@only_reads
def talk(session_id: int) -> ResponseReturnValue:
    """What was said, each line with its place in the replay in ms: as the room showed it, nothing that was hidden."""
    live_session = load_session(db(), session_id)
    require(actor(), Action.SEE_REPLAY, live_session)
    streams = streams_of(db(), session_id)
    lines = [*_chat(session_id), *_answers(session_id)]
    placed = [(replay_ms(streams, at), line) for at, line in sorted(lines, key=lambda pair: pair[0])]
    return jsonify(lines=[line | {"ms": ms} for ms, line in placed if ms is not None][:LINES_AT_MOST])


def _chapter(streams: Sequence[PictureStream], pin: Pin, scene: Scene) -> dict[str, Any] | None:
    """A pin on the replay's clock; None where the picture had not begun or nothing was kept of it."""
    begins = replay_ms(streams, pin.started_at)
    offer = scene.offer_by_id.get(pin.position_id)
    if begins is None or offer is None:
        return None
    ends = replay_ms(streams, pin.ended_at) if pin.ended_at else None
    return {
        "position_id": pin.position_id,
        "from_ms": begins,
        "to_ms": max(begins, sum(stream.length_ms for stream in streams) if ends is None else ends),
        "second": begins // 1000,
        "at": printed.duration(begins / 1000),
        "title": offer.position.title,
        "employer": offer.position.employer.short_name,
    }


def _groups(scene: Scene, chapters: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """What was presented, by employer in running order, each position with every time it was on screen."""
    shown: dict[int, list[dict[str, Any]]] = {}
    for chapter in chapters:
        shown.setdefault(chapter["position_id"], []).append(chapter)
    groups = []
    for slot in scene.session.slots:
        offers = [offer for offer in scene.offers if offer.slot is slot and offer.position.id in shown]
        if offers:
            jobs = [_job(scene, offer, shown[offer.position.id]) for offer in offers]
            groups.append({"employer": slot.employer.short_name, "number": slot.number, "jobs": jobs})
    return groups


def _job(scene: Scene, offer: Offer, chapters: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return page.job_shown(scene.session.id, offer, now=now()) | {"chapters": chapters}


def _chat(session_id: int) -> list[tuple[datetime, dict[str, Any]]]:
    kept = db().scalars(
        select(ChatMessage)
        .where(ChatMessage.session_id == session_id, ChatMessage.hidden_at.is_(None))
        .order_by(ChatMessage.id)
        .limit(LINES_AT_MOST)
    )
    return [
        (line.sent_at, _line(f"c{line.id}", line.name, line.text, line.sent_at, is_host=line.is_host)) for line in kept
    ]


def _answers(session_id: int) -> list[tuple[datetime, dict[str, Any]]]:
    answered = db().scalars(
        select(Question)
        .where(Question.session_id == session_id, Question.status == QuestionStatus.ANSWERED)
        .order_by(Question.id)
        .limit(LINES_AT_MOST)
    )
    return [
        (
            at := each.answered_at or each.asked_at,
            _line(f"q{each.id}", each.answerer, each.answer, at, is_host=True)
            | {"question": {"id": each.id, "name": each.name, "text": each.text}, "is_spoken": not each.answer},
        )
        for each in answered
    ]


def _line(line_id: str, name: str, text: str, at: datetime, *, is_host: bool) -> dict[str, Any]:
    """A line in the shape that rooms send it."""
    role = "host" if is_host else "audience"
    return {"id": line_id, "by": "", "name": name, "role": role, "text": text, "at": at.isoformat()}


def _until(live_session: LiveSession) -> datetime:
    return (live_session.ended_at or now()) + timedelta(days=settings().media_days)
