"""/healthz: whether the site can do its work, and what is missing if not all of it."""

from __future__ import annotations

import socket

import flask
from flask import Blueprint, current_app
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from web.context import engine, settings
from web.matches import matching_answers

blueprint = Blueprint("health", __name__)

_SECONDS = 0.5


@blueprint.get("/healthz")
def show() -> ResponseReturnValue:
    """`ok`; `degraded` with what is missing; `down` with 503 when the database does not answer."""
    if not _database_answers():
        return flask.jsonify(status="down", missing=["database"]), 503
    parts = {"matching": matching_answers(), "live": _live_answers()}
    missing = [name for name, answers in parts.items() if not answers]
    return flask.jsonify(status="degraded" if missing else "ok", missing=missing)


def _database_answers() -> bool:
    try:
        with engine().connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        current_app.logger.error("the database does not answer: %s", error)
        return False
    return True


def _live_answers() -> bool:
    host = settings().host
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    try:
        with socket.create_connection((reachable, settings().live_port), timeout=_SECONDS):
            return True
    except OSError:
        return False
