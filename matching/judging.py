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

from matching.calibration import Calibration, ends_of_works, highest_score
from matching.documents import PositionFacts, SeekerFacts
from matching.ranking import Judgement, highest_scores, judge
from matching.rulings import Aspects, Rulings
from matching.shelves import Positions, Seekers
from matching.wanted import NONE
from matching.works import (
    HIGHEST_WITHOUT_WISH,
    NAMES_NO_WORK,
    NO_WORK,
    Floats,
    Likeness,
    best_shares,
    nearest_works,
    said_by_names,
    said_of,
    shares_of,
)

Numbers = NDArray[np.int64]

_JUDGED_AT_ONCE = 128


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
        mine = tuple(self._seekers.aspects[seeker.id].tolist())
        theirs = [self._positions.aspects[number] for number in position_ids]
        said = self._rulings.of_each(seeker, offered, mine, theirs)
        return [judge(seeker, *pair) for pair in zip(offered, works_found, said, strict=True)]

    def seekers(
        self, position: PositionFacts, seeker_ids: Numbers, *, lowest_score: int, limit: int | None = None
    ) -> list[Judgement]:
        """The position with each of these seekers whom it could reach that score with, whatever the conditions say.

        With a limit it may leave out those who cannot be among so many best whom nothing hard speaks against.
        """
        wishes = self._seekers.wanted.of(seeker_ids)
        near = self._near(position, wishes)
        chosen = np.flatnonzero(near.could_reach(wishes, lowest_score))
        if not len(chosen):
            return []
        here, wishes = seeker_ids[chosen], wishes[:, chosen].T
        places = near.places[wishes]
        query = self._positions.texts.vectors(position.id)
        whole = np.full(len(here), np.nan)
        if len(query):
            whole = self._seekers.texts.by_subject(query, here)[:, 0].astype(np.float64)
        # Who is not encoded yet has no likeness, though others who want the same may have.
        is_encoded = ~np.isnan(whole)[:, None]
        pairs = Likeness(
            named=near.named[places],
            is_wanted=wishes != NONE,
            names=np.where(is_encoded, near.names[places], np.nan),
            texts=np.where(is_encoded, near.texts[places], np.nan),
            whole=whole,
        )
        theirs, mine = self._positions.aspects[position.id], self._seekers.aspects[here]
        many = _Many(position, theirs, here, mine, pairs, *best_shares(pairs, self._calibration))
        if limit is None:
            enough = np.flatnonzero(ends_of_works(many.shares) >= lowest_score)
            return [self._one_of(many, number) for number in enough.tolist()]
        return self._best(many, lowest_score=lowest_score, limit=limit)

    def _best(self, many: _Many, *, lowest_score: int, limit: int) -> list[Judgement]:
        """Judge the most promising first, until whatever follows could not come among the best.

        How promising somebody is depends on what is known of the rules; they are asked for the foremost alone.
        """
        facts = self._seekers.facts
        judged: list[Judgement] = []
        best: list[int] = []
        left = np.arange(len(many.here))
        while True:
            highest = highest_scores(many.shares[left], *self._rulings.outlook(many.mine[left], many.theirs))
            reached = highest >= max(lowest_score, best[0] if len(best) == limit else 0)
            left, highest = left[reached], highest[reached]
            if not len(left):
                return judged
            order = np.argsort(-highest, kind="stable")[:_JUDGED_AT_ONCE]
            foremost = left[order]
            if self._rulings.learn(
                [facts[one] for one in many.here[foremost].tolist()], many.position, many.mine[foremost], many.theirs
            ):
                continue
            for number, most in zip(foremost.tolist(), highest[order].tolist(), strict=True):
                if len(best) == limit and most < best[0]:
                    return judged
                one = self._one_of(many, number)
                judged.append(one)
                if not one.broken:
                    heapq.heappush(best, one.score)
                    if len(best) > limit:
                        heapq.heappop(best)
            left = np.delete(left, order)

    def _one_of(self, many: _Many, number: int) -> Judgement:
        seeker = self._seekers.facts[int(many.here[number])]
        work = many.pairs.work(number, seeker.works, float(many.shares[number]), int(many.which[number]))
        mine = tuple(many.mine[number].tolist())
        return judge(seeker, many.position, work, self._rulings.of(seeker, many.position, mine, many.theirs))

    def _near(self, position: PositionFacts, wishes: NDArray[np.int32]) -> _Near:
        """How near the position is to each of the wishes."""
        held = self._seekers.wanted
        is_wanted = np.zeros(held.count + 1, dtype=np.bool_)
        for column in wishes:
            is_wanted[column] = True  # NONE is the last.
        wanted = np.flatnonzero(is_wanted[:-1])
        places = np.full(held.count + 1, len(wanted), dtype=np.int64)
        places[wanted] = np.arange(len(wanted))
        named = [said_of(held.name(number), position.works) for number in wanted.tolist()]
        names = np.full(len(wanted) + 1, np.nan)
        texts = np.full(len(wanted) + 1, np.nan)
        works, text = self._positions.names.vectors(position.id), self._positions.texts.vectors(position.id)
        if len(works) and len(text) and len(wanted):
            products = held.vectors.by_subject(np.concatenate([works, text]), wanted)
            names[:-1], texts[:-1] = products[:, :-1].max(axis=1), products[:, -1]
        said = np.array([*named, NO_WORK], dtype=np.float64)
        # As near as it could be to any seeker's whole text, or to who is not encoded yet.
        whole, silent = np.ones(len(said)), np.full(len(said), np.nan)
        highest = np.maximum(
            shares_of(said, names, whole, self._calibration), shares_of(said, silent, whole, self._calibration)
        )
        return _Near(places, said, names, texts, highest)


@dataclass(frozen=True, slots=True)
class _Many:
    """A position and the seekers in question: their numbers and aspects, and how near their work is."""

    position: PositionFacts
    theirs: Aspects
    here: Numbers
    mine: NDArray[np.int32]
    pairs: Likeness
    shares: Floats
    which: Numbers


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
        is_enough = (ends_of_works(self.highest) >= lowest_score)[self.places]
        found = _any_of(is_enough, wishes)
        if highest_score(HIGHEST_WITHOUT_WISH) >= lowest_score:
            # Who wants no work by name is compared by the whole text.
            found |= ~_any_of(np.isnan(self.named[:, NAMES_NO_WORK])[self.places], wishes)
        return found


def _any_of(marks: NDArray[np.bool_], wishes: NDArray[np.int32]) -> NDArray[np.bool_]:
    """Which seekers have a wish that is marked; column by column, for along short rows numpy is slow."""
    found = np.zeros(wishes.shape[1], dtype=np.bool_)
    for column in wishes:
        found |= marks[column]
    return found
