"""The archive: what is kept of streams, on disk and on record; for how long, and what a process left that died."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import and_, or_, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from fair.liveservers import LOST_AFTER, LiveServer
from fair.pictures import PictureStream
from fair.statuses import LiveSessionStatus
from live.picture.hls import Hls
from live.picture.keeper import FULL, Keeper, has_room
from live.picture.shelf import Shelf
from live.picture.show import Standing
from live.picture.stream import NoSink, Sink
from live.picture.transcoder import Transcoder, find_ffmpeg
from live.store import Store

UNKEPT_AFTER = timedelta(minutes=10)
MOST_AT_ONCE = 200
SECONDS_TO_FINISH = 8.0

_log = logging.getLogger("live.picture")
_STREAM = (PictureStream.id, PictureStream.session_id, PictureStream.number, PictureStream.zero_at)


@dataclass(frozen=True)
class _Kept:
    """How much of a stream is kept, as it is noted on record."""

    session_id: int
    number: int
    first_ms: int | None
    last_ms: int | None
    gaps: list[list[int]]
    size_bytes: int
    ended_at: datetime | None = None


class Archive:
    """Makes the sinks of streams and keeps the records of them true."""

    def __init__(self, store: Store, folder: Path, *, has_hls: bool, days: int, clock: Callable[[], datetime]) -> None:
        self._store, self._folder, self._clock = store, folder, clock
        self._has_hls, self._days = has_hls, days
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="reel")
        self.files = ThreadPoolExecutor(2, thread_name_prefix="file")
        self.shelf = Shelf(folder)
        self.hls = Hls(store, self.shelf, reader=self.files, clock=lambda: asyncio.get_running_loop().time())
        self._running: dict[tuple[int, int], Keeper] = {}

    def sink(
        self, session_id: int, number: int, container: str, *, standing: Standing, has_consent: bool, zero_at: datetime
    ) -> Sink:
        """Where the pieces of a new stream go."""
        if not self._has_hls:
            return NoSink("off")
        if standing.status != LiveSessionStatus.LIVE:
            return NoSink("rehearsal")
        ffmpeg = find_ffmpeg() if container == "webm" else None
        if container == "webm" and ffmpeg is None:
            return NoSink("no_ffmpeg")
        if not has_room(self._folder):
            return NoSink(FULL)
        why_not = "" if has_consent and standing.is_recorded else "no_consent" if standing.is_recorded else "not_wanted"
        keeper = Keeper(self._folder, session_id, number, zero_at=zero_at, why_not=why_not, writer=self._writer)
        self._running[session_id, number] = keeper
        return Transcoder(ffmpeg, keeper) if ffmpeg is not None else keeper

    async def is_on_air(self, session_id: int) -> bool:
        """Whether some process is cutting a stream of this session."""
        loop = asyncio.get_running_loop()
        return self._has_hls and await loop.run_in_executor(self.files, self.shelf.is_growing, session_id)

    async def save(self) -> None:
        """Note on record how much is kept of what runs, and what has ended since."""
        if not self._running:
            return
        over = [key for key, keeper in self._running.items() if keeper.ended.done()]
        kept = [
            _kept(key, keeper, ended_at=self._clock() if key in over else None) for key, keeper in self._running.items()
        ]
        try:
            await self._store.write(_note, kept)
        except DBAPIError as error:
            _log.error("recordings could not be noted (%s): it is tried again", type(error.orig).__name__)
            return
        for key in over:
            del self._running[key]

    async def tidy(self, *, is_first: bool = False) -> None:
        """Note what dead processes left, this one's predecessor at the start, and remove what need not be kept."""
        now = self._clock()
        name = self._store.name if is_first else None
        try:
            left = await self._store.read(_left_open, name, now)
            if left:
                found = await asyncio.get_running_loop().run_in_executor(self.files, self._recover, left)
                await self._store.write(_note, found)
            due = await self._store.read(_due, now, self._days)
            if due:
                gone = await asyncio.get_running_loop().run_in_executor(self.files, self._remove, due)
                await self._store.write(_note_removed, gone, now)
        except DBAPIError as error:
            _log.error("recordings could not be tidied (%s)", type(error.orig).__name__)

    async def close(self) -> None:
        """Wait until what has ended is on disk and on record, and end the threads."""
        waiting = [keeper.ended for keeper in self._running.values()]
        if waiting:
            await asyncio.wait(waiting, timeout=SECONDS_TO_FINISH)
            await self.save()
        self._writer.shutdown(wait=False)
        self.files.shutdown(wait=False)

    def _recover(self, left: Sequence[tuple[int, int, int, datetime]]) -> list[_Kept]:
        return [self._found(session_id, number, zero_at) for _, session_id, number, zero_at in left]

    def _found(self, session_id: int, number: int, zero_at: datetime) -> _Kept:
        """How much of a stream its index tells of."""
        reel = self.shelf.reel(session_id, number)
        if reel is None or not reel.segments:
            return _Kept(session_id, number, None, None, [], 0, ended_at=zero_at)
        first, last = reel.segments[0].begin, reel.segments[-1].end
        ended_at = zero_at + timedelta(seconds=last)
        return _Kept(session_id, number, _ms(first), _ms(last), _gaps_ms(reel.gaps()), reel.size, ended_at=ended_at)

    def _remove(self, due: Sequence[tuple[int, int, int]]) -> list[int]:
        gone = []
        for row_id, session_id, number in due:
            try:
                self.shelf.remove(session_id, number)
                gone.append(row_id)
            except OSError as error:
                _log.error("session %d, stream %d could not be removed (%s)", session_id, number, error.strerror)
        return gone


def _kept(key: tuple[int, int], keeper: Keeper, *, ended_at: datetime | None) -> _Kept:
    first, last = keeper.first, keeper.last
    return _Kept(
        *key,
        first_ms=None if first is None else _ms(first),
        last_ms=None if last is None else _ms(last),
        gaps=_gaps_ms(keeper.gaps),
        size_bytes=keeper.size,
        ended_at=ended_at,
    )


def _gaps_ms(gaps: Iterable[tuple[float, float]]) -> list[list[int]]:
    return [[_ms(begin), _ms(end)] for begin, end in gaps]


def _ms(seconds: float) -> int:
    return round(seconds * 1_000)


def _note(db: Session, kept: Sequence[_Kept]) -> None:
    for each in kept:
        values: dict[str, Any] = {
            "first_ms": each.first_ms,
            "last_ms": each.last_ms,
            "gaps": each.gaps,
            "size_bytes": each.size_bytes,
        }
        if each.ended_at is not None:
            values["ended_at"] = each.ended_at
        of_it = (PictureStream.session_id == each.session_id, PictureStream.number == each.number)
        db.execute(update(PictureStream).where(*of_it).values(**values))


def _left_open(db: Session, name: str | None, now: datetime) -> list[tuple[int, int, int, datetime]]:
    """Streams without an end whose process is dead: this one's predecessor, or one that gave no sign for long."""
    alive = select(LiveServer.name).where(LiveServer.seen_at >= now - LOST_AFTER)
    is_lost = and_(PictureStream.server.not_in(alive), PictureStream.began_at < now - LOST_AFTER)
    is_left = is_lost if name is None else or_(is_lost, PictureStream.server == name)
    rows = db.execute(select(*_STREAM).where(PictureStream.ended_at.is_(None), is_left).limit(MOST_AT_ONCE))
    return [(row.id, row.session_id, row.number, row.zero_at) for row in rows.all()]


def _due(db: Session, now: datetime, days: int) -> list[tuple[int, int, int]]:
    """Streams whose files go: kept ones when their time is over, others soon after their end."""
    is_due = or_(
        PictureStream.ended_at < now - timedelta(days=days),
        and_(PictureStream.consented_at.is_(None), PictureStream.ended_at < now - UNKEPT_AFTER),
    )
    rows = db.execute(select(*_STREAM[:3]).where(PictureStream.removed_at.is_(None), is_due).limit(MOST_AT_ONCE))
    return [(row.id, row.session_id, row.number) for row in rows.all()]


def _note_removed(db: Session, ids: Sequence[int], now: datetime) -> None:
    db.execute(update(PictureStream).where(PictureStream.id.in_(ids)).values(removed_at=now))
