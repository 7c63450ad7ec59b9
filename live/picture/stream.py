"""One stream on air: its bytes as they come, the relays of it, and how far its clock is behind ours."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from live.picture.mp4 import Mp4Scanner
from live.picture.pieces import Init, Piece, Scanner, StreamBroken
from live.picture.relay import Relay, Viewer
from live.picture.sound import sound_of
from live.picture.soundtrack import Soundtrack
from live.picture.tally import Tally
from live.picture.webmclusters import WebmClusters

LONGEST_JUMP_SECONDS = 60.0


class Sink(Protocol):
    """Where pieces go besides the viewers."""

    @property
    def hls(self) -> str:
        """Whether HLS can be had, or why not."""

    @property
    def recording(self) -> str:
        """Whether it is recorded, or why not."""

    @property
    def recorded_seconds(self) -> float:
        """How much is recorded."""

    def take(self, init: Init, pieces: Sequence[Piece]) -> None:
        """Take the next pieces; never waits and never fails."""

    def end(self) -> None:
        """No more will come."""


class NoSink:
    """Nothing is cut and nothing kept; `why` is told to the host."""

    recorded_seconds = 0.0

    def __init__(self, why: str) -> None:
        self.hls = self.recording = why

    def take(self, init: Init, pieces: Sequence[Piece]) -> None:
        """They are dropped."""

    def end(self) -> None:
        """It never began."""


class Stream:
    """A stream with its number, on air since `zero_at`, where its media clock was zero."""

    def __init__(self, number: int, *, mime: str, zero_at: datetime, sink: Callable[[str], Sink], tally: Tally) -> None:
        self.number, self.zero_at, self._tally = number, zero_at, tally
        container = mime.partition(";")[0].strip().lower().partition("/")[2]
        if container not in ("webm", "mp4"):
            raise StreamBroken("container", repr(mime[:40]))
        self._scanner: Scanner = WebmClusters() if container == "webm" else Mp4Scanner()
        self.sink = sink(container)
        self.relay: Relay | None = None
        self.soundtrack: Soundtrack | None = None
        self.heard_at = zero_at
        self.behind_ms = 0
        self.received = 0
        self._newest: float | None = None
        self._is_over = False

    @property
    def skips(self) -> int:
        """How often a viewer was skipped ahead."""
        return sum(each.skips for each in self._relays)

    def feed(self, data: bytes, *, now: datetime) -> Sequence[Piece]:
        """The pieces that are whole now; the relay is there from the first on. Raises StreamBroken."""
        self.received += len(data)
        self._tally.received += len(data)
        self.heard_at = now
        pieces = self._scanner.feed(data)
        init = self._scanner.init
        if not pieces or init is None:
            return ()
        newest = max(piece.end for piece in pieces)
        if self._newest is not None and abs(newest - self._newest) > LONGEST_JUMP_SECONDS:
            # A machine that slept, or a clock that is none: what comes next is another stream.
            raise StreamBroken("order", "the media clock jumps")
        self._newest = newest
        if self.relay is None:
            self._open(init)
        if newest < timedelta.max.total_seconds():
            self.behind_ms = round(((now - self.zero_at).total_seconds() - newest) * 1_000)
        self.sink.take(init, pieces)
        return pieces

    def join(self, viewer: Viewer, *, is_listening: bool) -> None:
        """Begin to send all of it to a viewer, or the sound alone, which is nothing where it has none."""
        if is_listening and self.soundtrack is not None:
            self.soundtrack.join(viewer)
        elif not is_listening and self.relay is not None:
            self.relay.join(viewer)

    def leave(self, viewer: Viewer) -> None:
        """Send it nothing any more."""
        for each in self._relays:
            each.leave(viewer)

    def deliver(self, pieces: Sequence[Piece]) -> Iterator[int]:
        """Send pieces to everybody who wants them; yields as relays do."""
        for each in self._relays:
            yield from each.deliver(pieces)

    def end(self) -> None:
        """No more will come."""
        if not self._is_over:
            self._is_over = True
            for each in self._relays:
                each.stop()
            self.sink.end()

    def _open(self, init: Init) -> None:
        self.relay = Relay(init, self._tally)
        sound = sound_of(init)
        self.soundtrack = None if sound is None else Soundtrack(sound, self._tally)

    @property
    def _relays(self) -> list[Relay | Soundtrack]:
        return [each for each in (self.relay, self.soundtrack) if each is not None]
