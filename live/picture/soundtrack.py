"""The soundtrack of one stream: its sound on the way to who wants nothing else, made only while somebody does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from live.picture.pieces import Init, Piece
from live.picture.relay import Relay, Viewer
from live.picture.sound import Sound
from live.picture.tally import Tally


class Soundtrack:
    """Sends the sound of a stream to those who listen."""

    def __init__(self, sound: Sound, tally: Tally) -> None:
        self._sound, self._tally = sound, tally
        self._relay: Relay | None = None
        self._head: Piece | None = None
        self._skips = 0

    @property
    def init(self) -> Init:
        """What goes before the pieces."""
        return self._sound.init

    @property
    def listeners(self) -> int:
        """How many it goes to."""
        return 0 if self._relay is None else self._relay.viewers

    @property
    def skips(self) -> int:
        """How often one was skipped ahead."""
        return self._skips + (0 if self._relay is None else self._relay.skips)

    def join(self, viewer: Viewer) -> None:
        """Begin to send to a viewer; who is the first begins with the newest head."""
        if self._relay is None:
            self._relay = Relay(self.init, self._tally)
            list(self._relay.deliver(self._sound.take([self._head] if self._head else [])))
        self._relay.join(viewer)

    def leave(self, viewer: Viewer) -> None:
        """Send it nothing any more."""
        if self._relay is not None:
            self._relay.leave(viewer)
            if not self._relay.viewers:
                self.stop()

    def stop(self) -> None:
        """Send nothing to anybody any more."""
        if self._relay is not None:
            self._skips += self._relay.skips
            self._relay.stop()
            self._relay = None

    def deliver(self, pieces: Sequence[Piece]) -> Iterator[int]:
        """Send the sound in these pieces of the stream to everybody; yields as a relay does."""
        self._head = next((piece for piece in reversed(pieces) if piece.is_head), self._head)
        if self._relay is not None:
            yield from self._relay.deliver(self._sound.take(pieces))
