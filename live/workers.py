"""The workers: several live processes that share one port, each started again when it ends by itself.

The first process holds no room. It starts the others, passes the word to stop on to them, and ends after the last.
"""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Callable
from multiprocessing import connection as waiting
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from types import FrameType

REFUSED = 1
_SECONDS_TO_REFUSE = 10.0
_SECONDS_PROVEN = 60.0
_LONGEST_PAUSE = 30.0
_SHORTEST_PAUSE = 0.5
_TO_STOP = (signal.SIGTERM, signal.SIGINT)

_log = logging.getLogger("live.workers")


class Workers:
    """So many processes, numbered from 1, that each `serve` until they are told to stop or the first process is gone.

    `serve` gets its number and a descriptor that can be read when the first process is gone; it returns the exit
    status, REFUSED when it cannot start.
    """

    def __init__(self, count: int, serve: Callable[[int, int], int]) -> None:
        self._count, self._serve = count, serve
        self._fork = get_context("fork")
        self._running: dict[int, tuple[ForkProcess, float]] = {}
        self._due = dict.fromkeys(range(1, count + 1), 0.0)
        self._pauses = dict.fromkeys(self._due, 0.0)
        self._has_served = False
        self._status: int | None = None
        self._life = os.pipe()

    def run(self) -> int:
        """Keep them running until SIGTERM or SIGINT; the exit status."""
        for each in _TO_STOP:
            signal.signal(each, self._stop)
        while self._status is None or self._running:
            if self._status is None:
                self._start_due()
            waiting.wait([process.sentinel for process, _ in self._running.values()], self._wait_seconds())
            for number, (process, since) in list(self._running.items()):
                if process.exitcode is not None:
                    del self._running[number]
                    self._ended(number, process.exitcode, lived=time.monotonic() - since)
        return self._status

    def _start_due(self) -> None:
        now = time.monotonic()
        for number, at in list(self._due.items()):
            if at <= now and self._status is None:
                del self._due[number]
                process = self._fork.Process(target=self._begin, args=(number,), name=f"live-{number}")
                # The word to stop waits until a new process knows what to do with it: it begins as a copy of this one.
                signal.pthread_sigmask(signal.SIG_BLOCK, _TO_STOP)
                process.start()
                self._running[number] = process, now
                signal.pthread_sigmask(signal.SIG_UNBLOCK, _TO_STOP)
        if self._status is not None:
            # The word to stop may have come while one was being started.
            self._tell_all()

    def _begin(self, number: int) -> None:
        for each in _TO_STOP:
            signal.signal(each, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _TO_STOP)
        reading_end, writing_end = self._life
        os.close(writing_end)
        os._exit(self._serve(number, reading_end))

    def _ended(self, number: int, status: int, *, lived: float) -> None:
        if self._status is not None:
            self._status = self._status or max(0, status)
            return
        self._has_served = self._has_served or lived > _SECONDS_TO_REFUSE
        if status == REFUSED and not self._has_served:
            self._status = REFUSED
            self._tell_all()
            return
        pause = 0.0 if lived > _SECONDS_PROVEN else self._pauses[number]
        self._pauses[number] = min(_LONGEST_PAUSE, max(_SHORTEST_PAUSE, pause * 2))
        self._due[number] = time.monotonic() + self._pauses[number]
        _log.error("worker %d ended with status %d; it starts again in %.1f s", number, status, self._pauses[number])

    def _wait_seconds(self) -> float | None:
        if self._status is not None or not self._due:
            return None
        return max(0.0, min(self._due.values()) - time.monotonic())

    def _stop(self, number: int, frame: FrameType | None) -> None:
        if self._status is None:
            self._status = 0
        self._tell_all()

    def _tell_all(self) -> None:
        for process, _ in self._running.values():
            process.terminate()
