"""What a crowd sees: each frame that goes to everybody is read once, and after that only recognised and counted.

Knows messages and milliseconds, no socket. A *note* names what a frame tells of: `m7` a line of chat with the mark
`#7#`, `p88` the pin 88, `f31` the match of position 31.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

import msgspec

__all__ = ["Seen", "Sighting", "Sightings", "latencies", "mark"]

_MARK = re.compile(rb"#(\d+)#")
_PIN = re.compile(rb'"kind":"pinned","pin":\{"id":(\d+)')
_TICK = b'{"type":"tick"'
_MOST_KNOWN = 4_096


class _Tick(msgspec.Struct):
    epoch: str
    after: int
    seq: int
    events: msgspec.Raw


class Welcome(msgspec.Struct):
    """What a load client needs of a welcome."""

    how: str
    epoch: str
    seq: int
    tick_ms: int


class _Match(msgspec.Struct):
    position_id: int


class _Personal(msgspec.Struct):
    type: str
    match: _Match | None = None


class Sighting:
    """One frame for everybody: its place in the room's stream, what it tells of, who saw it when."""

    __slots__ = ("after", "arrivals", "epoch", "notes", "seq")

    def __init__(self, epoch: str, after: int, seq: int, notes: tuple[str, ...]) -> None:
        self.epoch, self.after, self.seq, self.notes = epoch, after, seq, notes
        self.arrivals: defaultdict[int, int] = defaultdict(int)


@dataclass
class Seen:
    """What some onlookers saw: frames for all, note → millisecond → how many, messages to one, what went wrong."""

    frames: int = 0
    kilobytes: float = 0.0
    arrivals: dict[str, Counter[int]] = field(default_factory=dict)
    personal: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    returned: Counter[str] = field(default_factory=Counter)
    cpu_seconds: float = 0.0

    def add(self, other: Seen) -> None:
        """Take in what other onlookers saw."""
        self.frames += other.frames
        self.kilobytes += other.kilobytes
        self.cpu_seconds += other.cpu_seconds
        for note, arrivals in other.arrivals.items():
            self.arrivals.setdefault(note, Counter()).update(arrivals)
        for mine, others in (
            (self.personal, other.personal),
            (self.faults, other.faults),
            (self.returned, other.returned),
        ):
            mine.update(others)

    def count(self, note: str) -> int:
        """How many saw what this note names."""
        return sum(self.arrivals.get(note, Counter()).values())


class Sightings:
    """The frames that are known, and what was seen since the last report."""

    def __init__(self, *, is_room: bool) -> None:
        self.known: dict[bytes, Sighting] = {}
        self.seen = Seen()
        self._is_room = is_room

    def read(self, frame: bytes, payload: int) -> Sighting | None:
        """A frame not seen before: kept when it is for everybody, None when it is for one."""
        text = frame[payload:]
        if self._is_room and not text.startswith(_TICK):
            return None
        if len(self.known) >= _MOST_KNOWN:
            self._retire()
        notes = tuple(f"m{each.decode()}" for each in _MARK.findall(text))
        sighting = Sighting("", 0, 0, notes)
        if self._is_room:
            tick = msgspec.json.decode(text, type=_Tick)
            pins = tuple(f"p{each.decode()}" for each in _PIN.findall(tick.events))
            sighting = Sighting(tick.epoch, tick.after, tick.seq, notes + pins)
        self.known[frame] = sighting
        return sighting

    def personal(self, text: bytes, *, now_ms: int) -> Welcome | None:
        """A message to one: counted by type; a match's arrival is noted, a welcome returned."""
        if text.startswith(b'{"type":"welcome"'):
            self.seen.personal["welcome"] += 1
            return msgspec.json.decode(text, type=Welcome)
        message = msgspec.json.decode(text, type=_Personal)
        self.seen.personal[message.type] += 1
        if message.type == "match" and message.match is not None:
            self.seen.arrivals.setdefault(f"f{message.match.position_id}", Counter())[now_ms] += 1
        return None

    def report(self) -> Seen:
        """What was seen since the last report; counting begins anew."""
        self._retire()
        seen, self.seen = self.seen, Seen()
        return seen

    def _retire(self) -> None:
        for frame, sighting in self.known.items():
            count = sum(sighting.arrivals.values())
            self.seen.frames += count
            self.seen.kilobytes += count * len(frame) / 1_000
            for note in sighting.notes:
                self.seen.arrivals.setdefault(note, Counter()).update(sighting.arrivals)
        self.known.clear()


def mark(number: int) -> str:
    """What to write into a text so that its arrival is noted."""
    return f"#{number}#"


def latencies(arrivals: dict[str, Counter[int]], published: dict[str, float]) -> list[float]:
    """Ascending milliseconds from when each note was published (monotonic seconds) to each of its arrivals."""
    found = [
        (at + 0.5 - published[note] * 1_000, count)
        for note, times in arrivals.items()
        if note in published
        for at, count in times.items()
    ]
    return [milliseconds for milliseconds, count in sorted(found) for _ in range(count)]
