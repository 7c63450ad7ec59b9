"""The event log as rooms hear it: facts of any process, in commit order, as news for each room that is open.

One reader in the process; it begins at the newest event and keeps its cursor in memory, since a room that opens
reads the database anyway.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from fair.accounts import Account, Role
from fair.applications import Application, applications_of_session
from fair.days import china_day
from fair.events import Event, EventKind, events_after
from fair.livesessions import LiveSession, Slot, SlotPosition
from fair.pins import Pin, pin_on_screen
from fair.sanctions import Sanction
from fair.statuses import QuestionStatus
from fair.talk import Question
from live import views
from live.deeds import (
    AccountGone,
    ApplicationChanged,
    ApplicationsCounted,
    Changed,
    MatchingChanged,
    News,
    PersonSanctioned,
    QuestionAsked,
)
from live.happenings import (
    Answered,
    Arranged,
    Pinned,
    PositionChanged,
    QuestionGone,
    SessionChanged,
    Shown,
    SlotChanged,
    Unpinned,
)
from live.reading import cards_of, match_state_of, shown_ms_of
from live.views import People

AT_ONCE = 500


@dataclass(frozen=True)
class Report:
    """News by session, each with its event's number; `last_id` is how far the log was read."""

    news: dict[int, list[tuple[int, News]]]
    last_id: int
    is_all: bool


@dataclass
class _Reading:
    """One pass over the log."""

    db: Session
    people: People
    sessions: frozenset[int]
    now: datetime
    news: dict[int, list[tuple[int, News]]] = field(default_factory=lambda: defaultdict(list))

    def tell(self, session_id: int | None, event: Event, *news: News) -> None:
        """Note news for one room, if it is open."""
        if session_id in self.sessions:
            self.news[session_id] += [(event.id, each) for each in news]

    def tell_all(self, event: Event, news: News) -> None:
        """Note news for every room."""
        for session_id in self.sessions:
            self.tell(session_id, event, news)


def read_log(db: Session, last_id: int, sessions: Iterable[int], *, people: People, now: datetime) -> Report:
    """The news after event `last_id` for the rooms of `sessions`."""
    events = events_after(db, last_id, limit=AT_ONCE)
    reading = _Reading(db, people, frozenset(sessions), now)
    if reading.sessions:
        _applications(reading, events)
        for event in events:
            _tell(reading, event)
    for news in reading.news.values():
        news.sort(key=lambda each: each[0])
    return Report(dict(reading.news), events[-1].id if events else last_id, len(events) < AT_ONCE)


def _tell(reading: _Reading, event: Event) -> None:
    match event.kind:
        case EventKind.POSITION_PINNED | EventKind.POSITION_UNPINNED:
            _pin(reading, event)
        case EventKind.QUESTION_ASKED | EventKind.QUESTION_ANSWERED | EventKind.QUESTION_MOVED:
            _question(reading, event)
        case EventKind.SESSION_STARTED | EventKind.SESSION_ENDED | EventKind.SESSION_CHANGED:
            _session(reading, event)
        case EventKind.POSITION_PUBLISHED | EventKind.POSITION_CHANGED | EventKind.POSITION_CLOSED:
            _position(reading, event)
        case EventKind.VIEWER_SANCTIONED:
            _sanction(reading, event)
        case EventKind.PROFILE_SAVED | EventKind.MATCHING_SWITCHED if event.account_id is not None:
            account = reading.db.get(Account, event.account_id)
            if account is not None and account.role == Role.SEEKER:
                reading.tell_all(event, MatchingChanged(account.id, match_state_of(reading.db, account.id), event.id))
        case EventKind.SIGNED_OUT | EventKind.ACCOUNT_DISABLED | EventKind.ACCOUNT_ERASED if (
            event.account_id is not None
        ):
            login = str(event.data.get("login", "")) if event.kind == EventKind.SIGNED_OUT else ""
            reading.tell_all(event, AccountGone(event.account_id, login))
        case _:
            pass


def _applications(reading: _Reading, events: Sequence[Event]) -> None:
    """Applications are read in one query a pass, and counted once."""
    kinds = (EventKind.APPLICATION_SUBMITTED, EventKind.APPLICATION_MOVED)
    told = {event.application_id: event for event in events if event.kind in kinds}
    new = {event.application_id: event for event in events if event.kind == EventKind.APPLICATION_SUBMITTED}
    if not told:
        return
    rows = reading.db.scalars(
        select(Application).options(joinedload(Application.seeker)).where(Application.id.in_(told))
    )
    offering = _sessions_offering(reading, {event.position_id for event in told.values() if event.position_id})
    found = {application.id: application for application in rows.unique()}
    counted: dict[int, Event] = {}
    for application_id, event in told.items():
        application = found.get(application_id or 0)
        if application is None:
            continue
        submitted, arrival = new.get(application.id), None
        if submitted is not None:
            is_in_room = bool(submitted.data.get("is_in_room"))
            arrival = msgspec.structs.replace(views.arrival_view(application), is_in_room=is_in_room)
        news = ApplicationChanged(
            views.application_view(application), application.seeker_id, application.employer_id, arrival
        )
        for session_id in offering.get(application.position_id, set()) | {application.session_id or 0}:
            reading.tell(session_id, event, news)
        if application.session_id in reading.sessions:
            known = counted.get(application.session_id)
            counted[application.session_id] = event if known is None or event.id > known.id else known
    for session_id, event in counted.items():
        applied = applications_of_session(reading.db, session_id)
        gone = {each.position_id: 0 for each in found.values() if each.session_id == session_id}
        reading.tell(session_id, event, ApplicationsCounted({**gone, **applied}))


def _pin(reading: _Reading, event: Event) -> None:
    if event.session_id not in reading.sessions or event.session_id is None:
        return
    pin = reading.db.get(Pin, event.data.get("pin_id"))
    if pin is None:
        return
    if event.kind == EventKind.POSITION_PINNED:
        reading.tell(event.session_id, event, Changed(Pinned(views.pin_view(pin), None)))
    else:
        shown = shown_ms_of(reading.db, event.session_id).get(pin.position_id, 0)
        reading.tell(event.session_id, event, Changed(Unpinned(Shown(pin.position_id, shown))))


def _question(reading: _Reading, event: Event) -> None:
    if event.session_id not in reading.sessions:
        return
    question = reading.db.get(Question, event.data.get("question_id"))
    live_session = reading.db.get(LiveSession, event.session_id)
    if question is None or live_session is None:
        return
    if question.status in (QuestionStatus.WITHDRAWN, QuestionStatus.HIDDEN):
        reading.tell(event.session_id, event, Changed(QuestionGone(question.id)))
        return
    view = views.question_view(question, people=reading.people)
    if question.status == QuestionStatus.ANSWERED and event.kind == EventKind.QUESTION_ANSWERED:
        line = views.answer_line(question, people=reading.people, moderator_id=live_session.moderator_id)
        reading.tell(event.session_id, event, Changed(Answered(view, line)))
    else:
        reading.tell(event.session_id, event, QuestionAsked(view, question.account_id))


def _session(reading: _Reading, event: Event) -> None:
    if event.session_id not in reading.sessions or event.session_id is None:
        return
    live_session = reading.db.get(LiveSession, event.session_id)
    if live_session is None:
        return
    session, (slot_id, slots) = views.session_view(live_session), views.slot_views(live_session)
    if event.kind != EventKind.SESSION_CHANGED:
        reading.tell(event.session_id, event, Changed(SlotChanged(slot_id, slots)), Changed(SessionChanged(session)))
    elif "slot_id" in event.data:
        reading.tell(event.session_id, event, Changed(SlotChanged(slot_id, slots)))
    else:
        cards = cards_of(reading.db, event.session_id, today=china_day(reading.now))
        pin = pin_on_screen(reading.db, event.session_id)
        arranged = Arranged(session, slot_id, slots, cards, views.pin_view(pin) if pin else None)
        reading.tell(event.session_id, event, Changed(arranged))


def _position(reading: _Reading, event: Event) -> None:
    if event.position_id is None:
        return
    for session_id in _sessions_offering(reading, {event.position_id}).get(event.position_id, set()):
        for card in cards_of(reading.db, session_id, today=china_day(reading.now), only={event.position_id}):
            reading.tell(session_id, event, Changed(PositionChanged(card)))


def _sanction(reading: _Reading, event: Event) -> None:
    if event.session_id not in reading.sessions or event.account_id is None:
        return
    kind = str(event.data.get("kind", "")).replace("lift_", "un")
    sanction = reading.db.scalar(
        select(Sanction).where(
            Sanction.session_id == event.session_id,
            Sanction.account_id == event.account_id,
            Sanction.kind == kind.removeprefix("un"),
        )
    )
    account = reading.db.get(Account, event.account_id)
    if sanction is not None and account is not None:
        view = views.sanction_view(sanction, name=account.name, kind=kind, people=reading.people)
        reading.tell(event.session_id, event, PersonSanctioned(account.id, view))


def _sessions_offering(reading: _Reading, position_ids: set[int]) -> dict[int, set[int]]:
    rows = reading.db.execute(
        select(SlotPosition.position_id, Slot.session_id)
        .join(Slot)
        .where(SlotPosition.position_id.in_(position_ids), Slot.session_id.in_(reading.sessions))
    )
    offering: dict[int, set[int]] = defaultdict(set)
    for position_id, session_id in rows:
        offering[position_id].add(session_id)
    return offering
