"""What is said beside the bytes of the picture. docs/media.md lists it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from live.frames import frame_of
from live.messages import Closing, encode
from live.requests import Id

NOT_PERMITTED = Closing(4014, "not_permitted")
REPLACED = Closing(4015, "replaced")

Pixels = Annotated[int, Meta(ge=0, le=8_192)]


class Watch(Struct, frozen=True, tag_field="type", tag="watch"):
    ticket: Annotated[str, Meta(max_length=4_096)]
    session: Id
    only: Literal["sound"] | None = None


class Publish(Struct, frozen=True, tag_field="type", tag="publish"):
    ticket: Annotated[str, Meta(max_length=4_096)]
    session: Id


class Begin(Struct, frozen=True, tag_field="type", tag="begin"):
    """A recorder started just now."""

    mime: Annotated[str, Meta(max_length=120)]
    has_consent: bool
    width: Pixels = 0
    height: Pixels = 0
    frame_rate: Annotated[float, Meta(ge=0, le=240)] = 0
    bits_per_second: Annotated[int, Meta(ge=0, le=100_000_000)] = 0


class Pause(Struct, frozen=True, tag_field="type", tag="pause"):
    pass


class End(Struct, frozen=True, tag_field="type", tag="end"):
    pass


class Ready(Struct, frozen=True, tag_field="type", tag="ready"):
    session: str
    is_recorded: bool
    stream: int | None = None


class BegunForHost(Struct, frozen=True, tag_field="type", tag="began"):
    stream: int
    hls: str
    recording: str


class Note(Struct, frozen=True, tag_field="type", tag="note"):
    stream: int
    viewers: int
    kbit_s: int
    behind_ms: int
    skipped: int
    hls: str
    recording: str
    recorded_s: int


class Broken(Struct, frozen=True, tag_field="type", tag="broken"):
    stream: int
    reason: str


class Again(Struct, frozen=True, tag_field="type", tag="again"):
    """Begin again with a new recorder."""

    why: str


class Began(Struct, frozen=True, tag_field="type", tag="began"):
    stream: int
    mime: str
    zero_at: datetime
    zero_ms: int | None
    hls: str | None


class Soundless(Struct, frozen=True, tag_field="type", tag="soundless"):
    """Who wants the sound alone gets nothing: the stream has none."""

    stream: int


class Skipped(Struct, frozen=True, tag_field="type", tag="skipped"):
    stream: int


class Paused(Struct, frozen=True, tag_field="type", tag="paused"):
    stream: int
    why: str


class Waiting(Struct, frozen=True, tag_field="type", tag="waiting"):
    hls: str | None


class Ended(Struct, frozen=True, tag_field="type", tag="ended"):
    pass


read_first = msgspec.json.Decoder(Watch | Publish).decode
read_of_host = msgspec.json.Decoder(Begin | Pause | End).decode


def said(message: Struct) -> bytes:
    """A message as it goes over the line."""
    return frame_of(encode(message))
