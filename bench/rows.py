"""Rows written in bulk: with numbers of our own, past the rules that make them one by one."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Integer, text

from fair.database import Base

__all__ = ["add_rows", "go_on_numbering"]

_CHUNK = 2_000


def add_rows(connection: Connection, record: type[Base], rows: Iterable[dict[str, Any]]) -> int:
    """Insert rows that all name the same columns; how many there were."""
    left, count = iter(rows), 0
    while chunk := list(islice(left, _CHUNK)):
        connection.execute(record.metadata.tables[record.__tablename__].insert(), chunk)
        count += len(chunk)
    return count


def go_on_numbering(connection: Connection) -> None:
    """Let PostgreSQL number new rows behind those that brought their own numbers; SQLite does so by itself."""
    if connection.dialect.name != "postgresql":
        return
    for table in Base.metadata.sorted_tables:
        column = table.c.get("id")
        if column is not None and isinstance(column.type, Integer):
            connection.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "
                    f'(SELECT coalesce(max(id), 0) + 1 FROM "{table.name}"), false)'
                )
            )
