"""A film to send: webm as a browser's recorder makes it, of any bit rate, that says when each portion was sent.

Its frames hold no picture and no sound, only bytes: what is measured is the way of them, which no decoder stands on.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

__all__ = ["BLOB_SECONDS", "blobs", "head", "sent_at", "stamped"]

BLOB_SECONDS = 0.3
_FRAMES_A_BLOB = 9
_BLOBS_A_KEY = 3
_PICTURE, _SOUND = 1, 2
_MARK = b"gangbo-film"
_SENT = re.compile(re.escape(_MARK) + b"(.{8})", re.DOTALL)


def head(*, has_sound: bool = False) -> bytes:
    """What a recorder sends first."""
    tracks = _track(_PICTURE, b"V_VP8") + (_track(_SOUND, b"A_OPUS") if has_sound else b"")
    return (
        _element(0x1A45DFA3, _element(0x4282, b"webm"))
        + bytes.fromhex("18538067 01ffffffffffffff")
        + _element(0x1549A966, _element(0x2AD7B1, (1_000_000).to_bytes(4, "big")))
        + _element(0x1654AE6B, tracks)
    )


def blobs(bits_per_second: int, *, sound_bits_per_second: int = 0) -> Iterator[bytes]:
    """One portion after another, with room for the time of its sending where `stamped` writes it, and maybe sound."""
    size, sound = (round(bits * BLOB_SECONDS / 8 / _FRAMES_A_BLOB) for bits in (bits_per_second, sound_bits_per_second))
    number = 0
    while True:
        is_key = number % _BLOBS_A_KEY == 0
        at = round(number * BLOB_SECONDS * 1_000)
        frames = []
        for each in range(_FRAMES_A_BLOB):
            offset = round(each * BLOB_SECONDS * 1_000 / _FRAMES_A_BLOB)
            if sound:
                frames.append(_block(_SOUND, offset, bytes(sound), is_key=True))
            frames.append(_frame(offset, size, is_key=is_key and each == 0))
        yield bytes.fromhex("1f43b675 01ffffffffffffff") + _element(0xE7, at.to_bytes(4, "big")) + b"".join(frames)
        number += 1


def stamped(blob: bytes, at: float) -> bytes:
    """The portion with the moment of its sending in its last frame."""
    place = blob.rindex(_MARK) + len(_MARK)
    return blob[:place] + struct.pack(">d", at) + blob[place + 8 :]


def sent_at(message: bytes | bytearray | memoryview) -> float | None:
    """When the newest portion in a message was sent; None where there is none."""
    found = _SENT.findall(message)
    return None if not found else struct.unpack(">d", found[-1])[0]


def _frame(offset_ms: int, size: int, *, is_key: bool) -> bytes:
    payload = _MARK + bytes(8) + b"\x55" * max(0, size - len(_MARK) - 8)
    return _block(_PICTURE, offset_ms, payload, is_key=is_key)


def _block(track: int, offset_ms: int, payload: bytes, *, is_key: bool) -> bytes:
    head = bytes([0x80 | track]) + offset_ms.to_bytes(2, "big") + (b"\x80" if is_key else b"\x00")
    return _element(0xA3, head + payload)


def _track(number: int, codec: bytes) -> bytes:
    kind = bytes([number])
    return _element(0xAE, _element(0xD7, kind) + _element(0x83, kind) + _element(0x86, codec))


def _element(name: int, content: bytes) -> bytes:
    size = (len(content) | 1 << 28).to_bytes(4, "big")
    return name.to_bytes((name.bit_length() + 7) // 8, "big") + size + content
