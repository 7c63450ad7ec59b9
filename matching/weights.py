"""The one table of weights: how many points each condition gives and takes, and why.

A score begins with the points of the work (calibration.py). A condition that is wholly met adds `gain`, one wholly
missed takes `loss`, one between a share of them; what is not known adds and takes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fair.matches import FAIRLY_FITTING, VERY_FITTING


class Topic(StrEnum):
    """What a reason is about."""

    WORK = "work"
    PLACE = "place"
    PAY = "pay"
    SCHEDULE = "schedule"
    KIND = "kind"
    WISH = "wish"
    CERTIFICATE = "certificate"
    EXPERIENCE = "experience"
    EDUCATION = "education"
    DORMITORY = "dormitory"
    SKILLS = "skills"
    SUPPORTED = "supported"


@dataclass(frozen=True, slots=True)
class Weight:
    """Points for a condition met and missed, and the reason for so many."""

    gain: float
    loss: float
    why: str


WEIGHTS: dict[Topic, Weight] = {
    Topic.PLACE: Weight(3, 18, "a way to work that is too long is why most accepted offers are left again"),
    Topic.PAY: Weight(3, 18, "nobody takes a position below what they need; above it, more says little"),
    Topic.SCHEDULE: Weight(2, 16, "night and rotating shifts rule families out, but some can be agreed on"),
    Topic.KIND: Weight(2, 14, "an internship is no job for who needs one, full time none for who has three evenings"),
    Topic.WISH: Weight(
        3, 12, "what somebody takes the trouble to write decides whether they stay; it is rarely absolute"
    ),
    Topic.CERTIFICATE: Weight(2, 15, "work that asks for one may not be done without it; it can be earned in weeks"),
    Topic.EXPERIENCE: Weight(1, 14, "employers bend by a year or two; ten asked of somebody with two are not bent"),
    Topic.EDUCATION: Weight(
        1, 12, "a degree above the one asked for says little; one below is let pass less often than a year"
    ),
    Topic.DORMITORY: Weight(1, 14, "who needs a bed cannot start without one; rent can replace it"),
    Topic.SKILLS: Weight(2, 0, "a skill in common sets two alike positions apart; lists are too short to punish"),
    Topic.SUPPORTED: Weight(3, 0, "counted only for a seeker who asks for supported places"),
}

DECISIVE = frozenset(
    {Topic.PLACE, Topic.PAY, Topic.SCHEDULE, Topic.KIND, Topic.WISH, Topic.DORMITORY, Topic.CERTIFICATE}
)
"""What a seeker asks for, and the paper without which the work may not be done: who misses one is not very fitting."""

HIGHEST_WITH_ONE_MISSED = VERY_FITTING - 1

HIGHEST_LEFT_OPEN = FAIRLY_FITTING - 1
"""Of a position that does not say whether it meets what a seeker declared hard: what says so comes first."""

EVIDENCE = frozenset({Topic.SKILLS, Topic.CERTIFICATE, Topic.EXPERIENCE, Topic.SCHEDULE, Topic.DORMITORY})
"""What tells beside the work, the place and the pay that a position fits; the highest scores stand on two of these."""

ENOUGH_EVIDENCE = 2

HIGHEST_WITHOUT_EVIDENCE = 89

HIGHEST_ABOVE = 75
"""Of a position that leads others, for who did not ask to."""

MOST_POINTS = max(weight.gain for weight in WEIGHTS.values())
"""What no single condition adds more than."""
