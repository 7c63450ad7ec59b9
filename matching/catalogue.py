"""What can be matched right now: open positions and consenting seekers, with their vectors and words, and the answers.

One lock guards it all: the feed writes, the API's threads read. Knows facts and vectors; knows no database, no encoder
and no HTTP.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from itertools import islice
from threading import RLock

import numpy as np
from numpy.typing import NDArray

from fair.matches import FoundPosition, Match
from matching.calibration import Calibration
from matching.documents import PositionFacts, SeekerFacts
from matching.index import VectorIndex
from matching.judging import Judging
from matching.lexical import LexicalIndex
from matching.openings import Openings
from matching.ranking import Judgement
from matching.rules import breaks
from matching.rulings import Rulings
from matching.shelves import Positions, Seekers
from matching.trades import trade_of
from matching.works import said_of

Vectors = NDArray[np.float32]

_SCORED_WHOLE = 300
_BY_TRADE, _BY_NAMES, _BY_TEXTS, _BY_WORDS = 600, 120, 60, 80
_FOUND, _DENSE_SHARE = 200, 0.6
_LEAST_FOUND = 0.22
_MOST_SHOWN, _MOST_COMPARED = 500, 200_000


class Catalogue:
    """Positions and seekers of one model; `event_id` is how far the event log is in it."""

    def __init__(self, dimension: int, calibration: Calibration) -> None:
        self._lock = RLock()
        self._calibration = calibration
        rulings = Rulings()
        self._positions = Positions(dimension, rulings)
        self._seekers = Seekers(dimension, rulings)
        self._judging = Judging(self._positions, self._seekers, rulings, calibration)
        self._words = LexicalIndex()
        self._openings = Openings()
        # Positions that were shown by name to somebody, with how many wishes they were compared with since.
        self._shown: dict[int, int] = {}
        self.event_id = 0

    def put_position(self, facts: PositionFacts, rows: Vectors | None) -> None:
        """Add or replace an open position, whose words come by `put_words`; no rows if it is not encoded yet."""
        with self._lock:
            self._positions.put(facts, rows)
            self._openings.put(facts)

    def holds(self, facts: PositionFacts | SeekerFacts) -> bool:
        """Whether these very facts are here, with their rows."""
        side = self._positions if isinstance(facts, PositionFacts) else self._seekers
        with self._lock:
            return side.facts.get(facts.id) == facts and facts.id in side.texts

    def put_words(self, position_id: int, searched: str) -> None:
        """Give a position that is here the text that searches look in, instead of the one that it had."""
        with self._lock:
            if position_id in self._positions.facts:
                self._words.put(position_id, searched)

    def drop_position(self, position_id: int) -> None:
        """Forget a position that is not open any more."""
        with self._lock:
            self._positions.drop(position_id)
            self._words.drop(position_id)
            self._openings.drop(position_id)

    def put_seeker(self, facts: SeekerFacts, rows: Vectors | None) -> None:
        """Add or replace a seeker who consented; no rows if they are not encoded yet."""
        with self._lock:
            self._seekers.put(facts, rows)

    def put_rows(self, rows: Sequence[tuple[PositionFacts | SeekerFacts, Vectors]]) -> None:
        """Give positions and seekers the rows that were encoded from these facts; not those changed since."""
        with self._lock:
            for side in (self._positions, self._seekers):
                side.put_rows({facts.id: mine for facts, mine in rows if side.facts.get(facts.id) is facts})

    def drop_seeker(self, seeker_id: int) -> None:
        """Forget a seeker."""
        with self._lock:
            self._seekers.drop(seeker_id)

    def indexes(self) -> Sequence[VectorIndex]:
        """All vector indexes, to be looked at."""
        return [*self._positions.indexes(), *self._seekers.indexes()]

    def tend(self) -> bool:
        """Do some of what keeps searches quick, holding them up for a moment at most; whether there is more to do."""
        has_more = False
        for index in self.indexes():
            with self._lock:
                make_cells = index.parting()
            if make_cells is not None:
                made = make_cells()
                with self._lock:
                    index.adopt(made)
            with self._lock:
                has_more = index.tend() or has_more
        return self._compare_shown() or has_more

    def position_ids(self) -> set[int]:
        """All positions held."""
        with self._lock:
            return set(self._positions.facts)

    def seeker_ids(self) -> set[int]:
        """All seekers held."""
        with self._lock:
            return set(self._seekers.facts)

    def positions_for_seeker(
        self,
        seeker_id: int,
        *,
        limit: int,
        today: date,
        position_ids: Sequence[int] | None = None,
        with_reasons: bool = True,
    ) -> list[Match]:
        """The best open positions for a seeker, or all of those named; none for a seeker who is not here."""
        with self._lock:
            seeker = self._seekers.facts.get(seeker_id)
            if seeker is None:
                return []
            if position_ids is not None:
                chosen = [number for number in dict.fromkeys(position_ids) if self._is_open(number, today)]
                self._note_shown(chosen)
                judged = _best_first(self._judging.positions(seeker, chosen))
                return [one.told() if with_reasons else one.scored() for one in judged]
            fitting = [
                position.id
                for position in self._positions.facts.values()
                if position.valid_until >= today and not (seeker.hard and breaks(seeker, position))
            ]
            candidates = self._judging.positions(seeker, self._candidates(seeker, fitting))
            judged = [one for one in candidates if not one.is_idle]
        return [one.told() if with_reasons else one.scored() for one in _best_first(judged)[:limit]]

    def seekers_for_position(
        self,
        position_id: int,
        *,
        seeker_ids: Sequence[int] | NDArray[np.int64],
        lowest_score: int,
        today: date,
        limit: int | None = None,
    ) -> list[Match]:
        """The match of an open position with each of these seekers who is here, hard requirements met, best first."""
        with self._lock:
            if not self._is_open(position_id, today):
                return []
            position = self._positions.facts[position_id]
            here = self._seekers.wanted.here(seeker_ids)
            judged = self._judging.seekers(position, here, lowest_score=lowest_score, limit=limit)
        met = [one for one in judged if not one.broken and one.score >= lowest_score]
        return [one.told() for one in _best_first(met)[:limit]]

    def positions_for_text(
        self, text: str, query: Vectors | None, *, limit: int, today: date, district_path: str = "", pay_min: int = 0
    ) -> list[FoundPosition]:
        """Open positions for the words of a search: words in common and likeness of meaning, each 0 to 1, mixed."""
        with self._lock:
            allowed = self._openings.open_on(today, district_path=district_path, pay_min=pay_min)
            said = self._words.search(text, limit=_FOUND, among=allowed)
            near: dict[int, float] = {}
            if query is not None:
                near = self._near(query, allowed, said)
        share = _DENSE_SHARE if near else 0.0
        scores = {number: share * near.get(number, 0.0) + (1 - share) * said.get(number, 0.0) for number in said | near}
        order = sorted(scores.items(), key=lambda found: (-found[1], found[0]))
        return [FoundPosition(number, round(score, 4)) for number, score in order[:limit] if score >= _LEAST_FOUND]

    def _note_shown(self, numbers: Sequence[int]) -> None:
        for number in numbers:
            self._shown.setdefault(number, 0)
        for number in list(islice(self._shown, max(0, len(self._shown) - _MOST_SHOWN))):
            del self._shown[number]

    def _compare_shown(self) -> bool:
        """Compare one of the positions shown with all that is wanted; whether another is left.

        What a room shows is pinned sooner or later, and then the answer is awaited. Names are compared without the
        lock, since what they say is remembered by the names alone.
        """
        with self._lock:
            wanted = self._seekers.wanted
            if wanted.count * len(self._shown) > _MOST_COMPARED:
                return False  # More than is remembered.
            due = [number for number, compared in self._shown.items() if compared < wanted.count]
            if not due:
                return False
            position, first = self._positions.facts.get(due[0]), self._shown[due[0]]
            names = [wanted.name(number) for number in range(first, wanted.count)]
            self._shown[due[0]] = wanted.count
        if position is not None:
            for name in names:
                said_of(name, position.works)
        return len(due) > 1

    def _is_open(self, position_id: int, today: date) -> bool:
        position = self._positions.facts.get(position_id)
        return position is not None and position.valid_until >= today

    def _candidates(self, seeker: SeekerFacts, fitting: list[int]) -> list[int]:
        """All when there are few; else those of the trades wanted, and the nearest by names, whole texts and words."""
        if len(fitting) <= _SCORED_WHOLE:
            return fitting
        families = {trade.family for work in seeker.works if (trade := trade_of(work))}
        alike = (number for number in fitting if not families.isdisjoint(self._positions.facts[number].families))
        chosen: dict[int, None] = dict.fromkeys(islice(alike, _BY_TRADE))
        among = np.array(fitting, dtype=np.int64)
        wanted = self._seekers.wanted.rows_of(seeker.id)
        whole = self._seekers.texts.vectors(seeker.id)
        for found in (
            self._positions.names.search(wanted, limit=_BY_NAMES, among=among),
            self._positions.texts.search(whole, limit=_BY_TEXTS, among=among),
        ):
            chosen.update(dict.fromkeys(number for number, _ in found))
        said = self._words.search("\n".join(seeker.works) or seeker.whole, limit=_BY_WORDS, among=among)
        chosen.update(dict.fromkeys(said))
        return list(chosen)

    def _near(self, query: Vectors, allowed: NDArray[np.int64], said: dict[int, float]) -> dict[int, float]:
        """How near in meaning the allowed positions are, by name of work or by whole text, the better of the two."""
        chosen = set(said)
        for index in (self._positions.names, self._positions.texts):
            chosen.update(number for number, _ in index.search(query, limit=_FOUND, among=allowed))
        numbers = sorted(chosen)
        scales = self._calibration
        names = scales.names.share(self._positions.names.by_subject(query, numbers)[:, 0])
        texts = 0.8 * scales.texts.share(self._positions.texts.by_subject(query, numbers)[:, 0])
        nearest = np.fmax(names, texts).tolist()
        return {
            number: share for number, share in zip(numbers, nearest, strict=True) if number in self._positions.texts
        }


def _best_first(found: list[Judgement]) -> list[Judgement]:
    return sorted(found, key=lambda one: (bool(one.broken), -one.score, -one.points, one.position_id, one.seeker_id))
