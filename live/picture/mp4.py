"""Fragmented mp4 (ISO/IEC 14496-12): where init and fragments begin and end, and what their own clock says.

Everything that is a number in the bytes is checked against what is there before it is believed.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from live.picture.codecs import codec_of
from live.picture.pieces import LARGEST_INIT, LARGEST_PIECE, Init, Piece, StreamBroken

_LARGEST_MOOF = 1 << 20
_MOST_TRACKS = 8
_MOST_DEPTH = 8
_HEADER = 8
_LONG_HEADER = 16
_NOT_SYNC = 0x10000
_CONTAINERS = {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"mvex", b"traf"}


@dataclass(slots=True)
class _Track:
    is_video: bool = False
    timescale: int = 0
    codec: str = ""
    duration: int = 0
    flags: int = 0


@dataclass(frozen=True, slots=True)
class _Run:
    """One track's samples in a fragment, in units of the track."""

    track: _Track
    begin: int
    length: int
    is_key: bool


class Mp4Scanner:
    """Scans what comes: `ftyp moov (moof mdat)*`, other boxes between them are left out."""

    def __init__(self) -> None:
        self.init: Init | None = None
        self._buffer = bytearray()
        self._ftyp = b""
        self._moof = b""
        self._tracks: dict[int, _Track] = {}

    def feed(self, data: bytes) -> list[Piece]:
        """The fragments that are whole now; raises StreamBroken."""
        self._buffer += data
        pieces: list[Piece] = []
        begin = 0
        try:
            while (end := self._end_of_box(begin)) and end <= len(self._buffer):
                kind = bytes(self._buffer[begin + 4 : begin + 8])
                piece = self._take(kind, bytes(self._buffer[begin:end]))
                if piece is not None:
                    pieces.append(piece)
                begin = end
        except (struct.error, IndexError):
            raise StreamBroken("size", "a box ends before what it says") from None
        del self._buffer[:begin]
        return pieces

    def _end_of_box(self, begin: int) -> int:
        """Where the box that begins there ends; 0 while that cannot be told."""
        have = len(self._buffer) - begin
        if have < _HEADER:
            return 0
        size, kind = struct.unpack_from(">I4s", self._buffer, begin)
        header = _HEADER
        if size == 1:
            header = _LONG_HEADER
            if have < header:
                return 0
            (size,) = struct.unpack_from(">Q", self._buffer, begin + _HEADER)
        if self.init is None and not self._ftyp and kind != b"ftyp":
            raise StreamBroken("container", "it does not begin with ftyp")
        most = LARGEST_PIECE if kind == b"mdat" else _LARGEST_MOOF if kind == b"moof" else LARGEST_INIT
        if not header <= size <= most:
            raise StreamBroken("size", f"{_shown(kind)} of {size} bytes")
        return begin + int(size)

    def _take(self, kind: bytes, box: bytes) -> Piece | None:
        if kind == b"ftyp":
            if self.init is not None or self._ftyp:
                raise StreamBroken("order", "a second ftyp")
            self._ftyp = box
        elif kind == b"moov":
            if self.init is not None:
                raise StreamBroken("order", "a second moov")
            self.init = self._read_init(box)
        elif kind == b"moof":
            if self.init is None or self._moof:
                raise StreamBroken("order", "a moof where none belongs")
            self._moof = box
        elif kind == b"mdat":
            if not self._moof:
                raise StreamBroken("order", "an mdat without its moof")
            moof, self._moof = self._moof, b""
            return self._fragment(moof, box)
        elif not kind.isalnum():
            raise StreamBroken("container", f"box {_shown(kind)}")
        return None

    def _read_init(self, moov: bytes) -> Init:
        for kind, begin, end in _boxes(moov, _body(moov), len(moov)):
            if kind == b"trak":
                number, track = _read_track(moov, begin, end)
                self._tracks[number] = track
        if not 0 < len(self._tracks) <= _MOST_TRACKS:
            raise StreamBroken("codec", f"{len(self._tracks)} tracks")
        for kind, begin, end in _walk(moov, _body(moov), len(moov)):
            if kind == b"trex" and begin + 24 <= end:
                number, _, duration, _, flags = struct.unpack_from(">5I", moov, begin + 4)
                if number in self._tracks:
                    self._tracks[number].duration, self._tracks[number].flags = duration, flags
        tracks = sorted(self._tracks.values(), key=lambda track: not track.is_video)
        has_video = tracks[0].is_video
        codecs = ",".join(track.codec for track in tracks)
        return Init(self._ftyp + moov, f'{"video" if has_video else "audio"}/mp4; codecs="{codecs}"', has_video)

    def _fragment(self, box: bytes, mdat: bytes) -> Piece | None:
        moof = bytearray(box)
        parts = [(begin, end) for kind, begin, end in _boxes(moof, _body(moof), len(moof)) if kind == b"traf"]
        runs = [run for begin, end in parts for run in self._runs(moof, begin, end)]
        if not runs:
            return None
        assert self.init is not None
        leading = [run for run in runs if run.track.is_video] or runs[:1]
        scale = leading[0].track.timescale
        begin = min(run.begin for run in leading)
        end = max(run.begin + run.length for run in leading)
        is_key = leading[0].is_key and leading[0].track.is_video == self.init.has_video
        return Piece(bytes(moof) + mdat, is_head=True, is_key=is_key, begin=begin / scale, end=end / scale)

    def _runs(self, data: bytearray, begin: int, end: int) -> Iterator[_Run]:
        """The samples of one track fragment, in one; the last sound is made as long as it is."""
        track: _Track | None = None
        duration = flags = at = length = 0
        first_flags: int | None = None
        for kind, start, stop in _boxes(data, begin, end):
            if kind == b"tfhd":
                track, duration, flags = self._read_tfhd(data, start)
            elif kind == b"tfdt":
                at = struct.unpack_from(">Q" if data[start] == 1 else ">I", data, start + 4)[0]
            elif kind == b"trun":
                if track is not None and not track.is_video:
                    _lengthen_last(data, start, stop)
                spent, first = _read_trun(data, start, stop, duration=duration, flags=flags)
                length += spent
                first_flags = first if first_flags is None else first_flags
        if track is not None and first_flags is not None:
            yield _Run(track, at, length, is_key=not track.is_video or not first_flags & _NOT_SYNC)

    def _read_tfhd(self, data: bytes | bytearray, start: int) -> tuple[_Track, int, int]:
        says, number = struct.unpack_from(">II", data, start)
        track = self._tracks.get(number)
        if track is None:
            raise StreamBroken("order", f"a fragment of track {number}")
        at = start + 8 + (8 if says & 0x1 else 0) + (4 if says & 0x2 else 0)
        duration, flags = track.duration, track.flags
        if says & 0x8:
            (duration,) = struct.unpack_from(">I", data, at)
            at += 4
        if says & 0x10:
            at += 4
        if says & 0x20:
            (flags,) = struct.unpack_from(">I", data, at)
        return track, duration, flags


def _read_track(data: bytes, begin: int, end: int) -> tuple[int, _Track]:
    track, number = _Track(), 0
    for kind, start, stop in _walk(data, begin, end):
        is_long = stop - start >= 24 and data[start] == 1
        if kind == b"tkhd":
            (number,) = struct.unpack_from(">I", data, start + (20 if is_long else 12))
        elif kind == b"mdhd":
            (track.timescale,) = struct.unpack_from(">I", data, start + (20 if is_long else 12))
        elif kind == b"hdlr":
            track.is_video = data[start + 8 : start + 12] == b"vide"
        elif kind == b"stsd":
            entry_size, name = struct.unpack_from(">I4s", data, start + 8)
            if not _HEADER <= entry_size <= stop - start - 8:
                raise StreamBroken("size", "a sample entry")
            track.codec = codec_of(name, data[start + 16 : start + 8 + entry_size])
    if not track.timescale or not track.codec:
        raise StreamBroken("codec", "a track without timescale or sample entry")
    return number, track


def _lengthen_last(data: bytearray, start: int, stop: int) -> None:
    """Chromium's recorder says of a fragment's last Opus packet that it is as short as a frame of AAC.

    To a player that is a hole, behind which it shows nothing before the next fragment is there.
    """
    says, count, at, size = _trun_layout(data, start)
    last = at + (count - 1) * size
    if not says & 0x100 or count < 2 or last + size > stop:
        return
    (before,), (own,) = struct.unpack_from(">I", data, last - size), struct.unpack_from(">I", data, last)
    if own < before / 2:
        struct.pack_into(">I", data, last, before)


def _trun_layout(data: bytes | bytearray, start: int) -> tuple[int, int, int, int]:
    """A run's flags, how many samples it has, where what is said of each begins, and how long that is."""
    says, count = struct.unpack_from(">II", data, start)
    at = start + 8 + sum(4 for bit in (0x1, 0x4) if says & bit)
    return says & 0xFFFFFF, count, at, sum(4 for bit in (0x100, 0x200, 0x400, 0x800) if says & bit)


def _read_trun(data: bytes | bytearray, start: int, stop: int, *, duration: int, flags: int) -> tuple[int, int | None]:
    """The length of a run and the flags of its first sample; None when it has none."""
    says, count, at, size = _trun_layout(data, start)
    first: int | None = None
    if says & 0x4:
        (first,) = struct.unpack_from(">I", data, at - 4)
    if at + count * size > stop or (not size and count > stop):
        raise StreamBroken("size", f"a run of {count} samples")
    if first is None:
        before = 4 * sum(1 for bit in (0x100, 0x200) if says & bit)
        first = struct.unpack_from(">I", data, at + before)[0] if says & 0x400 and count else flags
    if not says & 0x100:
        return count * duration, first if count else None
    spent = sum(struct.unpack_from(">I", data, at + number * size)[0] for number in range(count))
    return spent, first if count else None


def _walk(data: bytes, begin: int, end: int, depth: int = 0) -> Iterator[tuple[bytes, int, int]]:
    """All boxes in there and in containers in there: kind, where the content begins, where it ends."""
    for kind, start, stop in _boxes(data, begin, end):
        yield kind, start, stop
        if kind in _CONTAINERS and depth < _MOST_DEPTH:
            yield from _walk(data, start, stop, depth + 1)


def _boxes(data: bytes | bytearray, begin: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    while begin + _HEADER <= end:
        size, kind = struct.unpack_from(">I4s", data, begin)
        if not _HEADER <= size <= end - begin:
            raise StreamBroken("size", f"{_shown(kind)} of {size} bytes in a box")
        yield kind, begin + _HEADER, begin + size
        begin += size


def _body(box: bytes | bytearray) -> int:
    return _LONG_HEADER if struct.unpack_from(">I", box)[0] == 1 else _HEADER


def _shown(kind: bytes) -> str:
    return kind.decode("ascii", "replace").encode("ascii", "replace").decode()
