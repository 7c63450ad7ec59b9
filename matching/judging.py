"""Judges pairs together: one seeker with many positions, or one position with many seekers.

What a pair shares with others is worked out once: the likeness of a wish and a position, and what the rules say of two
who are alike in what a rule reads. Knows the two sides; knows no limits, no filters and no locks.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.calibration import Calibration, highest_score
from matching.documents import PositionFacts, SeekerFacts
from matching.ranking import Judgement, highest_scores, judge
from matching.rulings import Rulings
from matching.shelves import Positions, Seekers
from matching.wanted import NONE
from matching.works import (
    HIGHEST_WITHOUT_WISH,
    NAMES_NO_WORK,
    NO_WORK,
    Floats,
    Likeness,
    Work,
    best_shares,
    nearest_works,
    said_by_names,
    said_of,
    shares_of,
)

Numbers = NDArray[np.int64]


class Judging:
    """The two sides, and what is remembered of their pairs."""

    def __init__(self, positions: Positions, seekers: Seekers, rulings: Rulings, calibration: Calibration) -> None:
        self._positions, self._seekers = positions, seekers
        self._rulings = rulings
        self._calibration = calibration

    def positions(self, seeker: SeekerFacts, position_ids: Sequence[int]) -> list[Judgement]:
        """The seeker with each of these positions."""
        if not position_ids:
            return []
        offered = [self._positions.facts[number] for number in position_ids]
        count = len(seeker.works)
        whole = self._seekers.texts.vectors(seeker.id)
        names = np.full((len(offered), count), np.nan)
        texts = np.full((len(offered), count + 1), np.nan)
        if len(whole):
            works = self._seekers.wanted.rows_of(seeker.id)
            names = self._positions.names.by_subject(works, position_ids).astype(np.float64)
            texts = self._positions.texts.by_subject(np.concatenate([works, whole]), position_ids).astype(np.float64)
        pairs = Likeness(
            named=said_by_names([seeker.works] * len(offered), [position.works for position in offered]),
            is_wanted=np.ones((len(offered), count), dtype=np.bool_),
            names=names,
            texts=texts[:, :-1],
            whole=texts[:, -1],
        )
        works_found = nearest_works([seeker.works] * len(offered), pairs, self._calibration)
        return [self._judged(seeker, position, work) for position, work in zip(offered, works_found, strict=True)]

    def seekers(
        self, position: PositionFacts, seeker_ids: Numbers, *, lowest_score: int, limit: int | None = None
    ) -> list[Judgement]:
        """The position with each of these seekers whom it could reach that score with, whatever the conditions say.

        With a limit it may leave out those who cannot be among so many best whom nothing hard speaks against.
        """
        wishes = self._seekers.wanted.of(seeker_ids)
        near = self._near(position, wishes)
        chosen = near.could_reach(wishes, lowest_score)
        here = seeker_ids[chosen].tolist()
        if not here:
            return []
        places = near.places[wishes[chosen]]
        query = self._positions.texts.vectors(position.id)
        whole = np.full(len(here), np.nan)
        if len(query):
            whole = self._seekers.texts.by_subject(query, here)[:, 0].astype(np.float64)
        # Who is not encoded yet has no likeness, though others who want the same may have.
        is_encoded = ~np.isnan(whole)[:, None]
        pairs = Likeness(
            named=near.named[places],
            is_wanted=wishes[chosen] != NONE,
            names=np.where(is_encoded, near.names[places], np.nan),
            texts=np.where(is_encoded, near.texts[places], np.nan),
            whole=whole,
        )
        shares, which = best_shares(pairs, self._calibration)
        return self._best(position, here, pairs, shares, which, lowest_score=lowest_score, limit=limit)

    def _best(
        self,
        position: PositionFacts,
        here: list[int],
        pairs: Likeness,
        shares: Floats,
        which: Numbers,
        *,
        lowest_score: int,
        limit: int | None,
    ) -> list[Judgement]:
        """Judge the most promising first, until whatever follows could not come among the best."""
        seekers = [self._seekers.facts[number] for number in here]
        if limit is None:
            highest = np.array([highest_score(share) for share in shares.tolist()], dtype=np.int64)
        else:
            mine = [self._seekers.aspects[number] for number in here]
            outlook = self._rulings.outlook(seekers, position, mine, self._positions.aspects[position.id])
            highest = highest_scores(shares, *outlook)
        judged: list[Judgement] = []
        best: list[int] = []
        for number in np.argsort(-highest, kind="stable").tolist():
            if highest[number] < lowest_score or (
                limit is not None and len(best) == limit and highest[number] < best[0]
            ):
                break
            work = pairs.work(number, seekers[number].works, float(shares[number]), int(which[number]))
            one = self._judged(seekers[number], position, work)
            judged.append(one)
            if limit is not None and not one.broken:
                heapq.heappush(best, one.score)
                if len(best) > limit:
                    heapq.heappop(best)
        return judged

    def _near(self, position: PositionFacts, wishes: NDArray[np.int32]) -> _Near:
        """How near the position is to each of the wishes."""
        held = self._seekers.wanted
        is_wanted = np.zeros(held.count + 1, dtype=np.bool_)
        is_wanted[wishes] = True  # NONE is the last.
        wanted = np.flatnonzero(is_wanted[:-1])
        places = np.full(held.count + 1, len(wanted), dtype=np.int64)
        places[wanted] = np.arange(len(wanted))
        named = [said_of(held.name(number), position.works) for number in wanted.tolist()]
        names = np.full(len(wanted) + 1, np.nan)
        texts = np.full(len(wanted) + 1, np.nan)
        works, text = self._positions.names.vectors(position.id), self._positions.texts.vectors(position.id)
        if len(works) and len(text) and len(wanted):
            products = held.vectors.by_subject(np.concatenate([works, text]), wanted.tolist())
            names[:-1], texts[:-1] = products[:, :-1].max(axis=1), products[:, -1]
        said = np.array([*named, NO_WORK], dtype=np.float64)
        # As near as it could be to any seeker's whole text, or to who is not encoded yet.
        whole, silent = np.ones(len(said)), np.full(len(said), np.nan)
        highest = np.maximum(
            shares_of(said, names, whole, self._calibration), shares_of(said, silent, whole, self._calibration)
        )
        return _Near(places, said, names, texts, highest)

    def _judged(self, seeker: SeekerFacts, position: PositionFacts, work: Work) -> Judgement:
        mine, theirs = self._seekers.aspects[seeker.id], self._positions.aspects[position.id]
        return judge(seeker, position, work, self._rulings.of(seeker, position, mine, theirs))


@dataclass(frozen=True, slots=True)
class _Near:
    """A position and wishes: `places` of the wishes in the other arrays, in which the last is no wish."""

    places: Numbers
    named: Floats
    names: Floats
    texts: Floats
    highest: Floats

    def could_reach(self, wishes: NDArray[np.int32], lowest_score: int) -> NDArray[np.bool_]:
        """Which seekers, by what they want, could reach a score, if all else were met."""
        is_enough = np.array([highest_score(share) >= lowest_score for share in self.highest.tolist()])
        found = np.asarray(is_enough[self.places][wishes].any(axis=1), dtype=np.bool_)
        if highest_score(HIGHEST_WITHOUT_WISH) >= lowest_score:
            # Who wants no work by name is compared by the whole text.
            names_work = np.isnan(self.named[:, NAMES_NO_WORK])
            found = np.asarray(found | ~names_work[self.places][wishes].any(axis=1), dtype=np.bool_)
        return found
