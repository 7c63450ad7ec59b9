"""Asks matching, over its HTTP API. When it cannot be reached the answer is None: rooms go on without scores.

The standard library's client in a few threads: matching is on loopback, its answers are short, and a larger client
would cost the process more memory than all else here.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

import msgspec

from fair.matches import Match, Matches, PositionsForSeeker, PositionsForSeekers, Reason, SeekersForPosition

SECONDS_TO_ANSWER = 1.5
AT_ONCE = 4
SEEKERS_EACH = 500
GATHER_SECONDS = 0.05
JOINERS_EACH = 50
MOST_WAITING = 2_000
REASONS_SHARED = 50_000
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
        self.skipped = 0
        self._joiners: dict[tuple[int, ...], dict[int, asyncio.Future[list[Match] | None]]] = {}
        self._asking: asyncio.Task[None] | None = None
        self._reasons: dict[Reason, Reason] = {}
        self._address = urlsplit(url).netloc
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="match")
        self._local = threading.local()

    async def for_seeker(
        self, account_id: int, position_ids: Sequence[int], *, event_id: int = 0
    ) -> list[Match] | None:
        """How the positions fit one seeker, by an index that has read event `event_id` if it does so within 2 s.

        Seekers who just come in, for whom any event will do, are asked for together. When more than MOST_WAITING wait,
        the answer is None, as if matching could not be reached; the room asks again by and by.
        """
        if not event_id:
            return await self._for_joiner(account_id, tuple(position_ids))
        question = PositionsForSeeker(account_id, limit=max(1, len(position_ids)), position_ids=list(position_ids))
        answer = await self._ask("/positions/for-seeker", question)
        for _ in range(_FRESH_TRIES):
            if answer is None or answer.event_id >= event_id:
                break
            await asyncio.sleep(_FRESH_WAIT_SECONDS)
            answer = await self._ask("/positions/for-seeker", question)
        return answer.matches if answer else None

    async def for_position(self, position_id: int, account_ids: Sequence[int]) -> list[Match] | None:
        """How a position fits those of these seekers who consented; at most SEEKERS_EACH are asked for at once."""
        answer = await self._ask("/seekers/for-position", SeekersForPosition(position_id, list(account_ids)))
        return answer.matches if answer else None

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
        if self._asking is not None:
            self._asking.cancel()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _for_joiner(self, account_id: int, position_ids: tuple[int, ...]) -> list[Match] | None:
        waiting = self._joiners.get(position_ids, {})
        if account_id in waiting:
            return await asyncio.shield(waiting[account_id])
        if sum(map(len, self._joiners.values())) >= MOST_WAITING:
            self.skipped += 1
            return None
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[Match] | None] = loop.create_future()
        self._joiners.setdefault(position_ids, waiting)[account_id] = answer
        if self._asking is None:
            self._asking = loop.create_task(self._ask_for_joiners())
        return await asyncio.shield(answer)

    async def _ask_for_joiners(self) -> None:
        await asyncio.sleep(GATHER_SECONDS)
        while self._joiners:
            position_ids, waiting = next(iter(self._joiners.items()))
            some = {account_id: waiting.pop(account_id) for account_id in list(waiting)[:JOINERS_EACH]}
            if not waiting:
                del self._joiners[position_ids]
            found = await self._ask("/positions/for-seekers", PositionsForSeekers(list(some), list(position_ids)))
            of_seeker: defaultdict[int, list[Match]] = defaultdict(list)
            for match in found.matches if found else ():
                of_seeker[match.seeker_id].append(match)
            for account_id, answer in some.items():
                answer.set_result(of_seeker[account_id] if found else None)
        self._asking = None

    async def _ask(
        self, path: str, question: PositionsForSeeker | PositionsForSeekers | SeekersForPosition
    ) -> Matches | None:
        body = await self._call("POST", path, msgspec.json.encode(question))
        matches: Matches | None = None
        if body is not None:
            try:
                matches = msgspec.json.decode(body, type=Matches)
                self._share_reasons(matches)
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

    def _share_reasons(self, found: Matches) -> None:
        """Let equal reasons be one: thousands are kept for the seekers of a room, and few differ."""
        if len(self._reasons) > REASONS_SHARED:
            self._reasons.clear()
        for match in found.matches:
            match.reasons[:] = [self._reasons.setdefault(reason, reason) for reason in match.reasons]

    def _note(self, *, is_up: bool) -> None:
        if self.is_up and not is_up:
            _log.warning("matching cannot be reached; rooms go on without scores")
        elif is_up and not self.is_up:
            _log.info("matching answers")
        self.is_up = is_up
