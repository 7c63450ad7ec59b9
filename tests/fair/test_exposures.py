"""Exposures: cards once a person, lists by count, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import Engine, func, select

from fair.database import Base, make_engine, writing
from fair.exposures import Exposure, ListExposure, count_exposures, count_lists, seen_in_lists, seen_in_session
from tests.builders import NOW, SmallFair, add_position, small_fair


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = make_engine(database_url)
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


def test_lists_add_up_in_a_session_and_outside(engine: Engine) -> None:
    """One row a position and session, one a position outside of any, however often it is counted."""
    with writing(engine) as db:
        fair = small_fair(db)
        here, one, two = fair.live_session.id, fair.position.id, add_position(db, fair.employer).id
        count_lists(db, {(here, one): 2, (None, one): 1, (here, two): 1})
        count_lists(db, {(here, one): 3, (None, one): 4})

        assert db.scalar(select(func.count()).select_from(ListExposure)) == 3
        assert seen_in_session(db, here) == {one: 5, two: 1}
        assert seen_in_lists(db, [one, two]) == {one: 10, two: 1}


def test_each_viewer_is_counted_once_with_the_score_shown(engine: Engine) -> None:
    """The first time counts, whatever comes later; nobody is no harm."""
    with writing(engine) as db:
        fair: SmallFair = small_fair(db)
        where = (fair.live_session.id, fair.position.id, fair.employer.id)
        count_exposures(db, *where, [("a1", 80), ('v"2', None)], now=NOW)
        count_exposures(db, *where, [("a1", 65), ("a3", 50)], now=NOW + timedelta(seconds=5))
        count_exposures(db, *where, [], now=NOW)

        rows = db.execute(select(Exposure.viewer, Exposure.score, Exposure.at).order_by(Exposure.viewer))
        assert [tuple(row) for row in rows] == [
            ("a1", 80, NOW),
            ("a3", 50, NOW + timedelta(seconds=5)),
            ('v"2', None, NOW),
        ]


def test_seen_in_session_counts_screens_and_lists(engine: Engine) -> None:
    """A card seen by two and a place in three lists make five; another session's are not among them."""
    with writing(engine) as db:
        fair: SmallFair = small_fair(db)
        here, position = fair.live_session.id, fair.position
        count_exposures(db, here, position.id, position.employer_id, [("a1", 80), ("v2", None)], now=NOW)
        count_lists(db, {(here, position.id): 3})

        assert seen_in_session(db, here) == {position.id: 5}
        assert seen_in_session(db, here + 1) == {}
