"""What every test may ask for: a fresh database, an empty Redis database, a browser.

A test that lacks its server is skipped with the reason; with CI=true it fails instead, so that nothing is
left out unseen.
"""

import fcntl
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator, Iterator
from functools import cache
from pathlib import Path
from typing import NoReturn

import pytest
import redis
from alembic import command
from alembic.config import Config
from sqlalchemy import URL, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from fair.database import make_engine
from tests.quiet import turn
from tools.catalogue import compile_english
from tools.chromium import find

POSTGRESQL = os.environ.get("TEST_DATABASE_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379")
REDIS_MARK = "gangbo:test"

# Two cores are shared by server, browser and encoder, and no test may ask a hub for a model.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ["HF_HUB_OFFLINE"] = "1"


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Keep other processes of tests waiting while a test marked `alone` runs."""
    folder = item.config.rootpath / ".pytest_cache" / "turns"
    with turn(folder, is_alone=item.get_closest_marker("alone") is not None):
        return (yield)


@pytest.fixture(scope="session", autouse=True)
def english() -> None:
    """The English words as they are now, for every page that a test reads."""
    compile_english()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a SQLite file that is not there yet."""
    return f"sqlite:///{tmp_path / 'gangbo.db'}"


@pytest.fixture
def postgresql_url() -> Iterator[str]:
    """The address of an empty PostgreSQL database, dropped after the test."""
    lacking = _postgresql_lacks()
    if lacking:
        do_without(lacking)
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


@pytest.fixture(scope="session")
def make_once(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Callable[[Path], None]], Path]:
    """`make_once(name, fill)` is a folder that `fill` was given empty, once for all processes of a run of tests."""
    folder = tmp_path_factory.getbasetemp()
    run = folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder

    def make(name: str, fill: Callable[[Path], None]) -> Path:
        made = run / name
        with (run / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not made.exists():
                filling = tmp_path_factory.mktemp(name)
                fill(filling)
                filling.rename(made)
        return made

    return make


@pytest.fixture(scope="session")
def migrated_file(make_once: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """A SQLite file taken through all migrations, made once; tests copy it."""
    return make_once("schema", lambda folder: _migrate(f"sqlite:///{folder / 'gangbo.db'}")) / "gangbo.db"


@pytest.fixture(scope="session")
def released_folder(make_once: Callable[[str, Callable[[Path], None]], Path]) -> Path:
    """A data folder as the release step leaves it, with keys and the demo fair in SQLite, made once; tests copy it."""
    return make_once("released", _release)


@pytest.fixture
def demo_folder(released_folder: Path, tmp_path: Path) -> Path:
    """A data folder of this test's own with the demo fair in it: what GANGBO_VAR names."""
    return shutil.copytree(released_folder, tmp_path / "var")


@pytest.fixture(scope="session")
def migrated_template() -> Iterator[str]:
    """The name of a PostgreSQL database taken through all migrations, made once; tests copy it."""
    lacking = _postgresql_lacks()
    if lacking:
        do_without(lacking)
    server, name = make_url(POSTGRESQL), f"gangbo_template_{secrets.token_hex(6)}"
    _on_server(server, f'CREATE DATABASE "{name}"')
    _migrate(server.set(database=name).render_as_string(hide_password=False))
    yield name
    _on_server(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def migrated_sqlite_url(migrated_file: Path, tmp_path: Path) -> str:
    """The address of a SQLite database with the product's schema and nothing in it."""
    return f"sqlite:///{shutil.copy(migrated_file, tmp_path / 'gangbo.db')}"


@pytest.fixture
def migrated_postgresql_url(migrated_template: str) -> Iterator[str]:
    """The address of a PostgreSQL database with the product's schema and nothing in it, dropped after the test."""
    server, name = make_url(POSTGRESQL), f"gangbo_test_{secrets.token_hex(6)}"
    _on_server(server, f'CREATE DATABASE "{name}" TEMPLATE "{migrated_template}"')
    yield server.set(database=name).render_as_string(hide_password=False)
    _on_server(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest) -> str:
    """The address of a database with the schema; a test that asks for it runs on SQLite and on PostgreSQL."""
    url: str = request.getfixturevalue(f"migrated_{request.param}_url")
    return url


@pytest.fixture
def redis_url() -> Iterator[str]:
    """The address of an empty Redis database that no other test uses, emptied after the test."""
    lacking = _redis_lacks()
    if lacking:
        do_without(lacking)
    for number in range(15, 0, -1):
        with redis.Redis.from_url(f"{REDIS}/{number}") as client:
            if client.dbsize() == 0 and client.set(REDIS_MARK, "1", nx=True):
                yield f"{REDIS}/{number}"
                client.flushdb()
                return
    do_without(f"No empty Redis database from 1 to 15 at {REDIS}: empty one with redis-cli -n 15 flushdb")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium to drive."""
    path = find()
    if path is None:
        do_without("Chromium is missing: make chromium, or name one in CHROMIUM")
    return path


def _migrate(url: str) -> None:
    engine = make_engine(url)
    config = Config("alembic.ini")
    config.attributes["engine"] = engine
    command.upgrade(config, "head")
    engine.dispose()


def _release(folder: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GANGBO_")}
    environment |= {"GANGBO_VAR": str(folder), "DATABASE_URL": ""}
    subprocess.run([sys.executable, "-m", "web.release"], env=environment, check=True)


def do_without(reason: str) -> NoReturn:
    """Skip a test that lacks what it needs; with CI=true fail it."""
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
