"""The fan-out of a room: its connections in this process, and the way from one message to many sockets.

It knows frames and connections. What is worth telling, and to whom, is the room's; how bytes reach many descriptors is
`live.sending`'s. A tick is one frame for all who take the same kind; who is *aside*, because bytes wait for it, gets it
behind them.
"""

from __future__ import annotations

import asyncio
from array import array
from collections.abc import Iterable, Iterator
from errno import EAGAIN
from time import monotonic
from typing import Any, NamedTuple

import msgspec
from msgspec import Raw, Struct

from live.connection import Connection
from live.frames import frame_of, packed_frame_of
from live.messages import Closing, Tick, encode
from live.metrics import Metrics
from live.sending import Send, send_each
from live.stream import Cut

AT_ONCE = 1_024
URGENT_AT_ONCE = 4 * AT_ONCE
"""While these are written to, some hundredths of a second, nothing else is done; what is less urgent comes after it."""


class Fanout:
    """Who is in the room by a socket of this process; ticks go to all of them, messages to some."""

    def __init__(self, metrics: Metrics, *, send: Send = send_each) -> None:
        self.connections: dict[int, Connection] = {}
        self._metrics, self._send = metrics, send
        self._plain: dict[int, Connection] = {}
        self._packed: dict[int, Connection] = {}
        self._aside: dict[int, Connection] = {}
        self._outbox: dict[Connection, list[bytes]] = {}
        self._round: _Round | None = None
        self._sent: asyncio.Future[None] | None = None

    def __len__(self) -> int:
        return len(self.connections)

    @property
    def is_sending(self) -> bool:
        """Whether a tick is still on its way to some."""
        return self._round is not None

    def add(self, connection: Connection) -> None:
        """It hears ticks from now on: tell it its welcome in the same step."""
        self.connections[connection.number] = connection
        connection.lane = self
        (self._direct(connection) if connection.is_direct else self._aside)[connection.fd] = connection

    def remove(self, number: int) -> None:
        """It hears nothing any more but what it was told before."""
        connection = self.connections.pop(number, None)
        if connection is None:
            return
        told = self._outbox.pop(connection, None)
        if told:
            connection.write(b"".join(told))
        connection.lane = None
        self._direct(connection).pop(connection.fd, None)
        self._aside.pop(connection.fd, None)
        if self._round is not None:
            self._round.moved[connection.fd] = None

    def tell(self, numbers: Iterable[int], message: Struct | dict[str, Any]) -> None:
        """Send a message to those of these connections that are here, with all else that they are told just now."""
        frame: bytes | None = None
        for number in numbers:
            connection = self.connections.get(number)
            if connection is not None:
                frame = frame or frame_of(encode(message))
                if not self._outbox:
                    asyncio.get_running_loop().call_soon(self._send_outbox)
                self._outbox.setdefault(connection, []).append(frame)

    def close(self, number: int, closing: Closing) -> None:
        """Close a connection, if it is here."""
        connection = self.connections.get(number)
        if connection is not None:
            connection.close(closing)

    def send_tick(self, tick: Tick, cut: Cut, *, is_urgent: bool = False) -> None:
        """Send a tick to everybody: the first AT_ONCE (URGENT_AT_ONCE) now, the others as the loop comes round.

        Who is behind gets it without the ephemera of `cut`; whom the tick before has not reached gets both at once.
        """
        self._send_outbox()
        message = encode(tick)
        plain = frame_of(message)
        packed = packed_frame_of(message) if self._packed else plain
        lean = plain
        if cut.has_ephemera:
            lean = frame_of(encode(msgspec.structs.replace(tick, events=Raw(cut.json(is_lean=True)), is_lean=True)))
        before = self._round
        parts = self._overtake(before, plain, packed) if before is not None else []
        due = {fd for part in parts for fd in part.descriptors}
        for is_packed, those, frame in ((False, self._plain, plain), (True, self._packed, packed)):
            parts.append(_Part(is_packed, array("i", [fd for fd in those if fd not in due] if due else those), frame))
        # Whoever catches up while it is written to has this tick, and must not be in the round that begins below.
        aside = list(self._aside.values())
        for connection in aside:
            is_lean = connection.is_behind
            connection.write(lean if is_lean else plain)
            self._metrics.drops["lean"] += is_lean and lean is not plain
        self._metrics.sent(len(plain), to=len(aside))
        began = monotonic() if before is None else before.began
        self._round = _Round(parts, began=began, at_once=URGENT_AT_ONCE if is_urgent else AT_ONCE)
        if before is None:
            self._go_round()

    async def sent(self) -> None:
        """Return when the tick that is on its way has reached everybody."""
        while self._round is not None:
            if self._sent is None:
                self._sent = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._sent)

    def check_age(self, *, now: float) -> None:
        """Close whom bytes have waited for too long; `now` is the loop's time."""
        for connection in list(self._aside.values()):
            connection.check_age(now=now)

    def stray(self, connection: Connection) -> None:
        """Bytes wait for it: it is no longer written to with the others."""
        self._direct(connection).pop(connection.fd, None)
        self._aside[connection.fd] = connection
        if self._round is not None:
            self._round.moved.setdefault(connection.fd, connection)

    def come_back(self, connection: Connection) -> None:
        """Nothing waits for it any more."""
        self._aside.pop(connection.fd, None)
        self._direct(connection)[connection.fd] = connection

    def _overtake(self, round_before: _Round, plain: bytes, packed: bytes) -> list[_Part]:
        """Whom the round before has not reached gets these frames with its own; who is aside, its own at once."""
        parts = []
        for is_packed, descriptors, frame in round_before.parts:
            moved = [round_before.moved[fd] for fd in descriptors if fd in round_before.moved]
            due = array("i", [fd for fd in descriptors if fd not in round_before.moved])
            parts.append(_Part(is_packed, due, frame + (packed if is_packed else plain)))
            for connection in moved:
                if connection is not None:
                    connection.write(frame)
        return parts

    def _direct(self, connection: Connection) -> dict[int, Connection]:
        return self._packed if connection.is_packed else self._plain

    def _send_outbox(self) -> None:
        outbox, self._outbox = self._outbox, {}
        for connection, told in outbox.items():
            data = told[0] if len(told) == 1 else b"".join(told)
            connection.write(data)
            self._metrics.sent(len(data))

    def _go_round(self) -> None:
        """Write to the next so many, and come again for the rest."""
        assert self._round is not None
        for descriptors, frame in self._round.next():
            self._write_to(descriptors, frame)
        if self._round.parts:
            asyncio.get_running_loop().call_soon(self._go_round)
            return
        self._metrics.ticked(self._round.began)
        self._round = None
        if self._sent is not None:
            self._sent.set_result(None)
            self._sent = None

    def _write_to(self, descriptors: array[int], frame: bytes) -> None:
        assert self._round is not None
        moved = self._round.moved
        self._metrics.sent(len(frame), to=len(descriptors))
        if moved:
            strays = [moved[fd] for fd in descriptors if fd in moved]
            descriptors = array("i", [fd for fd in descriptors if fd not in moved])
            for connection in strays:
                if connection is not None:
                    connection.write(frame)
        for fd, taken in self._send(descriptors, frame):
            connection = self._plain.get(fd) or self._packed.get(fd)
            if connection is None:
                # It left because of what became of one before it.
                continue
            if taken == -EAGAIN:
                connection.leave_rest(frame)
            elif taken < 0:
                connection.abort()
            else:
                connection.leave_rest(frame[taken:])


class _Part(NamedTuple):
    """Some who get the same: descriptors and what is written to each."""

    is_packed: bool
    descriptors: array[int]
    frame: bytes


class _Round:
    """One tick on its way: who is still to get it, and whose place changed since it began.

    A descriptor that moved belongs to a connection that is aside now, or to none that may hear this tick.
    """

    def __init__(self, parts: list[_Part], *, began: float, at_once: int) -> None:
        self.parts = [part for part in parts if part.descriptors]
        self.began, self.at_once = began, at_once
        self.moved: dict[int, Connection | None] = {}

    def next(self) -> Iterator[tuple[array[int], bytes]]:
        """The next `at_once` descriptors, with what each is to get; `parts` holds those that are left."""
        most = self.at_once
        while most and self.parts:
            part = self.parts.pop(0)
            if len(part.descriptors) > most:
                self.parts.insert(0, part._replace(descriptors=part.descriptors[most:]))
            yield part.descriptors[:most], part.frame
            most -= min(most, len(part.descriptors))
