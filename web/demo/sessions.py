"""Fills the demo fair with sessions: one to go live now, some to come, some ended with their history.

The history is drawn with a fixed seed, so that every demo fair is the same but for its dates.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import insert
from sqlalchemy.orm import Session

from fair.attendances import Attendance
from fair.days import CHINA, china_day
from fair.employers import Employer
from fair.exposures import Exposure
from fair.livesessions import LiveSession, Slot, SlotPosition, move_session
from fair.pins import Pin, pin_position, unpin
from fair.positions import Position
from fair.statuses import LiveSessionStatus
from fair.talk import answer_question, ask_question, keep_chat
from web.demo.answers import follow_up
from web.demo.people import DISTRICT, DemoPeople
from web.demo.sayings import ANSWERS, CHAT, QUESTIONS


def add_sessions(db: Session, people: DemoPeople, *, now: datetime) -> LiveSession:
    """Add all sessions; the one that can go live now."""
    luck = random.Random(2026)  # noqa: S311 - a story, not a secret.
    _add_ended(db, people, _past(now, 3, 14), "迅达物流旺季招工", (4, 2, 15), "stage-parcel.svg", luck, watchers=260)
    _add_ended(db, people, _past(now, 6, 10), "养老护理岗位见面会", (3, 11, 22), "stage-care.svg", luck, watchers=140)
    _add_ended(
        db, people, _past(now, 1, 14), "西湖区制造业专场", (1, 2, 8, 9, 16), "stage-cable.svg", luck, watchers=420
    )

    soon = (now + timedelta(minutes=10)).replace(second=0, microsecond=0)
    fair = _plan(
        db,
        people,
        soon,
        "家门口的好岗位：西湖区联合专场",
        range(1, 23),
        "stage-cable.svg",
        minutes=(20,) * 4 + (8,) * 18,
    )
    fair.about = "22 家单位轮流上播，电工、护理、驾驶、软件、实习都有，讲到哪个岗位就能投哪个。"
    fair.moderator_id = people.moderator.id
    _approve(db, fair, now=now - timedelta(days=2))

    coming = (
        (0, 19.5, "夜校下课看一场：零经验技工专场", (1, 8, 9, 16), "stage-office.svg"),
        (1, 10, "浙西科创园：2026 届毕业生专场", (21, 6, 13), "stage-campus.svg"),
        (3, 14, "护理、家政、保洁：就近上岗", (3, 11, 22, 7), "stage-care.svg"),
        (4, 20, "退役军人岗位夜场：安保、驾驶、应急", (20, 18, 7), "stage-fair.svg"),
    )
    for days, hour, title, numbers, poster in coming:
        at = _local(now, days, hour)
        at = at if at > now + timedelta(minutes=30) else at + timedelta(days=7)
        _approve(db, _plan(db, people, at, title, numbers, poster), now=now - timedelta(days=1))
    waiting = _plan(db, people, _local(now, 6, 14), "餐饮酒店旺季用工专场", (5, 17, 2), "stage-kitchen.svg")
    move_session(db, waiting, LiveSessionStatus.SUBMITTED, now=now - timedelta(hours=3))
    return fair


def _local(now: datetime, days: float, hour: float) -> datetime:
    """`hour` o'clock in China, `days` after today's date there."""
    midnight = now.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + timedelta(days=days, hours=hour)


def _past(now: datetime, days: int, hour: int) -> datetime:
    return _local(now, -days, hour)


def _plan(
    db: Session,
    people: DemoPeople,
    starts_at: datetime,
    title: str,
    numbers: Sequence[int],
    poster: str,
    *,
    minutes: Sequence[int] = (),
) -> LiveSession:
    """A draft with one slot for each employer number (counted from 1) and all of its published positions."""
    lengths = list(minutes) or [20] * len(numbers)
    planned = LiveSession(
        title=title,
        district_code=DISTRICT,
        bureau_id=people.bureau.id,
        made_by=people.officer.id,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=sum(lengths)),
        poster=poster,
        created_at=starts_at - timedelta(days=10),
    )
    db.add(planned)
    at = starts_at
    for number, (employer_number, length) in enumerate(zip(numbers, lengths, strict=True), start=1):
        employer = people.employers[employer_number - 1]
        slot = Slot(employer_id=employer.id, number=number, starts_at=at, minutes=length)
        slot.employer = employer
        for order, position in enumerate(people.positions[employer.id], start=1):
            slot.offers.append(SlotPosition(position_id=position.id, position=position, number=order))
        planned.slots.append(slot)
        at += timedelta(minutes=length)
    db.flush()
    return planned


def _approve(db: Session, planned: LiveSession, *, now: datetime) -> None:
    move_session(db, planned, LiveSessionStatus.SUBMITTED, now=now)
    move_session(db, planned, LiveSessionStatus.APPROVED, now=now + timedelta(hours=2))


def _add_ended(
    db: Session,
    people: DemoPeople,
    starts_at: datetime,
    title: str,
    numbers: Sequence[int],
    poster: str,
    luck: random.Random,
    *,
    watchers: int,
) -> None:
    """A session that took place: watched, presented, asked, applied for, answered and ended."""
    held = _plan(db, people, starts_at, title, numbers, poster)
    _approve(db, held, now=starts_at - timedelta(days=3))
    move_session(db, held, LiveSessionStatus.LIVE, now=starts_at)
    visits = _add_visits(db, people, held, luck, watchers=watchers)
    for slot in held.slots:
        slot.started_at, slot.ended_at = slot.starts_at, slot.starts_at + timedelta(minutes=slot.minutes)
        recruiter = people.recruiters[people.employers.index(slot.employer)]
        open_offers = [offer.position for offer in slot.offers if offer.position.is_open(china_day(starts_at))]
        step = timedelta(minutes=slot.minutes) / max(1, len(open_offers))
        for order, position in enumerate(open_offers):
            at = slot.starts_at + order * step + timedelta(seconds=20)
            pin = pin_position(db, held, position.id, by=recruiter.id, now=at)
            until = at + step - timedelta(seconds=25)
            unpin(db, held, by=recruiter.id, now=until)
            seen_by = _add_exposures(db, pin, position, visits, until=until, luck=luck)
            follow_up(db, people, held, position, recruiter, seen_by, at=at, until=until, luck=luck)
        _add_talk(db, people, held, slot, slot.employer, recruiter_id=recruiter.id, title=recruiter.name, luck=luck)
    held.like_count = watchers * luck.randint(3, 9)
    move_session(db, held, LiveSessionStatus.ENDED, now=held.ends_at)
    db.flush()


def _add_visits(
    db: Session, people: DemoPeople, held: LiveSession, luck: random.Random, *, watchers: int
) -> list[dict[str, object]]:
    """Visits of some seekers and of `watchers` devices; some left and came back."""
    minutes = (held.ends_at - held.starts_at) / timedelta(minutes=1)
    viewers: list[tuple[str, int | None]] = [
        (f"a{profile.account_id}", profile.account_id) for profile in luck.sample(people.seekers, 56)
    ]
    viewers += [(f"v{held.id}demo{number}", None) for number in range(watchers)]
    rows: list[dict[str, object]] = []
    for viewer, account_id in viewers:
        enters = min(abs(luck.gauss(0, 0.3 if account_id is None else 0.12)), 0.95) * minutes
        stays = min(luck.expovariate(1 / (22 if account_id is None else 240)) + 1, minutes - enters)
        for start, length in ((enters, stays), (enters + stays + 6, stays / 2)):
            if start is not enters and (luck.random() > 0.3 or start + length > minutes):
                continue
            entered = held.starts_at + timedelta(minutes=start)
            rows.append(
                {
                    "session_id": held.id,
                    "viewer": viewer,
                    "account_id": account_id,
                    "is_audience": True,
                    "entered_at": entered,
                    "left_at": min(entered + timedelta(minutes=length), held.ends_at),
                }
            )
    db.execute(insert(Attendance), rows)
    return rows


def _add_exposures(
    db: Session, pin: Pin, position: Position, visits: list[dict[str, object]], *, until: datetime, luck: random.Random
) -> list[int]:
    """Count who had the card on screen; the accounts among them."""
    viewers: dict[str, int | None] = {}
    for visit in visits:
        entered, left = visit["entered_at"], visit["left_at"]
        assert isinstance(entered, datetime)
        assert isinstance(left, datetime)
        if entered < until and left > pin.started_at:
            account_id = visit["account_id"]
            viewers[str(visit["viewer"])] = account_id if isinstance(account_id, int) else None
    rows = [
        {
            "session_id": pin.session_id,
            "position_id": position.id,
            "employer_id": position.employer_id,
            "viewer": viewer,
            "score": luck.randint(50, 92) if account_id is not None and luck.random() < 0.4 else None,
            "at": pin.started_at,
        }
        for viewer, account_id in viewers.items()
    ]
    if rows:
        db.execute(insert(Exposure), rows)
    return [account_id for account_id in viewers.values() if account_id is not None]


def _add_talk(
    db: Session,
    people: DemoPeople,
    held: LiveSession,
    slot: Slot,
    employer: Employer,
    *,
    recruiter_id: int,
    title: str,
    luck: random.Random,
) -> None:
    """Chat and questions of one slot; most questions are answered."""
    span = timedelta(minutes=slot.minutes)
    for text in luck.sample(CHAT, 7):
        speaker = luck.choice(people.seekers).account
        keep_chat(
            db,
            held.id,
            account_id=speaker.id,
            name=speaker.name,
            text=text,
            is_host=False,
            now=slot.starts_at + span * luck.random(),
        )
    for number in luck.sample(range(len(QUESTIONS)), 4):
        speaker = luck.choice(people.seekers).account
        at = slot.starts_at + span * (luck.random() * 0.8)
        question = ask_question(
            db, held, QUESTIONS[number], slot=slot, account_id=speaker.id, name=speaker.name, now=at
        )
        question.vote_count = luck.randint(0, 14)
        if luck.random() < 0.85:
            answer_question(
                db,
                held,
                question,
                answer=ANSWERS[number] if luck.random() < 0.8 else "",
                by=recruiter_id,
                answerer=f"{employer.short_name} {title}",
                now=at + timedelta(seconds=luck.randint(25, 160)),
            )
