"""The status tables: which step leads from which status to which, as data.

Every change of status goes through `step`; anything not in a table raises IllegalTransition.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from fair.errors import IllegalTransition


class EmployerStatus(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    REJECTED = "rejected"


class PositionStatus(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    PUBLISHED = "published"
    CLOSED = "closed"
    REJECTED = "rejected"


class LiveSessionStatus(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    LIVE = "live"
    ENDED = "ended"
    CANCELLED = "cancelled"
    REJECTED = "rejected"


class ApplicationStatus(StrEnum):
    SUBMITTED = "submitted"
    VIEWED = "viewed"
    SHORTLISTED = "shortlisted"
    INTERVIEW = "interview"
    OFFERED = "offered"
    HIRED = "hired"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class QuestionStatus(StrEnum):
    WAITING = "waiting"
    ANSWERED = "answered"
    WITHDRAWN = "withdrawn"
    HIDDEN = "hidden"


EMPLOYER_STEPS: Mapping[EmployerStatus, frozenset[EmployerStatus]] = {
    EmployerStatus.DRAFT: frozenset({EmployerStatus.SUBMITTED}),
    EmployerStatus.SUBMITTED: frozenset({EmployerStatus.APPROVED, EmployerStatus.REJECTED}),
    EmployerStatus.REJECTED: frozenset({EmployerStatus.SUBMITTED}),
    # Materials that change are checked again (人力资源市场暂行条例 art. 26).
    EmployerStatus.APPROVED: frozenset({EmployerStatus.SUBMITTED, EmployerStatus.REJECTED}),
}

POSITION_STEPS: Mapping[PositionStatus, frozenset[PositionStatus]] = {
    PositionStatus.DRAFT: frozenset({PositionStatus.SUBMITTED, PositionStatus.PUBLISHED}),
    PositionStatus.SUBMITTED: frozenset({PositionStatus.PUBLISHED, PositionStatus.REJECTED}),
    PositionStatus.REJECTED: frozenset({PositionStatus.SUBMITTED, PositionStatus.PUBLISHED}),
    PositionStatus.PUBLISHED: frozenset({PositionStatus.CLOSED}),
    PositionStatus.CLOSED: frozenset({PositionStatus.PUBLISHED}),
}

LIVE_SESSION_STEPS: Mapping[LiveSessionStatus, frozenset[LiveSessionStatus]] = {
    LiveSessionStatus.DRAFT: frozenset({LiveSessionStatus.SUBMITTED, LiveSessionStatus.CANCELLED}),
    LiveSessionStatus.SUBMITTED: frozenset(
        {LiveSessionStatus.APPROVED, LiveSessionStatus.REJECTED, LiveSessionStatus.DRAFT, LiveSessionStatus.CANCELLED}
    ),
    LiveSessionStatus.REJECTED: frozenset({LiveSessionStatus.SUBMITTED, LiveSessionStatus.CANCELLED}),
    LiveSessionStatus.APPROVED: frozenset({LiveSessionStatus.LIVE, LiveSessionStatus.CANCELLED}),
    LiveSessionStatus.LIVE: frozenset({LiveSessionStatus.ENDED}),
}

_ANSWERS = frozenset({ApplicationStatus.DECLINED, ApplicationStatus.WITHDRAWN})

APPLICATION_STEPS: Mapping[ApplicationStatus, frozenset[ApplicationStatus]] = {
    ApplicationStatus.SUBMITTED: frozenset(
        {ApplicationStatus.VIEWED, ApplicationStatus.SHORTLISTED, ApplicationStatus.INTERVIEW}
    )
    | _ANSWERS,
    ApplicationStatus.VIEWED: frozenset(
        {ApplicationStatus.SHORTLISTED, ApplicationStatus.INTERVIEW, ApplicationStatus.OFFERED}
    )
    | _ANSWERS,
    ApplicationStatus.SHORTLISTED: frozenset({ApplicationStatus.INTERVIEW, ApplicationStatus.OFFERED}) | _ANSWERS,
    ApplicationStatus.INTERVIEW: frozenset({ApplicationStatus.OFFERED, ApplicationStatus.HIRED}) | _ANSWERS,
    ApplicationStatus.OFFERED: frozenset({ApplicationStatus.HIRED}) | _ANSWERS,
    # A slip of the finger must be mendable by the one who made it.
    ApplicationStatus.DECLINED: frozenset({ApplicationStatus.VIEWED}),
}

QUESTION_STEPS: Mapping[QuestionStatus, frozenset[QuestionStatus]] = {
    QuestionStatus.WAITING: frozenset({QuestionStatus.ANSWERED, QuestionStatus.WITHDRAWN, QuestionStatus.HIDDEN}),
    QuestionStatus.ANSWERED: frozenset({QuestionStatus.ANSWERED, QuestionStatus.HIDDEN}),
    QuestionStatus.HIDDEN: frozenset({QuestionStatus.WAITING}),
}

Status = TypeVar("Status", bound=StrEnum)


def step(noun: str, table: Mapping[Status, frozenset[Status]], current: Status, wanted: Status) -> Status:
    """The status `wanted`, if `table` leads there from `current`; else IllegalTransition naming `noun`."""
    if wanted not in table.get(current, frozenset()):
        raise IllegalTransition(noun, current, wanted)
    return wanted
