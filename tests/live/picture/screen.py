"""A viewer of a relay that keeps what it was sent."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(eq=False)
class Screen:
    """Takes everything; `backlog` is what it says that waits for it."""

    backlog: int = 0
    seen: list[bytes] = field(default_factory=list)
    skips: int = 0

    def write(self, data: bytes) -> None:
        self.seen.append(data)

    def skipped(self) -> None:
        self.skips += 1


def payload(frame: bytes) -> bytes:
    """What a binary message holds."""
    return frame[{126: 4, 127: 10}.get(frame[1], 2) :]
