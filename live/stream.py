"""The stream of a room: it numbers happenings, keeps the newest of them, and cuts them into ticks.

It knows no viewer and no clock. History is bounded by count and by bytes; who asks for more gets None, never a part.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import msgspec

from live.board import Board
from live.happenings import Happening, Passed, Said

EVENTS_KEPT = 2_000
BYTES_KEPT = 1 << 20

_encode = msgspec.json.Encoder().encode
_PASSED = _encode(Passed())


@dataclass(frozen=True)
class Numbered:
    """One happening, encoded; `is_ephemeral` ones are left out for a connection that is behind."""

    seq: int
    data: bytes
    is_ephemeral: bool


@dataclass(frozen=True)
class Cut:
    """The happenings after number `after`, up to `seq`."""

    after: int
    seq: int
    events: tuple[Numbered, ...]

    @property
    def has_ephemera(self) -> bool:
        return any(event.is_ephemeral for event in self.events)

    def json(self, *, is_lean: bool = False) -> bytes:
        """The events as a JSON array; a lean one replaces ephemera, so that the numbers stay."""
        return (
            b"[" + b",".join(_PASSED if is_lean and event.is_ephemeral else event.data for event in self.events) + b"]"
        )


class Stream:
    """A board and the numbered happenings that brought it to where it is, within one epoch."""

    def __init__(
        self, board: Board, *, epoch: str, events_kept: int = EVENTS_KEPT, bytes_kept: int = BYTES_KEPT
    ) -> None:
        self.board = board
        self.epoch = epoch
        self.seq = 0
        self._events_kept, self._bytes_kept = events_kept, bytes_kept
        self._history: deque[Numbered] = deque()
        self._bytes = 0
        self._waiting: list[Numbered] = []
        self._snapshot: bytes | None = None

    def append(self, happening: Happening) -> None:
        """Change the board and give the happening the next number."""
        happening.apply(self.board)
        self.seq += 1
        self._snapshot = None
        is_ephemeral = isinstance(happening, Said) and happening.line.role == "audience"
        numbered = Numbered(self.seq, _encode(happening), is_ephemeral)
        self._waiting.append(numbered)
        self._history.append(numbered)
        self._bytes += len(numbered.data)
        while len(self._history) > self._events_kept or self._bytes > self._bytes_kept:
            self._bytes -= len(self._history.popleft().data)

    def cut(self) -> Cut:
        """What happened since the last cut."""
        events, self._waiting = tuple(self._waiting), []
        return Cut(after=self.seq - len(events), seq=self.seq, events=events)

    def since(self, epoch: str | None, seq: int | None) -> Cut | str:
        """Everything after number `seq` of `epoch`, or in one word why a fresh snapshot is needed."""
        if epoch is None or seq is None:
            return "first"
        if epoch != self.epoch:
            return "other_epoch"
        if not 0 <= seq <= self.seq:
            return "ahead"
        missed = self.seq - seq
        if missed > len(self._history):
            return "too_old"
        events = tuple(self._history)[len(self._history) - missed :]
        return Cut(after=seq, seq=self.seq, events=events)

    def snapshot(self) -> bytes:
        """The board after event `seq`, as JSON."""
        if self._snapshot is None:
            self._snapshot = _encode(self.board)
        return self._snapshot
