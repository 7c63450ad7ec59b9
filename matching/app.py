"""Matching's own HTTP, on loopback, for web and live: questions in, matches out, and how it is.

Owns the translation between JSON and the desk; knows nothing of how a score comes about.
"""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import msgspec
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from fair.crypto import set_field_key
from fair.database import make_engine
from fair.days import china_day
from fair.matches import (
    FoundPositions,
    Matches,
    PositionsForSeeker,
    PositionsForSeekers,
    PositionsForText,
    SeekersForPosition,
)
from fair.settings import Settings, read_settings
from matching.desk import Desk, Starting
from matching.encoder import load_encoder

_MOST_BYTES = 4 * 1024 * 1024
_MOST_ANSWERS, _MOST_CHARACTERS, _MOST_SEEKERS = 1000, 200, 100

Question = TypeVar("Question", PositionsForSeeker, PositionsForSeekers, PositionsForText, SeekersForPosition)


class QuestionRefused(Exception):
    """The question cannot be read; the message says what is wrong with it."""


def create_app(settings: Settings | None = None) -> Flask:
    """The application of a matching process; it loads in a thread of its own and says so at /healthz."""
    settings = settings or read_settings()
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(name)s %(levelname)s %(message)s")
    set_field_key(settings.field_key)
    desk = Desk(
        make_engine(settings.database_url, pool_size=2),
        lambda: load_encoder(settings.matching_model),
        ended=lambda: os.kill(os.getpid(), signal.SIGTERM),
    )
    desk.open()
    return app_of(desk)


def app_of(desk: Desk, *, today: Callable[[], date] = lambda: china_day(datetime.now(UTC))) -> Flask:
    """The routes over a desk."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = _MOST_BYTES

    @app.get("/healthz")
    def healthz() -> Response:
        health = desk.health()
        return _json(health, status=503 if health.status in ("starting", "not") else 200)

    @app.post("/positions/for-seeker")
    def positions_for_seeker() -> Response:
        question = _question(PositionsForSeeker)
        catalogue = desk.catalogue
        found = catalogue.positions_for_seeker(
            question.seeker_id,
            limit=_limited(question.limit),
            today=today(),
            position_ids=question.position_ids,
            with_reasons=question.with_reasons,
        )
        return _json(Matches(found, desk.model, catalogue.event_id))

    @app.post("/positions/for-seekers")
    def positions_for_seekers() -> Response:
        question = _question(PositionsForSeekers)
        if len(question.seeker_ids) > _MOST_SEEKERS:
            raise QuestionRefused(f"seeker_ids: {len(question.seeker_ids)} are more than {_MOST_SEEKERS}")
        catalogue, day = desk.catalogue, today()
        limit = _limited(max(1, len(question.position_ids)))
        found = [
            match
            for seeker_id in question.seeker_ids
            for match in catalogue.positions_for_seeker(
                seeker_id, limit=limit, today=day, position_ids=question.position_ids
            )
        ]
        return _json(Matches(found, desk.model, catalogue.event_id))

    @app.post("/positions/for-text")
    def positions_for_text() -> Response:
        question = _question(PositionsForText)
        catalogue = desk.catalogue
        text = question.text[:_MOST_CHARACTERS].strip()
        found = catalogue.positions_for_text(
            text,
            desk.encoded(text) if text else None,
            limit=_limited(question.limit),
            today=today(),
            district_path=question.district_path or "",
            pay_min=question.pay_min or 0,
        )
        return _json(FoundPositions(found, desk.model, catalogue.event_id))

    @app.post("/seekers/for-position")
    def seekers_for_position() -> Response:
        question = _question(SeekersForPosition)
        catalogue = desk.catalogue
        found = catalogue.seekers_for_position(
            question.position_id,
            seeker_ids=question.seeker_ids,
            lowest_score=question.lowest_score,
            today=today(),
            limit=None if question.limit is None else _limited(question.limit),
        )
        return _json(Matches(found, desk.model, catalogue.event_id))

    @app.errorhandler(QuestionRefused)
    def refused(error: QuestionRefused) -> Response:
        return _json({"error": "wrong_question", "message": str(error)}, status=422)

    @app.errorhandler(Starting)
    def starting(_: Starting) -> Response:
        return _json({"error": "starting", "message": "no positions are read yet; ask /healthz"}, status=503)

    @app.errorhandler(HTTPException)
    def other(error: HTTPException) -> Response:
        return _json({"error": "http_error", "message": error.name}, status=error.code or 500)

    return app


def _question(kind: type[Question]) -> Question:
    try:
        return msgspec.json.decode(request.get_data(), type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise QuestionRefused(str(error)) from None


def _limited(limit: int) -> int:
    if not 1 <= limit <= _MOST_ANSWERS:
        raise QuestionRefused(f"limit: {limit} is not from 1 to {_MOST_ANSWERS}")
    return limit


def _json(body: Any, *, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status=status, mimetype="application/json")
