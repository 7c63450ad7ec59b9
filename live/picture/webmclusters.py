"""A webm stream whose clusters begin where a player can: with each key frame, and nowhere else.

Chromium's recorder begins a cluster as often as it hands over bytes. Firefox guesses how long the last frame of a
cluster is, and where it guesses too long it throws the next one away, and all others up to the next key frame.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from live.picture.ebml import block_in, read_vint
from live.picture.pieces import Init, Piece, StreamBroken
from live.picture.webm import WebmScanner, cluster_head, time_of_head

_FURTHEST = (1 << 15) - 1
_LATEST = (1 << 64) - 1


class WebmClusters:
    """Scans webm as `WebmScanner` does; blocks stand behind the head of the newest key frame."""

    def __init__(self) -> None:
        self._scanner = WebmScanner()
        self._head: int | None = None
        self._time = 0

    @property
    def init(self) -> Init | None:
        """What goes before the pieces."""
        return self._scanner.init

    def feed(self, data: bytes) -> list[Piece]:
        """The pieces that are whole now; raises StreamBroken, and must not be fed after that."""
        pieces = self._scanner.feed(data)
        # Where there is no picture every block is a key: clusters stay as they are.
        return self._joined(pieces) if self.init is not None and self.init.has_video else pieces

    def _joined(self, pieces: Iterable[Piece]) -> list[Piece]:
        found: list[Piece] = []
        for piece in pieces:
            if piece.is_head:
                self._time = time_of_head(piece.data)
                if self._head is None:
                    self._head = self._time
                    found.append(piece)
                continue
            assert self._head is not None
            block = block_in(piece.data)
            at = block + read_vint(piece.data, block)[1]
            time = self._time + int.from_bytes(piece.data[at : at + 2], "big", signed=True)
            if (piece.is_key and time > self._head) or abs(time - self._head) > _FURTHEST:
                if time > _LATEST:
                    raise StreamBroken("order", "a clock that is none")
                self._head = max(time, 0)
                data = cluster_head(self._head)
                found.append(Piece(data, is_head=True, is_key=False, begin=piece.begin, end=piece.end))
            moved = (time - self._head).to_bytes(2, "big", signed=True)
            found.append(replace(piece, data=piece.data[:at] + moved + piece.data[at + 2 :]))
        return found
