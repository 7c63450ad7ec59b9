"""The demo fair: what is promised is there, on both databases, and comes back when it is asked to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from fair.accounts import Account, Role
from fair.applications import Application
from fair.database import reading
from fair.employers import Employer, checked_credit_code
from fair.livesessions import LiveSession
from fair.positions import Position, missing_fields
from fair.seekers import SeekerProfile
from fair.settings import read_settings
from fair.statuses import ApplicationStatus, LiveSessionStatus, PositionStatus
from fair.vocabulary import Schedule
from tests.builders import SmallFair
from web.app import create_app
from web.demo.content import demo_employers, demo_seekers


@pytest.fixture
def demo_app(demo_folder: Path) -> Iterator[Flask]:
    """The site with the demo fair, on SQLite."""
    app = create_app(read_settings({"GANGBO_VAR": str(demo_folder)}, dotenv=None))
    yield app
    app.extensions["gangbo"].engine.dispose()


def run(app: Flask, *words: str) -> str:
    result = app.test_cli_runner().invoke(args=["fair", *words])
    assert result.exit_code == 0, result.output
    return result.output


def test_demo_takes_the_place_of_what_was_there(app: Flask, fair: SmallFair, read: Callable[[], Any]) -> None:
    """22 employers, 121 positions, 60 seekers, a session to start, ended ones with every kind of application."""
    run(app, "demo", "--reset")

    with read() as db:

        def count(record: Any) -> int:
            return int(db.scalar(select(func.count()).select_from(record)))

        assert (count(Employer), count(Position), count(SeekerProfile)) == (22, 121, 60)
        assert fair.employer.name not in set(db.scalars(select(Employer.name)))
        statuses = set(db.scalars(select(LiveSession.status)))
        assert {LiveSessionStatus.APPROVED, LiveSessionStatus.ENDED, LiveSessionStatus.SUBMITTED} <= statuses
        ways = set(db.scalars(select(Application.status)))
        assert ways >= set(ApplicationStatus) - {ApplicationStatus.SHORTLISTED, ApplicationStatus.SUBMITTED}


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_demo_is_refused_where_somebody_lives(app: Flask, fair: SmallFair, read: Callable[[], Any]) -> None:
    """A database in use is never filled over."""
    refused = app.test_cli_runner().invoke(args=["fair", "demo"])

    assert refused.exit_code == 1
    assert "--reset" in refused.output
    with read() as db:
        assert db.scalars(select(Employer.id)).all() == [fair.employer.id]


def test_accounts_prints_who_can_sign_in_with_the_current_code(demo_app: Flask) -> None:
    """Officers and administrators have a six-digit code beside them, seekers none."""
    said = run(demo_app, "accounts")

    lines = {line.split()[1]: line for line in said.splitlines() if "@demo" in line and "totp" not in line}
    with reading(demo_app.extensions["gangbo"].engine) as db:
        officer = db.scalar(select(Account).where(Account.email == "zhou@demo.gangbo.cn"))
        assert officer.role == Role.OFFICER
    assert lines["zhou@demo.gangbo.cn"].split()[-1].isdigit()
    assert "code" in lines["admin@demo.gangbo.cn"]
    assert "code" not in lines["xiaoman@demo.gangbo.cn"]


def test_demo_positions_are_true_to_the_rules(demo_app: Flask) -> None:
    """Every published one is complete, one is left without base pay, and each employer's code has its check digit."""
    with reading(demo_app.extensions["gangbo"].engine) as db:
        for position in db.scalars(select(Position)):
            lacking = missing_fields(position, today=position.created_at.date())
            is_published = position.status == PositionStatus.PUBLISHED
            assert set(lacking) == (set() if is_published else {"base_pay"})
        for employer in db.scalars(select(Employer)):
            assert checked_credit_code(employer.credit_code) == employer.credit_code
        drafts = select(func.count()).select_from(Position).where(Position.status == PositionStatus.DRAFT)
        assert db.scalar(drafts) == 1


def test_demo_content_is_of_real_variety() -> None:
    """Pay by month, day and hour; every kind of schedule; no title twice in one firm; nobody's name twice."""
    positions = [position for employer in demo_employers() for position in employer.positions]

    assert {position.pay_unit for position in positions} == {"MONTH", "DAY", "HOUR"}
    assert {position.schedule for position in positions} == set(Schedule)
    assert len({position.occupation for position in positions}) > 70
    for employer in demo_employers():
        titles = [position.title for position in employer.positions]
        assert len(titles) == len(set(titles))
    nicknames = [seeker.nickname for seeker in demo_seekers()]
    assert len(nicknames) == len(set(nicknames)) == 60
