"""Visits are what viewers stayed, whatever lines broke and however many live servers saw them."""

import itertools
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fair.attendances import Attendance, count_entries, leave_room
from fair.presence import Presence, _joined, presence_of
from tests.builders import NOW, small_fair


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def stay(db: Session, room: int, viewer: str, enters: float, leaves: float, *, server: str = "live-0") -> None:
    """Somebody comes to one server and leaves it, in seconds after NOW."""
    count_entries(db, room, [(viewer, None, True)], server=server, now=NOW + seconds(enters))
    leave_room(db, room, [viewer], server=server, now=NOW + seconds(leaves))


def presence(db: Session, room: int, *, until: float) -> Presence:
    return presence_of(db, room, since=NOW, until=NOW + seconds(until))


@pytest.mark.parametrize(("away", "visits", "watched"), [(59, 1, 99), (60, 2, 40), (600, 2, 40)])
def test_return_within_a_minute_is_the_same_visit(db: Session, away: int, visits: int, watched: int) -> None:
    """A line that broke is no second visit; a minute away is. At which server it goes on does not matter."""
    room = small_fair(db).live_session.id
    stay(db, room, "v1", 0, 30)
    stay(db, room, "v1", 30 + away, 40 + away, server="live-1")

    counted = presence(db, room, until=1000)

    assert (counted.unique_viewers, counted.visits, counted.watched) == (1, visits, seconds(watched))


def test_viewer_at_two_servers_is_one(db: Session) -> None:
    """Telephone at one process, computer at another: one viewer, one visit, and no second of it counted twice."""
    room = small_fair(db).live_session.id
    stay(db, room, "v1", 0, 300, server="live-0")
    stay(db, room, "v1", 60, 360, server="live-1")
    stay(db, room, "v2", 0, 120, server="live-1")
    assert db.scalar(select(func.count()).select_from(Attendance)) == 3

    counted = presence(db, room, until=420)

    assert (counted.unique_viewers, counted.visits, counted.peak) == (2, 2, 2)
    assert counted.watched == seconds(360 + 120)
    assert counted.by_minute == [2, 2, 1, 1, 1, 1, 0]


def test_leaving_one_server_leaves_no_other(db: Session) -> None:
    """The stay at the other process goes on, and with it the visit."""
    room = small_fair(db).live_session.id
    for server in ("live-0", "live-1"):
        count_entries(db, room, [("v1", None, True)], server=server, now=NOW)

    leave_room(db, room, ["v1"], server="live-0", now=NOW + seconds(60))

    assert dict(db.execute(select(Attendance.server, Attendance.left_at)).all()) == {
        "live-0": NOW + seconds(60),
        "live-1": None,
    }
    assert presence(db, room, until=180).by_minute == [1, 1, 1]


@given(st.lists(st.tuples(st.integers(0, 2000), st.integers(0, 300)), min_size=1, max_size=30))
def test_visits_cover_the_stays_and_lie_a_minute_apart(stays: list[tuple[int, int]]) -> None:
    """Whatever overlaps: no stay is lost, no two visits touch."""
    spans = [(float(enters), float(enters + lasts)) for enters, lasts in stays]

    visits = _joined(spans)

    assert all(any(begins <= enters and leaves <= ends for begins, ends in visits) for enters, leaves in spans)
    assert {begins for begins, _ in visits} <= {enters for enters, _ in spans}
    assert all(later[0] - earlier[1] >= 60 for earlier, later in itertools.pairwise(visits))
