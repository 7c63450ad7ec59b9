"""The entrance: a connection's first message and its ticket, and the way from there into a room."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy.exc import DBAPIError

from fair.errors import TicketRefused
from fair.tickets import Ticket, TicketDesk
from live import messages, reading
from live.connection import Connection, Stage
from live.deeds import Guest
from live.messages import Closing
from live.requests import Enter, Malformed, read_enter
from live.rooms import Rooms
from live.seat import Seat
from live.store import Store

_log = logging.getLogger("live.entrance")


class NotLetIn(Exception):
    """A connection is closed before it is in a room; `closing` says why."""

    def __init__(self, closing: Closing) -> None:
        super().__init__(closing.reason)
        self.closing = closing


class Entrance:
    """Lets connections into the rooms of their tickets."""

    def __init__(self, rooms: Rooms, store: Store, *, secret_key: str, clock: Callable[[], datetime]) -> None:
        self._rooms, self._store = rooms, store
        self._desk = TicketDesk(secret_key)
        self._clock = clock
        self._opened_at = clock()

    async def admit(self, connection: Connection, message: str | bytes) -> tuple[Seat, Guest, Enter]:
        """Where a connection belongs that began with this message; raises NotLetIn."""
        if not isinstance(message, str):
            raise NotLetIn(messages.BINARY)
        try:
            enter = read_enter(message)
            ticket = self._open_ticket(enter)
        except Malformed:
            raise NotLetIn(messages.PROTOCOL) from None
        except TicketRefused as refused:
            _log.info("a ticket was refused: %s", refused.code)
            raise NotLetIn(messages.BAD_TICKET) from None
        try:
            seat = await self._rooms.seat(ticket.session_id)
            guest = await self._guest(ticket)
        except DBAPIError:
            _log.exception("a room could not be opened")
            raise NotLetIn(messages.FAILED) from None
        if seat is None or guest is None:
            raise NotLetIn(messages.NOT_OPEN)
        if connection.stage is not Stage.ENTERING:
            raise NotLetIn(messages.RESTARTING)
        return seat, guest, enter

    def _open_ticket(self, enter: Enter) -> Ticket:
        ticket = self._desk.open(enter.ticket, session_id=enter.session, now=self._clock())
        if ticket.issued_at < self._opened_at.timestamp():
            # Which tickets were used before this process began is not known.
            raise TicketRefused("used_ticket")
        return ticket

    async def _guest(self, ticket: Ticket) -> Guest | None:
        if ticket.account_id is None:
            return reading.visitor(ticket)
        return await self._store.read(reading.read_guest, ticket, people=self._store.people, now=self._clock())
