"""The turnstile: each ticket lets in once, in whichever process it is shown.

With Redis the number of every ticket is taken there, many in one round trip. Without it, or while it cannot be
reached, this process remembers for itself, and lets in nobody whose ticket is older than the process.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from redis.asyncio import Redis
from redis.exceptions import RedisError

from fair.errors import TicketRefused
from fair.tickets import ROOM, SECONDS_REMEMBERED, Ticket, TicketDesk
from live.gathering import Gathering

PAUSE_SECONDS = 0.05
SECONDS_TO_ANSWER = 1.0
SECONDS_ALONE = 2.0

_log = logging.getLogger("live.turnstile")


class Turnstile:
    """Opens tickets; `is_alone` says that Redis was wanted and cannot be reached."""

    def __init__(
        self, secret_key: str, redis: Redis | None, *, clock: Callable[[], datetime], purpose: str = ROOM
    ) -> None:
        self.is_alone = False
        self._desk = TicketDesk(secret_key, purpose=purpose)
        self._redis, self._clock = redis, clock
        self._started_at = clock().timestamp()
        self._taking: Gathering[str, bool | None] = Gathering(self._ask_redis, pause_seconds=lambda: PAUSE_SECONDS)
        self._asks_again_at = 0.0

    async def open(self, text: str, *, session_id: int) -> Ticket:
        """The ticket, used up; raises TicketRefused with the reason."""
        now = self._clock()
        ticket = self._desk.check(text, session_id=session_id, now=now)
        self._desk.use(ticket, now=now)
        is_first = await self._take(ticket.number) if self._redis is not None else None
        # Which tickets were used before this process began, it does not know by itself.
        if is_first is False or (is_first is None and ticket.issued_at < self._started_at):
            raise TicketRefused("used_ticket")
        return ticket

    async def _take(self, number: str) -> bool | None:
        """Whether no process took this number before; None when Redis cannot say."""
        if asyncio.get_running_loop().time() < self._asks_again_at:
            return None
        return await self._taking.ask(number)

    async def _ask_redis(self, numbers: Sequence[str]) -> list[bool | None]:
        assert self._redis is not None
        try:
            async with asyncio.timeout(SECONDS_TO_ANSWER):
                pipeline = self._redis.pipeline(transaction=False)
                for number in numbers:
                    pipeline.set(f"gangbo:ticket:{number}", "", nx=True, ex=SECONDS_REMEMBERED)
                firsts = [taken is not None and bool(taken) for taken in await pipeline.execute()]
        except (RedisError, OSError, TimeoutError) as error:
            self._asks_again_at = asyncio.get_running_loop().time() + SECONDS_ALONE
            self._note(is_alone=True, why=type(error).__name__)
            return [None] * len(numbers)
        self._note(is_alone=False)
        return list(firsts)

    def _note(self, *, is_alone: bool, why: str = "") -> None:
        if is_alone and not self.is_alone:
            _log.warning("Redis cannot be reached (%s): a ticket is refused twice by this process alone", why)
        elif self.is_alone and not is_alone:
            _log.info("Redis answers: tickets are taken there again")
        self.is_alone = is_alone
