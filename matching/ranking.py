"""A match: the work a position is, the conditions it meets and misses, the score that comes of both, and why.

Works on facts and on similarities that were looked up before; knows no index, no records and no clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from fair.matches import Match
from matching.calibration import LOOSELY, RELATED, WANTED, Calibration, highest_score, score_of_work
from matching.documents import PositionFacts, SeekerFacts
from matching.lexical import coverage
from matching.reasons import reason
from matching.rules import Finding, findings
from matching.trades import is_above, is_general, is_same, likeness
from matching.weights import (
    DECISIVE,
    ENOUGH_EVIDENCE,
    EVIDENCE,
    HIGHEST_ABOVE,
    HIGHEST_WITH_ONE_MISSED,
    HIGHEST_WITHOUT_EVIDENCE,
    WEIGHTS,
    Topic,
)

_LIKE_TRADE, _LIKE_TEXT = 0.8, 0.2
_OTHER_TRADE = 0.5
_HIGHEST_WITHOUT_WISH = 0.7
_NOT_THE_SAME = WANTED - 0.01
_AS_SAID = 0.6
_HELD_PAPER = 3.5
_WORDS_ALONE = 0.9
_MISSED_AMONG = 3
# How telling the work is beside the points of the conditions: that it is the wanted one is plain from its name.
_TELLING = {"same": 0.5, "alike_text": 2.5, "related": 2.5, "loose": 12.0, "other": 40.0, "other_text": 40.0}


@dataclass(frozen=True, slots=True)
class Similarity:
    """Inner products of a seeker's vectors with a position's: each work wanted with its names, and with its text."""

    names: Sequence[float]
    texts: Sequence[float]
    whole: float


@dataclass(frozen=True, slots=True)
class Work:
    """How far a position is the work that a seeker wants, 0 to 1, and which of the works wanted is meant."""

    share: float
    wanted: str
    is_above: bool = False
    """Whether the position leads others, which the seeker did not ask for."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A score with what it stands on; reasons are put into words only for those that are shown."""

    seeker_id: int
    position_id: int
    score: int
    work: Work
    found: list[Finding]
    broken: list[str]
    points: float
    """What work and conditions earn before any bound of a band: of equal scores the one with more comes first."""

    def scored(self) -> Match:
        """The match without its reasons."""
        return Match(position_id=self.position_id, seeker_id=self.seeker_id, score=self.score, broken=self.broken)

    def told(self) -> Match:
        """The match with its reasons."""
        said = [one for one in self.found if one.is_told]
        return Match(
            position_id=self.position_id,
            seeker_id=self.seeker_id,
            score=self.score,
            reasons=[reason(one) for one in told([_work_finding(self.work), *said])],
            broken=self.broken,
        )


def judge(seeker: SeekerFacts, position: PositionFacts, work: Work) -> Judgement:
    """Judge a position, whose work is so near to the one wanted, for a seeker, hard requirements broken or not."""
    found = findings(seeker, position)
    hard_broken = [one.topic.value for one in found if one.is_broken and one.topic in seeker.hard]
    shown = score(work.share, found)
    if work.is_above:
        shown = min(shown, HIGHEST_ABOVE)
    return Judgement(seeker.id, position.id, shown, work, found, hard_broken, _earned(work.share, found))


def nearest_work(
    seeker: SeekerFacts, position: PositionFacts, similarity: Similarity | None, calibration: Calibration
) -> Work:
    """The work wanted that is nearest to the position: by trades where both are known, by words and vectors always.

    There is no similarity while one of the two is not encoded. What names no work, as 学徒, is looked for in the title.
    """
    whole = calibration.texts.share(similarity.whole) if similarity else 0.0
    names_work = not all(is_general(work) for work in seeker.works)
    best = Work(0.0 if names_work else _HIGHEST_WITHOUT_WISH * whole, "")
    for number, wanted in enumerate(seeker.works):
        said, alike = _by_names(wanted, position.works)
        if similarity is None:
            text = _WORDS_ALONE * (said or 0.0)
        else:
            texts = max(whole, calibration.texts.share(similarity.texts[number]))
            text = _text_share(similarity.names[number], texts, said, calibration)
        share = text if alike is None else _trade_share(alike, text)
        if is_general(wanted):
            share = _AS_SAID if any(wanted in name for name in position.works) else 0.0
        above = is_above(wanted, position.works[0] if position.works else "")
        if share > _NOT_THE_SAME and (above or not (said is None or _is_same(wanted, position.works))):
            share = _NOT_THE_SAME
        if share > best.share or (names_work and not best.wanted):
            best = Work(share, wanted, above)
    return best


@lru_cache(maxsize=65536)
def _by_names(wanted: str, offered: tuple[str, ...]) -> tuple[float | None, float | None]:
    """Words in common and likeness of the trades, each None if it cannot be told."""
    known = [alike for name in offered if (alike := likeness(wanted, name)) is not None]
    return coverage(wanted, offered), max(known, default=None)


@lru_cache(maxsize=65536)
def _is_same(wanted: str, offered: tuple[str, ...]) -> bool:
    return any(is_same(wanted, name) for name in offered)


def _text_share(names: float, texts: float, said: float | None, calibration: Calibration) -> float:
    """A synonym shares no words, a foreign language not even the script: then vectors speak alone."""
    if said is None:
        return 0.8 * calibration.across.share(names) + 0.2 * texts
    near = calibration.names.share(names)
    return max(0.4 * near + 0.4 * said + 0.2 * texts, 0.75 * near + 0.1 * texts)


def _trade_share(alike: float, text: float) -> float:
    return _LIKE_TRADE * alike + _LIKE_TEXT * text if alike else _OTHER_TRADE * text


def score(work: float, found: list[Finding]) -> int:
    """0 to 100: the points of the work, more or less by each condition, never above what the work allows."""
    highest = highest_score(work)
    if sum(one.topic in EVIDENCE and one.is_told and one.value > 0 for one in found) < ENOUGH_EVIDENCE:
        highest = min(highest, HIGHEST_WITHOUT_EVIDENCE)
    if any(one.topic in DECISIVE and one.is_told and one.value < 0 for one in found):
        highest = min(highest, HIGHEST_WITH_ONE_MISSED)
    return max(0, min(round(_earned(work, found)), highest))


def _earned(work: float, found: list[Finding]) -> float:
    return score_of_work(work) + sum(points_of(one) for one in found)


def points_of(found: Finding) -> float:
    """What a finding adds to the score or takes from it."""
    weight = WEIGHTS[found.topic]
    return found.value * (weight.gain if found.value >= 0 else weight.loss)


def told(found: list[Finding]) -> list[Finding]:
    """The most telling first; the foremost missed one, if there is any, among the first three."""
    order = sorted(found, key=lambda one: -_telling(one))
    missed = next((number for number, one in enumerate(order) if one.value < 0), None)
    if missed is not None and missed >= _MISSED_AMONG:
        order.insert(_MISSED_AMONG - 1, order.pop(missed))
    return order


def _telling(found: Finding) -> float:
    if found.topic == Topic.WORK:
        return _TELLING[found.case]
    return _HELD_PAPER if found.topic == Topic.CERTIFICATE and found.value > 0 else abs(points_of(found))


def _work_finding(work: Work) -> Finding:
    if not work.wanted:
        is_alike = work.share >= LOOSELY
        return Finding(Topic.WORK, work.share if is_alike else -1.0, "alike_text" if is_alike else "other_text")
    if work.share >= WANTED:
        return Finding(Topic.WORK, 1.0, "same", (work.wanted,))
    if work.share >= RELATED:
        return Finding(Topic.WORK, work.share, "related", (work.wanted,))
    return Finding(Topic.WORK, work.share - 1, "loose" if work.share >= LOOSELY else "other", (work.wanted,))
