"""The film that benches send is webm as the relay reads it, and says when it was sent."""

from __future__ import annotations

from itertools import islice

from bench.film import BLOB_SECONDS, blobs, head, sent_at, stamped
from live.picture.webm import WebmScanner


def test_film_is_scanned_at_its_rate() -> None:
    """Heads and key frames where a recorder has them, nothing left over, and as many bits as were asked for."""
    scanner = WebmScanner()
    pieces = scanner.feed(head())
    film = list(islice(blobs(600_000), 10))
    for blob in film:
        pieces += scanner.feed(blob)

    assert scanner.init is not None
    assert [round(piece.begin, 1) for piece in pieces if piece.is_key] == [0.0, 0.9, 1.8, 2.7]
    assert sum(piece.is_head for piece in pieces) == 10
    assert abs(sum(map(len, film)) * 8 / (10 * BLOB_SECONDS) - 600_000) < 10_000


def test_portion_tells_when_it_was_sent() -> None:
    """Also among others in one message; one without the mark tells nothing."""
    first, second = islice(blobs(100_000), 2)

    assert sent_at(stamped(first, 1.5) + stamped(second, 2.25)) == 2.25
    assert sent_at(head()) is None
