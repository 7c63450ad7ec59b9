"""A media server's questions: MediaMTX with `authMethod: http` asks here before it lets anybody publish or watch."""

from __future__ import annotations

from typing import Annotated

import msgspec
from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue
from msgspec import Meta, Struct

from fair.errors import NotFound
from fair.livesessions import LiveSession
from fair.mediapasses import issue_pass, may_use
from fair.permissions import Action, require
from web.context import actor, db, now, only_reads, settings

blueprint = Blueprint("media", __name__)

Text = Annotated[str, Meta(max_length=2_000)]


class Question(Struct, frozen=True):
    """What the server tells of a client; all else that it tells is not looked at."""

    action: Text = ""
    path: Text = ""
    token: Text | None = None
    password: Text | None = None


@blueprint.post("/media/auth")
@only_reads
def ask() -> Response:
    """204 to let a client in, 401 not to; its pass comes as a bearer token, which older servers hand on as password."""
    try:
        question = msgspec.json.decode(request.get_data(), type=Question)
    except msgspec.MsgspecError:
        return Response(status=401)
    is_let_in = may_use(
        db(),
        settings().secret_key,
        action=question.action,
        path=question.path,
        text=question.token or question.password or "",
        now=now(),
    )
    return Response(status=204 if is_let_in else 401)


@blueprint.post("/sessions/<int:session_id>/picture/pass")
@only_reads
def hand_out(session_id: int) -> ResponseReturnValue:
    """A pass to show to the media server, and where to publish: for who may publish this session's picture."""
    live_session = db().get(LiveSession, session_id)
    if live_session is None:
        raise NotFound("no such session")
    acting = actor()
    require(acting, Action.PUBLISH_PICTURE, live_session)
    assert acting.account_id is not None
    if not live_session.publish_url:
        raise NotFound("the session publishes to no media server")
    shown = issue_pass(settings().secret_key, live_session, acting.account_id, now=now())
    return jsonify({"pass": shown, "url": live_session.publish_url})
