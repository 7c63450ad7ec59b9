"""Live sessions as everyone sees them: home, list, page, calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from icalendar import Calendar

from fair.attendances import enter_room
from fair.livesessions import LiveSession, move_session
from fair.pins import pin_position
from fair.statuses import LiveSessionStatus
from tests.builders import NOW, SmallFair, add_position, add_session

sqlite = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)


def add(write: Callable[[], Any], fair: SmallFair, title: str, status: LiveSessionStatus, **more: Any) -> int:
    """Another session of the fair's employer; its number."""
    with write() as db:
        position = add_position(db, db.merge(fair.employer), title=f"{title}的岗位", **more)
        return add_session(
            db,
            db.merge(fair.bureau),
            db.merge(fair.employer),
            [position],
            status=status,
            title=title,
            starts_at=NOW + timedelta(days=1),
            ends_at=NOW + timedelta(days=1, hours=2),
        ).id


def test_home_shows_what_is_live_what_comes_and_what_was(
    client: FlaskClient, fair: SmallFair, write: Callable[[], Any]
) -> None:
    """The session on air with its viewers and the pinned position, the next ones, the last ones; no draft."""
    add(write, fair, "明天的专场", LiveSessionStatus.APPROVED)
    add(write, fair, "播过的专场", LiveSessionStatus.ENDED)
    add(write, fair, "草稿的专场", LiveSessionStatus.DRAFT)
    with write() as db:
        enter_room(db, fair.live_session.id, "v1", account_id=None, is_audience=True, now=NOW)
        pin_position(db, db.merge(fair.live_session), fair.position.id, by=fair.recruiter.id, now=NOW)

    page = client.get("/").text

    assert page.index("西湖区制造业专场") < page.index("明天的专场") < page.index("播过的专场")
    assert "正在讲：低压电工" in page
    assert "草稿的专场" not in page


@sqlite
def test_home_filters_by_what_a_session_offers(client: FlaskClient, fair: SmallFair, write: Callable[[], Any]) -> None:
    """A chip keeps the sessions that have such a position; an unknown one keeps all."""
    add(write, fair, "包住的专场", LiveSessionStatus.APPROVED, has_dormitory=True, experience_years=2)
    add(write, fair, "学徒的专场", LiveSessionStatus.APPROVED)

    room, zero, unknown = (client.get(f"/?f={key}").text for key in ("room", "zero", "nothing"))

    assert ("包住的专场" in room, "学徒的专场" in room) == (True, False)
    assert ("包住的专场" in zero, "学徒的专场" in zero) == (False, True)
    assert "包住的专场" in unknown
    assert "学徒的专场" in unknown


@sqlite
def test_home_without_sessions_has_a_way_on(client: FlaskClient) -> None:
    """An empty fair says so and leads to the positions."""
    page = client.get("/").text

    assert "现在没有直播" in page
    assert 'href="/positions"' in page


@sqlite
def test_list_parts_what_comes_from_what_was(client: FlaskClient, fair: SmallFair, write: Callable[[], Any]) -> None:
    """One list for the next sessions, one for those that are over."""
    add(write, fair, "明天的专场", LiveSessionStatus.APPROVED)
    add(write, fair, "播过的专场", LiveSessionStatus.ENDED)

    coming, past = client.get("/sessions").text, client.get("/sessions?when=past").text

    assert ("明天的专场" in coming, "播过的专场" in coming) == (True, False)
    assert ("明天的专场" in past, "播过的专场" in past) == (False, True)


@sqlite
def test_page_shows_the_running_order(client: FlaskClient, fair: SmallFair) -> None:
    """Who is on, which positions, and the way into the room."""
    page = client.get(f"/sessions/{fair.live_session.id}").text

    assert fair.employer.short_name in page
    assert "低压电工" in page
    assert f'href="/sessions/{fair.live_session.id}/room"' in page


@sqlite
def test_page_of_a_draft_is_its_makers_alone(
    client: FlaskClient, fair: SmallFair, write: Callable[[], Any], signed_in: Callable[[int], FlaskClient]
) -> None:
    """A session that is not approved is not found by others, on the page and in the calendar."""
    draft = add(write, fair, "草稿的专场", LiveSessionStatus.DRAFT)

    assert signed_in(fair.recruiter.id).get(f"/sessions/{draft}").status_code == 200
    assert client.get(f"/sessions/{draft}").status_code == 404
    assert client.get(f"/sessions/{draft}.ics").status_code == 404
    assert signed_in(fair.seeker.id).get(f"/sessions/{draft}").status_code == 404


@sqlite
def test_calendar_lists_what_comes(client: FlaskClient, fair: SmallFair, write: Callable[[], Any]) -> None:
    """The feed is an iCalendar with the hours, the address and a reminder; over and cancelled are not in it."""
    number = add(write, fair, "明天的专场", LiveSessionStatus.APPROVED)
    cancelled = add(write, fair, "取消的专场", LiveSessionStatus.APPROVED)
    with write() as db:
        move_session(db, db.get_one(LiveSession, cancelled), LiveSessionStatus.CANCELLED, now=NOW)
    add(write, fair, "播过的专场", LiveSessionStatus.ENDED)

    answer = client.get("/sessions.ics")
    events = {str(event["summary"]): event for event in Calendar.from_ical(answer.data).walk("VEVENT")}

    assert answer.mimetype == "text/calendar"
    assert set(events) == {"西湖区制造业专场", "明天的专场"}
    assert events["明天的专场"]["dtstart"].dt == NOW + timedelta(days=1)
    assert str(events["明天的专场"]["url"]) == f"http://localhost/sessions/{number}"
    assert events["明天的专场"].walk("VALARM")[0]["trigger"].dt == timedelta(minutes=-10)
