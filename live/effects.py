"""Effects: what a room wants done. The shell does them and reports back; a room itself touches nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from msgspec import Struct

from live.deeds import AnyDeed, Deed, Outcome
from live.happenings import Happening, Said
from live.messages import Closing


@dataclass(frozen=True)
class Tell:
    """Send a message to these connections."""

    connections: tuple[int, ...]
    message: Struct | dict[str, Any]


@dataclass(frozen=True)
class Shut:
    """Close a connection."""

    connection: int
    closing: Closing


@dataclass(frozen=True)
class Do:
    """Have the database do a deed; its outcome comes back to `Room.finish`."""

    deed: AnyDeed


@dataclass(frozen=True)
class Publish:
    """Give a happening to the room's wire, so that every process of the room hears it; `Room.published` is told.

    `event_id` is the fact of the event log that it tells of, 0 for none: each process reads the log, and the first
    one publishes. Facts are told in order within a `topic`. `account_id` is who speaks in it, told to nobody;
    `answers` is the deed, with its outcome, whose answer waits until the happening was taken.
    """

    happening: Happening
    account_id: int | None = None
    event_id: int = 0
    topic: str = "facts"
    answers: tuple[Deed, Outcome] | None = None

    @property
    def is_sampled(self) -> bool:
        """Whether it may be left out when too many come."""
        return isinstance(self.happening, Said) and self.happening.is_ephemeral


@dataclass(frozen=True)
class Remember:
    """Keep the answer to a keyed request for every process of the room; None = it may be asked for again."""

    deed: Deed
    answer: dict[str, Any] | None


@dataclass(frozen=True)
class FitSeeker:
    """Ask matching, once it has read event `event_id`, how the offered positions fit one seeker.

    The answer goes to `Room.fitted_seeker`.
    """

    account_id: int
    position_ids: tuple[int, ...]
    event_id: int = 0


@dataclass(frozen=True)
class FitPosition:
    """Ask matching whom of these seekers a position fits; answer to `Room.fitted_position`."""

    position_id: int
    account_ids: tuple[int, ...]


Effect = Tell | Shut | Do | Publish | Remember | FitSeeker | FitPosition
