"""The report of one session: figures that an officer can sign, each counted by one stated rule.

People are counted by account or device, never named. This module counts; the figures are `fair.figures`', and what may
be shown of small counts is `fair.suppression`'s.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import BindParameter, bindparam, distinct, func, select
from sqlalchemy.orm import Session

from fair.applications import REPLY_WITHIN, Application, ApplicationChange
from fair.attendances import Attendance
from fair.employers import Employer
from fair.exposures import Exposure, ListExposure
from fair.figures import Funnel, Line, SessionReport, Shown
from fair.livesessions import LiveSession, Slot, SlotPosition
from fair.matches import FAIRLY_FITTING
from fair.pins import Pin
from fair.positions import Position
from fair.presence import median_time, presence_of
from fair.seekers import SeekerProfile
from fair.statuses import ApplicationStatus, QuestionStatus
from fair.talk import Question


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
    this = {"session_id": session_id}
    reached: defaultdict[int, set[ApplicationStatus]] = defaultdict(set)
    for application_id, status in db.execute(_REACHED, this):
        reached[application_id].add(status)
    return [
        _Way(
            position_id=position_id,
            seeker_id=seeker_id,
            stands=status != ApplicationStatus.WITHDRAWN,
            reached=frozenset(reached[number]),
            applied_at=applied_at,
            reply=answered_at - applied_at if answered_at else None,
        )
        for number, position_id, seeker_id, status, applied_at, answered_at in db.execute(_APPLICATIONS, this)
    ]


def _pins(db: Session, session_id: int, until: datetime) -> list[_PinTime]:
    return [
        _PinTime(position_id, title, employer, started, ended or until)
        for position_id, title, employer, started, ended in db.execute(_PINNED, {"session_id": session_id})
    ]


@dataclass(frozen=True)
class _Offered:
    """One position of the session with all that came of it."""

    title: str
    employer: str
    presented: timedelta
    exposures: int
    pushed: int
    listed: int
    ways: list[_Way]


def _offered(db: Session, session_id: int, ways: Sequence[_Way], pins: Sequence[_PinTime]) -> list[_Offered]:
    this = {"session_id": session_id}
    exposures = {number: (count, pushed) for number, count, pushed in db.execute(_EXPOSURES, this)}
    listed = {row[0]: row[1] for row in db.execute(_LISTED, this)}
    presented: defaultdict[int, timedelta] = defaultdict(timedelta)
    for pin in pins:
        presented[pin.position_id] += pin.ended_at - pin.started_at
    of_position: defaultdict[int, list[_Way]] = defaultdict(list)
    for way in ways:
        of_position[way.position_id].append(way)
    return [
        _Offered(
            title,
            employer,
            presented[number],
            *exposures.get(number, (0, 0)),
            listed.get(number, 0),
            of_position[number],
        )
        for number, title, employer in db.execute(_OFFERED_POSITIONS, this)
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
        pushed=sum(piece.pushed for piece in pieces),
        listed=sum(piece.listed for piece in pieces),
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
    this = {"session_id": session_id}
    return Funnel(
        viewers=viewers,
        asked=db.scalar(_ASKED, this) or 0,
        matched=db.scalar(_MATCHED, this) or 0,
        unmatched=db.scalar(_UNMATCHED, this) or 0,
        applied=len({way.seeker_id for way in standing}),
        viewed=len({way.seeker_id for way in standing if way.reached & _ANSWERED}),
        interviewed=len({way.seeker_id for way in standing if way.reached & _MET}),
        hired=len({way.seeker_id for way in standing if ApplicationStatus.HIRED in way.reached}),
    )


def _questions(db: Session, session_id: int) -> list[timedelta | None]:
    """For each question that was not withdrawn, how long the answer took; None while there is none."""
    rows = db.execute(_QUESTIONS, {"session_id": session_id})
    return [answered - asked if answered else None for asked, answered in rows]


def _by_minute(moments: Iterable[datetime], since: datetime, minutes: int) -> list[int]:
    """How many moments fell into each minute after `since`; later ones are left out."""
    counted = Counter(int((moment - since).total_seconds() // 60) for moment in moments)
    return [counted[minute] for minute in range(minutes)]


# What is asked of the database, built once; of columns, for hundreds of records would only be made to be counted.
_of_session: BindParameter[int] = bindparam("session_id")
_application, _change = Application.__table__.c, ApplicationChange.__table__.c
_pin, _position, _employer = Pin.__table__.c, Position.__table__.c, Employer.__table__.c
_slot, _offer = Slot.__table__.c, SlotPosition.__table__.c
_exposure, _list, _question = Exposure.__table__.c, ListExposure.__table__.c, Question.__table__.c
_stay, _profile = Attendance.__table__.c, SeekerProfile.__table__.c

_REACHED = (
    select(_change.application_id, _change.to_status)
    .join(Application.__table__, _application.id == _change.application_id)
    .where(_application.session_id == _of_session)
)
_APPLICATIONS = select(
    _application.id,
    _application.position_id,
    _application.seeker_id,
    _application.status,
    _application.applied_at,
    _application.answered_at,
).where(_application.session_id == _of_session)
_PINNED = (
    select(_pin.position_id, _position.title, _employer.short_name, _pin.started_at, _pin.ended_at)
    .select_from(Pin.__table__)
    .join(Position.__table__, _position.id == _pin.position_id)
    .join(Employer.__table__, _employer.id == _position.employer_id)
    .where(_pin.session_id == _of_session)
    .order_by(_pin.started_at)
)
_OFFERED_POSITIONS = (
    select(_position.id, _position.title, _employer.name)
    .select_from(Position.__table__)
    .join(SlotPosition.__table__, _offer.position_id == _position.id)
    .join(Slot.__table__, _slot.id == _offer.slot_id)
    .join(Employer.__table__, _employer.id == _position.employer_id)
    .where(_slot.session_id == _of_session)
    .distinct()
)
_EXPOSURES = (
    select(_exposure.position_id, func.count(), func.count(_exposure.score))
    .where(_exposure.session_id == _of_session)
    .group_by(_exposure.position_id)
)
_LISTED = select(_list.position_id, _list.count).where(_list.session_id == _of_session)
_QUESTIONS = select(_question.asked_at, _question.answered_at).where(
    _question.session_id == _of_session, _question.status != QuestionStatus.WITHDRAWN
)
_ASKED = select(func.count(distinct(_question.account_id))).where(
    _question.session_id == _of_session, _question.status != QuestionStatus.WITHDRAWN
)
_MATCHED = select(func.count(distinct(_exposure.viewer))).where(
    _exposure.session_id == _of_session, _exposure.score >= FAIRLY_FITTING
)
# Seekers in the room who have matching switched off.
_UNMATCHED = (
    select(func.count(distinct(_stay.account_id)))
    .select_from(Attendance.__table__)
    .join(SeekerProfile.__table__, _profile.account_id == _stay.account_id)
    .where(_stay.session_id == _of_session, _stay.is_audience, _profile.is_matched.is_(False))
)
