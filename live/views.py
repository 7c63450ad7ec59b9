"""Views: records as rooms show them. Reads the records given to it; asks the database for nothing but place names."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fair import pictures, pins, sanctions, talk
from fair.applications import Application
from fair.districts import District, full_name
from fair.livesessions import LiveSession, Slot, SlotPosition, current_slot
from fair.matches import band
from fair.positions import missing_fields
from live.board import AnsweredQuestion, CaptionView, Card, Line, PinView, QuestionView, SessionView, SlotView
from live.messages import ApplicationView, Arrival, ReasonView, SanctionView

Places = Mapping[str, tuple[str, str]]


class People:
    """What speakers are called in rooms: a name that holds in one room only and does not tell the account."""

    def __init__(self, secret_key: str) -> None:
        self._key = hashlib.sha256(b"gangbo.room-person.v1\x00" + secret_key.encode()).digest()

    def handle(self, session_id: int, account_id: int) -> str:
        """The account's name in this session's room."""
        return "p" + hashlib.blake2b(f"{session_id}:{account_id}".encode(), key=self._key, digest_size=6).hexdigest()


def session_view(live_session: LiveSession) -> SessionView:
    """The session as its room shows it."""
    return SessionView(
        id=live_session.id,
        title=live_session.title,
        status=live_session.status,
        starts_at=live_session.starts_at,
        ends_at=live_session.ends_at,
        started_at=live_session.started_at,
        ended_at=live_session.ended_at,
        picture_url=live_session.picture_url,
        poster=live_session.poster,
        page=f"/sessions/{live_session.id}",
    )


def slot_views(live_session: LiveSession) -> tuple[int | None, list[SlotView]]:
    """The slot on stage, and all slots in order."""
    on = current_slot(live_session)
    return on.id if on else None, [_slot_view(slot) for slot in live_session.slots]


def places_of(db: Session, districts: Iterable[District | None]) -> Places:
    """Code → name in Chinese and in English, of the last two levels."""
    wanted = {district.code: district for district in districts if district is not None}
    codes = {code for district in wanted.values() for code in district.path.rstrip("/").split("/")}
    known = {district.code: district for district in db.scalars(select(District).where(District.code.in_(codes)))}
    return {
        code: (full_name(district, known), full_name(district, known, in_english=True))
        for code, district in wanted.items()
    }


def card_view(offer: SlotPosition, *, places: Places, today: date, applied: int = 0, shown_ms: int = 0) -> Card:
    """An offered position as its card shows it."""
    position = offer.position
    place, place_en = places.get(position.district_code or "", ("", ""))
    return Card(
        id=position.id,
        slot_id=offer.slot_id,
        employer_id=position.employer_id,
        employer=position.employer.short_name,
        title=position.title,
        pay_min=position.pay_min,
        pay_max=position.pay_max,
        pay_unit=position.pay_unit,
        pay_note=position.pay_note,
        base_pay=position.base_pay,
        place=place,
        place_en=place_en,
        head_count=position.head_count,
        employment_type=position.employment_type,
        schedule=position.schedule,
        education=position.education,
        experience_years=position.experience_years,
        has_dormitory=position.has_dormitory,
        has_meals=position.has_meals,
        has_insurance=position.has_insurance,
        is_supported_place=position.is_supported_place,
        valid_until=position.valid_until,
        is_open=position.is_open(today),
        lacks=list(missing_fields(position, today=today)),
        applied=applied,
        shown_ms=shown_ms,
    )


def pin_view(pin: pins.Pin) -> PinView:
    """A pin as rooms show it."""
    return PinView(pin.id, pin.position_id, pin.started_at, pin.media_from_ms)


def line_view(message: talk.ChatMessage, *, people: People, moderator_id: int | None) -> Line:
    """A stored line of chat."""
    role = "audience"
    if message.is_host:
        role = "moderator" if message.account_id == moderator_id else "host"
    by = people.handle(message.session_id, message.account_id) if message.account_id else ""
    return Line(f"c{message.id}", by, message.name, role, message.text, message.sent_at)


def caption_view(caption: pictures.Caption) -> CaptionView:
    """A caption as rooms show it."""
    return CaptionView(caption.id, caption.text, caption.at)


def question_view(question: talk.Question, *, people: People) -> QuestionView:
    """A question, with its answer if it has one."""
    is_answered = question.status == "answered"
    return QuestionView(
        id=question.id,
        by=people.handle(question.session_id, question.account_id),
        name=question.name,
        text=question.text,
        status=question.status,
        votes=question.vote_count,
        asked_at=question.asked_at,
        slot_id=question.slot_id,
        employer_id=question.employer_id,
        answer=question.answer if is_answered else "",
        is_spoken=question.is_spoken and is_answered,
        answerer=question.answerer if is_answered else "",
        answered_at=question.answered_at if is_answered else None,
        media_ms=question.media_ms if is_answered else None,
    )


def answer_line(question: talk.Question, *, people: People, moderator_id: int | None) -> Line:
    """The line of chat that an answer makes."""
    return Line(
        id=f"q{question.id}",
        by=people.handle(question.session_id, question.answered_by) if question.answered_by else "",
        name=question.answerer,
        role="moderator" if question.answered_by == moderator_id else "host",
        text=question.answer,
        at=question.answered_at or question.asked_at,
        question=AnsweredQuestion(question.id, question.name, question.text),
        is_spoken=question.is_spoken,
    )


def application_view(application: Application) -> ApplicationView:
    """An application's state."""
    return ApplicationView(application.id, application.position_id, application.status, application.applied_at)


def arrival_view(application: Application) -> Arrival:
    """An application as the employer's console lists it: the nickname, never the résumé."""
    level = band(application.score)
    return Arrival(
        id=application.id,
        position_id=application.position_id,
        title=application.position.title,
        name=application.seeker.account.name if application.seeker else "",
        score=application.score if level else None,
        band=level,
        reasons=[_recruiters_reason(reason) for reason in application.reasons],
        status=application.status,
        applied_at=application.applied_at,
        is_assisted=application.filed_by != application.seeker_id,
        is_in_room=False,
    )


def sanction_view(sanction: sanctions.Sanction, *, name: str, kind: str, people: People) -> SanctionView:
    """A mute or ban, laid or lifted."""
    until = None if kind.startswith("un") else sanction.until
    return SanctionView(people.handle(sanction.session_id, sanction.account_id), name, kind, until)


def _slot_view(slot: Slot) -> SlotView:
    return SlotView(
        id=slot.id,
        number=slot.number,
        employer_id=slot.employer_id,
        employer=slot.employer.short_name,
        starts_at=slot.starts_at,
        minutes=slot.minutes,
        started_at=slot.started_at,
        ended_at=slot.ended_at,
    )


def _recruiters_reason(reason: Mapping[str, Any]) -> ReasonView:
    text = str(reason.get("recruiter", ""))
    return ReasonView(
        is_met=bool(reason.get("is_met")),
        topic=str(reason.get("topic", "")),
        text=text,
        text_en=str(reason.get("recruiter_en") or text),
    )
