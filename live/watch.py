"""The watch over connections: who is given so many seconds for something, and who still answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection

from live.connection import Connection

SECONDS_TO_ANSWER = 90.0
"""Lines that are dead the kernel cuts off by itself: ticks go out all the time, and must be acknowledged."""
_PARTS = 90


class Deadline:
    """Connections that have `seconds` each for the same thing; the longest waiting stand first."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._until: dict[Connection, float] = {}

    def start(self, connection: Connection, *, now: float) -> None:
        """It has so long from now."""
        self._until[connection] = now + self.seconds

    def stop(self, connection: Connection) -> None:
        """It did what was wanted."""
        self._until.pop(connection, None)

    def missed(self, *, now: float) -> list[Connection]:
        """Who had its time; they are forgotten here."""
        late: list[Connection] = []
        for connection, until in self._until.items():
            if until > now:
                break
            late.append(connection)
        for connection in late:
            del self._until[connection]
        return late


async def look_after(connections: Callable[[], Collection[Connection]]) -> None:
    """Ask everybody for a sign of life once in SECONDS_TO_ANSWER, a part at a time, until cancelled."""
    while True:
        everybody = list(connections())
        share = len(everybody) // _PARTS + 1
        for part in range(_PARTS):
            for connection in everybody[part * share : (part + 1) * share]:
                connection.look()
            await asyncio.sleep(SECONDS_TO_ANSWER / _PARTS)
