"""What comes in on one connection: bytes in, the handshake's request and whole messages out.

The websocket library's sans-I/O protocol does all that concerns frames. A connection has one while something of what
came is left over, since it is larger than everything else a quiet viewer costs; a few that are done with go on to the
next connection, since to make one costs more than a message.
"""

from __future__ import annotations

from websockets.datastructures import Headers
from websockets.extensions import Extension
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Close, Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import CLOSING, CONNECTING, OPEN
from websockets.server import ServerProtocol
from websockets.typing import Subprotocol

from live.frames import WINDOW_BITS, deflate, offers
from live.messages import Closing

SUBPROTOCOL = Subprotocol("gangbo.v1")
LARGEST_MESSAGE = 16 << 10
MOST_FRAGMENTS = 64
MOST_RESTING = 16
_BYTES_AT_ONCE = 4 << 10
_END_OF_REQUEST = b"\r\n\r\n"


class Inbound:
    """Bytes that were received and not yet taken; `protocol` also holds what the library wants sent."""

    __slots__ = ("_events", "_fragments", "_is_text", "_unread", "protocol")

    def __init__(self, protocol: _Protocol) -> None:
        self.protocol = protocol
        self._unread = b""
        self._events: list[Request | Frame] = []
        self._fragments: list[bytes] | None = None
        self._is_text = True

    @classmethod
    def of_handshake(cls) -> Inbound:
        """For a connection that has just been made."""
        return cls(_Protocol(extensions=offers(), subprotocols=[SUBPROTOCOL], max_size=LARGEST_MESSAGE))

    @classmethod
    def of_open(cls, *, is_packed: bool, closing: Closing | None = None, largest: int = LARGEST_MESSAGE) -> Inbound:
        """For a connection that is open, or that is told to close by a frame sent before."""
        protocol = _resting.pop() if _resting else _Protocol(state=OPEN)
        protocol.max_message_size = largest
        protocol.extensions = [deflate()] if is_packed else []
        if closing is not None:
            protocol.close_sent = Close(closing.code, closing.reason)
            protocol.state = CLOSING
        return cls(protocol)

    @property
    def is_idle(self) -> bool:
        """Whether nothing is left of what came, so that a new one can go on."""
        return (
            self.protocol.state is OPEN
            and self.protocol.is_between_frames
            and self.protocol.current_size is None
            and not self._unread
            and not self._events
        )

    @property
    def waiting(self) -> int:
        """Bytes that nobody has taken."""
        return len(self._unread)

    def feed(self, data: bytes) -> None:
        """Bytes came."""
        self._unread = self._unread + data if self._unread else data

    def next(self) -> Request | str | bytes | None:
        """The next request or message; None when there is no whole one."""
        while True:
            while self._events:
                event = self._events.pop(0)
                message = self._whole(event) if isinstance(event, Frame) else event
                if message is not None:
                    return message
            if not self._unread:
                return None
            some, self._unread = self._unread[:_BYTES_AT_ONCE], self._unread[_BYTES_AT_ONCE:]
            self.protocol.receive_data(some)
            self._events = self.protocol.events_received()  # type: ignore[assignment]

    def end(self) -> None:
        """Let go of the protocol; nothing of what came on this connection is in one that rests."""
        if len(_resting) < MOST_RESTING and self.is_idle and not self.protocol.writes:
            _resting.append(self.protocol)
        else:
            # It holds itself by its parser.
            self.protocol.parser = None  # type: ignore[assignment]

    def _whole(self, frame: Frame) -> str | bytes | None:
        if frame.opcode in (Opcode.TEXT, Opcode.BINARY):
            self._is_text = frame.opcode is Opcode.TEXT
            if frame.fin:
                return self._message(frame.data)
            self._fragments = [bytes(frame.data)]
        elif frame.opcode is Opcode.CONT and self._fragments is not None:
            self._fragments.append(bytes(frame.data))
            if frame.fin:
                fragments, self._fragments = self._fragments, None
                return self._message(b"".join(fragments))
            if len(self._fragments) > MOST_FRAGMENTS:
                self._fail(1009, "too many fragments")
        return None

    def _message(self, data: bytes | bytearray | memoryview) -> str | bytes | None:
        if not self._is_text:
            return bytes(data)
        try:
            return str(data, "utf-8")
        except UnicodeDecodeError as error:
            self._fail(1007, f"{error.reason} at position {error.start}")
            return None

    def _fail(self, code: int, reason: str) -> None:
        self._unread, self._events = b"", []
        self.protocol.fail(code, reason)


class _Protocol(ServerProtocol):
    """The library's protocol; it also knows whether what came ends where a frame ends."""

    is_between_frames = True

    def process_extensions(self, headers: Headers) -> tuple[str | None, list[Extension]]:
        header, extensions = super().process_extensions(headers)
        # What is packed once for all cannot heed that one of them wants a smaller window.
        if any(isinstance(each, PerMessageDeflate) and each.local_max_window_bits < WINDOW_BITS for each in extensions):
            return None, []
        return header, extensions

    def receive_data(self, data: bytes | bytearray) -> None:
        self.is_between_frames = self.state is CONNECTING and data.endswith(_END_OF_REQUEST)
        super().receive_data(data)

    def recv_frame(self, frame: Frame) -> None:
        super().recv_frame(frame)
        self.is_between_frames = not self.reader.buffer


_resting: list[_Protocol] = []
