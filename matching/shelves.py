"""The two sides of matching, each with its facts and the indexes over them: open positions, and seekers.

Knows facts, vectors and what the rules read of them; knows no scores and no locks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from matching.documents import PositionFacts, SeekerFacts
from matching.index import VectorIndex
from matching.rulings import Aspects, Rulings
from matching.slots import Vectors
from matching.wanted import WantedWorks

_FIRST_SEEKERS = 1024


class Positions:
    """Open positions: the names of their work, and their whole texts."""

    def __init__(self, dimension: int, rulings: Rulings) -> None:
        self.facts: dict[int, PositionFacts] = {}
        self.aspects: dict[int, Aspects] = {}
        self.names = VectorIndex(dimension)
        self.texts = VectorIndex(dimension)
        self._rulings = rulings

    def put(self, facts: PositionFacts, rows: Vectors | None) -> None:
        """Add or replace; `rows` are those of the works, then the one of the whole text, None if not encoded yet."""
        self.facts[facts.id] = facts
        self.aspects[facts.id] = self._rulings.aspects(facts)
        self.names.drop(facts.id)
        self.texts.drop(facts.id)
        if rows is not None:
            self.put_rows({facts.id: rows})

    def put_rows(self, rows: Mapping[int, Vectors]) -> None:
        """Give those that are here their rows, all at once."""
        numbers, several = list(rows), list(rows.values())
        if numbers:
            works = np.concatenate([mine[:-1] for mine in several])
            self.names.put_many(numbers, [len(mine) - 1 for mine in several], works)
            self.texts.put_many(numbers, [1] * len(several), np.stack([mine[-1] for mine in several]))

    def drop(self, number: int) -> None:
        """Forget one; a number that is not here changes nothing."""
        self.facts.pop(number, None)
        self.aspects.pop(number, None)
        self.names.drop(number)
        self.texts.drop(number)

    def indexes(self) -> Iterator[VectorIndex]:
        """All of them."""
        yield from (self.names, self.texts)


class Seekers:
    """Seekers who consented: the work that they want, and their whole texts."""

    def __init__(self, dimension: int, rulings: Rulings) -> None:
        self.facts: dict[int, SeekerFacts] = {}
        # Seekers × rules: of a whole room they are looked up together.
        self.aspects: NDArray[np.int32] = np.zeros((_FIRST_SEEKERS, rulings.count), dtype=np.int32)
        self.wanted = WantedWorks(dimension)
        self.texts = VectorIndex(dimension)
        self._rulings = rulings

    def put(self, facts: SeekerFacts, rows: Vectors | None) -> None:
        """Add or replace; `rows` are those of the works, then the one of the whole text, None if not encoded yet."""
        self.facts[facts.id] = facts
        self._make_room(facts.id)
        self.aspects[facts.id] = self._rulings.aspects(facts)
        self.wanted.put(facts.id, facts.works)
        self.texts.drop(facts.id)
        if rows is not None:
            self.put_rows({facts.id: rows})

    def put_rows(self, rows: Mapping[int, Vectors]) -> None:
        """Give those that are here their rows, all at once."""
        numbers, several = list(rows), list(rows.values())
        if numbers:
            works = [work for number in numbers for work in self.facts[number].works]
            self.wanted.put_rows(works, np.concatenate([mine[:-1] for mine in several]))
            self.texts.put_many(numbers, [1] * len(several), np.stack([mine[-1] for mine in several]))

    def drop(self, number: int) -> None:
        """Forget one; a number that is not here changes nothing."""
        self.facts.pop(number, None)
        self.wanted.drop(number)
        self.texts.drop(number)

    def indexes(self) -> Iterator[VectorIndex]:
        """All of them."""
        yield from (self.wanted.vectors, self.texts)

    def _make_room(self, number: int) -> None:
        held = len(self.aspects)
        if number >= held:
            more = np.zeros((max(number + 1, 2 * held) - held, self._rulings.count), dtype=np.int32)
            self.aspects = np.concatenate([self.aspects, more])
