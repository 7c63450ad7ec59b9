"""An open-loop load: requests leave when their moment has come, whether or not the answers before them are there.

Latency counts from the moment at which a request was due, so that a server that stalls is not spared those that had
to wait behind. One connection a request, as a proxy without keep-alive asks; plain HTTP on loopback, nothing parsed
but the status and the length, so that asking costs little beside answering.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

__all__ = ["Answer", "Ask", "percentile", "run_load"]

_GIVE_UP_SECONDS = 10.0


@dataclass(frozen=True)
class Ask:
    """One request to come: the page it belongs to, its path with the query, and the cookie of who asks."""

    page: str
    path: str
    cookie: str = ""


@dataclass(frozen=True)
class Answer:
    """What came of it: milliseconds from when it was due; `status` is 0 when no answer came."""

    page: str
    status: int
    milliseconds: float
    size: int


def run_load(
    port: int, asks: Sequence[Ask], *, rate: float, told: Callable[[int, int], None] = lambda _done, _all: None
) -> list[Answer]:
    """Send `asks` to a port of this machine, `rate` a second; `told` hears of each second how many came back."""
    return asyncio.run(_run(port, asks, rate, told))


def percentile(sorted_values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile of ascending values; NaN of none."""
    if not sorted_values:
        return math.nan
    return sorted_values[max(0, math.ceil(share * len(sorted_values)) - 1)]


async def _run(port: int, asks: Sequence[Ask], rate: float, told: Callable[[int, int], None]) -> list[Answer]:
    clock = asyncio.get_running_loop().time
    begin = clock() + 0.05
    answers: list[Answer] = []

    async def one(ask: Ask, due: float) -> None:
        status, size = await _get(port, ask)
        answers.append(Answer(ask.page, status, (clock() - due) * 1000, size))

    async with asyncio.TaskGroup() as group:
        for number, ask in enumerate(asks):
            due = begin + number / rate
            if (ahead := due - clock()) > 0:
                await asyncio.sleep(ahead)
            group.create_task(one(ask, due))
            if number and number % max(1, round(rate)) == 0:
                told(len(answers), len(asks))
    return answers


async def _get(port: int, ask: Ask) -> tuple[int, int]:
    """Status and size of the body; (0, 0) when the connection was refused, broken or silent for too long."""
    try:
        async with asyncio.timeout(_GIVE_UP_SECONDS):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            try:
                writer.write(
                    f"GET {ask.path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
                    f"Accept: text/html\r\nCookie: {ask.cookie}\r\n\r\n".encode()
                )
                answer = await reader.read(-1)
            finally:
                writer.close()
    except (OSError, TimeoutError):
        return 0, 0
    head, _, body = answer.partition(b"\r\n\r\n")
    words = head.split(b" ", 2)
    return (int(words[1]), len(body)) if len(words) > 2 and words[1].isdigit() else (0, 0)
