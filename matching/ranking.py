"""A match: the work a position is, the conditions it meets and misses, the score that comes of both, and why.

Works on facts and on similarities that were looked up before; knows no index, no records and no clock.
"""

from __future__ import annotations

import operator
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from fair.matches import Match, Reason
from matching.calibration import LOOSELY, RELATED, WANTED, ends_of_works, highest_score, most_of_works, score_of_work
from matching.documents import PositionFacts, SeekerFacts
from matching.reasons import reason
from matching.rules import Finding, findings
from matching.weights import (
    DECISIVE,
    ENOUGH_EVIDENCE,
    EVIDENCE,
    HIGHEST_ABOVE,
    HIGHEST_LEFT_OPEN,
    HIGHEST_WITH_ONE_MISSED,
    HIGHEST_WITHOUT_EVIDENCE,
    WEIGHTS,
    Topic,
)
from matching.works import Work

_HELD_PAPER = 3.5
_MISSED_AMONG = 3
_MOST_TELLING = operator.attrgetter("least_telling")
_NEAR_CASES = frozenset({"same", "related", "alike_text"})
# How telling the work is beside the points of the conditions: that it is the wanted one is plain from its name.
_TELLING = {"same": 0.5, "alike_text": 2.5, "related": 2.5, "loose": 12.0, "other": 40.0, "other_text": 40.0}


class Ruling:
    """A finding with what it counts for, worked out once: points, how telling it is, and its words when wanted."""

    __slots__ = (
        "_reason",
        "finding",
        "is_decisive_miss",
        "is_evidence",
        "is_missed",
        "is_open",
        "is_told",
        "least_telling",
        "points",
    )

    def __init__(self, finding: Finding) -> None:
        self.finding = finding
        self.points = points_of(finding) if finding.topic in WEIGHTS else 0.0
        self.least_telling = -_telling(finding)
        """What reasons are ordered by: the most telling has the least."""
        self.is_told, self.is_missed = finding.is_told, finding.value < 0
        self.is_evidence = finding.topic in EVIDENCE and finding.is_told and finding.value > 0
        self.is_decisive_miss = finding.topic in DECISIVE and finding.is_told and finding.value < 0
        self.is_open = finding.is_open
        self._reason: Reason | None = None

    @property
    def reason(self) -> Reason:
        """The words of the finding."""
        if self._reason is None:
            self._reason = reason(self.finding)
        return self._reason


class Judgement(Struct, frozen=True):
    """A score with what it stands on; reasons are put into words only for those that are shown."""

    seeker_id: int
    position_id: int
    score: int
    work: Work
    rulings: Sequence[Ruling]
    broken: list[str]
    points: float
    """What work and conditions earn before any bound of a band: of equal scores the one with more comes first."""

    @property
    def is_idle(self) -> bool:
        """Whether it is no related trade and leaves a hard requirement open: nobody is served by looking at it."""
        return self.work.share < RELATED and any(one.is_open for one in self.rulings)

    def scored(self) -> Match:
        """The match without its reasons."""
        return Match(position_id=self.position_id, seeker_id=self.seeker_id, score=self.score, broken=self.broken)

    def told(self) -> Match:
        """The match with its reasons."""
        said = told([_work_ruling(_case_of(self.work), self.work.wanted), *self.rulings])
        return Match(
            position_id=self.position_id,
            seeker_id=self.seeker_id,
            score=self.score,
            reasons=[one.reason for one in said],
            broken=self.broken,
        )


def judge(seeker: SeekerFacts, position: PositionFacts, work: Work, rulings: Sequence[Ruling]) -> Judgement:
    """Judge a position, whose work is so near to the one wanted, for a seeker, hard requirements broken or not."""
    earned, highest, broken = _summed(work.share, rulings, hard=seeker.hard)
    if work.is_above:
        highest = min(highest, HIGHEST_ABOVE)
    return Judgement(seeker.id, position.id, max(0, min(round(earned), highest)), work, rulings, broken, earned)


def rulings(seeker: SeekerFacts, position: PositionFacts) -> list[Ruling]:
    """What all rules have to say of a pair, and what it counts for."""
    return [Ruling(one) for one in findings(seeker, position)]


def score(work: float, rulings: Sequence[Ruling]) -> int:
    """0 to 100: the points of the work, more or less by each condition, never above what the work allows."""
    earned, highest, _ = _summed(work, rulings, hard=frozenset())
    return max(0, min(round(earned), highest))


def _summed(work: float, rulings: Sequence[Ruling], *, hard: frozenset[str]) -> tuple[float, int, list[str]]:
    """What work and conditions earn, what the score ends at, and which hard requirements are broken; in one pass."""
    points, evidence, is_missed, is_open = 0.0, 0, False, False
    broken: list[str] = []
    for one in rulings:
        points += one.points
        if one.is_evidence:
            evidence += 1
        elif one.is_decisive_miss:
            is_missed = True
            is_open = is_open or one.is_open
        if hard and one.finding.is_broken and one.finding.topic in hard:
            broken.append(one.finding.topic.value)
    highest = highest_score(work)
    if evidence < ENOUGH_EVIDENCE:
        highest = min(highest, HIGHEST_WITHOUT_EVIDENCE)
    if is_missed:
        highest = min(highest, HIGHEST_LEFT_OPEN if is_open else HIGHEST_WITH_ONE_MISSED)
    return score_of_work(work) + points, highest, broken


def highest_scores(
    works: NDArray[np.float64], points: NDArray[np.float64], misses: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """What no score is above, of pairs with these works and points at most; `misses` where something decisive is."""
    ends = ends_of_works(works)
    highest = np.where(misses, np.minimum(ends, HIGHEST_WITH_ONE_MISSED), ends)
    # A little more for rounding: 84.5 may be 85, and sums may differ in their last place.
    earned = np.ceil(most_of_works(works) + points + 0.01).astype(np.int64)
    return np.clip(earned, 0, highest)


def points_of(found: Finding) -> float:
    """What a finding adds to the score or takes from it."""
    weight = WEIGHTS[found.topic]
    return found.value * (weight.gain if found.value >= 0 else weight.loss)


def told(rulings: Sequence[Ruling]) -> list[Ruling]:
    """Those that are told, the most telling first; the foremost missed one, if any, among the first three."""
    order = sorted([one for one in rulings if one.is_told], key=_MOST_TELLING)
    for number, one in enumerate(order):
        if one.is_missed:
            if number >= _MISSED_AMONG:
                order.insert(_MISSED_AMONG - 1, order.pop(number))
            break
    return order


def _telling(found: Finding) -> float:
    if found.topic == Topic.WORK:
        return _TELLING[found.case]
    return _HELD_PAPER if found.topic == Topic.CERTIFICATE and found.value > 0 else abs(points_of(found))


def _case_of(work: Work) -> str:
    if not work.wanted:
        return "alike_text" if work.share >= LOOSELY else "other_text"
    if work.share >= WANTED:
        return "same"
    if work.share >= RELATED:
        return "related"
    return "loose" if work.share >= LOOSELY else "other"


@lru_cache(maxsize=65536)
def _work_ruling(case: str, wanted: str) -> Ruling:
    """What is said of the work; how near it is beyond the case changes no word."""
    value = 1.0 if case in _NEAR_CASES else -1.0
    return Ruling(Finding(Topic.WORK, value, case, (wanted,) if wanted else ()))
