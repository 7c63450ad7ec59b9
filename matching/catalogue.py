"""What can be matched right now: open positions and consenting seekers, with their vectors and words, and the answers.

One lock guards it all: the feed writes, the API's threads read. Knows facts and vectors; knows no database, no encoder
and no HTTP.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import islice
from threading import RLock
from typing import Generic, TypeVar

import numpy as np
from numpy.typing import NDArray

from fair.matches import FoundPosition, Match
from matching.calibration import Calibration, highest_score
from matching.documents import PositionFacts, SeekerFacts
from matching.index import VectorIndex
from matching.lexical import LexicalIndex
from matching.openings import Openings
from matching.ranking import Judgement, Similarity, judge, nearest_work
from matching.rules import breaks
from matching.trades import trade_of

Vectors = NDArray[np.float32]
Facts = TypeVar("Facts", PositionFacts, SeekerFacts)

_SCORED_WHOLE = 300
_BY_TRADE, _BY_NAMES, _BY_TEXTS, _BY_WORDS = 600, 120, 60, 80
_MOST_SEEKERS_SCORED = 3000
_FOUND, _DENSE_SHARE = 200, 0.6
_LEAST_FOUND = 0.22


class Shelf(Generic[Facts]):
    """One side: facts by number, and two indexes, of the names of work and of the whole texts."""

    def __init__(self, dimension: int) -> None:
        self.facts: dict[int, Facts] = {}
        self.names = VectorIndex(dimension)
        self.texts = VectorIndex(dimension)

    def put(self, facts: Facts, rows: Vectors | None) -> None:
        """Add or replace; `rows` are those of the works, then the one of the whole text, None if not encoded yet."""
        self.facts[facts.id] = facts
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
        self.names.drop(number)
        self.texts.drop(number)


class Catalogue:
    """Positions and seekers of one model; `event_id` is how far the event log is in it."""

    def __init__(self, dimension: int, calibration: Calibration) -> None:
        self._lock = RLock()
        self._calibration = calibration
        self._positions: Shelf[PositionFacts] = Shelf(dimension)
        self._seekers: Shelf[SeekerFacts] = Shelf(dimension)
        self._words = LexicalIndex()
        self._openings = Openings()
        self.event_id = 0

    def put_position(self, facts: PositionFacts, searched: str, rows: Vectors | None) -> None:
        """Add or replace an open position with the text that searches look in; no rows if it is not encoded yet."""
        with self._lock:
            self._positions.put(facts, rows)
            self._words.put(facts.id, searched)
            self._openings.put(facts)

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
            for shelf in (self._positions, self._seekers):
                shelf.put_rows({facts.id: mine for facts, mine in rows if shelf.facts.get(facts.id) is facts})

    def drop_seeker(self, seeker_id: int) -> None:
        """Forget a seeker."""
        with self._lock:
            self._seekers.drop(seeker_id)

    def tend(self) -> bool:
        """Do some of what keeps searches quick, holding them up for a moment at most; whether there is more to do."""
        has_more = False
        for shelf in (self._positions, self._seekers):
            for index in (shelf.names, shelf.texts):
                with self._lock:
                    make_cells = index.parting()
                if make_cells is not None:
                    made = make_cells()
                    with self._lock:
                        index.adopt(made)
                with self._lock:
                    has_more = index.tend() or has_more
        return has_more

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
                judged = _best_first(self._judge_positions(seeker, chosen))
                return [one.told() if with_reasons else one.scored() for one in judged]
            fitting = [
                position.id
                for position in self._positions.facts.values()
                if position.valid_until >= today and not (seeker.hard and breaks(seeker, position))
            ]
            judged = self._judge_positions(seeker, self._candidates(seeker, fitting))
        return [one.told() if with_reasons else one.scored() for one in _best_first(judged)[:limit]]

    def seekers_for_position(
        self, position_id: int, *, seeker_ids: Sequence[int], lowest_score: int, today: date
    ) -> list[Match]:
        """The match of an open position with each of these seekers who is here, hard requirements met."""
        with self._lock:
            if not self._is_open(position_id, today):
                return []
            position = self._positions.facts[position_id]
            held = [number for number in dict.fromkeys(seeker_ids) if number in self._seekers.facts]
            if len(held) > _MOST_SEEKERS_SCORED:
                held = self._nearest_seekers(position, held)
            judged = self._judge_seekers(position, held, lowest_score=lowest_score)
        return [one.told() for one in _best_first(judged) if not one.broken and one.score >= lowest_score]

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
        wanted = self._seekers.names.vectors(seeker.id)
        whole = self._seekers.texts.vectors(seeker.id)
        for found in (
            self._positions.names.search(wanted, limit=_BY_NAMES, among=among),
            self._positions.texts.search(whole, limit=_BY_TEXTS, among=among),
        ):
            chosen.update(dict.fromkeys(number for number, _ in found))
        said = self._words.search("\n".join(seeker.works) or seeker.whole, limit=_BY_WORDS, among=among)
        chosen.update(dict.fromkeys(said))
        return list(chosen)

    def _judge_positions(self, seeker: SeekerFacts, position_ids: list[int]) -> list[Judgement]:
        works, whole = self._seekers.names.vectors(seeker.id), self._seekers.texts.vectors(seeker.id)
        names = self._positions.names.by_subject(works, position_ids).tolist()
        texts = self._positions.texts.by_subject(np.concatenate([works, whole]), position_ids).tolist()
        judged = []
        for number, by_name, by_text in zip(position_ids, names, texts, strict=True):
            is_encoded = len(whole) and number in self._positions.texts
            similarity = Similarity(by_name, by_text[:-1], by_text[-1]) if is_encoded else None
            position = self._positions.facts[number]
            judged.append(judge(seeker, position, nearest_work(seeker, position, similarity, self._calibration)))
        return judged

    def _judge_seekers(self, position: PositionFacts, seeker_ids: list[int], *, lowest_score: int) -> list[Judgement]:
        works, whole = self._positions.names.vectors(position.id), self._positions.texts.vectors(position.id)
        rows, ends = self._seekers.names.by_row(np.concatenate([works, whole]), seeker_ids)
        names = rows[:, :-1].max(axis=1).tolist() if len(whole) else []
        texts = rows[:, -1].tolist() if len(whole) else []
        wholes = self._seekers.texts.by_subject(whole, seeker_ids)
        judged = []
        for number, start, end, by_whole in zip(seeker_ids, [0, *ends], ends, wholes.tolist(), strict=False):
            is_encoded = len(whole) and number in self._seekers.texts
            similarity = Similarity(names[start:end], texts[start:end], by_whole[0]) if is_encoded else None
            seeker = self._seekers.facts[number]
            work = nearest_work(seeker, position, similarity, self._calibration)
            # The rules are not asked about those whom no condition could lift high enough.
            if highest_score(work.share) >= lowest_score:
                judged.append(judge(seeker, position, work))
        return judged

    def _nearest_seekers(self, position: PositionFacts, held: list[int]) -> list[int]:
        names = self._positions.names.vectors(position.id)
        found = self._seekers.names.search(names, limit=_MOST_SEEKERS_SCORED, among=np.array(held, dtype=np.int64))
        return [number for number, _ in found] or held[:_MOST_SEEKERS_SCORED]

    def _near(self, query: Vectors, allowed: NDArray[np.int64], said: dict[int, float]) -> dict[int, float]:
        """How near in meaning the allowed positions are, by name of work or by whole text, the better of the two."""
        chosen = set(said)
        for index in (self._positions.names, self._positions.texts):
            chosen.update(number for number, _ in index.search(query, limit=_FOUND, among=allowed))
        numbers = sorted(chosen)
        names = self._positions.names.by_subject(query, numbers)[:, 0].tolist()
        texts = self._positions.texts.by_subject(query, numbers)[:, 0].tolist()
        scales = self._calibration
        return {
            number: max(scales.names.share(name), 0.8 * scales.texts.share(text))
            for number, name, text in zip(numbers, names, texts, strict=True)
            if number in self._positions.texts
        }


def _best_first(found: list[Judgement]) -> list[Judgement]:
    return sorted(found, key=lambda one: (bool(one.broken), -one.score, -one.points, one.position_id, one.seeker_id))
