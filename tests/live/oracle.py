"""A matching process of a few lines: it answers the contract over real HTTP with scores that the test sets."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec

from fair.matches import Match, Matches, PositionsForSeeker, PositionsForSeekers, Reason, SeekersForPosition


class Oracle(ThreadingHTTPServer):
    """Scores by (position, seeker); 70 where none was set."""

    daemon_threads = True

    def __init__(self, port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.scores: dict[tuple[int, int], int] = {}
        self.asked: list[str] = []

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def match(self, position_id: int, seeker_id: int) -> Match:
        """The match of one pair."""
        reasons = [Reason(True, "certificate", "你有低压电工证", "低压电工证", "You hold it", "Certificate")]
        return Match(position_id, seeker_id, self.scores.get((position_id, seeker_id), 70), reasons)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answer(b'{"status": "ok", "missing": []}')

    def do_POST(self) -> None:
        oracle = self.server
        assert isinstance(oracle, Oracle)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        oracle.asked.append(self.path)
        if self.path == "/positions/for-seeker":
            wanted = msgspec.json.decode(body, type=PositionsForSeeker)
            matches = [oracle.match(each, wanted.seeker_id) for each in wanted.position_ids or []]
        elif self.path == "/positions/for-seekers":
            joined = msgspec.json.decode(body, type=PositionsForSeekers)
            matches = [oracle.match(each, seeker) for seeker in joined.seeker_ids for each in joined.position_ids]
        else:
            present = msgspec.json.decode(body, type=SeekersForPosition)
            matches = [oracle.match(present.position_id, each) for each in present.seeker_ids]
        self._answer(msgspec.json.encode(Matches(matches, "oracle", 10**9)))

    def log_message(self, *_: object) -> None:
        return

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def answering(port: int = 0) -> Iterator[Oracle]:
    """Run an oracle."""
    oracle = Oracle(port)
    thread = threading.Thread(target=oracle.serve_forever, daemon=True)
    thread.start()
    try:
        yield oracle
    finally:
        oracle.shutdown()
        oracle.server_close()
        thread.join()
