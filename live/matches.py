"""Asks matching, over its HTTP API. When it cannot be reached the answer is None: rooms go on without scores.

The standard library's client in a few threads: matching is on loopback, its answers are short, and a larger client
would cost the process more memory than all else here.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

import msgspec

from fair.matches import Match, Matches, PositionsForSeeker, SeekersForPosition

SECONDS_TO_ANSWER = 1.5
AT_ONCE = 4
SEEKERS_EACH = 2_000
_FRESH_TRIES = 8
_FRESH_WAIT_SECONDS = 0.25

_log = logging.getLogger("live.matches")


class _Health(msgspec.Struct, frozen=True):
    """What matching says of itself; while `starting` it has not read everything."""

    status: str = "down"


class Matching:
    """The matching process as rooms see it; `is_up` is what the last question showed."""

    def __init__(self, url: str) -> None:
        self.is_up = False
        self._address = urlsplit(url).netloc
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="match")
        self._local = threading.local()

    async def for_seeker(
        self, account_id: int, position_ids: Sequence[int], *, event_id: int = 0
    ) -> list[Match] | None:
        """How the positions fit one seeker, by an index that has read event `event_id` if it does so within 2 s."""
        question = PositionsForSeeker(account_id, limit=max(1, len(position_ids)), position_ids=list(position_ids))
        answer = await self._ask("/positions/for-seeker", question)
        for _ in range(_FRESH_TRIES):
            if answer is None or answer.event_id >= event_id:
                break
            await asyncio.sleep(_FRESH_WAIT_SECONDS)
            answer = await self._ask("/positions/for-seeker", question)
        return answer.matches if answer else None

    async def for_position(self, position_id: int, account_ids: Sequence[int]) -> list[Match] | None:
        """How a position fits those of these seekers who consented."""
        matches: list[Match] = []
        for start in range(0, len(account_ids), SEEKERS_EACH):
            some = list(account_ids[start : start + SEEKERS_EACH])
            answer = await self._ask("/seekers/for-position", SeekersForPosition(position_id, some))
            if answer is None:
                return None
            matches += answer.matches
        return matches

    async def probe(self) -> bool:
        """Whether it answers questions."""
        answer = await self._call("GET", "/healthz", None)
        try:
            health = msgspec.json.decode(answer or b"{}", type=_Health)
        except msgspec.MsgspecError:
            health = _Health()
        self._note(is_up=health.status in ("ok", "degraded"))
        return self.is_up

    def close(self) -> None:
        """End the threads, without waiting for an answer."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _ask(self, path: str, question: PositionsForSeeker | SeekersForPosition) -> Matches | None:
        body = await self._call("POST", path, msgspec.json.encode(question))
        matches: Matches | None = None
        if body is not None:
            try:
                matches = msgspec.json.decode(body, type=Matches)
            except msgspec.MsgspecError:
                _log.exception("matching answered %s with something else", path)
        self._note(is_up=matches is not None)
        return matches

    async def _call(self, method: str, path: str, body: bytes | None) -> bytes | None:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._request, method, path, body)

    def _request(self, method: str, path: str, body: bytes | None) -> bytes | None:
        """The body of a 200, or None. A kept connection that the other side has closed is made anew once."""
        for is_kept in (True, False):
            connection: HTTPConnection | None = getattr(self._local, "connection", None) if is_kept else None
            if connection is None:
                is_kept = False
                connection = self._local.connection = HTTPConnection(self._address, timeout=SECONDS_TO_ANSWER)
            try:
                connection.request(method, path, body, {"Content-Type": "application/json"})
                response = connection.getresponse()
                content = response.read()
                return content if response.status == 200 else None
            except (OSError, HTTPException) as error:
                connection.close()
                self._local.connection = None
                if not is_kept or isinstance(error, TimeoutError):
                    return None
        return None

    def _note(self, *, is_up: bool) -> None:
        if self.is_up and not is_up:
            _log.warning("matching cannot be reached; rooms go on without scores")
        elif is_up and not self.is_up:
            _log.info("matching answers")
        self.is_up = is_up
