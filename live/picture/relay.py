"""The relay of one stream: what each viewer gets next, so that it can play and nobody waits for it.

A viewer begins, or goes on after it was skipped, with a *group*: everything from the head behind which the newest key
frame came. In between it gets what everybody gets. One that is behind gets nothing until the next key frame: it is
skipped ahead and nothing is kept for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from websockets.frames import Frame, Opcode

from live.picture.pieces import Init, Piece
from live.picture.tally import Tally

LARGEST_GROUP = 8 << 20
BEHIND = 128 << 10


class Viewer(Protocol):
    """Whom pieces are sent to; `backlog` counts the bytes that wait for it."""

    @property
    def backlog(self) -> int:
        """Bytes that wait."""

    def write(self, data: bytes) -> None:
        """Send these, whole."""

    def skipped(self) -> None:
        """It is told that there is a gap before what comes next."""


class Relay:
    """A stream on its way to viewers; `skips` counts how often one was skipped ahead."""

    def __init__(self, init: Init, tally: Tally) -> None:
        self.init, self._tally = init, tally
        self.skips = 0
        self._cluster: _Pile | None = None
        self._group: _Pile | None = None
        self._playing: dict[Viewer, None] = {}
        self._waiting: dict[Viewer, bool] = {}

    @property
    def viewers(self) -> int:
        """How many it goes to."""
        return len(self._playing) + len(self._waiting)

    def join(self, viewer: Viewer) -> None:
        """Begin to send to a viewer: at once where there is a group, else with the next."""
        if self._group is None:
            self._waiting[viewer] = True
        else:
            first = binary_frame(self.init.data, *self._group.parts)
            viewer.write(first)
            self._sent(first)
            self._playing[viewer] = None

    def leave(self, viewer: Viewer) -> None:
        """Send it nothing any more."""
        self._playing.pop(viewer, None)
        self._waiting.pop(viewer, None)

    def stop(self) -> None:
        """Send nothing to anybody any more, also of what is on its way."""
        self._playing.clear()
        self._waiting.clear()

    def deliver(self, pieces: Sequence[Piece]) -> Iterator[int]:
        """Send pieces to everybody; yields bytes sent after each viewer, so that others get their turn."""
        if not pieces:
            return
        has_key = self._keep(pieces)
        frame = binary_frame(*(piece.data for piece in pieces))
        playing = list(self._playing)
        if has_key:
            yield from self._go_on()
        for viewer in playing:
            if viewer not in self._playing:
                continue
            if viewer.backlog > BEHIND:
                del self._playing[viewer]
                self._waiting[viewer] = False
                self.skips += 1
                self._tally.skips += 1
            else:
                viewer.write(frame)
                yield self._sent(frame)

    def _go_on(self) -> Iterator[int]:
        """A key frame came: whoever waited for one goes on with the group."""
        assert self._group is not None
        group = first = b""
        for viewer, is_new in list(self._waiting.items()):
            if viewer not in self._waiting or viewer.backlog > BEHIND:
                continue
            del self._waiting[viewer]
            self._playing[viewer] = None
            if is_new:
                first = first or binary_frame(self.init.data, *self._group.parts)
                viewer.write(first)
                yield self._sent(first)
            else:
                group = group or binary_frame(*self._group.parts)
                viewer.skipped()
                viewer.write(group)
                yield self._sent(group)

    def _sent(self, frame: bytes) -> int:
        self._tally.sent += len(frame)
        return len(frame)

    def _keep(self, pieces: Iterable[Piece]) -> bool:
        """Keep the group of the newest key frame as long as it is not too large; whether a key frame came."""
        has_key = False
        for piece in pieces:
            if piece.is_head:
                self._cluster = _Pile()
            if self._cluster is not None:
                self._cluster.add(piece.data)
                if piece.is_key:
                    self._group, has_key = self._cluster, True
            if self._group is not None and self._group is not self._cluster:
                self._group.add(piece.data)
            if self._cluster is not None and self._cluster.size > LARGEST_GROUP:
                self._cluster = None
            if self._group is not None and self._group.size > LARGEST_GROUP:
                self._group = None
        return has_key and self._group is not None


class _Pile:
    """Pieces one after another, and how large they are together."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.size = 0

    def add(self, data: bytes) -> None:
        """One more."""
        self.parts.append(data)
        self.size += len(data)


def binary_frame(*parts: bytes) -> bytes:
    """Bytes as one binary message."""
    return bytes(Frame(Opcode.BINARY, b"".join(parts)).serialize(mask=False))
