"""The site's side of matching: it asks over HTTP, and goes on without an answer when there is none in time."""

from __future__ import annotations

import socket
import threading

import pytest
from flask import Flask
from werkzeug.serving import make_server

from fair.database import writing
from fair.settings import read_settings
from matching.app import app_of
from matching.desk import Desk
from matching.feed import Stage
from tests.matching.records import TODAY, HashedTerms, add_position, add_seeker, city
from tests.ports import free_port
from web.context import install
from web.matches import positions_for_seeker, positions_for_text


@pytest.fixture
def site(tmp_path):
    """A site, by the port where it looks for matching."""

    def made(port):
        app = Flask("site")
        install(app, read_settings({"GANGBO_VAR": str(tmp_path), "GANGBO_MATCHING_PORT": str(port)}, dotenv=None))
        return app

    return made


@pytest.fixture
def matching_port(sqlite_url):
    """The port of matching with one position and one seeker."""
    engine = city(sqlite_url)
    with writing(engine) as db:
        add_position(db, "低压电工")
        add_seeker(db, "电工")
    desk = Desk(engine, HashedTerms)
    feed = desk.make_feed()
    feed.load()
    while feed.stage != Stage.FOLLOWING:
        feed.encode_some()
    server = make_server("127.0.0.1", 0, app_of(desk, today=lambda: TODAY), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_port
    server.shutdown()
    thread.join()
    server.server_close()
    engine.dispose()


@pytest.fixture
def silent_port():
    """A port that takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.fixture
def closed_port():
    """A port where nobody listens."""
    return free_port()


def test_positions_for_seeker_brings_the_matches(site, matching_port):
    """The score and the reasons arrive as they were sent."""
    with site(matching_port).app_context():
        found = positions_for_seeker(1, position_ids=[1])

    assert found is not None
    assert found.matches[0].score >= 80
    assert found.matches[0].reasons != []


def test_positions_for_text_brings_the_positions(site, matching_port):
    """The positions for the words arrive."""
    with site(matching_port).app_context():
        found = positions_for_text("电工", limit=5)

    assert found is not None
    assert [one.position_id for one in found.positions] == [1]


def test_positions_for_seeker_asks_over_a_new_line_when_the_old_one_was_closed(site):
    """Matching that closed the line between two questions is asked the second one all the same."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        answering = threading.Thread(target=_answer_and_close, args=(listening, 2))
        answering.start()
        with site(listening.getsockname()[1]).app_context():
            found = [positions_for_seeker(1), positions_for_seeker(1)]
        answering.join()

    assert [each is not None for each in found] == [True, True]


def test_positions_for_seeker_is_none_when_matching_is_down(site, closed_port):
    """Nobody listening is no answer and no error."""
    with site(closed_port).app_context():
        assert positions_for_seeker(1) is None


def test_positions_for_text_is_none_when_matching_is_silent(site, silent_port):
    """A matching process that hangs is given up after a moment."""
    with site(silent_port).app_context():
        assert positions_for_text("电工") is None


def test_positions_for_seeker_is_none_when_the_question_is_refused(site, matching_port):
    """A refusal is no answer either."""
    with site(matching_port).app_context():
        assert positions_for_seeker(1, limit=0) is None


def _answer_and_close(listening, times):
    """Answer one question a connection, promising to keep it open, and close it."""
    body = b'{"matches":[],"model":"","event_id":0}'
    for _ in range(times):
        connection, _address = listening.accept()
        with connection:
            asked = b""
            while not asked.endswith(b"}"):
                asked += connection.recv(4096)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
