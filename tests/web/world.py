"""A world for tests of the whole site: everybody who can come, a record of every kind, a right form for every path."""

from __future__ import annotations

import io
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from fair.accounts import Role
from fair.applications import submit_application
from fair.database import writing
from fair.employers import Recruiter, move_employer, with_check_character
from fair.importing import work
from fair.importjobs import make_job
from fair.livesessions import SlotPosition
from fair.pictures import PictureStream, begin_stream
from fair.positions import close_position
from fair.sheets import SheetRow
from fair.statuses import EmployerStatus, LiveSessionStatus
from fair.talk import ask_question
from tests.builders import (
    NOW,
    WORDING,
    SmallFair,
    add_account,
    add_employer,
    add_position,
    add_profile,
    add_session,
    small_fair,
)
from tests.web.conftest import PASSWORD

EMPLOYER = {
    "name": "杭州临江电缆有限公司",
    "short_name": "临江电缆",
    "place": "西湖区文一西路 1 号",
    "title": "王专员",
}
POSITION = {
    "title": "装配工",
    "occupation": "装配工",
    "employment_type": "FULL_TIME",
    "head_count": "3",
    "base_pay": "4000",
    "pay_min": "5000",
    "pay_max": "6000",
    "pay_unit": "MONTH",
    "place": "西湖区文一西路 1 号",
    "schedule": "day",
    "education": "none",
    "experience_years": "0",
    "duties": "装配小家电",
    "requirements": "手脚麻利",
    "valid_until": "2026-04-01",
}
SESSION = {
    "title": "西湖区春季专场",
    "place": "西湖区",
    "starts_at": "2026-03-03T14:00",
    "ends_at": "2026-03-03T15:00",
    "poster": "stage-fair.svg",
}
PERSON = {"password": "a-long-password-9", "nickname": "新人", "has_agreed": "1"}
HEADINGS = ["岗位名称", "要求", "人数", "底薪", "工作地点", "有效期", "职责"]
CELLS = ["装配工", "手脚麻利", "3", "4000", "西湖区文一西路 1 号", "2026-04-01", "装配小家电"]


@dataclass(frozen=True)
class World:
    """The records that paths name, who comes (name → account), and path → a form that is right in every field."""

    ids: dict[str, int | str]
    people: dict[str, int]
    forms: dict[str, dict[str, Any]]

    def path(self, pattern: str) -> str:
        """`/sessions/{live}` with the record's number."""
        return pattern.format(**self.ids)

    def form(self, pattern: str) -> dict[str, Any]:
        """The form for a path; a file in it can be read once."""
        return {name: _fresh(value) for name, value in self.forms.get(pattern, {}).items()}


def make_world(app: Flask) -> World:
    """A small fair with a rival, a moderator, an application, a question, an import and sessions in every state."""
    engine = app.extensions["gangbo"].engine
    with writing(engine) as db:
        fair = small_fair(db)
        people = _people(db, fair)
        ids = _records(db, fair, people)
    file = app.extensions["gangbo"].settings.media_dir / str(ids["live"]) / f"{ids['recording']}.mp4"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(b"mp4")
    work(engine, int(ids["job"]), clock=lambda: NOW)
    return World(ids=ids, people=people, forms=_forms(ids))


class Copy:
    """What a SQLite database held at one moment: to compare with, and to go back to."""

    def __init__(self, engine: Engine) -> None:
        self._path = str(engine.url.database)
        self._kept = sqlite3.connect(":memory:")
        with closing(sqlite3.connect(self._path)) as now:
            now.backup(self._kept)
        self._rows = _rows(self._kept)

    def is_changed(self) -> bool:
        """Whether any row of any table is another one now."""
        with closing(sqlite3.connect(self._path)) as now:
            return _rows(now) != self._rows

    def put_back(self) -> None:
        """Make everything as it was."""
        with closing(sqlite3.connect(self._path)) as now:
            self._kept.backup(now)


def _rows(connection: sqlite3.Connection) -> dict[str, list[Any]]:
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    return {name: connection.execute(f'SELECT * FROM "{name}"').fetchall() for name in tables}


def _people(db: Session, fair: SmallFair) -> dict[str, int]:
    other = add_account(db, Role.SEEKER, name="阿强")
    add_profile(db, other, full_name="李强")
    rival = add_account(db, Role.RECRUITER, name="钱专员")
    rivals = add_employer(db, fair.district)
    db.add(Recruiter(account_id=rival.id, employer_id=rivals.id, title="钱专员"))
    return {
        "seeker": fair.seeker.id,
        "other": other.id,
        "recruiter": fair.recruiter.id,
        "rival": rival.id,
        "moderator": add_account(db, Role.MODERATOR, name="场控").id,
        "officer": fair.officer.id,
        "neighbour": fair.other_officer.id,
        "administrator": add_account(db, Role.ADMINISTRATOR, name="管理员").id,
    }


def _records(db: Session, fair: SmallFair, people: dict[str, int]) -> dict[str, int | str]:
    second, third = add_position(db, fair.employer, title="装配工"), add_position(db, fair.employer, title="质检员")
    closed = add_position(db, fair.employer, title="仓管员")
    close_position(db, closed, now=NOW)
    live = fair.live_session
    live.slots[0].offers.append(SlotPosition(position_id=second.id, position=second, number=2))
    live.moderator_id = people["moderator"]
    states = {
        status: add_session(
            db,
            fair.bureau,
            fair.employer,
            [fair.position],
            status=status,
            made_by=people["recruiter"],
            moderator_id=people["moderator"],
            starts_at=NOW + timedelta(days=1),
            ends_at=NOW + timedelta(days=1, hours=1),
        )
        for status in (LiveSessionStatus.DRAFT, LiveSessionStatus.SUBMITTED, LiveSessionStatus.APPROVED)
    }
    draft = states[LiveSessionStatus.DRAFT]
    applicant = add_employer(db, fair.district, is_approved=False)
    move_employer(db, applicant, EmployerStatus.SUBMITTED, now=NOW)
    application = submit_application(
        db, fair.profile, fair.position, key="the first key", now=NOW, wording=WORDING, live_session=live
    )
    question = ask_question(
        db, live, "夜班多吗", slot=live.slots[0], account_id=fair.seeker.id, name=fair.seeker.name, now=NOW
    )
    sheet = [SheetRow(1, HEADINGS), SheetRow(2, CELLS), SheetRow(3, ["质检员", *CELLS[1:2], "很多", *CELLS[3:]])]
    job = make_job(db, fair.employer, sheet, file_name="岗位.xlsx", by=people["recruiter"], now=NOW)
    return {
        "live": live.id,
        "draft": draft.id,
        "submitted": states[LiveSessionStatus.SUBMITTED].id,
        "approved": states[LiveSessionStatus.APPROVED].id,
        "slot": draft.slots[0].id,
        "offer": draft.slots[0].offers[0].id,
        "position": fair.position.id,
        "second": second.id,
        "third": third.id,
        "closed": closed.id,
        "sketch": add_position(db, fair.employer, is_published=False, title="钳工").id,
        "employer": fair.employer.id,
        "applicant": applicant.id,
        "application": application.id,
        "recording": _recording(db, fair).number,
        "question": question.id,
        "job": job.id,
        "row": 3,
        "sign_in": f"test-{people['seeker']}",
    }


def _recording(db: Session, fair: SmallFair) -> PictureStream:
    """Ten seconds of the live session that the recruiter consented to."""
    live = fair.live_session
    stream = begin_stream(db, live, by=fair.recruiter.id, employer_id=fair.employer.id, has_consent=True, now=NOW)
    stream.first_ms, stream.last_ms, stream.size_bytes = 0, 10_000, 3
    return stream


def _forms(ids: dict[str, int | str]) -> dict[str, dict[str, Any]]:
    """Path → the form of somebody who may send it, right in every field."""
    key = {"key": "a key of sixteen signs"}
    file = "\n".join([",".join(HEADINGS), ",".join(CELLS)]).encode()
    return {
        "/login": {"name": "nobody@example.cn", "password": "wrong"},
        "/account/password": {"current": PASSWORD, "password": "another-password-9"},
        "/sign-up": {**PERSON, "name": "13900000001"},
        "/sign-up/employer": {
            **PERSON,
            "name": "13900000002",
            "employer": "杭州新来有限公司",
            "credit_code": with_check_character("91330106MA2X00001"),
        },
        "/profile": {"full_name": "张满", "education": "none", "experience_years": "3", "home_code": ""},
        "/profile/consents": {"kind": "matching", "on": "0"},
        "/profile/erase": {"sure": "1"},
        "/positions/{second}/apply": key,
        "/positions/{sketch}/apply": key,
        "/positions/{closed}/apply": key,
        "/sessions/{live}/positions/{second}/apply": key,
        "/sessions/{live}/questions": {"text": "包住吗"},
        "/sessions/{live}/applications/{application}/move": {"status": "viewed"},
        "/employer/applications/{application}/move": {"status": "shortlisted"},
        "/employer": {**EMPLOYER, "credit_code": with_check_character("91330106MA2X00002")},
        "/employer/positions/new": POSITION,
        "/employer/positions/{position}": POSITION,
        "/employer/positions/import": {"file": (file, "岗位.csv")},
        "/employer/positions/import/{job}/rows/{row}": {"c-head_count": "3"},
        "/employer/sessions/new": SESSION,
        "/employer/sessions/{draft}": SESSION,
        "/employer/sessions/{draft}/slots": {"employer_id": ids["employer"], "minutes": "20"},
        "/employer/sessions/{draft}/slots/{slot}": {"minutes": "30"},
        "/employer/sessions/{draft}/slots/{slot}/offers": {"position_id": ids["third"]},
        "/employer/sessions/{draft}/offers/{offer}": {"do": "remove"},
        "/employer/sessions/{draft}/step": {"to": "submitted"},
        "/oversight/employers/{applicant}/decide": {"decision": "approve"},
        "/oversight/sessions/{submitted}/decide": {"decision": "approve"},
    }


def _fresh(value: Any) -> Any:
    """A file is read once only."""
    return (io.BytesIO(value[0]), value[1]) if isinstance(value, tuple) else value
