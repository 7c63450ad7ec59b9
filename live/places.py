"""The places of a room in Redis: the names of its keys."""

from __future__ import annotations


class Places:
    """Where Redis keeps one room; `live.scripts` says what lies there."""

    def __init__(self, session_id: int) -> None:
        self._room = f"gangbo:room:{{{session_id}}}"
        self.meta, self.stream, self.boards = f"{self._room}:meta", f"{self._room}:stream", f"{self._room}:boards"
        self.people, self.aside, self.shares = f"{self._room}:people", f"{self._room}:aside", f"{self._room}:shares"
        self.fits = f"{self._room}:fits"
        self.opening = f"{self._room}:opening"

    @property
    def of_all(self) -> list[str]:
        """What all processes have of the room."""
        return [self.meta, self.stream, self.boards, self.people, self.aside]

    @property
    def of_each(self) -> list[str]:
        """What each process has there of its own."""
        return [self.shares, self.fits]

    def answer(self, number: str, viewer: str, key: str) -> str:
        """Where the answer to a keyed request of one viewer in one epoch is."""
        return f"{self._room}:answer:{number}:{viewer}:{key}"
