"""Matches (匹配) as they cross between processes: the questions that matching answers, scores, and reasons.

The bands and what a score may be shown for are rules; how a score comes about is matching's affair.
"""

from __future__ import annotations

from msgspec import Struct

VERY_FITTING = 80
FAIRLY_FITTING = 65
WORTH_A_LOOK = 50
"""Below WORTH_A_LOOK no score is shown."""


class Reason(Struct, frozen=True):
    """Why a match is what it is: one thing met or missed, in words for the seeker and for the recruiter (zh and en)."""

    is_met: bool
    topic: str
    seeker: str
    recruiter: str
    seeker_en: str = ""
    recruiter_en: str = ""


class Match(Struct, frozen=True):
    """One position for one seeker: `score` 0–100, the reasons, and the hard requirements broken (none = shown)."""

    position_id: int
    seeker_id: int
    score: int
    reasons: list[Reason] = []
    broken: list[str] = []


class PositionsForSeeker(Struct, frozen=True):
    """POST /positions/for-seeker: the best `limit` open positions for a seeker, among `position_ids` when given.

    With `position_ids` every one of them is answered, hard requirements broken or not. Who shows no reasons asks for
    none: putting them into words takes as long as the scores.
    """

    seeker_id: int
    limit: int = 20
    position_ids: list[int] | None = None
    with_reasons: bool = True


class PositionsForSeekers(Struct, frozen=True):
    """POST /positions/for-seekers: the match of every one of `position_ids` with each of at most 100 seekers."""

    seeker_ids: list[int]
    position_ids: list[int]


class PositionsForText(Struct, frozen=True):
    """POST /positions/for-text: positions for the words of a search, filtered by place and monthly pay (CNY)."""

    text: str
    limit: int = 20
    district_path: str | None = None
    pay_min: int | None = None


class SeekersForPosition(Struct, frozen=True):
    """POST /seekers/for-position: the match of a position with each of `seeker_ids` (those present) that consented.

    With `limit` the best so many of them; to leave out the others costs far less than to judge everybody.
    """

    position_id: int
    seeker_ids: list[int]
    lowest_score: int = 0
    limit: int | None = None


class Matches(Struct, frozen=True):
    """The answer, best first; `model` names the encoder, `event_id` how far the index had read the event log."""

    matches: list[Match]
    model: str
    event_id: int


class FoundPosition(Struct, frozen=True):
    """One position for a text: `score` 0–1, comparable within one answer only."""

    position_id: int
    score: float


class FoundPositions(Struct, frozen=True):
    """The answer to PositionsForText, best first."""

    positions: list[FoundPosition]
    model: str
    event_id: int


def band(score: int | None) -> str | None:
    """`very`, `fairly`, `look`, or None when the score is not shown."""
    if score is None or score < WORTH_A_LOOK:
        return None
    if score >= VERY_FITTING:
        return "very"
    return "fairly" if score >= FAIRLY_FITTING else "look"
