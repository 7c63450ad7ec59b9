"""What every test may ask for: a fresh database, an empty Redis database, a browser.

A test that lacks its server is skipped with the reason; with CI=true it fails instead, so that nothing is
left out unseen.
"""

import os
import secrets
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest
import redis
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from tools.chromium import find

POSTGRESQL = os.environ.get("TEST_DATABASE_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379")
REDIS_MARK = "gangbo:test"

# Two cores are shared by server, browser and encoder, and no test may ask a hub for a model.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ["HF_HUB_OFFLINE"] = "1"


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a SQLite file that is not there yet."""
    return f"sqlite:///{tmp_path / 'gangbo.db'}"


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """The address of an empty PostgreSQL database, dropped after the test."""
    lacking = _postgresql_lacks()
    if lacking:
        _do_without(lacking)
    server = make_url(POSTGRESQL)
    name = f"gangbo_test_{secrets.token_hex(6)}"
    _on_server(server, f'CREATE DATABASE "{name}"')
    yield server.set(database=name).render_as_string(hide_password=False)
    _on_server(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of an empty database; a test that asks for it runs on SQLite and on PostgreSQL."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture
def redis_url() -> Iterator[str]:
    """The address of an empty Redis database that no other test uses, emptied after the test."""
    lacking = _redis_lacks()
    if lacking:
        _do_without(lacking)
    for number in range(15, 0, -1):
        with redis.Redis.from_url(f"{REDIS}/{number}") as client:
            if client.dbsize() == 0 and client.set(REDIS_MARK, "1", nx=True):
                yield f"{REDIS}/{number}"
                client.flushdb()
                return
    _do_without(f"No empty Redis database from 1 to 15 at {REDIS}: empty one with redis-cli -n 15 flushdb")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium to drive."""
    path = find()
    if path is None:
        _do_without("Chromium is missing: make chromium, or name one in CHROMIUM")
    return path


def _do_without(reason: str) -> NoReturn:
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@cache
def _postgresql_lacks() -> str:
    try:
        _on_server(make_url(POSTGRESQL), "SELECT 1")
    except OperationalError:
        shown = make_url(POSTGRESQL).render_as_string()
        return f"No PostgreSQL answers at {shown}: start one, or name one in TEST_DATABASE_URL"
    return ""


@cache
def _redis_lacks() -> str:
    try:
        with redis.Redis.from_url(REDIS, socket_connect_timeout=2) as client:
            client.ping()
    except redis.ConnectionError:
        return f"No Redis answers at {REDIS}: start one, or name one in TEST_REDIS_URL"
    return ""


def _on_server(server: URL, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT", connect_args={"connect_timeout": 3})
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()
