"""Entries of a room's stream in Redis: a happening as it goes there, and as it comes back."""

from __future__ import annotations

import logging
from typing import Any

import msgspec

from live.effects import Publish
from live.happenings import Asked, Happening, Passed, Said
from live.stream import Entry

_encode = msgspec.json.Encoder().encode
_decode: msgspec.json.Decoder[Happening] = msgspec.json.Decoder(Happening)
_log = logging.getLogger("live.entries")


def arguments_of(publish: Publish) -> list[Any]:
    """A happening as `live.scripts.TURN` takes it."""
    return [
        publish.topic,
        publish.event_id,
        int(publish.is_sampled),
        _speaker(publish),
        publish.account_id or "",
        _encode(publish.happening),
    ]


def entry_of(seq: int, fields: dict[bytes, bytes]) -> Entry:
    """A row of the stream as a happening with its number; one of a kind that is not known here keeps the number."""
    account = fields[b"a"]
    try:
        happening = _decode.decode(fields[b"e"])
    except msgspec.ValidationError:
        _log.exception("a newer process publishes what this one does not know")
        happening = Passed()
    return Entry(seq, float(fields.get(b"t", 0)), happening, int(account) if account else None)


def _speaker(publish: Publish) -> str:
    match publish.happening:
        case Said(line=line) if publish.account_id is not None:
            return line.by
        case Asked(question=question) if publish.account_id is not None:
            return question.by
        case _:
            return ""
