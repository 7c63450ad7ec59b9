"""The site asks matching over its HTTP; when it does not answer in time, the site goes on without it."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

import httpx
import msgspec

from fair.matches import FoundPositions, Matches, PositionsForSeeker, PositionsForText
from web.context import settings

_SECONDS = 1.5

Answer = TypeVar("Answer", FoundPositions, Matches)


def positions_for_seeker(seeker_id: int, *, limit: int = 20, position_ids: list[int] | None = None) -> Matches | None:
    """The matches of a seeker, of all of `position_ids` when given; None when matching is down."""
    question = PositionsForSeeker(seeker_id=seeker_id, limit=limit, position_ids=position_ids)
    return _ask("/positions/for-seeker", question, Matches)


def positions_for_text(
    text: str, *, limit: int = 20, district_path: str | None = None, pay_min: int | None = None
) -> FoundPositions | None:
    """The positions for the words of a search; None when matching is down."""
    question = PositionsForText(text=text, limit=limit, district_path=district_path, pay_min=pay_min)
    return _ask("/positions/for-text", question, FoundPositions)


def _ask(path: str, question: Any, kind: type[Answer]) -> Answer | None:
    try:
        response = _client().post(settings().matching_url + path, content=msgspec.json.encode(question))
        response.raise_for_status()
        return msgspec.json.decode(response.content, type=kind)
    except (httpx.HTTPError, msgspec.DecodeError):
        return None


@cache
def _client() -> httpx.Client:
    """One client a process: its connections are kept open between requests, and threads share it."""
    return httpx.Client(timeout=_SECONDS, trust_env=False, headers={"Content-Type": "application/json"})
