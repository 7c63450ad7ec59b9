"""What stands in a room at one moment: the stage, the position on screen, the positions offered, chat and questions.

Reads records for the pages of the room; it changes nothing and knows no request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from fair.applications import Application, applications_of_session
from fair.attendances import Attendance
from fair.days import china_day
from fair.districts import District, full_name
from fair.errors import NotFound
from fair.livesessions import LiveSession, Slot, SlotPosition, current_slot
from fair.matches import Match
from fair.pins import Pin
from fair.positions import Position, missing_fields
from fair.statuses import ApplicationStatus, LiveSessionStatus, QuestionStatus
from fair.talk import ChatMessage, Question, QuestionVote

CHAT_SHOWN = 50
QUESTIONS_SHOWN = 100


@dataclass(frozen=True)
class Offer:
    """One position of the session as one viewer sees it; `state` is `now`, `past` (was on screen) or empty."""

    position: Position
    slot: Slot
    place: str
    place_en: str
    state: str
    pinned_at: datetime | None
    pinned_for: timedelta
    planned_at: datetime
    applications: int
    wrong: Mapping[str, str]
    match: Match | None = None
    application: Application | None = None

    @property
    def is_open(self) -> bool:
        return not self.wrong


@dataclass(frozen=True)
class Asked:
    """A question and what the viewer has to do with it."""

    question: Question
    is_mine: bool
    is_voted: bool


@dataclass(frozen=True)
class Scene:
    """A room at one moment, for one viewer."""

    session: LiveSession
    slot: Slot | None
    next_slot: Slot | None
    pin: Pin | None
    offers: Sequence[Offer]
    chat: Sequence[ChatMessage]
    answers: Sequence[Question]
    asked: Sequence[Asked]
    viewer_count: int
    offer_by_id: Mapping[int, Offer] = field(default_factory=dict)

    @property
    def pinned(self) -> Offer | None:
        return self.offer_by_id.get(self.pin.position_id) if self.pin else None

    @property
    def open_ids(self) -> set[int]:
        """The positions that can be applied for."""
        return {offer.position.id for offer in self.offers if offer.is_open}

    @property
    def stage_offers(self) -> list[Offer]:
        """The positions of the employer on stage; all of them when nobody is."""
        if self.slot is None:
            return list(self.offers)
        return [offer for offer in self.offers if offer.slot.employer_id == self.slot.employer_id]

    @property
    def upcoming(self) -> list[Offer]:
        """What the employer on stage has not presented yet, in running order."""
        return [offer for offer in self.stage_offers if offer.state == "" and offer.is_open]


def load_session(db: Session, session_id: int) -> LiveSession:
    """The session with its slots, positions and employers, in a fixed number of queries; raises NotFound."""
    live_session = db.scalar(
        select(LiveSession)
        .where(LiveSession.id == session_id)
        .options(selectinload(LiveSession.slots).selectinload(Slot.offers).joinedload(SlotPosition.position))
    )
    if live_session is None:
        raise NotFound("no such session")
    return live_session


def next_sessions(db: Session, *, now: datetime, limit: int = 2) -> Sequence[LiveSession]:
    """The approved sessions that begin next, and those on air."""
    coming = (LiveSessionStatus.APPROVED, LiveSessionStatus.LIVE)
    return db.scalars(
        select(LiveSession)
        .where(LiveSession.status.in_(coming), LiveSession.ends_at > now)
        .options(selectinload(LiveSession.slots).selectinload(Slot.offers))
        .order_by(LiveSession.starts_at)
        .limit(limit)
    ).all()


def scene_of(
    db: Session,
    live_session: LiveSession,
    *,
    account_id: int | None,
    matches: Mapping[int, Match],
    now: datetime,
) -> Scene:
    """Everything a page of the room shows to the viewer `account_id` (None = no account)."""
    pins = db.scalars(select(Pin).where(Pin.session_id == live_session.id).order_by(Pin.id)).all()
    on_screen = next((pin for pin in reversed(pins) if pin.ended_at is None), None) if live_session.is_live else None
    offers = _offers(db, live_session, pins, on_screen, account_id, matches, now=now)
    slot = current_slot(live_session)
    return Scene(
        session=live_session,
        slot=slot,
        next_slot=_next_slot(live_session, slot),
        pin=on_screen,
        offers=offers,
        chat=_chat(db, live_session.id),
        answers=_answers(db, live_session.id),
        asked=_asked(db, live_session.id, account_id),
        viewer_count=_present(db, live_session.id),
        offer_by_id={offer.position.id: offer for offer in offers},
    )


def _offers(
    db: Session,
    live_session: LiveSession,
    pins: Sequence[Pin],
    on_screen: Pin | None,
    account_id: int | None,
    matches: Mapping[int, Match],
    *,
    now: datetime,
) -> list[Offer]:
    counts = applications_of_session(db, live_session.id)
    own = _own_applications(db, live_session, account_id)
    first = {pin.position_id: pin for pin in reversed(pins)}
    spent: dict[int, timedelta] = {}
    for pin in pins:
        spent[pin.position_id] = spent.get(pin.position_id, timedelta()) + ((pin.ended_at or now) - pin.started_at)
    places = _places(db, live_session)
    offers: dict[int, Offer] = {}
    for slot in live_session.slots:
        each = timedelta(minutes=slot.minutes) / max(1, len(slot.offers))
        for place, offered in enumerate(slot.offers):
            position = offered.position
            if position.id in offers:
                continue
            was = first.get(position.id)
            is_now = on_screen is not None and on_screen.position_id == position.id
            chinese, english = places.get(position.district_code or "", ("", ""))
            offers[position.id] = Offer(
                position=position,
                slot=slot,
                place=chinese,
                place_en=english,
                state="now" if is_now else ("past" if was else ""),
                pinned_at=was.started_at if was else None,
                pinned_for=spent.get(position.id, timedelta()),
                planned_at=(slot.started_at or slot.starts_at) + each * place,
                applications=counts.get(position.id, 0),
                wrong=_wrong(position, now=now),
                match=matches.get(position.id),
                application=own.get(position.id),
            )
    return list(offers.values())


def _places(db: Session, live_session: LiveSession) -> dict[str, tuple[str, str]]:
    """District code → its name with that of the one above, in Chinese and in English, for all that is offered."""
    offered = [offer.position.district for slot in live_session.slots for offer in slot.offers]
    used = {district.code: district for district in offered if district is not None}
    codes = {code for district in used.values() for code in district.path.rstrip("/").split("/")}
    districts = {each.code: each for each in db.scalars(select(District).where(District.code.in_(codes)))}
    return {
        code: (full_name(district, districts), full_name(district, districts, in_english=True))
        for code, district in used.items()
    }


def _wrong(position: Position, *, now: datetime) -> Mapping[str, str]:
    """Field → words, for what keeps the position off the screen; `status` when it is not published."""
    wrong = missing_fields(position, today=china_day(now))
    if not wrong and not position.is_open(china_day(now)):
        return {"status": ""}
    return wrong


def _own_applications(db: Session, live_session: LiveSession, account_id: int | None) -> dict[int, Application]:
    if account_id is None:
        return {}
    positions = {offered.position_id for slot in live_session.slots for offered in slot.offers}
    standing = db.scalars(
        select(Application).where(
            Application.seeker_id == account_id,
            Application.status != ApplicationStatus.WITHDRAWN,
            Application.position_id.in_(positions),
        )
    )
    return {application.position_id: application for application in standing}


def _next_slot(live_session: LiveSession, slot: Slot | None) -> Slot | None:
    if live_session.status != LiveSessionStatus.LIVE:
        return None
    number = slot.number if slot else 0
    return next((each for each in live_session.slots if each.number > number and not each.started_at), None)


def _chat(db: Session, session_id: int) -> list[ChatMessage]:
    newest = db.scalars(
        select(ChatMessage)
        .where(ChatMessage.session_id == session_id, ChatMessage.hidden_at.is_(None))
        .order_by(ChatMessage.id.desc())
        .limit(CHAT_SHOWN)
    ).all()
    return list(reversed(newest))


def _answers(db: Session, session_id: int) -> list[Question]:
    newest = db.scalars(
        select(Question)
        .where(Question.session_id == session_id, Question.status == QuestionStatus.ANSWERED)
        .order_by(Question.answered_at.desc())
        .limit(CHAT_SHOWN)
    ).all()
    return list(reversed(newest))


def _asked(db: Session, session_id: int, account_id: int | None) -> list[Asked]:
    shown = or_(
        Question.status == QuestionStatus.WAITING,
        Question.status == QuestionStatus.ANSWERED,
    )
    questions = db.scalars(
        select(Question)
        .where(Question.session_id == session_id, shown)
        .order_by((Question.status == QuestionStatus.ANSWERED), Question.vote_count.desc(), Question.id)
        .limit(QUESTIONS_SHOWN)
    ).all()
    voted: set[int] = set()
    if account_id is not None and questions:
        voted = set(
            db.scalars(
                select(QuestionVote.question_id).where(
                    QuestionVote.account_id == account_id, QuestionVote.question_id.in_([q.id for q in questions])
                )
            )
        )
    asked = [Asked(q, is_mine=q.account_id == account_id, is_voted=q.id in voted) for q in questions]
    return sorted(asked, key=lambda each: not (each.is_mine and each.question.status == QuestionStatus.WAITING))


def _present(db: Session, session_id: int) -> int:
    return (
        db.scalar(
            select(func.count(func.distinct(Attendance.viewer))).where(
                Attendance.session_id == session_id, Attendance.left_at.is_(None), Attendance.is_audience
            )
        )
        or 0
    )


def console_applications(db: Session, session_id: int, employer_id: int) -> list[Application]:
    """The applications of one employer in one session, newest first, withdrawn ones among them."""
    return list(
        db.scalars(
            select(Application)
            .where(Application.session_id == session_id, Application.employer_id == employer_id)
            .options(joinedload(Application.seeker))
            .order_by(Application.id.desc())
            .limit(200)
        )
    )
