"""The recordings of a session for whom they belong to: to download as a file, to take out of the replay."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import flash, redirect, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from fair.errors import NotFound
from fair.livesessions import LiveSession
from fair.permissions import Action, may, require
from fair.pictures import PictureStream, withdraw_stream
from web import format as printed
from web.context import actor, db, now, settings

__all__ = ["download", "kept_streams", "recording_shown", "withdraw_recording"]


def kept_streams(live_session: LiveSession) -> Sequence[PictureStream]:
    """The recordings that this visitor may download and take out, those taken out among them."""
    query = (
        select(PictureStream)
        .where(
            PictureStream.session_id == live_session.id,
            PictureStream.consented_at.is_not(None),
            PictureStream.first_ms.is_not(None),
            PictureStream.removed_at.is_(None),
        )
        .order_by(PictureStream.number)
    )
    acting = actor()
    return [stream for stream in db().scalars(query) if may(acting, Action.KEEP_RECORDING, stream)]


def recording_shown(stream: PictureStream) -> dict[str, Any]:
    """A recording as it is printed."""
    session_id, number = stream.session_id, stream.number
    return {
        "number": number,
        "began": printed.FILTERS["hour"](stream.zero_at),
        "length": printed.duration(stream.length_ms / 1000),
        "megabytes": max(1, round(stream.size_bytes / 1_000_000)),
        "is_withdrawn": stream.withdrawn_at is not None,
        "download": url_for("rooms.recording", session_id=session_id, number=number),
        "withdraw": url_for("rooms.withdraw_recording", session_id=session_id, number=number),
    }


def download(session_id: int, number: int) -> ResponseReturnValue:
    """The recording as one file, in ranges where asked for."""
    stream = _stream(session_id, number)
    file = settings().media_dir / str(session_id) / f"{number}.mp4"
    if stream.removed_at is not None or not file.is_file():
        raise NotFound("no such recording")
    name = f"gangbo-{session_id}-{number}.mp4"
    return send_file(file, mimetype="video/mp4", as_attachment=True, download_name=name, conditional=True)


def withdraw_recording(session_id: int, number: int) -> ResponseReturnValue:
    """Take a recording out of the replay; its file goes when the retention is over."""
    withdraw_stream(_stream(session_id, number), now=now())
    flash(_("撤下了，回放里看不到这一段"), "success")
    return redirect(url_for("rooms.replay", session_id=session_id, tab="recordings"), 303)


def _stream(session_id: int, number: int) -> PictureStream:
    stream = db().scalar(
        select(PictureStream).where(PictureStream.session_id == session_id, PictureStream.number == number)
    )
    if stream is None:
        raise NotFound("no such recording")
    require(actor(), Action.KEEP_RECORDING, stream)
    return stream
