"""The rooms that are open in this process: opened on demand, told what the event log says, forgotten when empty."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.exc import DBAPIError

from fair.events import newest_event_id
from live import newslog
from live.deeds import News
from live.ears import Ears
from live.link import Link
from live.matches import Matching
from live.metrics import Metrics
from live.opening import LocalOpening, Opened, RedisOpening
from live.rediswire import RedisWire
from live.room import Room
from live.seat import Seat
from live.sending import Send, send_each
from live.store import Store

SECONDS_BETWEEN_LOOKS = 0.25
MOST_SECONDS_BETWEEN_LOOKS = 1.0
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
        self,
        store: Store,
        matching: Matching,
        *,
        clock: Callable[[], datetime],
        new_epoch: Callable[[], str],
        metrics: Metrics,
        link: Link | None = None,
        send: Send = send_each,
    ) -> None:
        self.has_database = True
        self._store, self._matching, self._clock = store, matching, clock
        self._link, self._metrics, self._send = link, metrics, send
        self._ears = Ears(link) if link else None
        local = LocalOpening(store, clock=clock, new_epoch=new_epoch)
        self._shared: RedisOpening | None = None
        if link is not None and self._ears is not None:
            self._shared = RedisOpening(
                link, self._ears, local, store, clock=clock, new_epoch=new_epoch, renew=self._renew
            )
        self._opening = self._shared or local
        self._rooms: dict[int, Seat | _Opening] = {}
        self._renewing: dict[int, asyncio.Task[None]] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._last_id = 0
        self._wake = asyncio.Event()

    @property
    def has_redis(self) -> bool:
        """Whether Redis answers, or is not needed."""
        return self._link is None or self._link.is_up

    @property
    def seats(self) -> dict[int, Seat]:
        """The rooms that are open, by session."""
        return {session_id: seat for session_id, seat in self._rooms.items() if isinstance(seat, Seat)}

    async def begin(self) -> None:
        """Find the end of the event log, and listen to other processes; raises DBAPIError."""
        self._last_id = await self._store.read(newest_event_id)
        if self._ears is not None:
            self._ears.begin()

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
            seat.learn(opening.news, up_to=self._last_id)
        opening.seat.set_result(seat)
        return seat

    async def follow_log(self) -> None:
        """Tell the rooms what other processes did, until cancelled; at once after a deed of one's own.

        A look costs as much as a hundred sends, and what it finds waits for a tick: they are as far apart as ticks.
        """
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pace(seat.room.tick_ms for seat in self.seats.values())):
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
            asked = tuple(self._rooms)
            report = await self._store.read(
                newslog.read_log, self._last_id, asked, people=self._store.people, now=self._clock()
            )
            self._last_id, is_all = report.last_id, report.is_all
            for session_id in asked:
                known, news = self._rooms.get(session_id), report.news.get(session_id, [])
                if isinstance(known, Seat):
                    known.learn(news, up_to=report.last_id)
                elif known is not None:
                    known.news += news

    async def close(self) -> None:
        """Listen no more; the rooms have been closed."""
        for task in self._renewing.values():
            task.cancel()
        await asyncio.gather(*self._renewing.values(), *self._leaving, return_exceptions=True)
        if self._ears is not None and self._link is not None:
            await self._ears.close()
            await self._link.close()

    async def _open(self, session_id: int) -> Seat | None:
        opened = await self._opening.open(session_id)
        if opened is None:
            return None
        seat = Seat(
            self._room(opened),
            self._opening.wire(session_id, opened),
            event_id=opened.told,
            store=self._store,
            matching=self._matching,
            clock=self._clock,
            wake=self._wake.set,
            metrics=self._metrics,
            send=self._send,
        )
        seat.learn(opened.news, up_to=opened.event_id)
        return seat

    def _room(self, opened: Opened) -> Room:
        return Room(opened.stream, people=opened.people, likes=opened.likes, now=self._clock())

    def _renew(self, session_id: int, instead_of: str) -> None:
        """Go on in the room's newest epoch, or in a newer one `instead_of` that."""
        seat = self._rooms.get(session_id)
        if isinstance(seat, Seat) and session_id not in self._renewing:
            task = asyncio.get_running_loop().create_task(self._join_anew(seat, session_id, instead_of))
            self._renewing[session_id] = task
            task.add_done_callback(lambda _: self._renewing.pop(session_id, None))

    async def _join_anew(self, seat: Seat, session_id: int, instead_of: str) -> None:
        assert self._shared is not None
        try:
            opened = await self._shared.open(session_id, instead_of=instead_of)
        except DBAPIError as error:
            _log.error("room %d could not be opened anew: %s", session_id, type(error.orig).__name__)
            return
        if opened is not None and opened.number and self._rooms.get(session_id) is seat:
            assert isinstance(seat.wire, RedisWire)
            _log.warning("room %d goes on in epoch %s", session_id, opened.stream.epoch)
            seat.wire.joined(opened.number)
            seat.renew(self._room(opened), event_id=opened.told)
            seat.learn(opened.news, up_to=opened.event_id)

    def _forget_empty(self) -> None:
        now = self._clock()
        for session_id, seat in self.seats.items():
            if seat.is_empty(now=now, seconds=SECONDS_EMPTY):
                seat.stop()
                del self._rooms[session_id]
                leaving = asyncio.get_running_loop().create_task(seat.wire.close())
                self._leaving.add(leaving)
                leaving.add_done_callback(self._leaving.discard)


def pace(ticks_ms: Iterable[int]) -> float:
    """Seconds between two looks at the event log for rooms with ticks of these widths: as the narrowest, in bounds."""
    narrowest = min(ticks_ms, default=0) / 1_000
    return min(max(narrowest, SECONDS_BETWEEN_LOOKS), MOST_SECONDS_BETWEEN_LOOKS)
