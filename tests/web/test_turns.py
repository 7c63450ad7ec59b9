"""Lists made by match: first places in turns, held for a while, counted once; and none of it with matching off."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.serving import make_server

from fair.database import make_engine
from fair.exposures import ListExposure, count_lists
from fair.livesessions import LiveSession, Slot, SlotPosition
from fair.settings import Settings, read_settings
from matching.app import app_of
from matching.desk import Desk
from matching.feed import Feed, Stage
from tests.builders import FIELD_KEY, NOW, SmallFair, add_employer, add_position
from tests.matching.records import HashedTerms
from tests.web.conftest import Clock
from tests.web.test_positions import titles
from web.listings import write_listings

pytestmark = pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)

PLACES = 5


@pytest.fixture
def matching(migrated_url: str) -> Iterator[tuple[Feed, int]]:
    """Matching over the site's own database: what it reads by, and its port."""
    engine = make_engine(migrated_url)
    desk = Desk(engine, HashedTerms)
    feed = desk.make_feed()
    feed.load()
    while feed.stage != Stage.FOLLOWING:
        feed.encode_some()
    server = make_server("127.0.0.1", 0, app_of(desk, today=lambda: NOW.date()), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield feed, server.server_port
    server.shutdown()
    thread.join()
    server.server_close()
    engine.dispose()


@pytest.fixture
def site_settings(migrated_url: str, tmp_path: Any, matching: tuple[Feed, int]) -> Settings:
    """Settings of a site whose matching answers."""
    return read_settings(
        {
            "GANGBO_VAR": str(tmp_path / "var"),
            "DATABASE_URL": migrated_url,
            "GANGBO_LIVE_PORT": "9",
            "GANGBO_MATCHING_PORT": str(matching[1]),
            "SECRET_KEY": "k" * 64,
            "GANGBO_FIELD_KEY": FIELD_KEY.hex(),
        },
        dotenv=None,
    )


@pytest.fixture
def crowded(write: Callable[[], Any], fair: SmallFair, matching: tuple[Feed, int]) -> SmallFair:
    """Eight positions that fit the seeker alike, of another employer of the session, and one of other work."""
    with write() as db:
        other = add_employer(db, db.merge(fair.district), short_name="安和")
        positions = [add_position(db, other, title=f"低压电工{number}") for number in range(8)]
        positions.append(add_position(db, other, title="护理员", occupation="护理员", certificates=[]))
        live = db.merge(fair.live_session)
        slot = Slot(employer_id=other.id, number=2, starts_at=NOW + timedelta(minutes=30), minutes=20)
        slot.employer = other
        for number, position in enumerate(positions, start=1):
            slot.offers.append(SlotPosition(position_id=position.id, position=position, number=number))
        live.slots.append(slot)
    matching[0].catch_up()
    return fair


def counted(app: Flask, read: Callable[[], Any]) -> dict[tuple[int | None, int], int]:
    """What the lists are counted as, those that wait among them."""
    write_listings(app)
    with read() as db:
        return {(each.session_id, each.position_id): each.count for each in db.scalars(select(ListExposure))}


def suited(page: str) -> list[str]:
    """The titles of the group that suits the viewer."""
    group = page.split("data-suited", 1)[1].split("</details>", 1)[0]
    return [line.split("</a>")[0].rsplit(">", 1)[1] for line in group.split("<h3>")[1:]]


def test_positions_stand_by_fit_and_are_counted_once(
    app: Flask, crowded: SmallFair, signed_in: Callable[[int], FlaskClient], read: Callable[[], Any], clock: Clock
) -> None:
    """What does not fit is left to the other order; a reload shows the same and counts nothing more for ten minutes."""
    seeker = signed_in(crowded.seeker.id)

    first = seeker.get("/positions")
    again = titles(seeker.get("/positions").text)

    assert len(titles(first.text)) == 9
    assert "护理员" not in titles(first.text)
    assert again == titles(first.text)
    assert list(counted(app, read).values()) == [1] * PLACES
    assert "护理员" in titles(seeker.get("/positions?order=new").text)
    clock.now += timedelta(minutes=11)
    seeker.get("/positions")
    assert sum(counted(app, read).values()) == 2 * PLACES


def test_positions_turn_to_those_seen_less(
    app: Flask,
    crowded: SmallFair,
    signed_in: Callable[[int], FlaskClient],
    write: Callable[[], Any],
    clock: Clock,
) -> None:
    """Once the first five were seen more than the others, the others are first."""
    seeker = signed_in(crowded.seeker.id)
    before = titles(seeker.get("/positions").text)
    write_listings(app)

    clock.now += timedelta(minutes=11)
    after = titles(seeker.get("/positions").text)

    assert sorted(after) == sorted(before)
    assert set(before[PLACES:]) <= set(after[:PLACES])


def test_room_shows_what_suits_of_others_than_the_one_on_stage(
    app: Flask,
    crowded: SmallFair,
    signed_in: Callable[[int], FlaskClient],
    write: Callable[[], Any],
    read: Callable[[], Any],
) -> None:
    """Those of the session seen least; counted when the positions are looked at, by the page's own word too."""
    room = f"/sessions/{crowded.live_session.id}"
    with write() as db:
        slots = db.get_one(LiveSession, crowded.live_session.id).slots
        ids = {offer.position.title: offer.position_id for offer in slots[1].offers}
        slots[0].started_at = NOW
        count_lists(db, {(crowded.live_session.id, ids[f"低压电工{number}"]): 50 for number in range(4)})
    seeker = signed_in(crowded.seeker.id)

    page = seeker.get(f"{room}/room").text
    unseen = counted(app, read)
    seeker.post(f"{room}/listed")
    seeker.post(f"{room}/listed")

    chosen = suited(page)
    assert set(chosen) <= {f"低压电工{number}" for number in range(4, 8)}
    assert len(chosen) == 4
    assert set(unseen.values()) == {50}
    assert counted(app, read)[crowded.live_session.id, ids[chosen[0]]] == 1
    assert sum(counted(app, read).values()) == 4 * 50 + PLACES
    assert suited(seeker.get(f"{room}/room?tab=jobs").text) == chosen
    assert sum(counted(app, read).values()) == 4 * 50 + PLACES


def test_lists_are_plain_when_matching_is_off(
    app: Flask, crowded: SmallFair, signed_in: Callable[[int], FlaskClient], matching: tuple[Feed, int], read: Any
) -> None:
    """Off: newest first, in running order in the room, no score, nothing counted, and nothing kept of the lists."""
    seeker = signed_in(crowded.seeker.id)
    room = f"/sessions/{crowded.live_session.id}/room?tab=jobs"
    assert "data-suited" in seeker.get(room).text
    assert 'class="score' in seeker.get("/positions").text
    before = counted(app, read)

    seeker.post("/profile/consents", data={"kind": "matching", "on": "0"})
    matching[0].catch_up()

    page, listed = seeker.get(room).text.split("<template", 1)[0], seeker.get("/positions").text
    plain = titles(app.test_client().get("/positions").text)
    assert "data-suited" not in page
    assert 'class="score' not in page + listed
    assert titles(listed) == plain
    assert len(plain) == 10
    assert counted(app, read) == before
    with seeker.session_transaction() as session:
        assert "turns" not in session


def test_page_of_matching_says_what_the_turns_cost(app: Flask, client: FlaskClient) -> None:
    """How many places, and how much of the score at most, as the installation has it."""
    page = client.get("/matching").text

    assert f"前 {PLACES} 个里" in page
    assert f"{app.extensions['gangbo'].settings.chance_loss}% 的匹配分" in page


def test_lists_go_on_without_matching(
    app: Flask, fair: SmallFair, signed_in: Callable[[int], FlaskClient], read: Callable[[], Any]
) -> None:
    """Before matching has read anything of the seeker, all positions stand, the newest first."""
    page = signed_in(fair.seeker.id).get("/positions").text

    assert titles(page) == ["低压电工"]
    assert "新发布的在前" in page
    assert counted(app, read) == {}
