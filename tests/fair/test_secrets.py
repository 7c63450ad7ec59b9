"""What must never be read where it was not meant to be: keys in a printed setting, people in errors and events."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from fair.accounts import Account, Role
from fair.applications import submit_application
from fair.database import make_engine, make_sessions
from fair.errors import WrongValue
from fair.events import Event
from fair.seekers import save_profile
from fair.settings import read_settings
from fair.talk import ask_question
from tests.builders import NOW, WORDING, add_account, small_fair


def test_printed_settings_show_no_key_and_no_password(tmp_path: Path) -> None:
    """Neither `str`, `repr` nor an f-string of the settings carries a secret into a log."""
    settings = read_settings(
        {
            "GANGBO_VAR": str(tmp_path),
            "SECRET_KEY": "signs-everything",
            "GANGBO_FIELD_KEY": "ab" * 32,
            "DATABASE_URL": "postgresql://gangbo:database-password@db/gangbo",
            "REDIS_URL": "redis://:redis-password@redis:6379/0",
        },
        dotenv=None,
    )

    for text in (str(settings), repr(settings), f"{settings}"):
        for secret in ("signs-everything", "abab", repr(bytes.fromhex("ab")), "database-password", "redis-password"):
            assert secret not in text
    assert "web_port=8000" in repr(settings)


def test_error_of_the_database_shows_no_values(sqlite_url: str) -> None:
    """A statement that fails is told without the values that it carried."""
    engine = make_engine(sqlite_url)

    with make_sessions(engine, for_writing=True)() as db:
        db.add(Account(role=Role.SEEKER, name="张满满", email="manman@example.cn", created_at=NOW))
        with pytest.raises(DBAPIError) as failed:
            db.flush()
    engine.dispose()

    assert "account" in str(failed.value)
    assert not any(value in str(failed.value) for value in ("张满满", "manman@example.cn"))


def test_refused_phone_is_not_repeated(db: Session) -> None:
    """What is wrong with a number is said without the number."""
    account = add_account(db, Role.SEEKER)

    with pytest.raises(WrongValue) as refused:
        account.set_phone("1381234567890")

    assert "1381234" not in str(refused.value)
    assert "1381234" not in repr(refused.value)


def test_event_log_names_nobody(db: Session) -> None:
    """Events carry numbers: no name, contact, résumé or text of a person, so that they may be read by every process."""
    fair = small_fair(db)
    fair.seeker.set_phone("13800001234")
    fair.profile.full_name, fair.profile.about = "张满满", "二十年电工"
    save_profile(db, fair.profile, now=NOW)
    submit_application(
        db, fair.profile, fair.position, key="a key", now=NOW, wording=WORDING, live_session=fair.live_session
    )
    slot = fair.live_session.slots[0]
    ask_question(db, fair.live_session, "夜班多吗", slot=slot, account_id=fair.seeker.id, name="小满", now=NOW)

    told = " ".join(str(event.data) for event in db.scalars(select(Event)))

    assert "question_id" in told
    for text in ("张满满", "小满", "13800001234", "二十年电工", "夜班多吗", str(fair.seeker.email)):
        assert text not in told


def test_key_files_are_their_owners_alone(tmp_path: Path) -> None:
    """Keys that the first start makes cannot be read by other users of the machine."""
    read_settings({"GANGBO_VAR": str(tmp_path / "var")}, dotenv=None)

    for name in ("secret_key", "field_key"):
        assert (tmp_path / "var" / name).stat().st_mode & 0o077 == 0
