"""Reels: a stream as it lies on disk, one file of media that plays as it is, and beside it a line for each segment.

`<session>/<number>.mp4` is the init and the segments one after another; `<number>.index` has a first line about the
stream and then one line a segment, written after its bytes. What an index does not tell of is not there: so whatever
was recorded up to a crash, or until the disk was full, plays.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import msgspec
from msgspec import Struct

from live.picture.segments import Segment

SECONDS_BETWEEN_SYNCS = 5.0


class Label(Struct, frozen=True):
    """The first line: when the media clock was zero, how long the init is, whether it is to be kept, and has sound."""

    zero_at: datetime
    init: int
    is_kept: bool
    has_sound: bool = True


class Entry(Struct, frozen=True, omit_defaults=True):
    """A segment's line: where its bytes are, and its times on the media clock in seconds; `is_last` ends the stream."""

    at: int
    size: int
    begin: float
    length: float
    is_gap: bool = False
    is_last: bool = False

    @property
    def end(self) -> float:
        """When it ends on the media clock, in seconds."""
        return self.begin + self.length


_encode = msgspec.json.Encoder().encode
_decode_label = msgspec.json.Decoder(Label).decode
_decode_entry = msgspec.json.Decoder(Entry).decode


@dataclass
class Reel:
    """What an index says."""

    number: int
    label: Label
    segments: list[Entry] = field(default_factory=list)
    is_over: bool = False

    @property
    def first_at(self) -> datetime:
        """When its first segment begins."""
        return self.at(self.segments[0]) if self.segments else self.label.zero_at

    @property
    def size(self) -> int:
        """Bytes of its media that the index tells of."""
        return self.segments[-1].at + self.segments[-1].size if self.segments else self.label.init

    def gaps(self) -> Iterator[tuple[float, float]]:
        """Where nothing is kept between two segments: from and to on the media clock, in seconds."""
        for before, entry in pairwise(self.segments):
            if entry.is_gap:
                yield before.end, entry.begin

    def at(self, entry: Entry) -> datetime:
        """When a segment begins."""
        return self.label.zero_at + timedelta(seconds=entry.begin)


def media_file(folder: Path, session_id: int, number: int) -> Path:
    """Where a stream's media is."""
    return folder / str(session_id) / f"{number}.mp4"


def index_file(folder: Path, session_id: int, number: int) -> Path:
    """Where a stream's index is."""
    return folder / str(session_id) / f"{number}.index"


class ReelWriter:
    """Writes one reel; raises OSError when the disk does not take it. Everything of it is called on one thread."""

    def __init__(self, folder: Path, session_id: int, number: int) -> None:
        self._media_path = media_file(folder, session_id, number)
        self._index_path = index_file(folder, session_id, number)
        self._media: BinaryIO | None = None
        self._index: BinaryIO | None = None
        self._at = 0
        self._synced_at = 0.0

    def begin(self, label: Label, init: bytes) -> None:
        """Make the files."""
        self._media_path.parent.mkdir(parents=True, exist_ok=True)
        self._media = self._media_path.open("wb", buffering=0)
        self._index = self._index_path.open("wb", buffering=0)
        _write(self._media, init)
        _write(self._index, _encode(label) + b"\n")
        self._at = len(init)

    def add(self, segment: Segment, *, now: float) -> None:
        """Write a segment, then its line; `now` says when the disk was last told to make sure."""
        assert self._media is not None
        assert self._index is not None
        _write(self._media, segment.data)
        entry = Entry(self._at, len(segment.data), round(segment.begin, 4), round(segment.length, 4), segment.is_gap)
        _write(self._index, _encode(entry) + b"\n")
        self._at += len(segment.data)
        if now - self._synced_at > SECONDS_BETWEEN_SYNCS:
            self._synced_at = now
            self._sync()

    def end(self) -> None:
        """Say that no more comes, and close."""
        if self._media is None or self._index is None:
            return
        try:
            _write(self._index, _encode(Entry(self._at, 0, 0, 0, is_last=True)) + b"\n")
            self._sync()
        finally:
            self._media.close()
            self._index.close()
            self._media = self._index = None

    def _sync(self) -> None:
        assert self._media is not None
        assert self._index is not None
        os.fsync(self._media.fileno())
        os.fsync(self._index.fileno())


class ReelReader:
    """Reads an index as it grows."""

    def __init__(self, folder: Path, session_id: int, number: int) -> None:
        self._path = index_file(folder, session_id, number)
        self._number = number
        self._read = 0
        self.reel: Reel | None = None

    def refresh(self) -> Reel | None:
        """What the index says by now; None while it says nothing. Raises FileNotFoundError."""
        if self._path.stat().st_size <= self._read:
            return self.reel
        with self._path.open("rb") as file:
            file.seek(self._read)
            data = file.read()
        # A line without its end was being written when somebody looked, or when the process died.
        whole = data.rpartition(b"\n")[0]
        self._read += len(whole) + 1 if whole else 0
        for line in whole.splitlines():
            self._take(line)
        return self.reel

    def _take(self, line: bytes) -> None:
        try:
            if self.reel is None:
                self.reel = Reel(self._number, _decode_label(line))
                return
            entry = _decode_entry(line)
        except msgspec.MsgspecError:
            # Where the power failed a disk may hold anything; what is not a line tells of nothing.
            return
        if entry.is_last:
            self.reel.is_over = True
        else:
            self.reel.segments.append(entry)


def _write(file: BinaryIO, data: bytes) -> None:
    """All of it; a disk that is nearly full takes a part first."""
    left = memoryview(data)
    while left:
        left = left[file.write(left) :]
