"""The sound alone of a fragmented mp4: its track, and of each fragment the samples of that track."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from live.picture.boxes import (
    HEADER,
    LONG_HEADER,
    OFFSET,
    SIZE,
    FragmentHead,
    Track,
    body,
    boxes,
    boxes_of,
    end_of,
    make_box,
    read_fragment_head,
    read_samples,
    read_track,
    read_tracks,
)
from live.picture.pieces import Init, Piece, StreamBroken

_FROM_FILE, _FROM_MOOF = 0x1, 0x20000


@dataclass(frozen=True, slots=True)
class _Run:
    """Samples one after another: where their bytes begin, how many, and where the moof says so; 0: it does not."""

    begin: int
    size: int
    said_at: int


class Mp4Sound:
    """Makes of the fragments of a stream those of one of its tracks; `init` is what goes before them."""

    def __init__(self, init: Init, number: int, tracks: dict[int, Track]) -> None:
        self.init, self._number, self._tracks = init, number, tracks

    @classmethod
    def of(cls, whole: Init) -> Mp4Sound | None:
        """That of a stream's first track of sound; None where it has none."""
        begin = end_of(whole.data, 0)
        moov = whole.data[begin:]
        tracks = read_tracks(moov)
        number = next((number for number, track in tracks.items() if not track.is_video), None)
        if number is None:
            return None
        data = whole.data[:begin] + make_box(b"moov", *_of_track(moov, number))
        return cls(Init(data, f'audio/mp4; codecs="{tracks[number].codec}"', has_video=False), number, tracks)

    def take(self, pieces: Iterable[Piece]) -> list[Piece]:
        """The sound in these; a fragment that has none, or none where it says, is left out."""
        found: list[Piece] = []
        for piece in pieces:
            try:
                data = self._fragment(piece.data)
            except (StreamBroken, struct.error, IndexError):
                continue
            if data:
                found.append(Piece(data, is_head=True, is_key=True, begin=piece.begin, end=piece.end))
        return found

    def _fragment(self, data: bytes) -> bytes:
        """A fragment of the sound in one; empty where there is none."""
        end = end_of(data, 0)
        moof = bytearray(data[:end])
        media = range(end + body(data[end : end + LONG_HEADER]), len(data) + 1)
        kept = list(self._parts(data[:end]))
        runs = [run for head, begin, stop in kept if head is not None for run in self._runs(data, head, begin, stop)]
        if not all(run.begin in media and run.begin + run.size in media for run in runs):
            raise StreamBroken("size", "samples that lie elsewhere")
        if sum(run.size for run in runs) > len(data):
            raise StreamBroken("size", "samples that are there more than once")
        at = HEADER + sum(stop - begin for _, begin, stop in kept) + HEADER
        for run in runs:
            if run.said_at:
                struct.pack_into(">I", moof, run.said_at, at)
            at += run.size
        samples = b"".join(data[run.begin : run.begin + run.size] for run in runs)
        if not samples:
            return b""
        return make_box(b"moof", *(moof[begin:stop] for _, begin, stop in kept)) + make_box(b"mdat", samples)

    def _parts(self, moof: bytes) -> Iterator[tuple[FragmentHead | None, int, int]]:
        """The boxes of a moof but those of other tracks: the head of the track, where the box begins and ends."""
        is_first = True
        for kind, start, stop in boxes_of(moof):
            if kind != b"traf":
                yield None, start - HEADER, stop
                continue
            head = self._head(moof, start, stop)
            if head is not None and head.number == self._number:
                if head.says & _FROM_FILE or not (is_first or head.says & _FROM_MOOF):
                    raise StreamBroken("container", "samples that are not counted from their moof")
                yield head, start - HEADER, stop
            is_first = False

    def _head(self, moof: bytes, start: int, stop: int) -> FragmentHead | None:
        heads = (begin for kind, begin, _ in boxes(moof, start, stop) if kind == b"tfhd")
        begin = next(heads, None)
        return None if begin is None else read_fragment_head(moof, begin, self._tracks)

    def _runs(self, data: bytes, head: FragmentHead, begin: int, stop: int) -> Iterator[_Run]:
        at = 0
        for kind, start, end in boxes(data, begin + HEADER, stop):
            if kind == b"trun":
                samples = read_samples(data, start, end)
                size = sum(samples.column(data, SIZE)) if samples.says & SIZE else samples.count * head.size
                said_at = start + 8 if samples.says & OFFSET else 0
                if said_at:
                    (at,) = struct.unpack_from(">i", data, said_at)
                yield _Run(at, size, said_at)
                at += size


def _of_track(moov: bytes, number: int) -> Iterator[bytes]:
    """The boxes of a moov without those of other tracks."""
    for kind, start, stop in boxes_of(moov):
        if kind == b"mvex":
            yield make_box(kind, *_defaults(moov, start, stop, number))
        elif kind != b"trak" or read_track(moov, start, stop)[0] == number:
            yield moov[start - HEADER : stop]


def _defaults(moov: bytes, begin: int, end: int, number: int) -> Iterator[bytes]:
    """The boxes of an mvex without what it says of other tracks."""
    for kind, start, stop in boxes(moov, begin, end):
        if kind != b"trex" or moov[start + 4 : start + 8] == number.to_bytes(4, "big"):
            yield moov[start - HEADER : stop]
