"""Stays that a live process left open are ended: by its successor at once, by any other after a while."""

from datetime import datetime, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from fair.attendances import Attendance, count_entries
from fair.database import writing
from fair.liveservers import LOST_AFTER, end_lost_stays, end_stays_of, sign_of_life
from tests.builders import NOW, small_fair

SOON = timedelta(seconds=1)


def with_open_stays(engine: Engine) -> None:
    """One stay at each of three servers; the first gave its last sign a second later, the third none at all."""
    with writing(engine) as db:
        room = small_fair(db).live_session.id
        for server in ("live-0", "live-1", "live-2"):
            count_entries(db, room, [(f"v{server}", None, True)], server=server, now=NOW)
        sign_of_life(db, "live-0", now=NOW - SOON)
        sign_of_life(db, "live-0", now=NOW + SOON)
        sign_of_life(db, "live-1", now=NOW + LOST_AFTER)
        assert set(ends(db).values()) == {None}


def ends(db: Session) -> dict[str, datetime | None]:
    """Server → when its stay ended."""
    return dict(db.execute(select(Attendance.server, Attendance.left_at)).all())


def test_successor_ends_the_stays_of_its_own_name(engine: Engine) -> None:
    """At the last sign of life; the others' go on."""
    with_open_stays(engine)

    with writing(engine) as db:
        assert end_stays_of(db, "live-0") == 1
        assert end_stays_of(db, "live-0") == 0
        assert end_stays_of(db, "never") == 0

        assert ends(db) == {"live-0": NOW + SOON, "live-1": None, "live-2": None}


def test_stay_that_began_after_the_last_sign_lasts_no_time(engine: Engine) -> None:
    """It never ends before it began."""
    with writing(engine) as db:
        room = small_fair(db).live_session.id
        sign_of_life(db, "live-0", now=NOW)
        count_entries(db, room, [("v1", None, True)], server="live-0", now=NOW + SOON)

        end_stays_of(db, "live-0")

        assert ends(db) == {"live-0": NOW + SOON}


def test_stays_of_the_lost_are_ended_by_any_other(engine: Engine) -> None:
    """Who gave no sign for five minutes, and who is not known at all; who lives is let be."""
    with_open_stays(engine)

    with writing(engine) as db:
        assert end_lost_stays(db, now=NOW + LOST_AFTER) == 0
        assert end_lost_stays(db, now=NOW + LOST_AFTER + 2 * SOON) == 2

        assert ends(db) == {"live-0": NOW + SOON, "live-1": None, "live-2": NOW}
