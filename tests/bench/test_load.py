"""The load leaves on time and counts what a visitor waits for."""

from __future__ import annotations

import math
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from bench.load import Ask, percentile, run_load


class _OneAtATime(BaseHTTPRequestHandler):
    """Answers one request after the other; `/slow` takes half a second, `/wrong` is a mistake of its own."""

    def do_GET(self):
        if self.path == "/slow":
            time.sleep(0.5)
        body = self.headers.get("Cookie", "").encode()
        self.send_response(500 if self.path == "/wrong" else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_words):
        pass


@pytest.fixture
def port():
    with HTTPServer(("127.0.0.1", 0), _OneAtATime) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_address[1]
        server.shutdown()


def test_request_behind_a_stall_counts_its_wait(port):
    """A request that was due while the server stalled has waited since then, not since it was taken up."""
    asks = [Ask("stall", "/slow"), *[Ask("behind", "/") for _ in range(4)]]

    answers = run_load(port, asks, rate=50)

    behind = [answer.milliseconds for answer in answers if answer.page == "behind"]
    assert len(behind) == 4
    assert min(behind) > 300


def test_answers_tell_status_and_size(port):
    """The cookie goes along; a mistake of the server is told as its status, a port that nobody serves as 0."""
    answers = run_load(port, [Ask("right", "/", "who=me"), Ask("wrong", "/wrong")], rate=100)
    with HTTPServer(("127.0.0.1", 0), _OneAtATime) as closed:
        free = closed.server_address[1]
    refused = run_load(free, [Ask("nobody", "/")], rate=100)

    assert {answer.page: (answer.status, answer.size) for answer in answers} == {"right": (200, 6), "wrong": (500, 0)}
    assert [answer.status for answer in refused] == [0]


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.99, 99), (1.0, 100), (0.001, 1)])
def test_percentile_is_a_value_that_was_measured(share, value):
    """The nearest rank: of one to a hundred the 99th percentile is 99."""
    assert percentile(range(1, 101), share) == value


def test_percentile_of_nothing_is_none_that_could_pass():
    """No answers meet no target."""
    assert math.isnan(percentile([], 0.99))
