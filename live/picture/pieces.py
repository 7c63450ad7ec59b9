"""What recorders make, taken apart: an init, then pieces that a player can append whole.

A *piece* is a whole element of a stream: an mp4 fragment, the head of a webm cluster, a webm block. A player may begin
at a *head* behind which a key frame comes before the next head.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

LARGEST_INIT = 256 << 10
LARGEST_PIECE = 8 << 20


class StreamBroken(Exception):
    """The bytes of a stream cannot be used; `reason` is one word: size, order, codec, container."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Init:
    """What a player needs before any piece; `mime` is what it calls this, `has_video` whether there is a picture."""

    data: bytes
    mime: str
    has_video: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A whole element; `begin` and `end` are seconds on the media clock of the picture, or of the sound without one."""

    data: bytes
    is_head: bool
    is_key: bool
    begin: float
    end: float


class Scanner(Protocol):
    """Takes bytes in any portions."""

    @property
    def init(self) -> Init | None:
        """What a player needs before the pieces; there before the first of them is."""

    def feed(self, data: bytes) -> list[Piece]:
        """The pieces that are whole now; raises StreamBroken, and must not be fed after that."""
