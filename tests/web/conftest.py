"""The site on a fresh database: the application, a client that signs in, the records it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import event
from sqlalchemy.orm import Session

from fair.accounts import Account
from fair.crypto import set_field_key
from fair.database import reading, writing
from fair.settings import Settings, read_settings
from tests.builders import FIELD_KEY, NOW, SmallFair, small_fair
from web.accounts.credential import Credential, SignIn
from web.accounts.signup import add_credential
from web.app import create_app

PASSWORD = "a-long-password-9"


class Clock:
    """A clock that tests set."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def site_settings(migrated_url: str, tmp_path: Path) -> Settings:
    """Settings with a database of this test's own and nobody at matching's and live's ports."""
    return read_settings(
        {
            "GANGBO_VAR": str(tmp_path / "var"),
            "DATABASE_URL": migrated_url,
            "GANGBO_LIVE_PORT": "9",
            "GANGBO_MATCHING_PORT": "9",
            "SECRET_KEY": "k" * 64,
            "GANGBO_FIELD_KEY": FIELD_KEY.hex(),
        },
        dotenv=None,
    )


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Each template's code, so that it is compiled once and not once a test."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(site_settings: Settings, clock: Clock, compiled_templates: FileSystemBytecodeCache) -> Iterator[Flask]:
    """The site; a test that takes it runs on SQLite and on PostgreSQL."""
    set_field_key(site_settings.field_key)
    app = create_app(site_settings, clock=clock)
    app.jinja_env.bytecode_cache = compiled_templates
    app.config.update(TESTING=True, WTF_CSRF_ENABLED=False)
    yield app
    app.extensions["gangbo"].engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A visitor's browser without JavaScript."""
    return app.test_client()


@pytest.fixture
def write(app: Flask) -> Callable[[], Any]:
    """`with write() as db:` a committed transaction."""
    return lambda: writing(app.extensions["gangbo"].engine)


@pytest.fixture
def read(app: Flask) -> Callable[[], Any]:
    """`with read() as db:` what is committed."""
    return lambda: reading(app.extensions["gangbo"].engine)


@pytest.fixture
def fair(write: Callable[[], Any]) -> SmallFair:
    """A small fair whose session is live, committed."""
    with write() as db:
        return small_fair(db)


@pytest.fixture
def count_queries(app: Flask) -> Callable[[Callable[[], Any]], int]:
    """How many statements the database is asked while something is done."""

    def counting(do: Callable[[], Any]) -> int:
        asked: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            asked.append(statement)

        engine = app.extensions["gangbo"].engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            do()
        finally:
            event.remove(engine, "before_cursor_execute", note)
        return len(asked)

    return counting


@pytest.fixture
def let_sign_in(app: Flask) -> Callable[[Session, Account], Credential]:
    """Give an account the password PASSWORD."""

    def let(db: Session, account: Account) -> Credential:
        with app.app_context():
            password_hash = app.extensions["security"].pwd_context.hash(PASSWORD)
        return add_credential(db, account, password_hash)

    return let


@pytest.fixture
def signed_in(app: Flask, clock: Clock) -> Callable[[int], FlaskClient]:
    """A browser in which the account of that number is signed in, without the pages of signing in."""

    def make(account_id: int) -> FlaskClient:
        number = f"test-{account_id}"
        with writing(app.extensions["gangbo"].engine) as db:
            credential = db.query(Credential).filter_by(account_id=account_id).one_or_none()
            if credential is None:
                account = db.get_one(Account, account_id)
                credential = add_credential(db, account, "no password fits this")
            if db.get(SignIn, number) is None:
                db.add(SignIn(number=number, account_id=account_id, started_at=clock()))
            who = credential.fs_uniquifier
        client = app.test_client()
        with client.session_transaction() as session:
            session.update({"_user_id": who, "_fresh": True, "login": number})
        return client

    return make
