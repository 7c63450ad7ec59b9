"""An empty database with the whole schema, on SQLite and on PostgreSQL."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from fair.crypto import set_field_key
from fair.database import make_engine, writing
from tests.builders import FIELD_KEY


@pytest.fixture
def engine(migrated_url: str) -> Iterator[Engine]:
    """An engine on an empty database of each kind."""
    set_field_key(FIELD_KEY)
    made = make_engine(migrated_url)
    yield made
    made.dispose()


@pytest.fixture
def sqlite(migrated_sqlite_url: str) -> Iterator[Engine]:
    """An engine on an empty SQLite database, for rules that any database keeps."""
    set_field_key(FIELD_KEY)
    made = make_engine(migrated_sqlite_url)
    yield made
    made.dispose()


@pytest.fixture
def db(sqlite: Engine) -> Iterator[Session]:
    """A transaction on SQLite."""
    with writing(sqlite) as session:
        yield session
