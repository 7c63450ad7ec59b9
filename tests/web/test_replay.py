"""The replay: chapters where positions were presented, the talk in time, recordings for whom they belong to."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fair.livesessions import LiveSession, move_session
from fair.pictures import begin_stream
from fair.pins import pin_position, unpin
from fair.positions import Position, close_position
from fair.statuses import LiveSessionStatus
from fair.talk import hide_chat, keep_chat
from tests.builders import NOW, SmallFair

Transaction = Callable[[], AbstractContextManager[Session]]
SignedIn = Callable[[int], FlaskClient]


@pytest.fixture
def replayed(fair: SmallFair, write: Transaction, app: Flask) -> SmallFair:
    """An hour that was recorded from its third minute on, with one position presented and some talk."""
    with write() as db:
        live = db.get_one(LiveSession, fair.live_session.id)
        live.started_at = NOW - timedelta(hours=1)
        began = live.started_at + timedelta(minutes=2)
        stream = begin_stream(
            db, live, by=fair.recruiter.id, employer_id=fair.employer.id, has_consent=True, mime="video/mp4", now=began
        )
        stream.first_ms, stream.last_ms, stream.size_bytes = 0, 50 * 60_000, 5
        pin_position(db, live, fair.position.id, by=fair.recruiter.id, now=began + timedelta(seconds=754))
        unpin(db, live, by=fair.recruiter.id, now=began + timedelta(seconds=900))
        for second, text in ((-60, "来得太早"), (760, "宿舍几个人一间"), (765, "加我微信")):
            line = keep_chat(
                db, live.id, account_id=fair.seeker.id, name="小满", text=text, is_host=False,
                now=began + timedelta(seconds=second),
            )  # fmt: skip
        hide_chat(line, by=fair.recruiter.id, now=NOW)
        move_session(db, live, LiveSessionStatus.ENDED, now=NOW)
    file = app.extensions["gangbo"].settings.media_dir / str(live.id) / "1.mp4"
    file.parent.mkdir(parents=True)
    file.write_bytes(b"12345")
    return fair


def test_chapter_stands_where_the_position_was_presented(
    client: FlaskClient, signed_in: SignedIn, replayed: SmallFair
) -> None:
    """The list jumps to the second of the pin, and a seeker applies from there."""
    page = client.get(f"{address(replayed)}/replay").text
    own = signed_in(replayed.seeker.id).get(f"{address(replayed)}/replay").text

    assert 'data-seek="754000"' in page
    assert 'href="?t=754"' in page
    assert "12:34" in page
    assert replayed.position.title in page
    assert "data-apply" in own
    assert "登录后投递" in page


def test_chapter_of_a_closed_position_says_so(signed_in: SignedIn, replayed: SmallFair, write: Transaction) -> None:
    """What has expired can be watched, not applied for."""
    before = signed_in(replayed.seeker.id).get(f"{address(replayed)}/replay").text
    with write() as db:
        close_position(db, db.get_one(Position, replayed.position.id), now=NOW)

    page = signed_in(replayed.seeker.id).get(f"{address(replayed)}/replay").text

    assert "data-job-apply" not in page
    assert "一键投递" in before.split("<template")[0]
    assert "一键投递" not in page.split("<template")[0]
    assert "已截止" in page.split("<template")[0]
    assert 'data-seek="754000"' in page


def test_talk_is_told_on_the_clock_of_the_replay(client: FlaskClient, replayed: SmallFair) -> None:
    """Each line has its place in ms; what was hidden, and what was before the picture, is not there."""
    lines = client.get(f"{address(replayed)}/replay/talk").get_json()["lines"]

    assert [(line["ms"], line["text"]) for line in lines] == [(760_000, "宿舍几个人一间")]


def test_withdrawn_recording_leaves_the_replay(client: FlaskClient, signed_in: SignedIn, replayed: SmallFair) -> None:
    """The employer takes it out: nobody watches it any more, the employer still has the file."""
    employer = signed_in(replayed.recruiter.id)
    assert client.get(f"{address(replayed)}/replay").status_code == 200

    employer.post(f"{address(replayed)}/recordings/1/withdraw")

    assert client.get(f"{address(replayed)}/replay").status_code == 404
    assert "已撤下" in employer.get(f"{address(replayed)}/replay").text
    assert employer.get(f"{address(replayed)}/recordings/1.mp4").data == b"12345"


def test_recording_is_downloaded_in_ranges(signed_in: SignedIn, replayed: SmallFair) -> None:
    """A download that broke goes on where it was."""
    file = f"{address(replayed)}/recordings/1.mp4"

    answer = signed_in(replayed.recruiter.id).get(file, headers={"Range": "bytes=3-"})

    assert (answer.status_code, answer.data) == (206, b"45")
    assert "attachment" in answer.headers["Content-Disposition"]


def test_session_without_public_replay_shows_it_to_its_employer_alone(
    client: FlaskClient, signed_in: SignedIn, replayed: SmallFair, write: Transaction
) -> None:
    """The setting of the session holds for page and talk."""
    assert "看回放" in client.get(f"{address(replayed)}/room").text
    with write() as db:
        db.get_one(LiveSession, replayed.live_session.id).has_replay = False

    answers = [client.get(f"{address(replayed)}/{name}").status_code for name in ("replay", "replay/talk")]

    assert answers == [404, 303]
    assert "看回放" not in client.get(f"{address(replayed)}/room").text
    assert signed_in(replayed.recruiter.id).get(f"{address(replayed)}/replay").status_code == 200


def address(fair: SmallFair) -> str:
    """The session's pages."""
    return f"/sessions/{fair.live_session.id}"
