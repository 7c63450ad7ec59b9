"""One viewer's connection: what is written to it is bounded in bytes and in age, and never waits.

Frames are written to the transport as they are; the websocket library keeps the handshake, incoming frames, pings
and the closing. That is sound because no extension is negotiated and no message is ever sent in fragments.
"""

from __future__ import annotations

import asyncio
import socket

from websockets.asyncio.server import ServerConnection
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN

from live.messages import SLOW, Closing

LEAN_ABOVE = 64 << 10
CLOSE_ABOVE = 256 << 10
CLOSE_AFTER_SECONDS = 6.0
KERNEL_BUFFER = 64 << 10
CLOSE_WAIT_SECONDS = 3.0


def frame_of(message: bytes) -> bytes:
    """A message as one websocket frame, the same for everybody."""
    return bytes(Frame(Opcode.TEXT, message).serialize(mask=False))


class Connection:
    """A socket with a number; `behind_since` is when bytes began to wait in it."""

    __slots__ = ("_closing", "behind_since", "number", "websocket")

    def __init__(self, websocket: ServerConnection, number: int) -> None:
        self.websocket = websocket
        self.number = number
        self.behind_since: float | None = None
        self._closing: asyncio.Task[None] | None = None
        sock = websocket.transport.get_extra_info("socket")
        if sock is not None and sock.family in (socket.AF_INET, socket.AF_INET6):
            # A large buffer in the kernel would hide how far behind a viewer is.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BUFFER)

    @property
    def is_open(self) -> bool:
        return self._closing is None and self.websocket.protocol.state is OPEN

    @property
    def backlog(self) -> int:
        """Bytes that wait in this process."""
        return self.websocket.transport.get_write_buffer_size()

    @property
    def is_behind(self) -> bool:
        """Whether it gets lean ticks."""
        return self.backlog > LEAN_ABOVE

    def send(self, frame: bytes) -> None:
        """Write a frame now; a connection that is too far behind is closed instead."""
        if not self.is_open:
            return
        backlog = self.backlog
        if backlog and backlog + len(frame) > CLOSE_ABOVE:
            self.close(SLOW)
            return
        self.websocket.transport.write(frame)

    def check_age(self, *, now: float) -> None:
        """Close it when bytes have waited for too long; `now` is the loop's time."""
        if not self.backlog:
            self.behind_since = None
        elif self.behind_since is None:
            self.behind_since = now
        elif now - self.behind_since > CLOSE_AFTER_SECONDS:
            self.close(SLOW)

    def close(self, closing: Closing) -> None:
        """Say why and close; what does not go out within CLOSE_WAIT_SECONDS is dropped."""
        if self._closing is None:
            self._closing = asyncio.get_running_loop().create_task(self._close(closing))

    async def closed(self) -> None:
        """Return when a close that was begun is done."""
        if self._closing is not None:
            await asyncio.wait([self._closing])

    async def _close(self, closing: Closing) -> None:
        try:
            await asyncio.wait_for(self.websocket.close(closing.code, closing.reason), CLOSE_WAIT_SECONDS)
        except TimeoutError:
            self.websocket.transport.abort()
