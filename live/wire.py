"""The wire of a room: gives happenings their numbers, and every process of the room hears them in that order.

Two do the same: `LocalWire` for a room that one process serves, `live.rediswire` for many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from live.board import Line
from live.deeds import Deed
from live.effects import Publish
from live.happenings import Said
from live.limits import CHAT_OF_ROOM, Bucket
from live.room import Room
from live.stream import Entry


class Ear(Protocol):
    """Who hears a wire: the room's seat in this process."""

    @property
    def room(self) -> Room:
        """The room, as it is."""

    def heard(self, entries: Iterable[Entry]) -> None:
        """Numbered happenings, each once and none left out."""

    def published(self, publish: Publish, *, is_shown: bool) -> None:
        """What was published here has been taken, or was left out by sampling."""

    def overheard(self, line: Line, account_id: int | None) -> None:
        """A line that sampling left out, of any process."""


@dataclass(frozen=True)
class Known:
    """What another process was asked under the same key; `answer` is None when it was something else."""

    answer: dict[str, Any] | None


class Wire(Protocol):
    """What a seat wants of its room's wire."""

    @property
    def is_delayed(self) -> bool:
        """Whether what is published comes late."""

    def attach(self, ear: Ear) -> None:
        """From now on `ear` hears it."""

    def publish(self, publish: Publish) -> None:
        """Have a happening numbered and heard; the ear is told what became of it."""

    def told(self, event_id: int) -> None:
        """Everything that the event log says up to `event_id` has been published."""

    def attended(self) -> None:
        """Somebody came into a room that was empty here."""

    async def claim(self, deed: Deed) -> Known | None:
        """None when nobody did this deed under its key: it is to be done here."""

    def remember(self, deed: Deed, answer: dict[str, Any] | None) -> None:
        """Keep the answer to a deed that was claimed; None = it may be claimed again."""

    async def close(self) -> None:
        """Hand on what waits, and leave."""


class LocalWire:
    """The wire of a room that this process serves alone: at once, in memory."""

    def __init__(self, *, clock: Callable[[], datetime]) -> None:
        self._ear: Ear | None = None
        self._clock = clock
        self._seq = 0
        self._chat = Bucket(CHAT_OF_ROOM, now=clock().timestamp())

    @property
    def is_delayed(self) -> bool:
        """Never."""
        return False

    def attach(self, ear: Ear) -> None:
        """From now on `ear` hears it."""
        self._ear = ear

    def publish(self, publish: Publish) -> None:
        """Number a happening, or leave it out when too many lines come; either is heard before this returns."""
        ear = self._ear
        assert ear is not None
        at, happening = self._clock().timestamp(), publish.happening
        is_shown = not (publish.is_sampled and self._chat.take(now=at))
        if is_shown:
            self._seq += 1
            ear.heard([Entry(self._seq, at, happening, publish.account_id)])
        elif isinstance(happening, Said):
            ear.room.pulse.leave_out()
            ear.overheard(happening.line, publish.account_id)
        ear.published(publish, is_shown=is_shown)

    def told(self, event_id: int) -> None:
        """Nobody else reads the log for this room."""

    def attended(self) -> None:
        """Nobody else counts."""

    async def claim(self, deed: Deed) -> Known | None:
        """None: the room itself knows the keys of its only process."""
        return None

    def remember(self, deed: Deed, answer: dict[str, Any] | None) -> None:
        """The room has done so."""

    async def close(self) -> None:
        """Nothing waits."""
