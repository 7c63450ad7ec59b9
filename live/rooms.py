"""The rooms that are open in this process: opened on demand, told what the event log says, forgotten when empty."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from fair.events import newest_event_id
from live import newslog, reading
from live.deeds import News
from live.matches import Matching
from live.room import Room
from live.seat import Seat
from live.store import Store
from live.stream import Stream
from live.wire import LocalWire

POLL_SECONDS = 0.25
SECONDS_EMPTY = 600

_log = logging.getLogger("live.rooms")


@dataclass
class _Opening:
    """A room that is being read; news that comes meanwhile waits for it."""

    seat: asyncio.Future[Seat | None]
    news: list[tuple[int, News]] = field(default_factory=list)


class Rooms:
    """Every room of this process, by session."""

    def __init__(
        self, store: Store, matching: Matching, *, clock: Callable[[], datetime], new_epoch: Callable[[], str]
    ) -> None:
        self.has_database = True
        self._store, self._matching = store, matching
        self._clock, self._new_epoch = clock, new_epoch
        self._rooms: dict[int, Seat | _Opening] = {}
        self._last_id = 0
        self._wake = asyncio.Event()

    @property
    def seats(self) -> dict[int, Seat]:
        """The rooms that are open, by session."""
        return {session_id: seat for session_id, seat in self._rooms.items() if isinstance(seat, Seat)}

    async def begin(self) -> None:
        """Find the end of the event log; raises DBAPIError."""
        self._last_id = await self._store.read(newest_event_id)

    async def seat(self, session_id: int) -> Seat | None:
        """The room of a session, opened when it is not; None when it has none."""
        known = self._rooms.get(session_id)
        if isinstance(known, Seat):
            known.touch()
            return known
        if known is not None:
            return await asyncio.shield(known.seat)
        opening = _Opening(asyncio.get_running_loop().create_future())
        self._rooms[session_id] = opening
        try:
            seat = await self._open(session_id)
        except BaseException as error:
            del self._rooms[session_id]
            opening.seat.set_exception(error if isinstance(error, Exception) else ConnectionAbortedError())
            opening.seat.exception()
            raise
        if seat is None:
            del self._rooms[session_id]
        else:
            self._rooms[session_id] = seat
            seat.learn(opening.news)
        opening.seat.set_result(seat)
        return seat

    async def _open(self, session_id: int) -> Seat | None:
        now = self._clock()
        found = await self._store.read(reading.open_room, session_id, people=self._store.people, now=now)
        if found is None:
            return None
        stream = Stream(found.board, epoch=self._new_epoch())
        room = Room(stream, people=found.people, likes=found.likes, now=now)
        return Seat(
            room,
            LocalWire(clock=self._clock),
            event_id=found.event_id,
            store=self._store,
            matching=self._matching,
            clock=self._clock,
            wake=self._wake.set,
        )

    async def follow_log(self) -> None:
        """Tell the rooms what other processes did, until cancelled; at once after a deed of one's own."""
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await self._wake.wait()
            self._wake.clear()
            try:
                await self.read_log()
                self.has_database = True
            except Exception:
                # Whatever it is, rooms must hear of what happens as soon as it can be read again.
                if self.has_database:
                    _log.exception("the event log cannot be read")
                self.has_database = False
            self._forget_empty()

    async def read_log(self) -> None:
        """Tell the rooms what the event log holds by now; raises DBAPIError."""
        is_all = False
        while not is_all:
            report = await self._store.read(
                newslog.read_log, self._last_id, tuple(self._rooms), people=self._store.people, now=self._clock()
            )
            self._last_id, is_all = report.last_id, report.is_all
            for session_id, news in report.news.items():
                known = self._rooms.get(session_id)
                if isinstance(known, Seat):
                    known.learn(news)
                elif known is not None:
                    known.news += news

    def _forget_empty(self) -> None:
        now = self._clock()
        for session_id, seat in self.seats.items():
            if seat.is_empty(now=now, seconds=SECONDS_EMPTY):
                seat.stop()
                del self._rooms[session_id]
