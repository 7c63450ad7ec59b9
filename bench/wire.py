"""Just enough of the websocket protocol for a load client: the handshake, masked messages out, frames in.

Every client sends the same key, so that the right answer to it is known beforehand; and masks with zeros, which is a
mask like any other to a server and costs the client nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

__all__ = ["CLOSE", "PING", "TEXT", "Frame", "frames_in", "is_upgraded", "masked", "pong_to", "upgrade"]

TEXT, CLOSE, PING, _PONG = 1, 8, 9, 10
_KEY = "dGhlIHNhbXBsZSBub25jZQ=="  # The key and its answer are the example of RFC 6455, section 1.3.
_ACCEPT = b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
_MASK = bytes(4)


@dataclass(frozen=True, slots=True)
class Frame:
    """One whole frame from a server: where it begins, where its payload does, and where both end."""

    opcode: int
    begin: int
    payload: int
    end: int


def upgrade(port: int, path: str, *, subprotocol: str = "", origin: str = "") -> bytes:
    """The request that opens a websocket."""
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {_KEY}",
        "Sec-WebSocket-Version: 13",
    ]
    if origin:
        lines.append(f"Origin: {origin}")
    if subprotocol:
        lines.append(f"Sec-WebSocket-Protocol: {subprotocol}")
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def is_upgraded(head: bytes) -> bool:
    """Whether an answer's head opens the websocket that `upgrade` asked for."""
    return head.startswith(b"HTTP/1.1 101 ") and _ACCEPT in head


def masked(payload: bytes, *, opcode: int = TEXT) -> bytes:
    """A client's message in one frame."""
    size = len(payload)
    if size < 126:
        length = bytes((0x80 | size,))
    elif size < 1 << 16:
        length = b"\xfe" + size.to_bytes(2, "big")
    else:
        length = b"\xff" + size.to_bytes(8, "big")
    return bytes((0x80 | opcode,)) + length + _MASK + payload


def pong_to(ping: bytes) -> bytes:
    """The answer to a ping with this payload."""
    return masked(ping, opcode=_PONG)


def frames_in(data: bytes) -> Iterator[Frame]:
    """The whole frames at the beginning of `data`; raises ValueError at one that no server may send."""
    begin, size = 0, len(data)
    while size - begin >= 2:
        first, length = data[begin], data[begin + 1]
        if length & 0x80 or not first & 0x80:
            raise ValueError("masked or fragmented frame from the server")
        payload = begin + 2
        if length == 126:
            payload += 2
        elif length == 127:
            payload += 8
        if payload > size:
            return
        if length > 125:
            length = int.from_bytes(data[begin + 2 : payload], "big")
        end = payload + length
        if end > size:
            return
        yield Frame(first & 0x0F, begin, payload, end)
        begin = end
