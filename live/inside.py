"""Inside a room: what one connection says there is read and handed to the room, and what cannot be read is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from live import messages
from live.connection import CLOSE_ABOVE, Connection
from live.inbound import LARGEST_MESSAGE
from live.limits import BAD_MESSAGES
from live.requests import KIND, Malformed, read_request
from live.seat import Seat


class Process(Protocol):
    """What one connection asks of the process it is in."""

    clock: Callable[[], datetime]
    is_draining: bool


class Inside:
    """One connection in a room; `bad` counts what could not be read."""

    __slots__ = ("_bad", "_process", "_seat")
    largest_message = LARGEST_MESSAGE
    most_behind = CLOSE_ABOVE

    def __init__(self, process: Process, seat: Seat) -> None:
        self._process, self._seat = process, seat
        self._bad = 0

    def receive(self, connection: Connection, message: str | bytes) -> None:
        """A message came."""
        if not isinstance(message, str):
            connection.close(messages.BINARY)
            return
        try:
            request = read_request(message)
        except Malformed as wrong:
            self._bad += 1
            if self._bad >= BAD_MESSAGES:
                connection.close(messages.PROTOCOL)
                return
            answer = messages.refusal(wrong.code, to=wrong.to, key=wrong.key, message=wrong.message)
            self._seat.fanout.tell((connection.number,), answer)
            return
        if self._process.is_draining:
            answer = messages.refusal("busy", to=KIND[type(request)], key=request.key, retry_after_ms=1_000)
            self._seat.fanout.tell((connection.number,), answer)
            return
        room = self._seat.room
        self._seat.perform(room.receive(connection.number, request, now=self._process.clock()))

    def leave(self, connection: Connection) -> None:
        """It hears nothing any more."""
        self._seat.remove(connection)
