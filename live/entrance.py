"""The entrance: a connection's first message and its ticket, and the way from there into a room."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from redis.asyncio import Redis
from sqlalchemy.exc import DBAPIError

from fair.errors import TicketRefused
from live import messages
from live.connection import Connection, Stage
from live.deeds import Guest
from live.guests import Crowded, Guests
from live.messages import Closing
from live.requests import Enter, Malformed, read_enter
from live.rooms import Rooms
from live.seat import Seat
from live.store import Store
from live.turnstile import Turnstile

_log = logging.getLogger("live.entrance")


class NotLetIn(Exception):
    """A connection is closed before it is in a room; `closing` says why."""

    def __init__(self, closing: Closing) -> None:
        super().__init__(closing.reason)
        self.closing = closing


class Entrance:
    """Lets connections into the rooms of their tickets."""

    def __init__(
        self,
        rooms: Rooms,
        store: Store,
        *,
        secret_key: str,
        clock: Callable[[], datetime],
        redis: Redis | None = None,
    ) -> None:
        self._rooms = rooms
        self._turnstile = Turnstile(secret_key, redis, clock=clock)
        self._guests = Guests(store, clock=clock)

    async def admit(self, connection: Connection, message: str | bytes) -> tuple[Seat, Guest, Enter]:
        """Where a connection belongs that began with this message; raises NotLetIn."""
        if not isinstance(message, str):
            raise NotLetIn(messages.BINARY)
        try:
            enter = read_enter(message)
            ticket = await self._turnstile.open(enter.ticket, session_id=enter.session)
        except Malformed:
            raise NotLetIn(messages.PROTOCOL) from None
        except TicketRefused as refused:
            _log.info("a ticket was refused: %s", refused.code)
            raise NotLetIn(messages.BAD_TICKET) from None
        try:
            seat = await self._rooms.seat(ticket.session_id)
            guest = await self._guests.read(ticket)
        except Crowded:
            raise NotLetIn(messages.FULL) from None
        except DBAPIError:
            _log.exception("a room could not be opened")
            raise NotLetIn(messages.FAILED) from None
        if seat is None or guest is None:
            raise NotLetIn(messages.NOT_OPEN)
        if connection.stage is not Stage.ENTERING:
            raise NotLetIn(messages.RESTARTING)
        return seat, guest, enter
