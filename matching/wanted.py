"""The kinds of work that seekers want: each name once with its vector, however many people want it.

Ninety thousand seekers want some thousand different things, so that a position is compared with those and not with
each person. Knows no records, no scores and no locks.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matching.documents import MOST_WORKS
from matching.index import VectorIndex
from matching.slots import Vectors

Numbers = NDArray[np.int64]

_FIRST_SEEKERS = 1024
NONE = -1


class WantedWorks:
    """What each seeker wants, by the numbers of works wanted."""

    def __init__(self, dimension: int) -> None:
        self.vectors = VectorIndex(dimension)
        self._names: list[str] = []
        self._numbers: dict[str, int] = {}
        self._wanting: list[int] = []
        self._free: list[int] = []
        # A column for each place in somebody's list; most people want one thing or two.
        self._of: NDArray[np.int32] = np.full((MOST_WORKS, _FIRST_SEEKERS), NONE, dtype=np.int32)
        self._most_wanted = 0
        self._is_here: NDArray[np.bool_] = np.zeros(_FIRST_SEEKERS, dtype=np.bool_)
        self._turns: NDArray[np.int32] = np.zeros(_FIRST_SEEKERS, dtype=np.int32)

    def put(self, seeker: int, works: Sequence[str]) -> None:
        """Note what a seeker wants, instead of what they wanted."""
        before = self._wishes_of(seeker)
        self._make_room(seeker)
        mine = [self._number(name) for name in works[:MOST_WORKS]]
        self._of[: len(mine), seeker] = mine
        self._of[len(mine) :, seeker] = NONE
        self._most_wanted = max(self._most_wanted, len(mine))
        self._is_here[seeker] = True
        self._release(before)

    def drop(self, seeker: int) -> None:
        """Forget a seeker; one who is not here changes nothing."""
        before = self._wishes_of(seeker)
        if seeker < len(self._is_here):
            self._of[:, seeker] = NONE
            self._is_here[seeker] = False
        self._release(before)

    def put_rows(self, works: Sequence[str], rows: Vectors) -> None:
        """Give wishes their vectors, one each; a name that nobody wants any more gets none."""
        found: dict[int, int] = {}
        for row, name in enumerate(works):
            if name in self._numbers:
                found.setdefault(self._numbers[name], row)
        new = [number for number in found if number not in self.vectors]
        if new:
            self.vectors.put_many(new, [1] * len(new), rows[[found[number] for number in new]])

    @property
    def count(self) -> int:
        """Above every number of a wish."""
        return len(self._names)

    def name(self, number: int) -> str:
        """The name of a wish."""
        return self._names[number]

    def of(self, seekers: Numbers) -> NDArray[np.int32]:
        """As many as anybody wants × seekers: the wishes of each, in their own order, NONE behind the last."""
        return self._of[: self._most_wanted, seekers]

    def rows_of(self, seeker: int) -> Vectors:
        """The vectors of what a seeker wants, in order; of those that have one."""
        return np.concatenate(
            [self.vectors.vectors(number) for number in self._wishes_of(seeker)]
            or [np.zeros((0, self.vectors.dimension), dtype=np.float32)]
        )

    def here(self, seekers: Sequence[int] | Numbers) -> Numbers:
        """Those of the seekers who are here, each once."""
        numbers = np.asarray(seekers, dtype=np.int64)
        numbers = numbers[(numbers >= 0) & (numbers < len(self._is_here))]
        numbers = numbers[self._is_here[numbers]]
        turns = np.arange(len(numbers), dtype=np.int32)
        self._turns[numbers] = turns
        found: Numbers = numbers[self._turns[numbers] == turns]
        return found

    def _wishes_of(self, seeker: int) -> list[int]:
        if not 0 <= seeker < len(self._is_here):
            return []
        return [number for number in self._of[:, seeker].tolist() if number != NONE]

    def _number(self, name: str) -> int:
        if name not in self._numbers:
            if not self._free:
                self._free.append(len(self._names))
                self._names.append("")
                self._wanting.append(0)
            number = self._numbers[name] = self._free.pop()
            self._names[number] = name
        number = self._numbers[name]
        self._wanting[number] += 1
        return number

    def _release(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            self._wanting[number] -= 1
            if not self._wanting[number]:
                del self._numbers[self._names[number]]
                self.vectors.drop(number)
                self._free.append(number)

    def _make_room(self, seeker: int) -> None:
        held = len(self._is_here)
        if seeker >= held:
            more = max(seeker + 1, 2 * held) - held
            self._of = np.concatenate([self._of, np.full((MOST_WORKS, more), NONE, dtype=np.int32)], axis=1)
            self._is_here = np.concatenate([self._is_here, np.zeros(more, dtype=np.bool_)])
            self._turns = np.concatenate([self._turns, np.zeros(more, dtype=np.int32)])
