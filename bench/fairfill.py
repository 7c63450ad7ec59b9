"""Makes a database for measuring: filled with a large fair that is the same for the same random numbers."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import Engine

from bench.applying import add_applications
from bench.history import add_history
from bench.people import Filling, Size, add_people
from bench.rows import go_on_numbering
from fair.database import writing
from fair.divisions import load_divisions

__all__ = ["fill"]


def fill(engine: Engine, size: Size, filling: Filling, *, told: Callable[[str], None] = lambda _words: None) -> None:
    """Fill a migrated database without accounts, in one transaction; `told` hears what is being written."""
    with writing(engine) as db:
        load_divisions(db)
        connection = db.connection()
        told(f"{size.employers} employers, {size.positions} positions, {size.seekers} seekers")
        people = add_people(connection, size, filling)
        told(f"{size.sessions} sessions, {size.applications} applications")
        add_applications(connection, size, filling, people, add_history(connection, size, filling, people))
        go_on_numbering(connection)
