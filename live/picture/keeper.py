"""The keeper of one stream: cuts its fragments into segments and has them written, one after another, by a thread.

It never makes anybody wait: where the disk is full or too slow nothing more is kept, and `hls` and `recording` say so.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import shutil
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from datetime import datetime
from pathlib import Path

from live.picture.pieces import Init, Piece
from live.picture.reels import Label, ReelWriter
from live.picture.segments import Cutter, Segment
from live.picture.sound import sound_of

MOST_UNWRITTEN = 16 << 20
LEAST_FREE = 256 << 20
SECONDS_BETWEEN_CHECKS = 5.0
FULL = "full"

_log = logging.getLogger("live.picture")


def has_room(folder: Path, least_free: int = LEAST_FREE) -> bool:
    """Whether the disk has so much left that others can go on writing, the database among them."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return shutil.disk_usage(folder).free >= least_free
    except OSError:
        return False


class Keeper:
    """Takes the mp4 pieces of a stream; `why_not` says why it is cut but not kept, empty where it is kept."""

    def __init__(
        self,
        folder: Path,
        session_id: int,
        number: int,
        *,
        zero_at: datetime,
        why_not: str,
        writer: Executor,
        least_free: int = LEAST_FREE,
    ) -> None:
        self._folder, self._zero_at, self._least_free = folder, zero_at, least_free
        self._why_not = why_not
        self._reel = ReelWriter(folder, session_id, number)
        self._name = f"session {session_id}, stream {number}"
        self._cutter = Cutter()
        self._writer = writer
        self._loop = asyncio.get_running_loop()
        self._unwritten = 0
        self._checked_at = 0.0
        self._has_begun = self._is_full = self._is_over = False
        self.first: float | None = None
        self.last: float | None = None
        self.gaps: list[tuple[float, float]] = []
        self.size = 0
        self.ended: asyncio.Future[None] = self._loop.create_future()

    @property
    def hls(self) -> str:
        """What the host is told of HLS."""
        return FULL if self._is_full else "on" if self.first is not None else "starting"

    @property
    def recording(self) -> str:
        """What the host is told of the recording."""
        return FULL if self._is_full else self._why_not or "on"

    @property
    def recorded_seconds(self) -> float:
        """How much is on disk and will be kept."""
        return 0.0 if self._why_not or self.first is None or self.last is None else self.last - self.first

    def take(self, init: Init, pieces: Sequence[Piece]) -> None:
        """Take the next pieces."""
        if self._is_full or self._is_over:
            return
        if not self._has_begun:
            self._has_begun = True
            label = Label(self._zero_at, len(init.data), not self._why_not, sound_of(init) is not None)
            self._write(len(init.data), lambda: self._begin(label, init.data), None)
        for segment in self._cutter.take(pieces):
            self._add(segment)

    def end(self) -> None:
        """No more will come; `ended` is done when all is on disk."""
        if self._is_over:
            return
        for segment in self._cutter.rest():
            self._add(segment)
        self._is_over = True
        self._writer.submit(self._finish)

    def _add(self, segment: Segment) -> None:
        if not self._is_full:
            self._write(len(segment.data), lambda: self._write_segment(segment), segment)

    def _write(self, size: int, write: Callable[[], None], segment: Segment | None) -> None:
        if self._unwritten + size > MOST_UNWRITTEN:
            self._stop("the disk does not keep up")
            return
        self._unwritten += size

        def run() -> None:
            error: OSError | None = None
            try:
                write()
            except OSError as failed:
                error = failed
            self._loop.call_soon_threadsafe(self._written, size, segment, error)

        self._writer.submit(run)

    def _begin(self, label: Label, init: bytes) -> None:
        self._check_room()
        self._reel.begin(label, init)

    def _write_segment(self, segment: Segment) -> None:
        now = time.monotonic()
        if now - self._checked_at > SECONDS_BETWEEN_CHECKS:
            self._check_room()
        self._reel.add(segment, now=now)

    def _check_room(self) -> None:
        self._checked_at = time.monotonic()
        if not has_room(self._folder, self._least_free):
            raise OSError(errno.ENOSPC, "too little space is left")

    def _written(self, size: int, segment: Segment | None, error: OSError | None) -> None:
        self._unwritten -= size
        if error is not None:
            self._stop(error.strerror or type(error).__name__)
        elif segment is not None and not self._is_full:
            self.first = segment.begin if self.first is None else self.first
            if segment.is_gap and self.last is not None:
                self.gaps.append((self.last, segment.begin))
            self.last = segment.begin + segment.length
            self.size += size

    def _stop(self, why: str) -> None:
        if not self._is_full:
            _log.error("%s: the recording ends here (%s), the relay goes on", self._name, why)
            self._is_full = True

    def _finish(self) -> None:
        try:
            self._reel.end()
        except OSError as error:
            _log.error("%s: the end could not be written (%s)", self._name, error.strerror)
        self._loop.call_soon_threadsafe(self._done)

    def _done(self) -> None:
        if not self.ended.done():
            self.ended.set_result(None)
