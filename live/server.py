"""The server: one port with rooms at `/room`, pictures at `/picture` and `/hls/`, health at `/healthz`.

It knows sockets and time. What a room is and does lies in `live.room`.
"""

from __future__ import annotations

import asyncio
import http
import logging
import resource
from collections.abc import Callable, Coroutine, Iterable
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy.exc import DBAPIError
from websockets.datastructures import Headers
from websockets.http11 import Request, Response
from websockets.server import ServerProtocol

from fair.settings import Settings
from live import messages
from live.connection import Connection
from live.effects import Effect, Tell
from live.entrance import Entrance, NotLetIn
from live.gauges import watch_process
from live.inside import Inside
from live.link import Link
from live.listening import BACKLOG, doors, listen
from live.matches import Matching
from live.messages import Closing, Welcome
from live.metrics import Metrics
from live.origins import Origins
from live.picture import gallery
from live.picture.answering import LARGEST_HEAD, answer_all
from live.picture.archive import Archive
from live.picture.gallery import Gallery
from live.ring import open_ring
from live.rooms import Rooms
from live.sending import send_each
from live.store import Store
from live.watch import Deadline, look_after

PATH = "/room"
SECONDS_TO_ENTER = 10.0
SECONDS_TO_CLOSE = 3.0
SECONDS_TO_FINISH = 15.0
SECONDS_TO_SETTLE = 5.0
PROBE_SECONDS = 5.0
SECONDS_BETWEEN_LOOKS = 0.25
_FILES_SPARED = 128

_log = logging.getLogger("live.server")


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
        self._settings, self._matching = settings, matching
        self.metrics = Metrics()
        self.clock = clock
        self._origins = Origins(settings)
        link = Link(settings.redis_url) if settings.redis_url else None
        self.ring = open_ring() if settings.live_ring else None
        self.rooms = Rooms(
            store,
            matching,
            clock=clock,
            new_epoch=new_epoch,
            metrics=self.metrics,
            link=link,
            send=self.ring.send if self.ring else send_each,
        )
        self._entrance = Entrance(
            self.rooms, store, secret_key=settings.secret_key, clock=clock, redis=link.client if link else None
        )
        archive = Archive(store, settings.media_dir, has_hls=settings.has_hls, days=settings.media_days, clock=clock)
        self.gallery = Gallery(
            store, archive, secret_key=settings.secret_key, clock=clock, redis=link.client if link else None
        )
        self._connections: set[Connection] = set()
        self._numbers = 0
        self._most = resource.getrlimit(resource.RLIMIT_NOFILE)[0] - _FILES_SPARED
        self._to_enter, self._to_close = Deadline(SECONDS_TO_ENTER), Deadline(SECONDS_TO_CLOSE)
        self.is_draining = False
        self._background: set[asyncio.Task[None]] = set()
        self._entering: set[asyncio.Task[None]] = set()
        self._asking: set[asyncio.Task[None]] = set()
        self._servers: list[asyncio.Server] = []
        self._is_empty = asyncio.Event()
        watch_process(
            self.metrics, self.rooms, store, matching, self.gallery, connections=lambda: len(self._connections)
        )
        self.metrics.watch("has_ring", "Whether ticks are sent to many viewers at once.", lambda: self.ring is not None)

    async def start(self, *, is_shared: bool = False) -> None:
        """Listen; raises OSError when the port is taken, DBAPIError when the database cannot be read."""
        await self.rooms.begin()
        self._loop = asyncio.get_running_loop()
        for sock in listen(self._settings.host, self._settings.live_port, is_shared=is_shared):
            for door in doors(sock):
                self._servers.append(await self._loop.create_server(self._new_connection, sock=door, backlog=BACKLOG))
        for work in (
            self.rooms.follow_log(),
            self._watch_matching(),
            self._watch_clock(),
            look_after(lambda: self._connections),
            self.gallery.look_after(),
            self.metrics.watch_loop(),
        ):
            self._background.add(self._loop.create_task(work))

    async def drain(self) -> None:
        """Stop accepting, finish what was acknowledged, tell everybody to return, and be done."""
        self.is_draining = True
        for server in self._servers:
            server.close()
        seats = self.rooms.seats.values()
        try:
            async with asyncio.timeout(SECONDS_TO_FINISH):
                for seat in seats:
                    while seat.busy:
                        await asyncio.wait(seat.busy)
        except TimeoutError:
            _log.error("not all that was asked for could be done before the end: it will be asked for again")
        await self._stop_background()
        for asking in self._asking:
            asking.cancel()
        await asyncio.gather(*self._asking, return_exceptions=True)
        await self.gallery.close()
        try:
            async with asyncio.timeout(SECONDS_TO_SETTLE):
                await self.rooms.read_log()
                await asyncio.gather(*(seat.close() for seat in seats))
        except (TimeoutError, DBAPIError):
            _log.error("not everything could be counted before the end")
        told = len(self._connections)
        await self._send_away()
        await self.rooms.close()
        if self.ring is not None:
            self.ring.close()
        self._matching.close()
        _log.info("drained: %d connections told to return", told)

    async def _stop_background(self) -> None:
        tasks, self._background = self._background, set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _send_away(self) -> None:
        self._is_empty.clear()
        for connection in list(self._connections):
            connection.close(messages.RESTARTING)
        try:
            async with asyncio.timeout(SECONDS_TO_CLOSE):
                while self._connections:
                    self._is_empty.clear()
                    await self._is_empty.wait()
        except TimeoutError:
            for connection in list(self._connections):
                connection.abort()
        while self._connections:
            self._is_empty.clear()
            await self._is_empty.wait()

    def health(self) -> dict[str, object]:
        """What /healthz says: `ok`, or `degraded` and what is missing."""
        missing = [] if self._matching.is_up else ["matching"]
        if not self.rooms.has_database:
            missing.append("database")
        if not self.rooms.has_redis:
            missing.append("redis")
        status = "draining" if self.is_draining else "degraded" if missing else "ok"
        return {
            "status": status,
            "missing": missing,
            "rooms": len(self.rooms.seats),
            "connections": len(self._connections),
        }

    def come(self, connection: Connection) -> None:
        """A connection was made."""
        self._connections.add(connection)
        self._to_enter.start(connection, now=self._loop.time())

    def answer(self, connection: Connection, protocol: ServerProtocol, request: Request) -> Response:
        """The answer to a handshake, or to a request that is none."""
        path = request.path.partition("?")[0]
        if path == "/healthz":
            return _json(self.health(), status=200 if self.rooms.has_database else 503)
        if path not in (PATH, gallery.PATH):
            return protocol.reject(http.HTTPStatus.NOT_FOUND, "Not found.\n")
        origins = request.headers.get_all("Origin")
        if not self._origins.allows(origins, host=request.headers.get("Host", "")):
            return protocol.reject(http.HTTPStatus.FORBIDDEN, "Rooms are opened from the site's own pages.\n")
        if self.is_draining:
            return protocol.reject(http.HTTPStatus.SERVICE_UNAVAILABLE, "Try again in a moment.\n")
        connection.door = path
        if path == gallery.PATH:
            # What browsers record is packed already.
            protocol.available_extensions, protocol.available_subprotocols = None, [gallery.SUBPROTOCOL]
        return protocol.accept(request)

    def hand_over(self, connection: Connection, transport: asyncio.Transport, data: bytes) -> None:
        """A connection began with a request for a part of a picture: from now on it is plain HTTP."""
        if len(self._connections) + len(self._asking) > self._most:
            transport.abort()
            return
        reader = asyncio.StreamReader(LARGEST_HEAD, self._loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=self._loop)
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        reader.feed_data(data)
        archive = self.gallery.archive
        writer = asyncio.StreamWriter(transport, protocol, reader, self._loop)
        task = self._loop.create_task(answer_all(reader, writer, archive.hls.answer, files=archive.files))
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    def first(self, connection: Connection, message: str | bytes) -> None:
        """A connection's first message came: let it in, or close it."""
        self._to_enter.stop(connection)
        self._begin(self._let_in(connection, message))

    def shut(self, closing: Closing) -> None:
        """A connection is closed for this reason."""
        self.metrics.drops[closing.reason] += 1

    def leave(self, connection: Connection) -> None:
        """A connection is closing; what is not closed in time is cut off."""
        self._to_enter.stop(connection)
        self._to_close.start(connection, now=self._loop.time())

    def gone(self, connection: Connection) -> None:
        """A connection is no more, or not one of a room."""
        self._to_enter.stop(connection)
        self._to_close.stop(connection)
        self._connections.discard(connection)
        if not self._connections:
            self._is_empty.set()

    def _new_connection(self) -> Connection:
        self._numbers += 1
        return Connection(self, self._numbers)

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._entering.add(task)
        task.add_done_callback(self._entering.discard)

    async def _let_in(self, connection: Connection, message: str | bytes) -> None:
        try:
            if len(self._connections) > self._most:
                raise NotLetIn(messages.FULL)
            if connection.door == gallery.PATH:
                await self.gallery.enter(connection, message)
            else:
                await self._enter(connection, message)
        except NotLetIn as refused:
            connection.close(refused.closing)
        except Exception:
            _log.exception("a connection could not enter")
            connection.close(messages.FAILED)

    async def _enter(self, connection: Connection, message: str | bytes) -> None:
        seat, guest, enter = await self._entrance.admit(connection, message)
        seat.add(connection)
        connection.host = Inside(self, seat)
        effects = seat.room.enter(connection.number, guest, epoch=enter.epoch, seq=enter.seq, now=self.clock())
        self._count(effects)
        seat.perform(effects)
        connection.enter()

    def _count(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Tell) and isinstance(effect.message, Welcome):
                welcome = effect.message
                self.metrics.entered("complete" if welcome.how == "resumed" else str(welcome.why))

    async def _watch_matching(self) -> None:
        while True:
            if await self._matching.probe():
                for seat in self.rooms.seats.values():
                    seat.perform(seat.room.fitting.retry())
            await asyncio.sleep(PROBE_SECONDS)

    async def _watch_clock(self) -> None:
        while True:
            await asyncio.sleep(SECONDS_BETWEEN_LOOKS)
            now = self._loop.time()
            for connection in self._to_enter.missed(now=now):
                connection.close(messages.SILENT)
            for connection in self._to_close.missed(now=now):
                connection.abort()
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
