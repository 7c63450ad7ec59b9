"""Segments: mp4 fragments put together to what HLS hands out, each about a second, times from the media clock.

Frames that a recorder left out are a hole in its clock. A small one is part of the time; a large one is a gap.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from live.picture.pieces import Piece

# A recorder's fragments are a second apart, but one whose last frames were late says that it is shorter.
SHORTEST_SECONDS = 0.6
LONGEST_SECONDS = 60.0
LARGEST_SEGMENT = 16 << 20
LONGEST_HOLE_SECONDS = 2.0
_SLACK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Segment:
    """Whole fragments; `is_gap`: the one before ended so long before that one did not go on to the other."""

    data: bytes
    begin: float
    length: float
    is_gap: bool


class Cutter:
    """Takes the fragments of one stream in order; the first segment begins with a key frame."""

    def __init__(self) -> None:
        self._parts: list[Piece] = []
        self._size = 0
        self._end: float | None = None
        self._is_gap = False

    def take(self, pieces: Iterable[Piece]) -> Iterator[Segment]:
        """The segments that are whole with these fragments."""
        for piece in pieces:
            end = self._parts[-1].end if self._parts else self._end
            if (piece.begin < end - _SLACK_SECONDS) if end is not None else not piece.is_key:
                continue
            if end is not None and piece.begin > end + LONGEST_HOLE_SECONDS:
                yield from self.rest()
                self._is_gap = True
            self._parts.append(piece)
            self._size += len(piece.data)
            if piece.end - self._parts[0].begin >= SHORTEST_SECONDS or self._size > LARGEST_SEGMENT:
                yield from self.rest()

    def rest(self) -> Iterator[Segment]:
        """What is left, however short."""
        if not self._parts:
            return
        parts, self._parts, self._size = self._parts, [], 0
        begin, end = parts[0].begin, parts[-1].end
        if 0 < end - begin <= LONGEST_SECONDS:
            is_gap, self._is_gap, self._end = self._is_gap, False, end
            yield Segment(b"".join(piece.data for piece in parts), begin, end - begin, is_gap)
