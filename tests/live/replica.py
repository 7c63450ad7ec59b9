"""A viewer's copy of a room, kept as docs/protocol.md says: from welcomes and ticks alone."""

from __future__ import annotations

from typing import Any

import msgspec

from live.board import Board
from live.happenings import Happening

_board = msgspec.json.Decoder(Board).decode
_event: msgspec.json.Decoder[Happening] = msgspec.json.Decoder(Happening)


class Replica:
    """What one viewer knows; `is_in` until the line breaks, or something is missing."""

    def __init__(self) -> None:
        self.epoch: str | None = None
        self.seq: int | None = None
        self.board: Board | None = None
        self.is_in = False

    def welcome(self, message: dict[str, Any]) -> None:
        """Take the whole room, or exactly what was missed."""
        if message["how"] == "fresh":
            self.board = _board(msgspec.json.encode(message["room"]))
        else:
            assert (message["epoch"], message["after"]) == (self.epoch, self.seq)
            assert len(message["events"]) == message["seq"] - message["after"], "a part of what was missed"
            self._apply(message["events"])
        self.epoch, self.seq, self.is_in = message["epoch"], message["seq"], True

    def tick(self, message: dict[str, Any]) -> None:
        """Apply what is new; leave when something is missing."""
        assert len(message["events"]) == message["seq"] - message["after"]
        assert self.seq is not None
        if message["epoch"] != self.epoch or message["after"] > self.seq:
            self.is_in = False
            return
        self._apply(message["events"][self.seq - message["after"] :])
        self.seq = max(self.seq, message["seq"])

    def _apply(self, events: list[Any]) -> None:
        assert self.board is not None
        for event in events:
            _event.decode(msgspec.json.encode(event)).apply(self.board)
