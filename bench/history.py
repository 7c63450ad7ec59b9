"""What happened at a large fair's sessions: slots, pins, visits, exposures, talk. It knows no applications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection

from bench.people import DISTRICT, Filling, People, Size
from bench.rows import add_rows
from fair.attendances import Attendance
from fair.exposures import Exposure
from fair.livesessions import LiveSession, Slot, SlotPosition
from fair.pins import Pin
from fair.statuses import LiveSessionStatus, QuestionStatus
from fair.talk import ChatMessage, Question
from web.demo.sayings import ANSWERS, CHAT, QUESTIONS

__all__ = ["REPORTED", "Held", "add_history"]

REPORTED, _ON_AIR, _TO_COME = 1, 2, 3
"""Numbers of the session that is reported on, of the one on air and of the first one to come."""

_OFFERS, _SLOTS, _SLOT_MINUTES = 48, 8, 20


@dataclass
class Held:
    """One session in the making: its row, and what is offered from when to when."""

    row: dict[str, Any]
    offers: list[tuple[int, int, int, datetime]] = field(default_factory=list)
    """Employer, slot, position, the moment from which it was on screen."""

    @property
    def number(self) -> int:
        number: int = self.row["id"]
        return number

    @property
    def is_over(self) -> bool:
        return bool(self.row["status"] == LiveSessionStatus.ENDED)

    @property
    def minutes_each(self) -> float:
        """Minutes that each position was on screen."""
        length: timedelta = self.row["ends_at"] - self.row["starts_at"]
        return length / timedelta(minutes=1) / max(1, len(self.offers))


def add_history(connection: Connection, size: Size, filling: Filling, people: People) -> list[Held]:
    """Write the sessions, the first of them with `size.visits` visits; those that have begun."""
    sessions = _add_sessions(connection, size, filling, people)
    shown = [held for held in sessions if held.is_over or held.number == _ON_AIR]
    seekers = list(people.resumes)
    for held in shown:
        visits = size.visits if held.number == REPORTED else min(size.visits, 150)
        _add_watching(connection, held, seekers, visits, filling.luck)
        _add_talk(connection, held, seekers, people, filling.luck)
    return shown


def _add_sessions(connection: Connection, size: Size, filling: Filling, people: People) -> list[Held]:
    sessions: list[Held] = []
    slots: list[dict[str, Any]] = []
    offers: list[dict[str, Any]] = []
    for number in range(1, size.sessions + 1):
        held = Held(_session_row(number, filling.now, people))
        employers = _employers_of(number, people, filling.luck)
        starts_at = held.row["starts_at"]
        length = timedelta(minutes=_SLOT_MINUTES * _SLOTS) / len(employers)
        for order, employer_id in enumerate(employers, start=1):
            at = starts_at + (order - 1) * length
            was_on = held.is_over or (number == _ON_AIR and order == 1)
            slots.append(
                {
                    "id": len(slots) + 1,
                    "session_id": number,
                    "employer_id": employer_id,
                    "number": order,
                    "starts_at": at,
                    "minutes": length // timedelta(minutes=1),
                    "started_at": at if was_on else None,
                    "ended_at": at + length if held.is_over else None,
                }
            )
            share = _OFFERS // len(employers)
            mine = people.positions_of[employer_id]
            chosen = filling.luck.sample(mine, min(share, len(mine)))
            for place, position_id in enumerate(chosen, start=1):
                offers.append({"slot_id": len(slots), "position_id": position_id, "number": place})
                on_screen = at + (place - 1) * length / len(chosen) + timedelta(seconds=20)
                held.offers.append((employer_id, len(slots), position_id, on_screen))
        sessions.append(held)
    add_rows(connection, LiveSession, [held.row for held in sessions])
    add_rows(connection, Slot, slots)
    add_rows(connection, SlotPosition, offers)
    return sessions


def _session_row(number: int, now: datetime, people: People) -> dict[str, Any]:
    length = timedelta(minutes=_SLOT_MINUTES * _SLOTS)
    if number == _ON_AIR:
        status, starts_at = LiveSessionStatus.LIVE, now - timedelta(minutes=9)
    elif number % 12 == _TO_COME:
        status, starts_at = LiveSessionStatus.APPROVED, now + timedelta(hours=4 * number)
    else:
        status, starts_at = LiveSessionStatus.ENDED, now - timedelta(hours=26 + 3 * number)
    has_begun = status != LiveSessionStatus.APPROVED
    return {
        "id": number,
        "title": f"西湖区第 {number} 场直播招聘",
        "about": "几家单位轮流上播，讲到哪个岗位就能投哪个。",
        "status": status,
        "district_code": DISTRICT,
        "bureau_id": people.bureau_id,
        "made_by": people.officer_id,
        "starts_at": starts_at,
        "ends_at": starts_at + length,
        "started_at": starts_at if has_begun else None,
        "ended_at": starts_at + length if status == LiveSessionStatus.ENDED else None,
        "poster": "stage-fair.svg",
        "like_count": 900 + number,
        "created_at": starts_at - timedelta(days=10),
    }


def _employers_of(number: int, people: People, luck: Random) -> list[int]:
    """The first employer is in every second session, so that its recruiter is a busy one."""
    employers = list(people.positions_of)
    chosen = luck.sample(employers, min(_SLOTS, len(employers)))
    if 1 not in chosen and (number % 2 == 1 or number == _ON_AIR):
        chosen[0] = 1
    return chosen


def _add_watching(connection: Connection, held: Held, seekers: Sequence[int], visits: int, luck: Random) -> None:
    """Visits, pins, and who had which card on screen; three of ten viewers are signed in."""
    starts_at, minutes = held.row["starts_at"], (held.row["ends_at"] - held.row["starts_at"]) / timedelta(minutes=1)
    signed_in = luck.sample(seekers, min(len(seekers), max(1, visits * 3 // 10)))
    attendances, exposures = [], []
    for number in range(visits):
        account_id = signed_in[number] if number < len(signed_in) else None
        viewer = f"a{account_id}" if account_id else f"v{held.number}-{number}"
        enters = min(abs(luck.gauss(0, 0.35)), 0.95) * minutes
        leaves = min(enters + 1 + luck.expovariate(1 / 24), minutes)
        entered, left = starts_at + timedelta(minutes=enters), starts_at + timedelta(minutes=leaves)
        attendances.append(
            {
                "session_id": held.number,
                "viewer": viewer,
                "account_id": account_id,
                "is_audience": True,
                "entered_at": entered,
                "left_at": left if held.is_over else None,
            }
        )
        for employer_id, _slot, position_id, at in held.offers:
            if entered <= at <= left:
                score = luck.randint(50, 92) if account_id and luck.random() < 0.4 else None
                exposures.append(
                    {
                        "session_id": held.number,
                        "position_id": position_id,
                        "employer_id": employer_id,
                        "viewer": viewer,
                        "score": score,
                        "at": at,
                    }
                )
    add_rows(connection, Attendance, attendances)
    add_rows(connection, Exposure, exposures)
    add_rows(connection, Pin, _pin_rows(held))


def _pin_rows(held: Held) -> list[dict[str, Any]]:
    """A pin for every position of a session that is over, and the one on screen of one that is not."""
    rows = []
    for _employer_id, slot_id, position_id, at in held.offers if held.is_over else held.offers[:1]:
        until = at + timedelta(minutes=held.minutes_each) - timedelta(seconds=25)
        from_ms = (at - held.row["starts_at"]) // timedelta(milliseconds=1)
        rows.append(
            {
                "session_id": held.number,
                "slot_id": slot_id,
                "position_id": position_id,
                "position_version": 1,
                "started_at": at,
                "ended_at": until if held.is_over else None,
                "media_from_ms": from_ms,
                "media_to_ms": from_ms + (until - at) // timedelta(milliseconds=1) if held.is_over else None,
            }
        )
    return rows


def _add_talk(connection: Connection, held: Held, seekers: Sequence[int], people: People, luck: Random) -> None:
    starts_at = held.row["starts_at"]
    chat, questions = [], []
    for turn in range(60):
        at = starts_at + timedelta(minutes=luck.random() * 150)
        account_id = luck.choice(seekers)
        said = {"session_id": held.number, "account_id": account_id, "name": f"求职者{account_id}"}
        chat.append(said | {"text": luck.choice(CHAT), "sent_at": at})
        if turn % 3 == 0 and held.offers:
            employer_id, slot_id, _position_id, _at = luck.choice(held.offers)
            number = luck.randrange(len(QUESTIONS))
            questions.append(
                said
                | {
                    "slot_id": slot_id,
                    "employer_id": employer_id,
                    "text": QUESTIONS[number],
                    "status": QuestionStatus.ANSWERED,
                    "vote_count": luck.randint(0, 14),
                    "asked_at": at,
                    "answer": ANSWERS[number],
                    "answered_by": people.recruiter_of[employer_id],
                    "answerer": "专员",
                    "answered_at": at + timedelta(seconds=luck.randint(25, 160)),
                }
            )
    add_rows(connection, ChatMessage, chat)
    add_rows(connection, Question, questions)
