"""Lists that were shown, gathered in memory and written in batches; how often positions were seen, read now and then.

A process that is killed loses the counts of the last seconds and nothing else.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from threading import Lock

from flask import Flask, Response, current_app
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from fair.database import writing
from fair.exposures import count_lists
from web.context import engine, now

__all__ = ["Listings", "listings", "register", "write_listings"]

WRITTEN_EVERY = timedelta(seconds=5)
READ_EVERY = timedelta(minutes=1)
_KEPT = 200

_log = logging.getLogger("gangbo.web.listings")


class Listings:
    """What one process counted and has not written yet, and what it knows of how often positions were seen."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: Counter[tuple[int | None, int]] = Counter()
        self._written_at: datetime | None = None
        self._seen: dict[int | None, tuple[datetime, Mapping[int, int]]] = {}

    def note(self, session_id: int | None, position_ids: Iterable[int]) -> None:
        """A list of this session (None = outside of any) had these positions in its first places."""
        with self._lock:
            self._waiting.update((session_id, position_id) for position_id in position_ids)

    def is_due(self, now: datetime) -> bool:
        """Whether something waits to be written and was long enough."""
        return bool(self._waiting) and (self._written_at is None or now - self._written_at >= WRITTEN_EVERY)

    def write(self, engine: Engine, *, now: datetime | None = None) -> None:
        """Write what waits; it goes on waiting when the database cannot take it."""
        with self._lock:
            counts, self._waiting, self._written_at = self._waiting, Counter(), now
        if not counts:
            return
        try:
            with writing(engine) as db:
                count_lists(db, counts)
        except SQLAlchemyError as error:
            _log.warning("%d counts of lists wait: %s", len(counts), error)
            with self._lock:
                self._waiting.update(counts)

    def seen(self, session_id: int, read: Callable[[], Mapping[int, int]], *, now: datetime) -> Mapping[int, int]:
        """How often a session's positions were seen: as `read` says, asked once in READ_EVERY."""
        kept = self._seen.get(session_id)
        if kept is None or not timedelta() <= now - kept[0] < READ_EVERY:
            if len(self._seen) >= _KEPT:
                self._seen.clear()
            kept = self._seen[session_id] = (now, read())
        return kept[1]


def register(app: Flask) -> None:
    """Let the application count lists, and write the counts behind its answers."""
    app.extensions["listings"] = Listings()
    app.after_request(_write_behind)


def listings() -> Listings:
    """Those of this process."""
    held: Listings = current_app.extensions["listings"]
    return held


def write_listings(app: Flask) -> None:
    """Write what waits, before the process ends."""
    app.extensions["listings"].write(app.extensions["gangbo"].engine)


def _write_behind(response: Response) -> Response:
    held, at = listings(), now()
    if held.is_due(at):
        into = engine()
        response.call_on_close(lambda: held.write(into, now=at))
    return response
