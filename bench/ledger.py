"""What was promised against what there is: the numbered events of a room, and what was acknowledged.

Pure: it knows no socket and no database. A *witness* never left the room; a *returner* left and came back.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

__all__ = ["Memory", "Witnessed", "missing"]

_CHAT_KEPT = 50


@dataclass
class Witnessed:
    """Number → event, as one received them who came before the first and never left."""

    events: dict[int, bytes] = field(default_factory=dict)
    seq: int = 0

    def take(self, after: int, events: Sequence[bytes]) -> None:
        """The next events; raises ValueError at a gap, so that a witness is one."""
        if after != self.seq:
            raise ValueError(f"the witness itself was told {after} after {self.seq}")
        for number, event in enumerate(events, start=after + 1):
            self.events[number] = event
        self.seq = after + len(events)


class Memory:
    """What one returner knows, and everything that was wrong with what it was told."""

    def __init__(self) -> None:
        self.epoch, self.seq = "", 0
        self._has_ticked = False
        self.told: dict[int, bytes] = {}
        self.snapshots: list[tuple[int, tuple[str, ...]]] = []
        self.faults: Counter[str] = Counter()
        self.returns: Counter[str] = Counter()

    def begin(self, epoch: str, seq: int, lines: Iterable[str], *, why: str = "first") -> None:
        """A fresh snapshot: `lines` are the ids of the chat in it, oldest first."""
        self.returns[f"fresh: {why}"] += 1
        if epoch == self.epoch and seq < self.seq:
            self.faults["snapshot older than what was known"] += 1
        self.epoch, self.seq, self._has_ticked = epoch, seq, False
        self.snapshots.append((seq, tuple(lines)))

    def resume(self, epoch: str, after: int, seq: int, events: Sequence[bytes]) -> None:
        """A welcome with what was missed: all of it, from the very next number on."""
        self.returns["resumed"] += 1
        if epoch != self.epoch or after != self.seq or len(events) != seq - after:
            self.faults["partial recovery"] += 1
        self._has_ticked = False
        self._note(after, events)

    def tick(self, epoch: str, after: int, seq: int, events: Sequence[bytes]) -> None:
        """A tick; only the first one after a welcome may begin with what is known already."""
        if epoch != self.epoch:
            self.faults["other epoch"] += 1
        elif after > self.seq:
            self.faults["gap"] += 1
        elif after < self.seq and self._has_ticked:
            self.faults["duplicate"] += 1
        if len(events) != seq - after:
            self.faults["numbers that do not add up"] += 1
        self._has_ticked = True
        self._note(after, events)

    def compare(self, witnessed: Witnessed) -> None:
        """Find what was told otherwise than the witness was told it so far, and snapshots that events do not make."""
        for number in [each for each in self.told if each <= witnessed.seq]:
            if witnessed.events[number] != self.told.pop(number):
                self.faults["other content or order"] += 1
        for seq, lines in [each for each in self.snapshots if each[0] <= witnessed.seq]:
            self.snapshots.remove((seq, lines))
            if lines != chat_after(witnessed.events, seq):
                self.faults["snapshot that the events do not make"] += 1

    def _note(self, after: int, events: Sequence[bytes]) -> None:
        for number, event in enumerate(events, start=after + 1):
            if number > self.seq:
                self.told[number] = event
                self.seq = number


def chat_after(events: Mapping[int, bytes], seq: int) -> tuple[str, ...]:
    """The ids of the chat lines that a snapshot after event `seq` holds, oldest first, of lines that nobody hid."""
    lines: list[str] = []
    for number in range(seq, 0, -1):
        event = events.get(number, b"")
        if event.startswith(b'{"kind":"said"'):
            lines.append(event.partition(b'"id":"')[2].partition(b'"')[0].decode())
            if len(lines) == _CHAT_KEPT:
                break
    return tuple(reversed(lines))


def missing(acknowledged: Iterable[int], kept: Iterable[int]) -> list[int]:
    """What was acknowledged and is not there."""
    return sorted(set(acknowledged) - set(kept))
