"""An empty database with the whole schema, on SQLite and on PostgreSQL."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from fair.crypto import set_field_key
from fair.database import make_engine, writing
from fair.records import Base
from tests.builders import FIELD_KEY


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on an empty database of each kind."""
    set_field_key(FIELD_KEY)
    made = make_engine(database_url)
    Base.metadata.create_all(made)
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the whole schema, made once and copied for each test."""
    path = tmp_path_factory.mktemp("schema") / "empty.db"
    made = make_engine(f"sqlite:///{path}")
    Base.metadata.create_all(made)
    made.dispose()
    return path


@pytest.fixture
def sqlite(empty_file: Path, tmp_path: Path) -> Iterator[Engine]:
    """An engine on an empty SQLite database, for rules that any database keeps."""
    set_field_key(FIELD_KEY)
    copy = shutil.copy(empty_file, tmp_path / "gangbo.db")
    made = make_engine(f"sqlite:///{copy}")
    yield made
    made.dispose()


@pytest.fixture
def db(sqlite: Engine) -> Iterator[Session]:
    """A transaction on SQLite."""
    with writing(sqlite) as session:
        yield session
