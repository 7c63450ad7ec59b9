"""A throng: as many onlookers as are wanted, spread over processes since each may open only so many files."""

from __future__ import annotations

import multiprocessing
import resource
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any

from bench.cores import pinned
from bench.onlookers import Door, Order, serve
from bench.sightings import Seen

__all__ = ["Throng", "gathered"]

_FILES_SPARED = 500
_PATIENCE_SECONDS = 300.0
_FIRST_SOURCE = 10


class Throng:
    """The processes of one throng; each method speaks to all of them and waits for all."""

    def __init__(self, parents: Sequence[Connection]) -> None:
        self._parents = parents

    def open(self, count: int) -> int:
        """Open `count` more websockets; how many there are now."""
        return self._grow("open", count)

    def enter(self) -> int:
        """Let all that are open enter the room; how many are inside."""
        return sum(self._ask([Order("enter")] * len(self._parents)))

    def join(self, count: int, *, rate: float = 0.0) -> int:
        """Let `count` more come, `rate` a second (0 = as fast as they are let in); how many are inside."""
        return self._grow("join", count, rate)

    def like(self, rate: float) -> None:
        """Send `rate` messages of ten likes a second from now on."""
        self._ask([Order("like", rate=rate / len(self._parents))] * len(self._parents))

    def report(self) -> Seen:
        """What all saw since the last report."""
        seen = Seen()
        for each in self._ask([Order("report")] * len(self._parents)):
            seen.add(each)
        return seen

    def _grow(self, what: str, count: int, rate: float = 0.0) -> int:
        each, more = divmod(count, len(self._parents))
        shares = [each + (number < more) for number in range(len(self._parents))]
        return sum(self._ask([Order(what, share, rate * share / max(1, count)) for share in shares]))

    def _ask(self, orders: Sequence[Order]) -> list[Any]:
        for parent, order in zip(self._parents, orders, strict=True):
            parent.send(order)
        answers = []
        for parent in self._parents:
            if not parent.poll(_PATIENCE_SECONDS):
                raise RuntimeError(f"{orders[0].what}: no answer from a load process in {_PATIENCE_SECONDS:.0f} s")
            answers.append(parent.recv())
        return answers


@contextmanager
def gathered(door: Door, size: int, *, cores: Sequence[int]) -> Iterator[Throng]:
    """Processes for `size` onlookers on these cores; gone when the block ends.

    Each has addresses of its own, 127.0.0.10 or 11 and on, and 127.0.1.x for those that one has no ports for; the
    accounts of `door` are all in the first.
    """
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[0] - _FILES_SPARED
    count = max(1, -(-size // most))
    context = multiprocessing.get_context("spawn")
    parents, processes = [], []
    with pinned(cores):
        for number in range(count):
            parent, child = context.Pipe()
            its_door = replace(
                door,
                source=f"127.0.0.{_FIRST_SOURCE + number}",
                first_visitor=number * most,
                accounts=door.accounts if number == 0 else (),
            )
            process = context.Process(target=serve, args=(its_door, child), daemon=True)
            process.start()
            parents.append(parent)
            processes.append(process)
    try:
        yield Throng(parents)
    finally:
        for parent, process in zip(parents, processes, strict=True):
            process.terminate()
            process.join(10)
            parent.close()
