"""A seat of a room in this process: its ticks, and the doing of its effects."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Iterable
from datetime import datetime
from typing import Any

from live.board import Line
from live.connection import Connection
from live.deeds import Deed, News
from live.effects import Do, Effect, FitPosition, FitSeeker, Publish, Remember, Shut, Tell
from live.fanout import Fanout
from live.happenings import is_urgent
from live.matches import SEEKERS_EACH, Matching
from live.messages import RESTARTING
from live.metrics import Metrics
from live.room import Room
from live.sending import Send
from live.store import Store
from live.stream import Entry
from live.wire import Wire

GATHER_SECONDS = 0.05
LONGEST_REST_SECONDS = 3.0

_log = logging.getLogger("live.seat")


class Seat:
    """Runs one room: carries effects out, brings their results back, sends ticks."""

    def __init__(
        self,
        room: Room,
        wire: Wire,
        *,
        event_id: int,
        store: Store,
        matching: Matching,
        clock: Callable[[], datetime],
        wake: Callable[[], None],
        metrics: Metrics,
        send: Send,
    ) -> None:
        self.room, self.wire = room, wire
        wire.attach(self)
        self.fanout = Fanout(metrics, send=send)
        self.event_id = event_id
        self._empty_since: datetime | None = clock()
        self._store, self._matching, self._clock, self._wake = store, matching, clock, wake
        self._metrics = metrics
        self._tasks: set[asyncio.Task[None]] = set()
        self._hurry = asyncio.Event()
        self._ticking = asyncio.get_running_loop().create_task(self._tick_on())

    @property
    def busy(self) -> set[asyncio.Task[None]]:
        """What is being done and not yet answered."""
        return self._tasks

    def touch(self) -> None:
        """Somebody is on the way in: the room counts as empty from now only."""
        self._empty_since = self._clock() if not self.fanout else None

    def add(self, connection: Connection) -> None:
        """Take a connection in; the room hears of it when it enters."""
        if not self.fanout:
            self.wire.attended()
        self.fanout.add(connection)
        self._empty_since = None

    def remove(self, connection: Connection) -> None:
        """Forget a connection that is gone."""
        self.room.leave(connection.number)
        self.fanout.remove(connection.number)
        if not self.fanout:
            self._empty_since = self._clock()

    def learn(self, news: Iterable[tuple[int, News]], *, up_to: int) -> None:
        """Take in news that the room does not know; the event log was read for it up to fact `up_to`."""
        for event_id, each in news:
            if event_id > self.event_id:
                self.perform(self.room.learn([each], event_id=event_id, now=self._clock()))
        self.event_id = max(self.event_id, up_to)

    def renew(self, room: Room, *, event_id: int) -> None:
        """Go on with the room as it is now, at fact `event_id`; who is here is told to return."""
        now = self._clock()
        self.perform(self.room.counted())
        self.perform(self.room.close_books(now=now))
        self.perform(Shut(each, RESTARTING) for each in list(self.room.audience.connections))
        self.room, self.event_id = room, event_id

    def heard(self, entries: Iterable[Entry]) -> None:
        """Let the room hear what the wire numbered."""
        heard = list(entries)
        self.perform(self.room.hear(heard, now=self._clock()))
        if any(is_urgent(entry.happening) for entry in heard):
            self._hurry.set()

    def published(self, publish: Publish, *, is_shown: bool) -> None:
        """Let the room know what became of a happening that it published."""
        self.perform(self.room.published(publish, is_shown=is_shown))

    def overheard(self, line: Line, account_id: int | None) -> None:
        """Let the room know of a line that was left out."""
        self._metrics.drops["left_out"] += 1
        self.perform(self.room.overhear(line, account_id))

    def perform(self, effects: Iterable[Effect]) -> None:
        """Carry effects out: messages and closes at once, the rest on the way."""
        for effect in effects:
            match effect:
                case Tell(connections=numbers, message=message):
                    self.fanout.tell(numbers, message)
                case Shut(connection=number, closing=closing):
                    self.fanout.close(number, closing)
                case Do():
                    self._begin(self._do(effect))
                case Publish():
                    self.wire.publish(effect)
                case Remember(deed=deed, answer=answer):
                    self.wire.remember(deed, answer)
                case FitSeeker():
                    self._begin(self._fit_seeker(effect))
                case FitPosition():
                    self._begin(self._fit_position(effect))

    def tick(self, *, is_urgent: bool = False) -> None:
        """Send everybody what happened since the last time, and do what is due."""
        now = self._clock()
        self.perform(self.room.counted())
        self.wire.told(self.event_id)
        self.room.pulse.delay(is_delayed=self.wire.is_delayed)
        made = self.room.tick(now=now)
        if made is not None:
            self.fanout.send_tick(*made, is_urgent=is_urgent)
        self.perform(self.room.keep_house(now=now))

    def is_empty(self, *, now: datetime, seconds: float) -> bool:
        """Whether nobody was here for so long and nothing is being done."""
        return self._empty_since is not None and not self._tasks and (now - self._empty_since).total_seconds() > seconds

    def stop(self) -> None:
        """End the ticks."""
        self._ticking.cancel()

    async def close(self) -> None:
        """Finish what was acknowledged or is about to be, send it, and keep what was counted."""
        self.stop()
        while self._tasks:
            await asyncio.wait(self._tasks)
        await self.fanout.sent()
        self.tick()
        await self.fanout.sent()
        self.perform(self.room.close_books(now=self._clock()))
        while self._tasks:
            await asyncio.wait(self._tasks)
        await self.wire.close()

    async def _tick_on(self) -> None:
        """Tick at the room's width, with two thirds of the time for all else; sooner for what is urgent.

        What is urgent goes with a tick that is on its way, unless that one was early too.
        """
        loop = asyncio.get_running_loop()
        begun = seconds_to_spread = rests_until = 0.0
        while True:
            is_early = self.fanout.is_sending
            if not is_early:
                rest = min(2 * seconds_to_spread, LONGEST_REST_SECONDS)
                is_early = await self._is_hurried(max(self.room.tick_ms / 1_000, rest))
            if is_early:
                await asyncio.sleep(max(GATHER_SECONDS, rests_until - loop.time()))
            self._hurry.clear()
            if not self.fanout.is_sending:
                begun = loop.time()
            try:
                self.tick(is_urgent=is_early)
                await (self.fanout.sent() if is_early else self._sent_or_hurried())
            except Exception:
                _log.exception("a tick failed")
            ended = loop.time()
            seconds_to_spread = ended - begun
            # What is urgent all the time takes half of it.
            rests_until = ended + seconds_to_spread if is_early else 0.0

    async def _sent_or_hurried(self) -> None:
        """Return when the tick has reached everybody, or something urgent was heard."""
        if not self.fanout.is_sending:
            return
        waits = [asyncio.ensure_future(self.fanout.sent()), asyncio.ensure_future(self._hurry.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waits:
                each.cancel()

    async def _is_hurried(self, seconds: float) -> bool:
        """Whether something urgent was heard, or comes within so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._hurry.wait()
        return self._hurry.is_set()

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _log.error("an effect failed", exc_info=task.exception())

    async def _do(self, effect: Do) -> None:
        if isinstance(effect.deed, Deed):
            known = await self.wire.claim(effect.deed)
            if known is not None:
                self.perform(self.room.repeat(effect.deed, known.answer))
                return
            outcome = await self._store.do(effect.deed)
            self.perform(self.room.finish(effect.deed, outcome, now=self._clock()))
            if effect.deed.is_logged:
                self._wake()
            return
        for wait_seconds in (1, 2, 4, 0):
            if (await self._store.do(effect.deed)).code is None:
                return
            await asyncio.sleep(wait_seconds)
        _log.error("a %s was lost: the database could not be written", type(effect.deed).__name__)

    async def _fit_seeker(self, effect: FitSeeker) -> None:
        matches = await self._matching.for_seeker(effect.account_id, effect.position_ids, event_id=effect.event_id)
        self.perform(self.room.fitting.fitted_seeker(effect.account_id, matches, now=self._clock()))

    async def _fit_position(self, effect: FitPosition) -> None:
        left = effect.account_ids
        while left:
            some, left = left[:SEEKERS_EACH], left[SEEKERS_EACH:]
            matches = await self._matching.for_position(effect.position_id, some)
            if matches is None:
                some, left = some + left, ()
            # Everybody is told before the next are asked for, so that a large room is never told all in one step.
            self.perform(self.room.fitting.fitted_position(some, matches, now=self._clock()))
