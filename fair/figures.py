"""The figures of one session's report, and what follows from them alone.

Definitions in words stand in docs/reports.md; the names here are the keys they are listed under.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from fair.chances import gini
from fair.presence import Presence


@dataclass(frozen=True)
class Funnel:
    """People at each step; every one but `asked` is part of those above it."""

    viewers: int
    asked: int
    matched: int
    unmatched: int
    applied: int
    viewed: int
    interviewed: int
    hired: int


@dataclass(frozen=True)
class Line:
    """One employer or position, in pieces, not people; `presented` is time on screen, `reply` the median answer.

    `pushed` are those of the exposures that came with a match, `listed` the first places in seekers' lists.
    """

    name: str
    employer: str
    positions: int
    presented: timedelta
    exposures: int
    pushed: int
    listed: int
    applications: int
    viewed: int
    interviewed: int
    hired: int
    replied: int
    reply: timedelta | None
    overdue: int

    @property
    def seen(self) -> int:
        """How often it was seen in all: on screens and in lists."""
        return self.exposures + self.listed

    @property
    def exposures_a_minute(self) -> float | None:
        """Exposures for each minute on screen; None when it never was."""
        minutes = self.presented / timedelta(minutes=1)
        return self.exposures / minutes if minutes else None


@dataclass(frozen=True)
class Shown:
    """A position on screen from–to, for the timeline."""

    position: str
    employer: str
    started_at: datetime
    ended_at: datetime


@dataclass(frozen=True)
class SessionReport:
    """Everything that the report of one session says."""

    presence: Presence
    applications: int
    applied_by_minute: list[int]
    funnel: Funnel
    by_employer: list[Line]
    by_position: list[Line]
    shown: list[Shown]
    reply: timedelta | None
    questions: int
    questions_answered: int
    question_reply: timedelta | None
    as_of: datetime

    @property
    def applicant_rate(self) -> float | None:
        """Applicants ÷ unique viewers."""
        return self.funnel.applied / self.funnel.viewers if self.funnel.viewers else None

    @property
    def gini_of_positions(self) -> float | None:
        """How unevenly the positions were seen; None when none was."""
        return gini([line.seen for line in self.by_position])

    @property
    def gini_of_employers(self) -> float | None:
        """The same of the employers."""
        return gini([line.seen for line in self.by_employer])
