"""Effects: what a room wants done. The shell does them and reports back; a room itself touches nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from msgspec import Struct

from live.deeds import AnyDeed
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


Effect = Tell | Shut | Do | FitSeeker | FitPosition
