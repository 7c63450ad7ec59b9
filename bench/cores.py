"""Cores and processor time: what runs where, and what it took, from the kernel's clocks."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

__all__ = ["cpu_of", "pinned", "resident_kb", "slab_kb", "split", "tree"]


def split() -> tuple[list[int], list[int]]:
    """The cores for what is measured, and those for what measures it; the same one where there is only one."""
    cores = sorted(os.sched_getaffinity(0))
    return cores[:1], cores[1:] or cores


@contextmanager
def pinned(cores: Sequence[int]) -> Iterator[None]:
    """Processes and threads that are started in this block run on `cores`."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def tree(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for each in found:
        for task in Path(f"/proc/{each}/task").iterdir():
            found += [int(child) for child in (task / "children").read_text().split()]
    return found


def cpu_of(pids: Iterable[int]) -> float:
    """Processor seconds that these processes have taken, to the nanosecond."""
    return sum(time.clock_gettime((~pid << 3) | 2) for pid in pids)  # The kernel's clock of another process.


def resident_kb(pids: Iterable[int]) -> int:
    """Memory of these processes that is theirs alone or a share of what they have mapped together, KB."""
    total = 0
    for pid in pids:
        rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        total += sum(int(row.split()[1]) for row in rows if row.startswith("Pss:"))
    return total


def slab_kb() -> int:
    """Memory that the kernel keeps for its own objects, sockets among them, KB."""
    rows = Path("/proc/meminfo").read_text().splitlines()
    return sum(int(row.split()[1]) for row in rows if row.startswith("Slab:"))
