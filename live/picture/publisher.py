"""A connection that publishes: what the host sends, done one after another, and what the host is told."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy.exc import DBAPIError

from fair.errors import FairError
from live.connection import Connection
from live.messages import FAILED, FLOODING, PROTOCOL, Closing
from live.picture.messages import NOT_PERMITTED, Begin, BegunForHost, Broken, End, Note, Pause, read_of_host, said
from live.picture.pieces import StreamBroken
from live.picture.show import Show
from live.picture.stream import Stream

LARGEST_BLOB = 4 << 20
MOST_WAITING = 16 << 20
SECONDS_AT_ONCE = 0.003
SCANNED_AT_ONCE = 256 << 10
_WEIGHT_OF_TEXT = 16 << 10

_log = logging.getLogger("live.picture")


class Publisher:
    """The line of who has the stage; `begin` makes a stream of what a host asks for at that instant.

    What comes while something is done waits, bounded in bytes. Sending to many is done a little at a time, so that
    nothing else in the process waits for long.
    """

    largest_message = LARGEST_BLOB
    most_behind = 256 << 10

    def __init__(
        self,
        connection: Connection,
        show: Show,
        *,
        begin: Callable[[Begin, datetime], Awaitable[Stream]],
        clock: Callable[[], datetime],
    ) -> None:
        self._connection, self._show = connection, show
        self._begin, self._clock = begin, clock
        self._waiting: deque[tuple[str | bytes, datetime]] = deque()
        self._weight = 0
        self._work: asyncio.Task[None] | None = None
        self._noted = (0, 0, clock())

    def receive(self, connection: Connection, message: str | bytes) -> None:
        """A message came."""
        self._waiting.append((message, self._clock()))
        self._weight += len(message) if isinstance(message, bytes) else _WEIGHT_OF_TEXT
        if self._weight > MOST_WAITING:
            self.close(FLOODING)
        elif self._work is None:
            self._work = asyncio.get_running_loop().create_task(self._do_all())

    def leave(self, connection: Connection) -> None:
        """It is closing: what it sent and was not done is dropped."""
        self._waiting.clear()
        self._show.leave_stage(self)

    def close(self, closing: Closing) -> None:
        """Say why and close."""
        self._connection.close(closing)

    def tell(self, message: Struct) -> None:
        """Send the host a message."""
        self._connection.write(said(message))

    def note(self) -> None:
        """Tell the host how its stream fares."""
        stream = self._show.stream
        if stream is None:
            return
        now = self._clock()
        received, skips, since = self._noted
        seconds = max(0.001, (now - since).total_seconds())
        self._noted = (stream.received, stream.skips, now)
        self.tell(
            Note(
                stream=stream.number,
                viewers=len(self._show.watchers),
                kbit_s=round(max(0, stream.received - received) * 8 / 1_000 / seconds),
                behind_ms=stream.behind_ms,
                skipped=max(0, stream.skips - skips),
                hls=stream.sink.hls,
                recording=stream.sink.recording,
                recorded_s=round(stream.sink.recorded_seconds),
            )
        )

    async def _do_all(self) -> None:
        try:
            while self._waiting:
                message, at = self._waiting.popleft()
                await self._do(message, at)
                self._weight -= len(message) if isinstance(message, bytes) else _WEIGHT_OF_TEXT
        except (DBAPIError, OSError):
            _log.exception("a picture could not begin")
            self.close(FAILED)
        finally:
            self._work = None
            if not self._waiting:
                self._weight = 0

    async def _do(self, message: str | bytes, at: datetime) -> None:
        if isinstance(message, bytes):
            await self._take(message, at)
            return
        try:
            wanted = read_of_host(message)
        except msgspec.MsgspecError:
            self.close(PROTOCOL)
            return
        if isinstance(wanted, Begin):
            await self._start(wanted, at)
        elif isinstance(wanted, Pause):
            self._show.end_stream(why="host")
        elif isinstance(wanted, End):
            self._show.end()

    async def _start(self, wanted: Begin, at: datetime) -> None:
        self._show.end_stream(why=None)
        try:
            stream = await self._begin(wanted, at)
        except StreamBroken as broken:
            self.tell(Broken(0, broken.reason))
            return
        except FairError:
            self.close(NOT_PERMITTED)
            return
        if self._show.publisher is not self:
            stream.end()
            return
        self._noted = (0, 0, at)
        self._show.begin(stream)
        self.tell(BegunForHost(stream.number, stream.sink.hls, stream.sink.recording))

    async def _take(self, data: bytes, at: datetime) -> None:
        stream = self._show.stream
        if stream is None or self._show.publisher is not self:
            return
        try:
            for begin in range(0, len(data), SCANNED_AT_ONCE):
                await _little_by_little(self._show.take(data[begin : begin + SCANNED_AT_ONCE], now=at))
                if self._show.stream is not stream:
                    return
        except StreamBroken as broken:
            _log.warning("session %d: stream %d is broken: %s", self._show.session_id, stream.number, broken)
            self._show.end_stream(why="lost")
            self.tell(Broken(stream.number, broken.reason))


async def _little_by_little(steps: Iterator[int]) -> None:
    """Go through all steps; after a few milliseconds others have their turn."""
    loop = asyncio.get_running_loop()
    until = loop.time() + SECONDS_AT_ONCE
    for _ in steps:
        if loop.time() > until:
            await asyncio.sleep(0)
            until = loop.time() + SECONDS_AT_ONCE
    await asyncio.sleep(0)
