"""Frames: messages as the bytes of a websocket, made once for everybody whom they go to.

Compression is permessage-deflate without context takeover on either side, so that a message compressed once suits each
connection that agreed to it, and none of them costs memory while it is quiet.
"""

from __future__ import annotations

from websockets.extensions.permessage_deflate import PerMessageDeflate, ServerPerMessageDeflateFactory
from websockets.frames import Close, Frame, Opcode

from live.messages import Closing

WINDOW_BITS = 15
SMALLEST_TO_PACK = 200
_MOST_PACKED = 0.9

PING = bytes(Frame(Opcode.PING, b"").serialize(mask=False))
_PONG = b"\x8a\x80"
_PONG_BYTES = 6


def frame_of(message: bytes) -> bytes:
    """A message as one frame."""
    return bytes(Frame(Opcode.TEXT, message).serialize(mask=False))


def packed_frame_of(message: bytes) -> bytes:
    """A message as one compressed frame; as a plain one when compression would hardly gain anything."""
    plain = frame_of(message)
    if len(plain) < SMALLEST_TO_PACK:
        return plain
    packed = bytes(Frame(Opcode.TEXT, message).serialize(mask=False, extensions=[deflate()]))
    return packed if len(packed) < len(plain) * _MOST_PACKED else plain


def is_pong(data: bytes) -> bool:
    """Whether these bytes are the answer to PING and nothing else, as they nearly always are in a quiet room."""
    return len(data) == _PONG_BYTES and data.startswith(_PONG)


def closing_frame(closing: Closing) -> bytes:
    """The frame that closes."""
    return bytes(Frame(Opcode.CLOSE, Close(closing.code, closing.reason).serialize()).serialize(mask=False))


def offers() -> list[ServerPerMessageDeflateFactory]:
    """What a handshake may agree on."""
    return [ServerPerMessageDeflateFactory(server_no_context_takeover=True, client_no_context_takeover=True)]


def deflate() -> PerMessageDeflate:
    """The extension as agreed; nothing of it outlasts a message."""
    return PerMessageDeflate(
        remote_no_context_takeover=True,
        local_no_context_takeover=True,
        remote_max_window_bits=WINDOW_BITS,
        local_max_window_bits=WINDOW_BITS,
    )
