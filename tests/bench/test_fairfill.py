"""A large fair follows the rules of fairs, and pages ask the same number of queries however long their lists are."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from random import Random

import pytest
from sqlalchemy import func, select

from bench.fairfill import fill
from bench.people import Filling, Size
from bench.querycounts import FIFTY, ONE, counts
from fair.accounts import Role
from fair.applications import Application, ApplicationChange
from fair.attendances import Attendance
from fair.crypto import set_field_key
from fair.database import make_engine, reading, writing
from fair.livesessions import LiveSession
from fair.positions import Position, missing_fields, refused_words
from fair.reports import report_of
from fair.settings import read_settings
from tests.builders import FIELD_KEY, add_account
from web.app import create_app
from web.security import hash_password, one_time_codes

NOW = datetime(2026, 3, 2, 6, 0, tzinfo=UTC)
PASSWORD = "a-long-password-9"
SMALL = Size(positions=60, sessions=6, applications=80, employers=5, seekers=40, visits=30)


@pytest.fixture
def filled(migrated_url):
    set_field_key(FIELD_KEY)
    engine = make_engine(migrated_url)
    fill(engine, SMALL, Filling(NOW, "", "", Random(1)))
    yield engine
    engine.dispose()


def test_fair_has_the_size_that_was_asked_for(filled):
    """As many positions, sessions, applications and visits of the reported session as wanted."""
    with reading(filled) as db:
        held = [db.scalar(select(func.count()).select_from(record)) for record in (Position, LiveSession, Application)]
        visits = db.scalar(select(func.count()).where(Attendance.session_id == 1))

    assert held == [60, 6, 80]
    assert visits == 30


def test_positions_could_have_been_published(filled):
    """Nothing is written that the rules of publishing would refuse."""
    with reading(filled) as db:
        positions = db.scalars(select(Position)).all()
        wrong = [missing_fields(each, today=NOW.date()) | refused_words(each) for each in positions]

    assert len(wrong) == 60
    assert [each for each in wrong if each] == []


def test_every_way_ends_at_the_status(filled):
    """An application's last step is where it stands."""
    with reading(filled) as db:
        last = select(func.max(ApplicationChange.id)).group_by(ApplicationChange.application_id)
        ends = dict(
            db.execute(
                select(ApplicationChange.application_id, ApplicationChange.to_status).where(
                    ApplicationChange.id.in_(last)
                )
            ).all()
        )
        stands = dict(db.execute(select(Application.id, Application.status)).all())

    assert ends == stands


def test_new_records_are_numbered_behind(filled):
    """Rows that come later do not meet the numbers that were written."""
    with writing(filled) as db:
        newest = add_account(db, Role.SEEKER, now=NOW).id

    assert newest > SMALL.seekers


def test_report_counts_the_first_session(filled):
    """The reported session has viewers, applications and exposures to count."""
    with reading(filled) as db:
        report = report_of(db, db.get_one(LiveSession, 1), now=NOW)

    assert report.presence.visits == 30
    assert report.applications > 50
    assert sum(line.exposures for line in report.by_position) > 0


def test_pages_ask_as_often_for_fifty_rows_as_for_one(migrated_sqlite_url, tmp_path):
    """Home, search, position, report and inbox: the number of statements does not grow with the lists."""
    empty = tmp_path / "empty.db"
    shutil.copy(migrated_sqlite_url.removeprefix("sqlite:///"), empty)

    one = _statements(migrated_sqlite_url, ONE, tmp_path)
    fifty = _statements(f"sqlite:///{empty}", FIFTY, tmp_path)

    assert one == fifty
    assert min(one.values()) >= 2


def _statements(url, size, folder):
    """Page → statements, on a database filled to a size; nobody serves matching."""
    environment = {"GANGBO_VAR": str(folder), "DATABASE_URL": url, "GANGBO_MATCHING_PORT": "9"}
    app = create_app(read_settings(environment, dotenv=None))
    with app.app_context():
        password_hash, secret = hash_password(PASSWORD), one_time_codes().generate_totp_secret()
    engine = app.extensions["gangbo"].engine
    now = datetime.now(UTC)
    fill(engine, size, Filling(now, password_hash, secret, Random(1)))
    try:
        return counts(app, password=PASSWORD, totp_secret=secret)
    finally:
        engine.dispose()
