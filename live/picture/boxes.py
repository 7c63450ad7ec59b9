"""Boxes of mp4 (ISO/IEC 14496-12): how they lie in one another, and what those of tracks and of samples say.

Everything that is a number in the bytes is checked against what is there before it is believed; where a box ends before
what it says, that is StreamBroken, struct.error or IndexError.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from live.picture.codecs import codec_of
from live.picture.pieces import StreamBroken

HEADER, LONG_HEADER = 8, 16
OFFSET, FIRST_FLAGS = 0x1, 0x4
LENGTH, SIZE, FLAGS, SHIFT = 0x100, 0x200, 0x400, 0x800
_MOST_DEPTH = 8
_CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"mvex", b"traf"}

Bytes = bytes | bytearray


@dataclass(slots=True)
class Track:
    """A track, and what its samples are where a fragment says nothing of them."""

    is_video: bool = False
    timescale: int = 0
    codec: str = ""
    duration: int = 0
    size: int = 0
    flags: int = 0


@dataclass(frozen=True, slots=True)
class FragmentHead:
    """The head of a track's part in a fragment: `says` has the bits of what stands in it, the rest is the track's."""

    number: int
    says: int
    duration: int
    size: int
    flags: int


@dataclass(frozen=True, slots=True)
class SampleTable:
    """A run of samples: `says` has the bits of what stands in it, from `at` on in `width` bytes for each."""

    says: int
    count: int
    first_flags: int | None
    at: int
    width: int

    def column(self, data: Bytes, bit: int) -> Iterator[int]:
        """What it says of each sample: LENGTH, SIZE or FLAGS, where `says` has that bit."""
        first = self.at + 4 * sum(1 for each in (LENGTH, SIZE, FLAGS) if each < bit and self.says & each)
        return (struct.unpack_from(">I", data, first + number * self.width)[0] for number in range(self.count))


def read_tracks(moov: bytes) -> dict[int, Track]:
    """The tracks of a file by their numbers."""
    found = dict(read_track(moov, begin, end) for kind, begin, end in boxes_of(moov) if kind == b"trak")
    for kind, begin, end in walk(moov, body(moov), len(moov)):
        if kind == b"trex" and begin + 24 <= end:
            number, _, *defaults = struct.unpack_from(">5I", moov, begin + 4)
            if number in found:
                found[number].duration, found[number].size, found[number].flags = defaults
    return found


def read_track(data: bytes, begin: int, end: int) -> tuple[int, Track]:
    """A track's number and what its box says."""
    track, number = Track(), 0
    for kind, start, stop in walk(data, begin, end):
        is_long = stop - start >= 24 and data[start] == 1
        if kind == b"tkhd":
            (number,) = struct.unpack_from(">I", data, start + (20 if is_long else 12))
        elif kind == b"mdhd":
            (track.timescale,) = struct.unpack_from(">I", data, start + (20 if is_long else 12))
        elif kind == b"hdlr":
            track.is_video = data[start + 8 : start + 12] == b"vide"
        elif kind == b"stsd":
            entry_size, name = struct.unpack_from(">I4s", data, start + 8)
            if not HEADER <= entry_size <= stop - start - 8:
                raise StreamBroken("size", "a sample entry")
            track.codec = codec_of(name, data[start + 16 : start + 8 + entry_size])
    if not track.timescale or not track.codec:
        raise StreamBroken("codec", "a track without timescale or sample entry")
    return number, track


def read_fragment_head(data: Bytes, start: int, tracks: dict[int, Track]) -> FragmentHead:
    """What a tfhd says, given where its content begins."""
    says, number = struct.unpack_from(">II", data, start)
    track = tracks.get(number)
    if track is None:
        raise StreamBroken("order", f"a fragment of track {number}")
    at = start + 8 + (8 if says & 0x1 else 0) + (4 if says & 0x2 else 0)
    found = [track.duration, track.size, track.flags]
    for place, bit in enumerate((0x8, 0x10, 0x20)):
        if says & bit:
            (found[place],) = struct.unpack_from(">I", data, at)
            at += 4
    return FragmentHead(number, says, *found)


def read_samples(data: Bytes, start: int, stop: int) -> SampleTable:
    """What a trun says, given where its content begins and ends."""
    says, count = struct.unpack_from(">II", data, start)
    says &= 0xFFFFFF
    at = start + 8 + (4 if says & OFFSET else 0)
    first_flags: int | None = None
    if says & FIRST_FLAGS:
        (first_flags,) = struct.unpack_from(">I", data, at)
        at += 4
    width = 4 * sum(1 for bit in (LENGTH, SIZE, FLAGS, SHIFT) if says & bit)
    if at + count * width > stop or (not width and count > stop):
        raise StreamBroken("size", f"a run of {count} samples")
    return SampleTable(says, count, first_flags, at, width)


def walk(data: bytes, begin: int, end: int, depth: int = 0) -> Iterator[tuple[bytes, int, int]]:
    """All boxes in there and in containers in there: kind, where the content begins, where it ends."""
    for kind, start, stop in boxes(data, begin, end):
        yield kind, start, stop
        if kind in _CONTAINERS and depth < _MOST_DEPTH:
            yield from walk(data, start, stop, depth + 1)


def boxes_of(box: Bytes) -> Iterator[tuple[bytes, int, int]]:
    """The boxes right in a whole one."""
    return boxes(box, body(box), len(box))


def boxes(data: Bytes, begin: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """The boxes between the two: kind, where the content begins, where it ends."""
    while begin + HEADER <= end:
        size, kind = struct.unpack_from(">I4s", data, begin)
        if not HEADER <= size <= end - begin:
            raise StreamBroken("size", f"{shown(kind)} of {size} bytes in a box")
        yield kind, begin + HEADER, begin + size
        begin += size


def body(box: Bytes) -> int:
    """Where the content of a whole box begins."""
    return LONG_HEADER if struct.unpack_from(">I", box)[0] == 1 else HEADER


def end_of(data: bytes, begin: int) -> int:
    """Where the whole box that begins there ends."""
    size, _, long_size = struct.unpack_from(">I4sQ", data, begin)
    return begin + int(long_size if size == 1 else size)


def make_box(kind: bytes, *parts: bytes | bytearray) -> bytes:
    """A box of these one after another."""
    content = b"".join(parts)
    return (HEADER + len(content)).to_bytes(4, "big") + kind + content


def shown(kind: bytes) -> str:
    """The name of a box in words."""
    return kind.decode("ascii", "replace").encode("ascii", "replace").decode()
