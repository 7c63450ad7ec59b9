"""The guests' desk: those who come in at the same time are read of the database together.

After a shared link hundreds come a second. A visitor without an account needs no reading at all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from fair.tickets import Ticket
from live import guestlist
from live.deeds import Guest
from live.store import Store

GATHER_SECONDS = 0.02
AT_ONCE = 500
MOST_WAITING = 4_000


class Crowded(Exception):
    """More are waiting to come in than can be read soon; they return later."""


class Guests:
    """Finds out who enters; at most MOST_WAITING wait."""

    def __init__(self, store: Store, *, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock
        self._waiting: list[tuple[Ticket, asyncio.Future[Guest | None]]] = []
        self._is_reading = False

    async def read(self, ticket: Ticket) -> Guest | None:
        """Who enters with a ticket, None when nobody may; raises Crowded, and what the database raises.

        What comes to be known of them after they were read reaches the room after this has returned, so whoever
        waits for it must let them in without waiting for anything else.
        """
        if ticket.account_id is None:
            return guestlist.visitor(ticket)
        if len(self._waiting) >= MOST_WAITING:
            raise Crowded
        answer: asyncio.Future[Guest | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((ticket, answer))
        self._begin()
        return await answer

    def _begin(self) -> None:
        if self._waiting and not self._is_reading:
            self._is_reading = True
            asyncio.get_running_loop().call_later(GATHER_SECONDS, self._read)

    def _read(self) -> None:
        some, self._waiting = self._waiting[:AT_ONCE], self._waiting[AT_ONCE:]
        some = [(ticket, answer) for ticket, answer in some if not answer.done()]

        def known(guests: list[Guest | None] | Exception) -> None:
            self._is_reading = False
            self._begin()
            for number, (_, answer) in enumerate(some):
                if answer.done():
                    continue
                if isinstance(guests, Exception):
                    answer.set_exception(guests)
                else:
                    answer.set_result(guests[number])

        tickets = [ticket for ticket, _ in some]
        self._store.read_then(known, guestlist.read_guests, tickets, people=self._store.people, now=self._clock())
