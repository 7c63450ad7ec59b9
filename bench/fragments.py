"""A film in mp4: a fragment a second as a browser's recorder makes it, of any bit rate, that says when it was sent.

Like `film` it holds no picture, only bytes: what is measured is their way, here through HLS and onto the disk too.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

__all__ = ["FRAGMENT_SECONDS", "fragments", "head"]

FRAGMENT_SECONDS = 1.0
_SCALE, _FRAMES, _VISUAL_ENTRY = 30_000, 30, 78
_MARK = b"gangbo-film"
_KEY, _NO_KEY = 0x02000000, 0x01010000


def head() -> bytes:
    """What a recorder sends first: one track of pictures."""
    track = _box(
        b"trak",
        _box(b"tkhd", struct.pack(">5I", 0, 0, 0, 1, 0) + bytes(60)),
        _box(
            b"mdia",
            _box(b"mdhd", struct.pack(">5I", 0, 0, 0, _SCALE, 0) + bytes(4)),
            _box(b"hdlr", bytes(8) + b"vide" + bytes(13)),
            _box(b"minf", _box(b"stbl", _box(b"stsd", bytes(4), _number(1), _box(b"vp08", bytes(_VISUAL_ENTRY))))),
        ),
    )
    defaults = struct.pack(">6I", 0, 1, 1, _SCALE // _FRAMES, 0, _NO_KEY)
    return _box(b"ftyp", b"iso5" + bytes(4)) + _box(b"moov", track, _box(b"mvex", _box(b"trex", defaults)))


def fragments(bits_per_second: int) -> Iterator[bytes]:
    """One fragment after another, each with a key frame and room for the time of its sending at its end."""
    size = round(bits_per_second * FRAGMENT_SECONDS / 8 / _FRAMES)
    number = 0
    while True:
        track = _box(
            b"traf",
            _box(b"tfhd", struct.pack(">2I", 0x20000, 1)),
            _box(b"tfdt", struct.pack(">IQ", 0x1000000, round(number * FRAGMENT_SECONDS * _SCALE))),
            _box(b"trun", struct.pack(">4I", 0x205, _FRAMES, 0, _KEY) + _number(size) * _FRAMES),
        )
        sequence = _box(b"mfhd", struct.pack(">2I", 0, number + 1))
        frames = b"\x55" * (size * _FRAMES - len(_MARK) - 8) + _MARK + bytes(8)
        yield _box(b"moof", sequence, track) + _box(b"mdat", frames)
        number += 1


def _box(kind: bytes, *parts: bytes) -> bytes:
    content = b"".join(parts)
    return _number(8 + len(content)) + kind + content


def _number(value: int) -> bytes:
    return value.to_bytes(4, "big")
