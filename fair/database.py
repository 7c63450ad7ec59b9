"""The database: the declarative base, column types shared by all records, and the engine.

The entry point of a process makes the engine and owns each transaction; records and rules never commit.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, ClassVar, cast

from sqlalchemy import JSON, Connection, DateTime, Engine, Enum, MetaData, create_engine, event
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker
from sqlalchemy.types import TypeDecorator

__all__ = ["Base", "UtcDateTime", "make_engine", "make_sessions", "reading", "words", "writing"]

SECONDS_TO_WAIT = 15.0
_LONGEST_PAUSE, _SHORTEST_PAUSE = 0.012, 0.001
_SECONDS_TO_HURRY = 0.25
_WAITS = f"busy_timeout={SECONDS_TO_WAIT * 1_000:.0f}"

_NAMES = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in the database; a naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None] | None:
        # SQLite keeps text: reading it in one step instead of three takes a quarter of the time, for thousands of rows.
        return _from_text if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


class Base(DeclarativeBase):
    """Base of every record; its metadata is what the migrations are compared with."""

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime,
        list[str]: JSON,
        list[list[int]]: JSON,
        list[dict[str, Any]]: JSON,
        dict[str, Any]: JSON,
    }


def _from_text(value: str | None) -> datetime | None:
    return None if value is None else datetime.fromisoformat(f"{value}+00:00")


def words(kind: type[StrEnum], length: int) -> Enum:
    """A column type that keeps an enumeration's values as text of at most `length` characters."""
    return Enum(
        kind, native_enum=False, length=length, values_callable=lambda members: [member.value for member in members]
    )


def make_engine(url: str, *, pool_size: int = 8) -> Engine:
    """An engine for `url` (SQLite in WAL with synchronous=FULL, or PostgreSQL through psycopg 3).

    Its errors show statements without their values, which are people's names, addresses and résumés.
    """
    if not url.startswith("sqlite"):
        return create_engine(url, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True, hide_parameters=True)
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=pool_size,
        connect_args={"timeout": SECONDS_TO_WAIT, "check_same_thread": False},
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def make_sessions(engine: Engine, *, for_writing: bool) -> sessionmaker[Session]:
    """A factory of sessions, for a process that keeps it: it is a class of its own, dear to make."""
    return sessionmaker(_to_write(engine) if for_writing else engine, expire_on_commit=False)


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """A session to read from; whatever it changed is dropped."""
    with Session(engine, expire_on_commit=False) as db:
        yield db


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """A transaction: committed when the block ends, rolled back whole when it raises."""
    with Session(_to_write(engine), expire_on_commit=False) as db, db.begin():
        yield db


def _to_write(engine: Engine) -> Engine:
    """The engine for transactions that write.

    One in SQLite that reads first and writes later fails at once when another wrote in between: it takes the write
    lock when it begins.
    """
    return engine.execution_options(sqlite_begin="IMMEDIATE")


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # The driver's own implicit BEGIN is off: _begin_sqlite says which kind.
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", _WAITS):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get("sqlite_begin") != "IMMEDIATE":
        connection.exec_driver_sql("BEGIN")
        return
    raw = cast(sqlite3.Connection, connection.connection.dbapi_connection)
    raw.execute("PRAGMA busy_timeout=0")
    try:
        if not _takes_turn(raw):
            # The same once more, for its error as the library tells it.
            connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        raw.execute(f"PRAGMA {_WAITS}")


def _takes_turn(raw: sqlite3.Connection) -> bool:
    """Begin to write as soon as nobody else does; False when it cannot be.

    SQLite's own waiting looks the more rarely the longer it has waited: of several that write all the time one can
    wait for seconds. Here who has waited longest looks most often.
    """
    began = time.monotonic()
    while True:
        try:
            raw.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            waited = time.monotonic() - began
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or waited > SECONDS_TO_WAIT:
                return False
            time.sleep(max(_SHORTEST_PAUSE, _LONGEST_PAUSE * (1 - waited / _SECONDS_TO_HURRY)))
        else:
            return True
