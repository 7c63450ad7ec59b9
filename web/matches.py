"""The site asks matching over its HTTP; when it does not answer in time, the site goes on without it."""

from __future__ import annotations

import threading
from http.client import HTTPConnection, HTTPException
from typing import Any, TypeVar
from urllib.parse import urlsplit

import msgspec

from fair.matches import FoundPositions, Matches, PositionsForSeeker, PositionsForText
from web.context import settings

__all__ = ["matching_answers", "positions_for_seeker", "positions_for_text"]

_SECONDS = 1.5
_HEALTH_SECONDS = 0.5
_JSON = {"Content-Type": "application/json"}

Answer = TypeVar("Answer", FoundPositions, Matches)


class _Lines(threading.local):
    """Each thread's own connections, by host and port; they stay open from one request to the next."""

    def __init__(self) -> None:
        self.to: dict[str, HTTPConnection] = {}


_lines = _Lines()


def positions_for_seeker(
    seeker_id: int, *, limit: int = 20, position_ids: list[int] | None = None, with_reasons: bool = True
) -> Matches | None:
    """The matches of a seeker, of all of `position_ids` when given; None when matching is down."""
    question = PositionsForSeeker(
        seeker_id=seeker_id, limit=limit, position_ids=position_ids, with_reasons=with_reasons
    )
    return _ask("/positions/for-seeker", question, Matches)


def positions_for_text(
    text: str, *, limit: int = 20, district_path: str | None = None, pay_min: int | None = None
) -> FoundPositions | None:
    """The positions for the words of a search; None when matching is down."""
    question = PositionsForText(text=text, limit=limit, district_path=district_path, pay_min=pay_min)
    return _ask("/positions/for-text", question, FoundPositions)


def matching_answers() -> bool:
    """Whether matching says at once that it can be asked."""
    line = HTTPConnection(urlsplit(settings().matching_url).netloc, timeout=_HEALTH_SECONDS)
    try:
        line.request("GET", "/healthz")
        return line.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        line.close()


def _ask(path: str, question: Any, kind: type[Answer]) -> Answer | None:
    host = urlsplit(settings().matching_url).netloc
    line = _lines.to.get(host)
    if line is None:
        line = _lines.to[host] = HTTPConnection(host, timeout=_SECONDS)
    try:
        status, body = _answer(line, path, msgspec.json.encode(question))
        return msgspec.json.decode(body, type=kind) if status == 200 else None
    except (OSError, HTTPException, msgspec.DecodeError):
        line.close()
        return None


def _answer(line: HTTPConnection, path: str, body: bytes) -> tuple[int, bytes]:
    """Status and body; where matching had closed the line since the last question, over a new one."""
    is_kept = line.sock is not None
    try:
        line.request("POST", path, body, _JSON)
        response = line.getresponse()
    except (ConnectionError, HTTPException):
        line.close()
        if not is_kept:
            raise
        line.request("POST", path, body, _JSON)
        response = line.getresponse()
    return response.status, response.read()
