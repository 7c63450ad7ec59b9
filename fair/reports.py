"""The report of one session: figures that an officer can sign, each counted by one stated rule.

Definitions in words stand in docs/reports.md; the names here are the keys they are listed under. People are counted
by account or device, never named. This module counts; what may be shown of small counts is `fair.suppression`'s.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from fair.applications import REPLY_WITHIN, Application, ApplicationChange
from fair.attendances import Attendance
from fair.employers import Employer
from fair.exposures import Exposure
from fair.livesessions import LiveSession, Slot, SlotPosition
from fair.matches import FAIRLY_FITTING
from fair.pins import Pin
from fair.positions import Position
from fair.presence import Presence, median_time, presence_of
from fair.seekers import SeekerProfile
from fair.statuses import ApplicationStatus, QuestionStatus
from fair.talk import Question


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
    """One employer or position, in pieces, not people; `presented` is time on screen, `reply` the median answer."""

    name: str
    employer: str
    positions: int
    presented: timedelta
    exposures: int
    applications: int
    viewed: int
    interviewed: int
    hired: int
    replied: int
    reply: timedelta | None
    overdue: int

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


def report_of(db: Session, live_session: LiveSession, *, now: datetime) -> SessionReport:
    """Count the session as it stands at `now`; a session that is live is counted up to now."""
    until = live_session.ended_at or now
    since = live_session.started_at or live_session.starts_at
    presence = presence_of(db, live_session.id, since=since, until=until)
    ways = _ways(db, live_session.id)
    pins = _pins(db, live_session.id, until)
    offered = _offered(db, live_session.id, ways, pins)
    questions = _questions(db, live_session.id)
    return SessionReport(
        presence=presence,
        applications=sum(way.stands for way in ways),
        applied_by_minute=_by_minute((way.applied_at for way in ways), since, len(presence.by_minute)),
        funnel=_funnel(db, live_session.id, presence.unique_viewers, ways),
        by_employer=_lines(_grouped(offered, lambda piece: (piece.employer, piece.employer)), now=now),
        by_position=_lines(_grouped(offered, lambda piece: (piece.title, piece.employer)), now=now),
        shown=[Shown(pin.title, pin.employer, pin.started_at, pin.ended_at) for pin in pins],
        reply=median_time(way.reply for way in ways if way.reply is not None),
        questions=len(questions),
        questions_answered=sum(wait is not None for wait in questions),
        question_reply=median_time(wait for wait in questions if wait is not None),
        as_of=now,
    )


@dataclass(frozen=True)
class _Way:
    """What became of one application."""

    position_id: int
    seeker_id: int
    stands: bool
    reached: frozenset[ApplicationStatus]
    applied_at: datetime
    reply: timedelta | None


@dataclass(frozen=True)
class _PinTime:
    position_id: int
    title: str
    employer: str
    started_at: datetime
    ended_at: datetime


_ANSWERED = frozenset(ApplicationStatus) - {ApplicationStatus.SUBMITTED, ApplicationStatus.WITHDRAWN}
_MET = frozenset({ApplicationStatus.INTERVIEW, ApplicationStatus.OFFERED, ApplicationStatus.HIRED})


def _ways(db: Session, session_id: int) -> list[_Way]:
    reached: defaultdict[int, set[ApplicationStatus]] = defaultdict(set)
    changes = (
        select(ApplicationChange.application_id, ApplicationChange.to_status)
        .join(Application)
        .where(Application.session_id == session_id)
    )
    for application_id, status in db.execute(changes):
        reached[application_id].add(status)
    columns = (
        Application.id,
        Application.position_id,
        Application.seeker_id,
        Application.status,
        Application.applied_at,
        Application.answered_at,
    )
    return [
        _Way(
            position_id=position_id,
            seeker_id=seeker_id,
            stands=status != ApplicationStatus.WITHDRAWN,
            reached=frozenset(reached[number]),
            applied_at=applied_at,
            reply=answered_at - applied_at if answered_at else None,
        )
        for number, position_id, seeker_id, status, applied_at, answered_at in db.execute(
            select(*columns).where(Application.session_id == session_id)
        )
    ]


def _pins(db: Session, session_id: int, until: datetime) -> list[_PinTime]:
    query = (
        select(Pin.position_id, Position.title, Employer.short_name, Pin.started_at, Pin.ended_at)
        .join(Position, Position.id == Pin.position_id)
        .join(Employer, Employer.id == Position.employer_id)
        .where(Pin.session_id == session_id)
        .order_by(Pin.started_at)
    )
    return [
        _PinTime(position_id, title, employer, started, ended or until)
        for position_id, title, employer, started, ended in db.execute(query)
    ]


@dataclass(frozen=True)
class _Offered:
    """One position of the session with all that came of it."""

    title: str
    employer: str
    presented: timedelta
    exposures: int
    ways: list[_Way]


def _offered(db: Session, session_id: int, ways: Sequence[_Way], pins: Sequence[_PinTime]) -> list[_Offered]:
    query = (
        select(Position.id, Position.title, Employer.name)
        .join(SlotPosition, SlotPosition.position_id == Position.id)
        .join(Slot, Slot.id == SlotPosition.slot_id)
        .join(Employer, Employer.id == Position.employer_id)
        .where(Slot.session_id == session_id)
        .distinct()
    )
    counted = (
        select(Exposure.position_id, func.count())
        .where(Exposure.session_id == session_id)
        .group_by(Exposure.position_id)
    )
    exposures = {row[0]: row[1] for row in db.execute(counted)}
    presented: defaultdict[int, timedelta] = defaultdict(timedelta)
    for pin in pins:
        presented[pin.position_id] += pin.ended_at - pin.started_at
    of_position: defaultdict[int, list[_Way]] = defaultdict(list)
    for way in ways:
        of_position[way.position_id].append(way)
    return [
        _Offered(title, employer, presented[number], exposures.get(number, 0), of_position[number])
        for number, title, employer in db.execute(query)
    ]


def _grouped(
    offered: Sequence[_Offered], key: Callable[[_Offered], tuple[str, str]]
) -> dict[tuple[str, str], list[_Offered]]:
    groups: defaultdict[tuple[str, str], list[_Offered]] = defaultdict(list)
    for piece in offered:
        groups[key(piece)].append(piece)
    return groups


def _lines(groups: dict[tuple[str, str], list[_Offered]], *, now: datetime) -> list[Line]:
    """A line for each group, most applications first."""
    lines = [_line(name, employer, pieces, now=now) for (name, employer), pieces in groups.items()]
    return sorted(lines, key=lambda line: (-line.applications, -line.exposures, line.name))


def _line(name: str, employer: str, pieces: Sequence[_Offered], *, now: datetime) -> Line:
    ways = [way for piece in pieces for way in piece.ways]
    standing = [way for way in ways if way.stands]
    return Line(
        name=name,
        employer=employer,
        positions=len(pieces),
        presented=sum((piece.presented for piece in pieces), timedelta()),
        exposures=sum(piece.exposures for piece in pieces),
        applications=len(standing),
        viewed=sum(bool(way.reached & _ANSWERED) for way in standing),
        interviewed=sum(bool(way.reached & _MET) for way in standing),
        hired=sum(ApplicationStatus.HIRED in way.reached for way in standing),
        replied=sum(way.reply is not None for way in ways),
        reply=median_time(way.reply for way in ways if way.reply is not None),
        overdue=sum(way.reply is None and now - way.applied_at > REPLY_WITHIN for way in standing),
    )


def _funnel(db: Session, session_id: int, viewers: int, ways: Sequence[_Way]) -> Funnel:
    standing = [way for way in ways if way.stands]
    asked = select(func.count(distinct(Question.account_id))).where(
        Question.session_id == session_id, Question.status != QuestionStatus.WITHDRAWN
    )
    matched = select(func.count(distinct(Exposure.viewer))).where(
        Exposure.session_id == session_id, Exposure.score >= FAIRLY_FITTING
    )
    return Funnel(
        viewers=viewers,
        asked=db.scalar(asked) or 0,
        matched=db.scalar(matched) or 0,
        unmatched=_unmatched(db, session_id),
        applied=len({way.seeker_id for way in standing}),
        viewed=len({way.seeker_id for way in standing if way.reached & _ANSWERED}),
        interviewed=len({way.seeker_id for way in standing if way.reached & _MET}),
        hired=len({way.seeker_id for way in standing if ApplicationStatus.HIRED in way.reached}),
    )


def _unmatched(db: Session, session_id: int) -> int:
    """Seekers in the room who have matching switched off."""
    query = (
        select(func.count(distinct(Attendance.account_id)))
        .join(SeekerProfile, SeekerProfile.account_id == Attendance.account_id)
        .where(Attendance.session_id == session_id, Attendance.is_audience, SeekerProfile.is_matched.is_(False))
    )
    return db.scalar(query) or 0


def _questions(db: Session, session_id: int) -> list[timedelta | None]:
    """For each question that was not withdrawn, how long the answer took; None while there is none."""
    query = select(Question.asked_at, Question.answered_at).where(
        Question.session_id == session_id, Question.status != QuestionStatus.WITHDRAWN
    )
    return [answered - asked if answered else None for asked, answered in db.execute(query)]


def _by_minute(moments: Iterable[datetime], since: datetime, minutes: int) -> list[int]:
    """How many moments fell into each minute after `since`; later ones are left out."""
    counted = Counter(int((moment - since).total_seconds() // 60) for moment in moments)
    return [counted[minute] for minute in range(minutes)]
