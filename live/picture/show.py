"""The picture of one session in this process: who watches, which stream is on, and what is said of it to everybody."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from fair.statuses import LiveSessionStatus
from live.messages import ELSEWHERE, ENDED, SLOW, Closing
from live.picture.messages import Began, Ended, Paused, Soundless, Waiting, said
from live.picture.pieces import Init, Piece
from live.picture.stream import Stream
from live.picture.watcher import Watcher

CONNECTIONS_OF_ONE = 8
SILENT_AFTER = timedelta(seconds=5)
STALLED_SECONDS = 20.0
_MILLISECOND = timedelta(milliseconds=1)
_Said = Began | Soundless | Paused | Waiting | Ended


@dataclass(frozen=True)
class Standing:
    """What is known of a session: how far it is, since when, and its newest stream at any process."""

    status: LiveSessionStatus
    started_at: datetime | None
    is_recorded: bool
    newest: int


class OnStage(Protocol):
    """Who publishes."""

    def close(self, closing: Closing) -> None:
        """Its line is closed, for this reason."""


class Show:
    """One session's picture; `skips` and `streams` count since the process began."""

    def __init__(self, session_id: int, standing: Standing) -> None:
        self.session_id, self.standing = session_id, standing
        self.stream: Stream | None = None
        self.publisher: OnStage | None = None
        self.playlist: str | None = None
        self.watchers: dict[Watcher, None] = {}
        self._is_silent = False
        self._said: _Said = Waiting(None)
        self._said_to_listeners: _Said = self._said

    @property
    def is_empty(self) -> bool:
        """Whether nobody needs it."""
        return not self.watchers and self.publisher is None

    def join(self, watcher: Watcher) -> None:
        """Somebody watches; of too many connections of one viewer the oldest goes."""
        same = [each for each in self.watchers if each.viewer == watcher.viewer]
        if len(same) >= CONNECTIONS_OF_ONE:
            same[0].close(ELSEWHERE)
        self.watchers[watcher] = None
        watcher.write(said(self._said_to_listeners if watcher.is_listening else self._said))
        if self.stream is not None and self.stream.relay is not None:
            watcher.number = self.stream.number
            self.stream.join(watcher, is_listening=watcher.is_listening)

    def leave(self, watcher: Watcher) -> None:
        """Somebody watches no more."""
        self.watchers.pop(watcher, None)
        if self.stream is not None:
            self.stream.leave(watcher)

    def take_stage(self, publisher: OnStage, *, closing: Closing) -> None:
        """Somebody publishes from now on; who did before is closed."""
        before, self.publisher = self.publisher, publisher
        if before is not None and before is not publisher:
            self.end_stream(why="host")
            before.close(closing)

    def leave_stage(self, publisher: OnStage) -> None:
        """The line of who publishes is gone."""
        if self.publisher is publisher:
            self.publisher = None
            self.end_stream(why="lost")

    def begin(self, stream: Stream) -> None:
        """A stream begins; it is told when its first piece is there."""
        self.end_stream(why=None)
        self.stream, self._is_silent = stream, False

    def take(self, data: bytes, *, now: datetime) -> Iterator[int]:
        """Bytes of the stream came: everybody gets what is whole. Raises StreamBroken at once."""
        stream = self.stream
        assert stream is not None
        was_known = stream.relay is not None
        pieces = stream.feed(data, now=now)
        return self._deliver(stream, pieces, is_new=not was_known)

    def end_stream(self, *, why: str | None) -> None:
        """The stream on is over; `why` it pauses is told, None tells nothing."""
        stream, self.stream = self.stream, None
        if stream is None:
            return
        stream.end()
        if why is not None:
            self._say(Paused(stream.number, why))

    def end(self) -> None:
        """The host is done, or the session is."""
        self.end_stream(why=None)
        self._say(Ended())

    def close(self) -> None:
        """The session has ended: everybody is told and let go."""
        self.end()
        for watcher in list(self.watchers):
            watcher.close(ENDED)
        if self.publisher is not None:
            self.publisher.close(ENDED)

    def look(self, *, now: datetime, at: float) -> None:
        """Tell of a stream that went silent; let go of who takes nothing; `at` is the loop's time."""
        stream = self.stream
        is_silent = stream is not None and stream.relay is not None and now - stream.heard_at > SILENT_AFTER
        if is_silent and not self._is_silent and stream is not None:
            self._is_silent = True
            self._say(Paused(stream.number, "lost"))
        for watcher in list(self.watchers):
            if watcher.stalled_for(at) > STALLED_SECONDS:
                watcher.close(SLOW)

    def tell_playlist(self, address: str | None) -> None:
        """HLS can be had from now on, or no longer."""
        if address == self.playlist:
            return
        self.playlist = address
        if isinstance(self._said, Waiting):
            self._say(Waiting(address))

    def _deliver(self, stream: Stream, pieces: Sequence[Piece], *, is_new: bool) -> Iterator[int]:
        if stream.relay is None:
            return
        if is_new:
            self._announce(stream)
            for watcher in self.watchers:
                watcher.number = stream.number
                stream.join(watcher, is_listening=watcher.is_listening)
        elif self._is_silent:
            self._is_silent = False
            self._announce(stream)
        yield from stream.deliver(pieces)

    def _announce(self, stream: Stream) -> None:
        assert stream.relay is not None
        since = self.standing.started_at
        zero_ms = None if since is None else round((stream.zero_at - since) / _MILLISECOND)

        def began(init: Init) -> Began:
            return Began(stream.number, init.mime, stream.zero_at, zero_ms, self.playlist)

        track = stream.soundtrack
        self._say(began(stream.relay.init), to_listeners=began(track.init) if track else Soundless(stream.number))

    def _say(self, message: _Said, *, to_listeners: _Said | None = None) -> None:
        self._said, self._said_to_listeners = message, to_listeners or message
        frames = said(self._said), said(self._said_to_listeners)
        for watcher in list(self.watchers):
            watcher.write(frames[watcher.is_listening])
