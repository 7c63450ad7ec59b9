"""Streams: the media clock of one goes on, with holes where the recorder left frames out, but does not jump."""

from __future__ import annotations

from itertools import islice

import pytest

from bench.film import BLOB_SECONDS, blobs, head
from live.picture.pieces import StreamBroken
from live.picture.stream import LONGEST_JUMP_SECONDS, NoSink, Stream
from live.picture.tally import Tally
from tests.builders import NOW


def begun() -> Stream:
    """A stream whose first portion came."""
    stream = Stream(1, mime="video/webm", zero_at=NOW, sink=lambda _: NoSink("off"), tally=Tally())
    stream.feed(head() + next(blobs(100_000)), now=NOW)
    return stream


def portion(seconds: float) -> bytes:
    """What is recorded so long after the beginning."""
    number = round(seconds / BLOB_SECONDS)
    return next(islice(blobs(100_000), number, None))


def test_hole_is_gone_over() -> None:
    """A host whose machine was too busy goes on."""
    assert begun().feed(portion(LONGEST_JUMP_SECONDS - 1), now=NOW)


def test_clock_that_jumps_ends_the_stream() -> None:
    """A machine that slept begins another stream, so that no playlist has an hour without a picture."""
    stream = begun()

    with pytest.raises(StreamBroken) as broken:
        stream.feed(portion(LONGEST_JUMP_SECONDS + 2), now=NOW)

    assert broken.value.reason == "order"
