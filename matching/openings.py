"""Open positions as a search narrows them: the last day, the highest pay and the place of each, in arrays.

To ask ten thousand facts one by one takes longer than the search itself. Knows facts; knows no words and no vectors.
"""

from __future__ import annotations

from datetime import date

import numpy as np
from numpy.typing import NDArray

from matching.documents import PositionFacts

_FIRST_SLOTS = 1024
_NO_PAY = -1.0


class Openings:
    """Positions by number; one that leaves gives its slot to the next that comes."""

    def __init__(self) -> None:
        self._slots: dict[int, int] = {}
        self._free: list[int] = []
        self._paths: dict[str, int] = {}
        self._numbers: NDArray[np.int64] = np.full(0, -1, dtype=np.int64)
        self._last_days: NDArray[np.int32] = np.zeros(0, dtype=np.int32)
        self._pays: NDArray[np.float64] = np.zeros(0)
        self._places: NDArray[np.int32] = np.zeros(0, dtype=np.int32)

    def put(self, facts: PositionFacts) -> None:
        """Add or replace a position."""
        if facts.id not in self._slots:
            if not self._free:
                self._grow()
            self._slots[facts.id] = self._free.pop()
        slot = self._slots[facts.id]
        path = facts.place.path if facts.place else ""
        self._numbers[slot] = facts.id
        # A last day of no position, 0, is before every day.
        self._last_days[slot] = facts.valid_until.toordinal()
        self._pays[slot] = facts.pay_high or facts.pay_low or _NO_PAY
        self._places[slot] = self._paths.setdefault(path, len(self._paths))

    def drop(self, number: int) -> None:
        """Forget one; a number that is not here changes nothing."""
        slot = self._slots.pop(number, None)
        if slot is not None:
            self._last_days[slot] = 0
            self._free.append(slot)

    def open_on(self, today: date, *, district_path: str = "", pay_min: int = 0) -> NDArray[np.int64]:
        """The numbers of those that are open, lie in the district and pay at least that much a month."""
        chosen = self._last_days >= today.toordinal()
        if district_path:
            inside = [place for path, place in self._paths.items() if path.startswith(district_path)]
            lies_inside = np.zeros(len(self._paths), dtype=np.bool_)
            lies_inside[inside] = True
            chosen &= lies_inside[self._places]
        if pay_min:
            chosen &= self._pays >= pay_min
        return self._numbers[chosen]

    def _grow(self) -> None:
        held, more = len(self._numbers), max(_FIRST_SLOTS, len(self._numbers))
        self._numbers = np.concatenate([self._numbers, np.full(more, -1, dtype=np.int64)])
        self._last_days = np.concatenate([self._last_days, np.zeros(more, dtype=np.int32)])
        self._pays = np.concatenate([self._pays, np.zeros(more)])
        self._places = np.concatenate([self._places, np.zeros(more, dtype=np.int32)])
        self._free.extend(range(held + more - 1, held - 1, -1))
