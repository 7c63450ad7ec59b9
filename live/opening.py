"""Opening a room: from the records for one process, or by joining what Redis carries for many.

A room that Redis carries is joined at its newest board, with the happenings after it; only when Redis has none is it
read from the records, by one process under a lock, and its numbers begin in a new epoch.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import msgspec

from fair.events import newest_event_id
from live import newslog, reading
from live.board import Board
from live.deeds import News
from live.ears import Ears
from live.entries import entry_of
from live.link import LOST, Link
from live.places import Places
from live.rediswire import SECONDS_ROOM_KEPT, RedisWire
from live.scripts import BEGIN, JOIN
from live.store import Store
from live.stream import Bounds, Entry, Stream
from live.wire import LocalWire, Wire

SECONDS_TO_READ = 5
LOOK_AGAIN_SECONDS = 0.05
MOST_TO_CATCH_UP = 10_000

_decode_board: msgspec.json.Decoder[Board] = msgspec.json.Decoder(Board)
_encode = msgspec.json.Encoder().encode
_log = logging.getLogger("live.opening")


@dataclass(frozen=True)
class Opened:
    """A room at event `stream.seq`, where `told` of the event log is told; `news` is what follows, up to `event_id`.

    `number` is the number of its epoch in Redis, empty when Redis does not carry it.
    """

    stream: Stream
    people: dict[str, int]
    likes: int
    told: int
    event_id: int
    news: tuple[tuple[int, News], ...] = ()
    number: str = ""


class LocalOpening:
    """Rooms that this process serves alone."""

    def __init__(self, store: Store, *, clock: Callable[[], datetime], new_epoch: Callable[[], str]) -> None:
        self._store, self._clock, self._new_epoch = store, clock, new_epoch

    async def open(self, session_id: int) -> Opened | None:
        """The room as the records have it, in a new epoch; None when the session has none. Raises DBAPIError."""
        found = await self._store.read(reading.open_room, session_id, people=self._store.people, now=self._clock())
        if found is None:
            return None
        stream = Stream(found.board, epoch=self._new_epoch())
        return Opened(stream, found.people, found.likes, told=found.event_id, event_id=found.event_id)

    def wire(self, session_id: int, opened: Opened) -> Wire:
        """The wire of a room that was opened."""
        return LocalWire(clock=self._clock)


class RedisOpening:
    """Rooms that many processes serve. While Redis is away a room is read from the records and waits to join."""

    def __init__(
        self, link: Link, ears: Ears, local: LocalOpening, store: Store, *,
        clock: Callable[[], datetime], new_epoch: Callable[[], str], renew: Callable[[int, str], None],
        bounds: Bounds | None = None,
    ) -> None:  # fmt: skip
        self._bounds = bounds
        self._link, self._ears, self._local, self._store = link, ears, local, store
        self._clock, self._new_epoch, self._renew = clock, new_epoch, renew
        self._join_script = link.client.register_script(JOIN)
        self._begin_script = link.client.register_script(BEGIN)

    async def open(self, session_id: int, *, instead_of: str = "") -> Opened | None:
        """The room as all processes have it; None when the session has none. Raises DBAPIError.

        With `instead_of` the epoch of that number is ended, because too much of it was not told.
        """
        try:
            while True:
                joined, number = await self._join(session_id)
                caught_up = await self._catch_up(session_id, joined) if joined and number != instead_of else None
                if caught_up is not None:
                    return caught_up
                if await self._begin(session_id, instead_of=number) is None:
                    return None
        except LOST as error:
            self._link.lost(error)
            return await self._local.open(session_id)

    def wire(self, session_id: int, opened: Opened) -> RedisWire:
        """The wire of a room that was opened."""
        wire = RedisWire(self._link, self._ears, session_id, renew=self._renew)
        wire.number = opened.number
        return wire

    async def _join(self, session_id: int) -> tuple[Opened | None, str]:
        """The room as Redis has it, if it is whole, and the number of its epoch, empty when it has none."""
        found = await self._join_script(keys=Places(session_id).of_all)
        if found is None:
            return None, ""
        epoch, number, seq, facts, likes, _, board_seq, board, rows, people = found
        entries = [entry_of(int(row_id.rpartition(b"-")[2]), _fields(fields)) for row_id, fields in rows]
        if board is None or not _reaches(entries, int(board_seq), int(seq)):
            _log.error("room %d: what Redis has of it is not whole; it begins anew", session_id)
            return None, number.decode()
        stream = Stream(_decode_board.decode(board), epoch=epoch.decode(), seq=int(board_seq), bounds=self._bounds)
        for each in entries:
            if each.seq > stream.seq:
                stream.append(each)
        stream.cut()
        accounts = {person.decode(): int(account) for person, account in _fields(people).items()}
        opened = Opened(stream, accounts, int(likes), int(facts), int(facts), number=number.decode())
        return opened, opened.number

    async def _catch_up(self, session_id: int, joined: Opened) -> Opened | None:
        """The same with the facts that came after the last one told; None when the log is another or too far ahead."""
        newest = await self._store.read(newest_event_id)
        if not joined.told <= newest <= joined.told + MOST_TO_CATCH_UP:
            return None
        last_id, is_all = joined.told, False
        news: list[tuple[int, News]] = []
        while not is_all:
            report = await self._store.read(
                newslog.read_log, last_id, (session_id,), people=self._store.people, now=self._clock()
            )
            last_id, is_all = report.last_id, report.is_all
            news += report.news.get(session_id, [])
        return replace(joined, event_id=last_id, news=tuple(news))

    async def _begin(self, session_id: int, *, instead_of: str) -> bool | None:
        """Begin an epoch, or wait a moment for the process that does; None when the session has no room."""
        places, token = Places(session_id), secrets.token_hex(8)
        if not await self._link.client.set(places.opening, token, nx=True, ex=SECONDS_TO_READ):
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            return False
        found = await self._store.read(reading.open_room, session_id, people=self._store.people, now=self._clock())
        if found is None:
            await self._link.client.delete(places.opening)
            return None
        args: list[Any] = [
            token, SECONDS_ROOM_KEPT, self._new_epoch(), _encode(found.board), found.event_id, found.likes, instead_of
        ]  # fmt: skip
        for person, account_id in found.people.items():
            args += [person, account_id]
        await self._begin_script(keys=[*places.of_all, places.opening], args=args)
        return True


def _fields(flat: list[bytes]) -> dict[bytes, bytes]:
    return dict(zip(flat[::2], flat[1::2], strict=True))


def _reaches(entries: list[Entry], board_seq: int, seq: int) -> bool:
    """Whether the entries are without a gap and lead from the board to the newest number."""
    numbers = [each.seq for each in entries]
    if not numbers:
        return board_seq == seq
    return numbers == list(range(numbers[0], seq + 1)) and numbers[0] <= board_seq + 1
