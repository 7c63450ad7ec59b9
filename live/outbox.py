"""The outbox of a wire: what was published here and has no number yet, in order and bounded."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from live.effects import Publish

AT_ONCE = 200
MOST_WAITING = 2_000
MOST_LINES_WAITING = 200


class Outbox:
    """What waits for Redis; `is_overfull` when something was dropped, and the room is to be read from the records."""

    def __init__(self) -> None:
        self.is_overfull = False
        self._waiting: deque[Publish] = deque()
        self._lines = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def takes(self, publish: Publish) -> bool:
        """Whether it may wait; not when it is a line that may be left out, and too many wait already."""
        return not publish.is_sampled or self._lines < MOST_LINES_WAITING

    def add(self, publish: Publish) -> None:
        """Have it wait."""
        self._waiting.append(publish)
        self._lines += publish.is_sampled
        if len(self._waiting) > MOST_WAITING:
            self.is_overfull = True
            self._waiting.clear()
            self._lines = 0

    def take(self) -> list[Publish]:
        """The oldest, as many as go at once; the happenings of one fact go together."""
        taken: list[Publish] = []
        while self._waiting and (len(taken) < AT_ONCE or _is_of_one_fact(taken[-1], self._waiting[0])):
            publish = self._waiting.popleft()
            self._lines -= publish.is_sampled
            taken.append(publish)
        return taken

    def change(self, change: Callable[[Publish], Publish]) -> None:
        """Put what waits in another way."""
        self._waiting = deque([change(each) for each in self._waiting])


def _is_of_one_fact(one: Publish, other: Publish) -> bool:
    return one.event_id > 0 and one.event_id == other.event_id
