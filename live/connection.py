"""One viewer's connection: the socket, what comes in on it, and what is written to it, bounded in bytes and in age.

It is *direct* while nothing waits: whoever sends to many may then write to its descriptor. As soon as the socket does
not take all, the rest waits in the transport, and everything after it too, until all of that is gone.
"""

from __future__ import annotations

import asyncio
import os
import socket
from enum import IntEnum
from typing import Protocol, cast

from websockets.http11 import Request, Response
from websockets.protocol import CLOSING as PROTOCOL_CLOSING
from websockets.protocol import OPEN as PROTOCOL_OPEN
from websockets.server import ServerProtocol

from live.frames import PING, closing_frame, is_pong
from live.inbound import LARGEST_MESSAGE, Inbound
from live.messages import FLOODING, SLOW, Closing

LEAN_ABOVE = 64 << 10
CLOSE_ABOVE = 256 << 10
CLOSE_AFTER_SECONDS = 6.0
MOST_UNREAD = 64 << 10
SWITCHING = 101
HANDED_OVER = (b"GET /hls/", b"HEAD /hls/", b"OPTIONS /hls/")


class Stage(IntEnum):
    """How far a connection has come; it never goes back."""

    HANDSHAKE = 0
    WAITED_FOR = 1
    ENTERING = 2
    INSIDE = 3
    CLOSING = 4
    GONE = 5


class House(Protocol):
    """Whom a connection tells what becomes of it."""

    def come(self, connection: Connection) -> None:
        """It was made."""

    def answer(self, connection: Connection, protocol: ServerProtocol, request: Request) -> Response:
        """The answer to a handshake, or to a request that is none."""

    def hand_over(self, connection: Connection, transport: asyncio.Transport, data: bytes) -> None:
        """It began with what is not for a room; its transport is somebody else's from now on."""

    def first(self, connection: Connection, message: str | bytes) -> None:
        """Its first message came; it takes no other before `enter`."""

    def shut(self, closing: Closing) -> None:
        """It is closed from here, for this reason."""

    def leave(self, connection: Connection) -> None:
        """It is closing from now on."""

    def gone(self, connection: Connection) -> None:
        """It is no more."""


class Host(Protocol):
    """Who hears a connection that is inside: how large a message may be, and how many bytes may wait for it."""

    largest_message: int
    most_behind: int

    def receive(self, connection: Connection, message: str | bytes) -> None:
        """A message came."""

    def leave(self, connection: Connection) -> None:
        """It is closing and hears nothing any more."""


class Lane(Protocol):
    """Where a connection stands among those that hear the same."""

    def stray(self, connection: Connection) -> None:
        """It is direct no longer."""

    def come_back(self, connection: Connection) -> None:
        """It is direct again."""


class Connection(asyncio.Protocol):
    """A socket with a number, come in by a `door`; `behind_since` is when bytes began to wait in it."""

    __slots__ = (
        "_closing",
        "_house",
        "_inbound",
        "_transport",
        "behind_since",
        "door",
        "fd",
        "host",
        "is_direct",
        "is_heard",
        "is_packed",
        "lane",
        "number",
        "stage",
    )
    _transport: asyncio.Transport

    def __init__(self, house: House, number: int) -> None:
        self._house = house
        self.host: Host | None = None
        self._inbound: Inbound | None = None
        self._closing: Closing | None = None
        self.number = number
        self.fd = -1
        self.door = ""
        self.behind_since: float | None = None
        self.is_direct = True
        self.is_heard = True
        self.is_packed = False
        self.lane: Lane | None = None
        self.stage = Stage.HANDSHAKE

    @property
    def backlog(self) -> int:
        """Bytes that wait in this process."""
        return 0 if self.is_direct else self._transport.get_write_buffer_size()

    @property
    def is_behind(self) -> bool:
        """Whether it gets lean ticks."""
        return self.backlog > LEAN_ABOVE

    @property
    def _most_behind(self) -> int:
        return CLOSE_ABOVE if self.host is None else self.host.most_behind

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The transport's word that it is there."""
        self._transport = cast(asyncio.Transport, transport)
        self.fd = transport.get_extra_info("socket").fileno()
        self._inbound = Inbound.of_handshake()
        self._house.come(self)

    def data_received(self, data: bytes) -> None:
        """The transport's word that bytes came."""
        self.is_heard = True
        if self.stage is Stage.HANDSHAKE and data.startswith(HANDED_OVER):
            self._hand_over(data)
            return
        inbound = self._inbound
        if inbound is None:
            if is_pong(data):
                return
            inbound = self._inbound = Inbound.of_open(
                is_packed=self.is_packed,
                closing=self._closing,
                largest=self.host.largest_message if self.host else LARGEST_MESSAGE,
            )
        inbound.feed(data)
        if self.stage is not Stage.ENTERING:
            self._read(inbound)
        elif inbound.waiting > MOST_UNREAD:
            self.close(FLOODING)

    def eof_received(self) -> None:
        """The transport's word that nothing more comes; it closes itself when what waits has gone out."""
        self._leave()

    def connection_lost(self, exc: Exception | None) -> None:
        """The transport's word that it is no more."""
        self._leave()
        self.stage = Stage.GONE
        self._drop_inbound()
        self._house.gone(self)

    def enter(self) -> None:
        """It is in a room; what it said on the way in is heard now."""
        if self.stage is Stage.ENTERING:
            self.stage = Stage.INSIDE
            if self._inbound is not None:
                self._read(self._inbound)

    def write(self, data: bytes) -> None:
        """Send bytes now or after those that wait; one that is too far behind is closed instead."""
        if self.stage is Stage.GONE:
            return
        if self.is_direct:
            sent = self._write_now(data)
            if sent == len(data):
                return
            self.leave_rest(data[sent:])
            return
        backlog = self._transport.get_write_buffer_size()
        if not backlog:
            self.catch_up()
            self.write(data)
        elif backlog + len(data) > self._most_behind and self.stage < Stage.CLOSING:
            self.close(SLOW)
        else:
            self._transport.write(data)

    def leave_rest(self, data: bytes) -> None:
        """These bytes were written to the descriptor and not taken: they wait, and all that follows them."""
        self.is_direct = False
        if self.lane is not None:
            self.lane.stray(self)
        self._transport.write(data)

    def set_kernel_buffer(self, size: int) -> None:
        """Have the kernel take this much from here before the other end has."""
        self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, size)

    def check_age(self, *, now: float) -> None:
        """Close it when bytes have waited for too long; `now` is the loop's time."""
        if not self.backlog:
            self.catch_up()
        elif self.behind_since is None:
            self.behind_since = now
        elif now - self.behind_since > CLOSE_AFTER_SECONDS:
            self.close(SLOW)

    def catch_up(self) -> None:
        """Nothing waits in it any more."""
        self.behind_since = None
        if not self.is_direct:
            self.is_direct = True
            if self.lane is not None:
                self.lane.come_back(self)

    def look(self) -> None:
        """Ask for a sign of life; one that gave none since the last time is cut off."""
        if not self.is_heard:
            self.abort()
        elif self.stage is Stage.INSIDE:
            self.is_heard = False
            self.write(PING)

    def close(self, closing: Closing) -> None:
        """Say why and close; the house cuts off what does not close itself soon."""
        if self.stage >= Stage.CLOSING:
            return
        self._house.shut(closing)
        is_open = self.stage is not Stage.HANDSHAKE
        self._leave()
        if not is_open:
            self.abort()
        elif self._inbound is None:
            self._closing = closing
            self.write(closing_frame(closing))
        elif self._inbound.protocol.state is PROTOCOL_OPEN:
            self._inbound.protocol.send_close(closing.code, closing.reason)
            self._write_answers(self._inbound)

    def abort(self) -> None:
        """Cut the line; what waits is thrown away."""
        self._leave()
        self._transport.abort()

    def _hand_over(self, data: bytes) -> None:
        self.stage = Stage.GONE
        self._drop_inbound()
        self._house.gone(self)
        self._house.hand_over(self, self._transport, data)

    def _read(self, inbound: Inbound) -> None:
        while self.stage is not Stage.ENTERING and self._inbound is inbound:
            found = inbound.next()
            self._write_answers(inbound)
            if found is None:
                break
            self._take(inbound, found)
        if inbound.protocol.state is PROTOCOL_CLOSING:
            self._leave()
        if inbound is self._inbound and inbound.is_idle:
            self._drop_inbound()

    def _take(self, inbound: Inbound, found: Request | str | bytes) -> None:
        if isinstance(found, Request):
            response = self._house.answer(self, inbound.protocol, found)
            inbound.protocol.send_response(response)
            if response.status_code == SWITCHING:
                self.stage = Stage.WAITED_FOR
                self.is_packed = bool(inbound.protocol.extensions)
            self._write_answers(inbound)
        elif self.stage is Stage.WAITED_FOR:
            self.stage = Stage.ENTERING
            self._house.first(self, found)
        elif self.stage is Stage.INSIDE and self.host is not None:
            self.host.receive(self, found)

    def _write_answers(self, inbound: Inbound) -> None:
        for data in inbound.protocol.data_to_send():
            if data:
                self.write(data)
            elif self.stage is not Stage.GONE:
                self._leave()
                if not self._transport.is_closing():
                    self._transport.write_eof()

    def _write_now(self, data: bytes) -> int:
        """How many bytes the socket took."""
        try:
            return os.write(self.fd, data)
        except BlockingIOError:
            return 0
        except OSError:
            self.abort()
            return len(data)

    def _leave(self) -> None:
        """From now on it is only closing; the room and the house hear of it once."""
        if self.stage < Stage.CLOSING:
            self.stage = Stage.CLOSING
            if self.host is not None:
                self.host.leave(self)
            self._house.leave(self)

    def _drop_inbound(self) -> None:
        if self._inbound is not None:
            self._inbound.end()
            self._inbound = None
