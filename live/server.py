"""The server: one port with rooms at `/room` and health at `/healthz`; it lets viewers in, listens, drains.

It knows sockets and time. What a room is and does lies in `live.room`.
"""

from __future__ import annotations

import asyncio
import http
import logging
import resource
from collections.abc import Callable
from datetime import datetime

import msgspec
from sqlalchemy.exc import DBAPIError
from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from fair.errors import TicketRefused
from fair.settings import Settings
from fair.tickets import Ticket, TicketDesk
from live import messages, reading
from live.connection import CLOSE_WAIT_SECONDS, Connection, frame_of
from live.deeds import Guest
from live.limits import BAD_MESSAGES
from live.matches import Matching
from live.messages import Closing
from live.origins import Origins
from live.requests import KIND, Enter, Malformed, read_enter, read_request
from live.rooms import Rooms
from live.seat import Seat
from live.store import Store

SUBPROTOCOL = Subprotocol("gangbo.v1")
PATH = "/room"
LARGEST_MESSAGE = 16 << 10
SECONDS_TO_ENTER = 10.0
SECONDS_TO_DRAIN = 20.0
PROBE_SECONDS = 5.0
SECONDS_BETWEEN_LOOKS = 0.5
_FILES_SPARED = 128

_log = logging.getLogger("live.server")


class _NotLetIn(Exception):
    """A connection is closed before it is in a room; `closing` says why."""

    def __init__(self, closing: Closing) -> None:
        super().__init__(closing.reason)
        self.closing = closing


class Live:
    """The live process: all rooms that are open in it."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        matching: Matching,
        *,
        clock: Callable[[], datetime],
        new_epoch: Callable[[], str],
    ) -> None:
        self._settings, self._store, self._matching = settings, store, matching
        self._clock = clock
        self._desk = TicketDesk(settings.secret_key)
        self._origins = Origins(settings)
        self._started_at = clock()
        self.rooms = Rooms(store, matching, clock=clock, new_epoch=new_epoch)
        self._connections: set[Connection] = set()
        self._numbers = 0
        self._most = resource.getrlimit(resource.RLIMIT_NOFILE)[0] - _FILES_SPARED
        self._is_draining = False
        self._background: list[asyncio.Task[None]] = []
        self._server: Server | None = None

    async def start(self) -> None:
        """Listen; raises OSError when the port is taken, DBAPIError when the database cannot be read."""
        await self.rooms.begin()
        self._server = await serve(
            self._handle,
            self._settings.host,
            self._settings.live_port,
            subprotocols=[SUBPROTOCOL],
            compression=None,
            process_request=self._before_handshake,
            server_header=None,
            open_timeout=SECONDS_TO_ENTER,
            ping_interval=20,
            ping_timeout=20,
            close_timeout=CLOSE_WAIT_SECONDS,
            max_size=LARGEST_MESSAGE,
            max_queue=16,
            backlog=1024,
        )
        loop = asyncio.get_running_loop()
        self._background = [
            loop.create_task(self.rooms.follow_log()),
            loop.create_task(self._watch_matching()),
            loop.create_task(self._watch_ages()),
        ]

    async def drain(self) -> None:
        """Stop accepting, finish what was acknowledged, tell everybody to return, and be done."""
        self._is_draining = True
        assert self._server is not None
        self._server.close(close_connections=False)
        seats = self.rooms.seats.values()
        try:
            async with asyncio.timeout(SECONDS_TO_DRAIN):
                for seat in seats:
                    while seat.busy:
                        await asyncio.wait(seat.busy)
                await self._stop_background()
                await self.rooms.read_log()
                await asyncio.gather(*(seat.close() for seat in seats))
        except (TimeoutError, DBAPIError):
            _log.error("not everything could be kept before the end")
        leaving = list(self._connections)
        for connection in leaving:
            connection.close(messages.RESTARTING)
        await asyncio.gather(*(connection.closed() for connection in leaving))
        await self._server.wait_closed()
        self._matching.close()
        _log.info("drained: %d connections told to return", len(leaving))

    async def _stop_background(self) -> None:
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)

    def health(self) -> dict[str, object]:
        """What /healthz says: `ok`, or `degraded` and what is missing."""
        missing = [] if self._matching.is_up else ["matching"]
        if not self.rooms.has_database:
            missing.append("database")
        status = "draining" if self._is_draining else "degraded" if missing else "ok"
        return {
            "status": status,
            "missing": missing,
            "rooms": len(self.rooms.seats),
            "connections": len(self._connections),
        }

    def _before_handshake(self, websocket: ServerConnection, request: Request) -> Response | None:
        path = request.path.partition("?")[0]
        if path == "/healthz":
            return _json(self.health(), status=200 if self.rooms.has_database else 503)
        if path != PATH:
            return websocket.respond(http.HTTPStatus.NOT_FOUND, "Not found.\n")
        origins = request.headers.get_all("Origin")
        if not self._origins.allows(origins, host=request.headers.get("Host", "")):
            return websocket.respond(http.HTTPStatus.FORBIDDEN, "Rooms are opened from the site's own pages.\n")
        if self._is_draining:
            return websocket.respond(http.HTTPStatus.SERVICE_UNAVAILABLE, "Try again in a moment.\n")
        return None

    async def _handle(self, websocket: ServerConnection) -> None:
        self._numbers += 1
        connection = Connection(websocket, self._numbers)
        self._connections.add(connection)
        seat: Seat | None = None
        try:
            seat = await self._enter(connection)
            await self._listen(connection, seat)
        except _NotLetIn as refused:
            connection.close(refused.closing)
        except ConnectionClosed:
            pass
        finally:
            self._connections.discard(connection)
            if seat is not None:
                seat.remove(connection)
            await connection.closed()

    async def _enter(self, connection: Connection) -> Seat:
        """Let a connection into the room of its ticket; raises _NotLetIn."""
        if len(self._connections) > self._most:
            raise _NotLetIn(messages.FULL)
        enter, ticket = await self._first_message(connection)
        try:
            seat = await self.rooms.seat(ticket.session_id)
            guest = await self._guest(ticket)
        except DBAPIError:
            _log.exception("a room could not be opened")
            raise _NotLetIn(messages.FAILED) from None
        if seat is None or guest is None:
            raise _NotLetIn(messages.NOT_OPEN)
        if not connection.is_open:
            raise _NotLetIn(messages.RESTARTING)
        seat.add(connection)
        seat.perform(seat.room.enter(connection.number, guest, epoch=enter.epoch, seq=enter.seq, now=self._clock()))
        return seat

    async def _first_message(self, connection: Connection) -> tuple[Enter, Ticket]:
        try:
            async with asyncio.timeout(SECONDS_TO_ENTER):
                text = await connection.websocket.recv()
        except TimeoutError:
            raise _NotLetIn(messages.SILENT) from None
        if not isinstance(text, str):
            raise _NotLetIn(messages.BINARY)
        try:
            enter = read_enter(text)
            return enter, self._open_ticket(enter)
        except Malformed:
            raise _NotLetIn(messages.PROTOCOL) from None
        except TicketRefused as refused:
            _log.info("a ticket was refused: %s", refused.code)
            raise _NotLetIn(messages.BAD_TICKET) from None

    async def _guest(self, ticket: Ticket) -> Guest | None:
        if ticket.account_id is None:
            return reading.visitor(ticket)
        return await self._store.read(reading.read_guest, ticket, people=self._store.people, now=self._clock())

    def _open_ticket(self, enter: Enter) -> Ticket:
        ticket = self._desk.open(enter.ticket, session_id=enter.session, now=self._clock())
        if ticket.issued_at < self._started_at.timestamp():
            # Which tickets were used before this process began is not known.
            raise TicketRefused("used_ticket")
        return ticket

    async def _listen(self, connection: Connection, seat: Seat) -> None:
        bad = 0
        async for text in connection.websocket:
            if not connection.is_open:
                return
            if not isinstance(text, str):
                connection.close(messages.BINARY)
                return
            try:
                request = read_request(text)
            except Malformed as wrong:
                bad += 1
                if bad >= BAD_MESSAGES:
                    connection.close(messages.PROTOCOL)
                    return
                answer = messages.refusal(wrong.code, to=wrong.to, key=wrong.key, message=wrong.message)
                connection.send(frame_of(messages.encode(answer)))
                continue
            if self._is_draining:
                answer = messages.refusal("busy", to=KIND[type(request)], key=request.key, retry_after_ms=1_000)
                connection.send(frame_of(messages.encode(answer)))
                continue
            seat.perform(seat.room.receive(connection.number, request, now=self._clock()))

    async def _watch_matching(self) -> None:
        while True:
            if await self._matching.probe():
                for seat in self.rooms.seats.values():
                    seat.perform(seat.room.fitting.retry())
            await asyncio.sleep(PROBE_SECONDS)

    async def _watch_ages(self) -> None:
        while True:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            now = asyncio.get_running_loop().time()
            for seat in self.rooms.seats.values():
                seat.fanout.check_age(now=now)


def _json(value: object, *, status: int) -> Response:
    body = msgspec.json.encode(value)
    headers = Headers(
        [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("Connection", "close"),
        ]
    )
    return Response(status, http.HTTPStatus(status).phrase, headers, body)
