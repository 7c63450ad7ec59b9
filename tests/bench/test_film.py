"""The films that benches send are webm and mp4 as the relay reads them, and say when they were sent."""

from __future__ import annotations

from itertools import islice

from bench import fragments
from bench.film import BLOB_SECONDS, blobs, head, sent_at, stamped
from live.picture.mp4 import Mp4Scanner
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


def test_film_can_have_sound() -> None:
    """In a track of its own, as many bits as were asked for, beside the picture."""
    scanner = WebmScanner()
    blob = next(blobs(600_000, sound_bits_per_second=64_000))
    pieces = scanner.feed(head(has_sound=True) + blob)

    assert scanner.init is not None
    assert scanner.init.mime == 'video/webm; codecs="vp8,opus"'
    assert len(pieces) == 19
    assert abs(len(blob) * 8 / BLOB_SECONDS - 664_000) < 10_000


def test_film_in_mp4_is_scanned_at_its_rate() -> None:
    """A fragment with a key frame each second, and as many bits as were asked for."""
    scanner = Mp4Scanner()
    film = list(islice(fragments.fragments(600_000), 10))
    pieces = scanner.feed(fragments.head() + b"".join(film))

    assert scanner.init is not None
    assert [(piece.begin, piece.end, piece.is_key) for piece in pieces] == [(n, n + 1, True) for n in range(10)]
    assert abs(sum(map(len, film)) * 8 / 10 - 600_000) < 10_000
    assert sent_at(stamped(film[0], 1.5)) == 1.5


def test_portion_tells_when_it_was_sent() -> None:
    """Also among others in one message; one without the mark tells nothing."""
    first, second = islice(blobs(100_000), 2)

    assert sent_at(stamped(first, 1.5) + stamped(second, 2.25)) == 2.25
    assert sent_at(head()) is None
