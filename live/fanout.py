"""The fan-out of a room: its connections in this process, and the way from one message to many sockets.

It knows frames and connections. What is worth telling, and to whom, is the room's.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Raw, Struct

from live.connection import Connection, frame_of
from live.messages import Closing, Tick, encode
from live.stream import Cut


class Fanout:
    """Who is in the room by a socket of this process; ticks go to all of them, messages to some."""

    def __init__(self) -> None:
        self.connections: dict[int, Connection] = {}

    def __len__(self) -> int:
        return len(self.connections)

    @property
    def is_sending(self) -> bool:
        """Whether a tick is still on its way to some; the next one is cut when it has reached all."""
        return False

    def add(self, connection: Connection) -> None:
        """It hears ticks from now on: tell it its welcome in the same step."""
        self.connections[connection.number] = connection

    def remove(self, number: int) -> None:
        """It hears nothing any more."""
        self.connections.pop(number, None)

    def tell(self, numbers: Iterable[int], message: Struct | dict[str, Any]) -> None:
        """Send a message to those of these connections that are here."""
        frame: bytes | None = None
        for number in numbers:
            connection = self.connections.get(number)
            if connection is not None:
                frame = frame or frame_of(encode(message))
                connection.send(frame)

    def close(self, number: int, closing: Closing) -> None:
        """Close a connection, if it is here."""
        connection = self.connections.get(number)
        if connection is not None:
            connection.close(closing)

    def send_tick(self, tick: Tick, cut: Cut) -> None:
        """Send a tick to everybody; who is behind gets it without the ephemera of `cut`."""
        full = frame_of(encode(tick))
        lean = full
        if cut.has_ephemera:
            lean = frame_of(encode(msgspec.structs.replace(tick, events=Raw(cut.json(is_lean=True)), is_lean=True)))
        for connection in list(self.connections.values()):
            connection.send(lean if connection.is_behind else full)

    async def sent(self) -> None:
        """Return when the tick that is on its way has reached everybody."""

    def check_age(self, *, now: float) -> None:
        """Close whom bytes have waited for too long; `now` is the loop's time."""
        for connection in list(self.connections.values()):
            connection.check_age(now=now)
