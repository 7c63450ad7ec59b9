"""What all pictures of a process come to since its start: for who operates it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass
class Tally:
    """Bytes that hosts sent and viewers were sent, and how often a viewer was skipped ahead."""

    received: int = 0
    sent: int = 0
    skips: int = 0
