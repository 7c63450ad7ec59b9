"""The store: the rooms' way to the database, off the event loop.

One thread reads, in the order asked, so that what a room is told lies between what it has read. Writers commit before
anything is answered: one lane (`live.lane`) on SQLite, which has one writer at a time, several on PostgreSQL. What one
person asks and applies for is done in order, and so is what a session's people say, and what changes its stage and
questions; what is only counted comes after those who wait for an answer.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from fair.database import reading, writing
from fair.liveservers import SIGN_EVERY, end_lost_stays, end_stays_of, sign_of_life
from live import doing
from live.deeds import AnyDeed, Deed, Outcome
from live.lane import Lane, busy
from live.requests import Apply, Ask, Withdraw
from live.views import People

MOST_WAITING = 2_000
LANES_ON_POSTGRESQL = 4
_SIGNS_BETWEEN_ENDS = 12

_log = logging.getLogger("live.store")
Given = ParamSpec("Given")
Found = TypeVar("Found")


class Store:
    """Reads and deeds in threads, for the process of this name; the number of deeds `waiting` is bounded."""

    def __init__(self, engine: Engine, people: People, *, name: str = "live-0") -> None:
        self._engine, self.name = engine, name
        self.people = people
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="read")
        lanes = 1 if engine.dialect.name == "sqlite" else LANES_ON_POSTGRESQL
        self._lanes = [Lane(engine, self._do, doing.goes_with, name=f"write{number}") for number in range(lanes)]
        self.waiting = self.done = self.failed = 0

    async def read(
        self,
        function: Callable[Concatenate[Session, Given], Found],
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> Found:
        """What `function` reads in a transaction of its own; raises sqlalchemy's DBAPIError."""

        def run() -> Found:
            with reading(self._engine) as db:
                return function(db, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._reader, run)

    def read_then(
        self,
        then: Callable[[Found | Exception], None],
        function: Callable[Concatenate[Session, Given], Found],
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> None:
        """Call `then` on the event loop with what was read or why not, before anything that is read after it."""
        loop = asyncio.get_running_loop()

        def run() -> None:
            found: Found | Exception
            try:
                with reading(self._engine) as db:
                    found = function(db, *args, **kwargs)
            except Exception as error:
                found = error
            loop.call_soon_threadsafe(then, found)

        self._reader.submit(run)

    async def do(self, deed: AnyDeed) -> Outcome:
        """The outcome of a deed, after its commit; `busy` when too many wait or the database cannot be written."""
        if self.waiting >= MOST_WAITING and isinstance(deed, Deed):
            self.failed += 1
            return busy()
        self.waiting += 1
        try:
            outcome = await self._lane(deed).do(deed)
        finally:
            self.waiting -= 1
        if outcome.code == "busy":
            self.failed += 1
        else:
            self.done += 1
        return outcome

    async def write(
        self,
        function: Callable[Concatenate[Session, Given], Found],
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> Found:
        """What `function` writes in a transaction of its own, between deeds; raises DBAPIError, and what it raises."""

        def run() -> Found:
            with writing(self._engine) as db:
                return function(db, *args, **kwargs)

        return await self._lanes[0].run(run)

    async def begin(self, *, now: datetime) -> int:
        """End the stays that a process of this name left open, and give a sign of life; how many; raises DBAPIError."""
        return await self._lanes[0].run(self._begin, now)

    async def give_signs(self, clock: Callable[[], datetime]) -> None:
        """Give signs of life, and end the stays of processes that give none, until cancelled."""
        for number in itertools.count(1):
            await asyncio.sleep(SIGN_EVERY.total_seconds())
            ends_others = number % _SIGNS_BETWEEN_ENDS == 0
            await self._lanes[0].run(self._sign, clock(), ends_others)

    def close(self) -> None:
        """Finish what was begun, drop what was not, which nobody was told of, and end the threads."""
        for lane in self._lanes:
            lane.close()
        self._reader.shutdown()

    def _lane(self, deed: AnyDeed) -> Lane:
        is_own = isinstance(deed, Deed) and isinstance(deed.request, Ask | Apply | Withdraw)
        number = deed.account_id if isinstance(deed, Deed) and is_own else deed.session_id
        return self._lanes[number % len(self._lanes)]

    def _do(self, db: Session, deeds: Sequence[AnyDeed]) -> list[Outcome | Exception]:
        return doing.do(db, deeds, self.people, server=self.name)

    def _begin(self, now: datetime) -> int:
        with writing(self._engine) as db:
            ended = end_stays_of(db, self.name)
            sign_of_life(db, self.name, now=now)
            return ended

    def _sign(self, now: datetime, ends_others: bool) -> None:
        try:
            with writing(self._engine) as db:
                sign_of_life(db, self.name, now=now)
                if ends_others:
                    end_lost_stays(db, now=now)
        except DBAPIError as error:
            _log.error("no sign of life could be kept: %s", type(error.orig).__name__)
