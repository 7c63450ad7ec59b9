"""Counts of lists: written behind the answers, kept while the database cannot take them, read now and then."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from fair.database import make_engine
from fair.exposures import ListExposure
from tests.builders import NOW, SmallFair
from tests.web.conftest import Clock
from web.listings import READ_EVERY, WRITTEN_EVERY, Listings, listings

pytestmark = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)


def written(read: Callable[[], Any]) -> list[tuple[int | None, int, int]]:
    """The rows: session, position, count."""
    with read() as db:
        return [(each.session_id, each.position_id, each.count) for each in db.scalars(select(ListExposure))]


def test_counts_are_written_behind_answers_and_not_with_each(
    app: Flask, client: FlaskClient, fair: SmallFair, clock: Clock, read: Callable[[], Any]
) -> None:
    """The first count at once, what comes in the next five seconds together after them."""

    def count_and_answer() -> None:
        with app.app_context():
            listings().note(None, [fair.position.id])
        client.get("/terms").close()

    count_and_answer()
    count_and_answer()
    count_and_answer()
    at_once = written(read)
    clock.now += WRITTEN_EVERY
    client.get("/terms").close()

    assert at_once == [(None, fair.position.id, 1)]
    assert written(read) == [(None, fair.position.id, 3)]


def test_counts_wait_for_a_database_that_cannot_take_them(
    app: Flask, fair: SmallFair, tmp_path: Path, read: Callable[[], Any]
) -> None:
    """A database without the table refuses; the same counts go to one that has it."""
    counting = Listings()
    counting.note(fair.live_session.id, [fair.position.id])
    broken = make_engine(f"sqlite:///{tmp_path / 'empty.db'}")

    counting.write(broken)
    counting.write(app.extensions["gangbo"].engine)

    broken.dispose()
    assert written(read) == [(fair.live_session.id, fair.position.id, 1)]


def test_what_was_seen_is_read_once_a_minute(app: Flask) -> None:
    """A list more asks nothing; a minute later the count is new."""
    counting, answers = Listings(), iter([{1: 5}, {1: 9}])

    first = [counting.seen(7, lambda: next(answers), now=NOW + timedelta(seconds=after)) for after in (0, 59)]
    later = counting.seen(7, lambda: next(answers), now=NOW + READ_EVERY)

    assert first == [{1: 5}, {1: 5}]
    assert later == {1: 9}
