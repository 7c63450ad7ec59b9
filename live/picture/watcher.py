"""A connection that watches: what it is sent, and since when it takes nothing."""

from __future__ import annotations

from collections.abc import Callable

from live.connection import Connection
from live.messages import PROTOCOL, Closing
from live.picture.messages import Skipped, said
from live.picture.relay import BEHIND, LARGEST_GROUP

KERNEL_BUFFER = 128 << 10


class Watcher:
    """A viewer's line to a session's picture or to its sound alone; `number` is the stream that it was told of."""

    largest_message = 4 << 10
    most_behind = 2 * LARGEST_GROUP

    def __init__(
        self, connection: Connection, viewer: str, *, is_listening: bool, leave: Callable[[Watcher], None]
    ) -> None:
        self._connection, self._leave = connection, leave
        self.viewer, self.is_listening = viewer, is_listening
        self.number = 0
        self._stalled_since: float | None = None
        connection.set_kernel_buffer(KERNEL_BUFFER)

    @property
    def backlog(self) -> int:
        """Bytes that wait in this process."""
        return self._connection.backlog

    def write(self, data: bytes) -> None:
        """Send these, whole."""
        self._connection.write(data)

    def skipped(self) -> None:
        """There is a gap before what comes next."""
        self._connection.write(said(Skipped(self.number)))

    def stalled_for(self, at: float) -> float:
        """For how many seconds too much has waited for it."""
        if self.backlog <= BEHIND:
            self._stalled_since = None
        elif self._stalled_since is None:
            self._stalled_since = at
        return 0.0 if self._stalled_since is None else at - self._stalled_since

    def close(self, closing: Closing) -> None:
        """Say why and close."""
        self._connection.close(closing)

    def receive(self, connection: Connection, message: str | bytes) -> None:
        """A viewer has nothing to say."""
        connection.close(PROTOCOL)

    def leave(self, connection: Connection) -> None:
        """It is closing and hears nothing any more."""
        self._leave(self)
