"""Fragmented mp4 (ISO/IEC 14496-12): where init and fragments begin and end, and what their own clock says."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from live.picture.boxes import (
    FLAGS,
    HEADER,
    LENGTH,
    LONG_HEADER,
    FragmentHead,
    SampleTable,
    Track,
    boxes,
    boxes_of,
    read_fragment_head,
    read_samples,
    read_tracks,
    shown,
)
from live.picture.pieces import LARGEST_INIT, LARGEST_PIECE, Init, Piece, StreamBroken

_LARGEST_MOOF = 1 << 20
_MOST_TRACKS = 8
_NOT_SYNC = 0x10000


@dataclass(frozen=True, slots=True)
class _Run:
    """One track's samples in a fragment, in units of the track."""

    track: Track
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
        self._tracks: dict[int, Track] = {}

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
        if have < HEADER:
            return 0
        size, kind = struct.unpack_from(">I4s", self._buffer, begin)
        header = HEADER
        if size == 1:
            header = LONG_HEADER
            if have < header:
                return 0
            (size,) = struct.unpack_from(">Q", self._buffer, begin + HEADER)
        if self.init is None and not self._ftyp and kind != b"ftyp":
            raise StreamBroken("container", "it does not begin with ftyp")
        most = LARGEST_PIECE if kind == b"mdat" else _LARGEST_MOOF if kind == b"moof" else LARGEST_INIT
        if not header <= size <= most:
            raise StreamBroken("size", f"{shown(kind)} of {size} bytes")
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
            raise StreamBroken("container", f"box {shown(kind)}")
        return None

    def _read_init(self, moov: bytes) -> Init:
        self._tracks = read_tracks(moov)
        if not 0 < len(self._tracks) <= _MOST_TRACKS:
            raise StreamBroken("codec", f"{len(self._tracks)} tracks")
        tracks = sorted(self._tracks.values(), key=lambda track: not track.is_video)
        has_video = tracks[0].is_video
        codecs = ",".join(track.codec for track in tracks)
        return Init(self._ftyp + moov, f'{"video" if has_video else "audio"}/mp4; codecs="{codecs}"', has_video)

    def _fragment(self, box: bytes, mdat: bytes) -> Piece | None:
        moof = bytearray(box)
        parts = [(begin, end) for kind, begin, end in boxes_of(moof) if kind == b"traf"]
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
        head = FragmentHead(0, 0, 0, 0, 0)
        track: Track | None = None
        at = length = 0
        first_flags: int | None = None
        for kind, start, stop in boxes(data, begin, end):
            if kind == b"tfhd":
                head = read_fragment_head(data, start, self._tracks)
                track = self._tracks[head.number]
            elif kind == b"tfdt":
                at = struct.unpack_from(">Q" if data[start] == 1 else ">I", data, start + 4)[0]
            elif kind == b"trun":
                samples = read_samples(data, start, stop)
                if track is not None and not track.is_video:
                    _lengthen_last(data, samples)
                length += _length(data, samples, head)
                first_flags = _first_flags(data, samples, head) if first_flags is None else first_flags
        if track is not None and first_flags is not None:
            yield _Run(track, at, length, is_key=not track.is_video or not first_flags & _NOT_SYNC)


def _lengthen_last(data: bytearray, samples: SampleTable) -> None:
    """Chromium's recorder says of a fragment's last Opus packet that it is as short as a frame of AAC.

    To a player that is a hole, behind which it shows nothing before the next fragment is there.
    """
    if not samples.says & LENGTH or samples.count < 2:
        return
    last = samples.at + (samples.count - 1) * samples.width
    (before,), (own,) = struct.unpack_from(">I", data, last - samples.width), struct.unpack_from(">I", data, last)
    if own < before / 2:
        struct.pack_into(">I", data, last, before)


def _length(data: bytearray, samples: SampleTable, head: FragmentHead) -> int:
    return sum(samples.column(data, LENGTH)) if samples.says & LENGTH else samples.count * head.duration


def _first_flags(data: bytearray, samples: SampleTable, head: FragmentHead) -> int | None:
    """The flags of a run's first sample; None where it has none."""
    if not samples.count:
        return None
    if samples.first_flags is not None:
        return samples.first_flags
    return next(samples.column(data, FLAGS)) if samples.says & FLAGS else head.flags
