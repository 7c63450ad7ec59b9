"""Asks matching, over its HTTP API. When it cannot be reached the answer is None: rooms go on without scores."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

import httpx
import msgspec

from fair.matches import Match, Matches, PositionsForSeeker, SeekersForPosition

SECONDS_TO_ANSWER = 1.5
AT_ONCE = 8
SEEKERS_EACH = 2_000
_FRESH_TRIES = 8
_FRESH_WAIT_SECONDS = 0.25

_log = logging.getLogger("live.matches")


class Matching:
    """The matching process as rooms see it; `is_up` is what the last question showed."""

    def __init__(self, url: str, *, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self.is_up = False
        self._client = httpx.AsyncClient(base_url=url, timeout=SECONDS_TO_ANSWER, transport=transport, trust_env=False)
        self._gate = asyncio.Semaphore(AT_ONCE)

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
        try:
            answer = await self._client.get("/healthz")
            self._note(is_up=answer.status_code == 200)
        except httpx.HTTPError:
            self._note(is_up=False)
        return self.is_up

    async def close(self) -> None:
        """End the connections."""
        await self._client.aclose()

    async def _ask(self, path: str, question: PositionsForSeeker | SeekersForPosition) -> Matches | None:
        async with self._gate:
            try:
                answer = await self._client.post(
                    path, content=msgspec.json.encode(question), headers={"Content-Type": "application/json"}
                )
                answer.raise_for_status()
                matches = msgspec.json.decode(answer.content, type=Matches)
            except (httpx.HTTPError, msgspec.MsgspecError) as error:
                self._note(is_up=False, why=type(error).__name__)
                return None
        self._note(is_up=True)
        return matches

    def _note(self, *, is_up: bool, why: str = "") -> None:
        if self.is_up and not is_up:
            _log.warning("matching cannot be reached (%s); rooms go on without scores", why or "no answer")
        elif is_up and not self.is_up:
            _log.info("matching answers")
        self.is_up = is_up
