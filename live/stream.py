"""The stream of a room: what happened, by number, the newest of it kept, and cut into ticks.

It knows no viewer and no clock, and gives no numbers: the wire does. History is bounded in count, in bytes and in
time; who asks for more gets the reason, never a part.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import msgspec

from live.board import Board
from live.happenings import Happening, Passed, Said, settled

_encode = msgspec.json.Encoder().encode
_PASSED = _encode(Passed())


@dataclass(frozen=True)
class Bounds:
    """How much history is kept: what is reached first."""

    events: int = 2_000
    bytes: int = 1 << 20
    seconds: float = 1_800.0


@dataclass(frozen=True)
class Entry:
    """A happening as the wire gives it out: numbered without a gap; `account_id` is who speaks in it."""

    seq: int
    at: float
    happening: Happening
    account_id: int | None = None


@dataclass(frozen=True)
class Numbered:
    """One happening, encoded; `is_ephemeral` ones are left out for a connection that is behind."""

    seq: int
    at: float
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
    """A board after event `seq`, and the numbered happenings that brought it there, within one epoch."""

    def __init__(self, board: Board, *, epoch: str, seq: int = 0, bounds: Bounds | None = None) -> None:
        self.board = board
        self.epoch = epoch
        self.seq = seq
        self.bounds = bounds or Bounds()
        self._history: deque[Numbered] = deque()
        self._bytes = 0
        self._waiting: list[Numbered] = []
        self._snapshot: bytes | None = None

    def append(self, entry: Entry) -> None:
        """Change the board by the next happening and keep it."""
        assert entry.seq == self.seq + 1, "the wire left a number out"
        happening = settled(entry.happening, self.board)
        happening.apply(self.board)
        self.seq = entry.seq
        self._snapshot = None
        is_ephemeral = isinstance(happening, Said) and happening.is_ephemeral
        numbered = Numbered(entry.seq, entry.at, _encode(happening), is_ephemeral)
        self._waiting.append(numbered)
        self._history.append(numbered)
        self._bytes += len(numbered.data)
        self.expire(now=entry.at)

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

    def expire(self, *, now: float) -> None:
        """Forget what is beyond the bounds of history."""
        while self._history and (
            len(self._history) > self.bounds.events
            or self._bytes > self.bounds.bytes
            or now - self._history[0].at > self.bounds.seconds
        ):
            self._bytes -= len(self._history.popleft().data)

    def snapshot(self) -> bytes:
        """The board after event `seq`, as JSON."""
        if self._snapshot is None:
            self._snapshot = _encode(self.board)
        return self._snapshot
