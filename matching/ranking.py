"""A match: the work a position is, the conditions it meets and misses, the score that comes of both, and why.

Works on facts and on similarities that were looked up before; knows no index, no records and no clock.
"""

from __future__ import annotations

from dataclasses import dataclass

from fair.matches import Match
from matching.calibration import LOOSELY, RELATED, WANTED, Calibration, highest_score, score_of_work
from matching.documents import PositionFacts, SeekerFacts
from matching.lexical import coverage
from matching.reasons import reason
from matching.rules import Finding, broken, findings
from matching.trades import likeness
from matching.weights import HIGHEST_WITH_A_WISH_MISSED, WEIGHTS, WISHES, Topic

_LIKE_TRADE, _LIKE_TEXT = 0.8, 0.2
_OTHER_TRADE = 0.5
_HIGHEST_WITHOUT_WISH = 0.7
_WISH_MISSED = -0.5
_MISSED_AMONG = 3
# How telling the work is beside the points of the conditions: that it is the wanted one is plain from its name.
_TELLING = {"same": 0.5, "alike_text": 2.5, "related": 2.5, "loose": 12.0, "other": 40.0, "other_text": 40.0}


@dataclass(frozen=True, slots=True)
class Similarity:
    """Inner products of a seeker's vectors with a position's; None while they are not encoded."""

    names: float
    texts: float


def match(
    seeker: SeekerFacts, position: PositionFacts, similarity: Similarity | None, calibration: Calibration | None
) -> Match:
    """The match of a seeker with a position, hard requirements broken or not."""
    work = work_share(seeker, position, similarity, calibration)
    found = findings(seeker, position)
    return Match(
        position_id=position.id,
        seeker_id=seeker.id,
        score=score(work, found),
        reasons=[reason(one) for one in told([_work_finding(seeker, position, work), *found])],
        broken=broken(seeker, position),
    )


def work_share(
    seeker: SeekerFacts, position: PositionFacts, similarity: Similarity | None, calibration: Calibration | None
) -> float:
    """How far a position is the work that the seeker wants, 0 to 1: trades first, then words and vectors."""
    if not seeker.works:
        if similarity is None or calibration is None:
            return 0.0
        return _HIGHEST_WITHOUT_WISH * calibration.texts.share(similarity.texts)
    alike = [
        known
        for wanted in seeker.works
        for offered in position.works
        if (known := likeness(wanted, offered)) is not None
    ]
    text = _text_share(seeker, position, similarity, calibration)
    if not alike:
        return text
    nearest = max(alike)
    return _LIKE_TRADE * nearest + _LIKE_TEXT * text if nearest else _OTHER_TRADE * text


def score(work: float, found: list[Finding]) -> int:
    """0 to 100: the points of the work, more or less by each condition, never above what the work allows."""
    points = score_of_work(work) + sum(points_of(one) for one in found)
    highest = highest_score(work)
    if any(one.topic in WISHES and one.value <= _WISH_MISSED for one in found):
        highest = min(highest, HIGHEST_WITH_A_WISH_MISSED)
    return max(0, min(round(points), highest))


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
    return _TELLING[found.case] if found.topic == Topic.WORK else abs(points_of(found))


def _work_finding(seeker: SeekerFacts, position: PositionFacts, work: float) -> Finding:
    if not seeker.works:
        is_alike = work >= LOOSELY
        return Finding(Topic.WORK, work if is_alike else -1.0, "alike_text" if is_alike else "other_text")
    nearest = max(seeker.works, key=lambda wanted: _nearness(wanted, position.works))
    if work >= WANTED:
        return Finding(Topic.WORK, 1.0, "same", (nearest,))
    if work >= RELATED:
        return Finding(Topic.WORK, work, "related", (nearest,))
    return Finding(Topic.WORK, work - 1, "loose" if work >= LOOSELY else "other", (nearest,))


def _nearness(wanted: str, offered: tuple[str, ...]) -> tuple[float, float]:
    alike = max((likeness(wanted, one) or 0.0 for one in offered), default=0.0)
    return alike, coverage(wanted, offered) or 0.0


def _text_share(
    seeker: SeekerFacts, position: PositionFacts, similarity: Similarity | None, calibration: Calibration | None
) -> float:
    """The work by words in common and by vectors; a synonym shares no words, a foreign language no script."""
    shares = [share for wanted in seeker.works if (share := coverage(wanted, position.works)) is not None]
    if similarity is None or calibration is None:
        return 0.9 * max(shares, default=0.0)
    texts = calibration.texts.share(similarity.texts)
    if not shares:
        return 0.8 * calibration.across.share(similarity.names) + 0.2 * texts
    names = calibration.names.share(similarity.names)
    return max(0.4 * names + 0.4 * max(shares) + 0.2 * texts, 0.75 * names + 0.1 * texts)
