"""What the server sends, and with which codes it closes. docs/protocol.md lists them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from live.board import Line

encode = msgspec.json.Encoder().encode


class Counts(Struct, frozen=True):
    """Of the whole room; `left_out` counts chat lines that sampling left out."""

    present: int
    likes: int
    left_out: int


class ReasonView(Struct, frozen=True):
    """One thing met or missed, in the reader's words."""

    is_met: bool
    topic: str
    text: str
    text_en: str


class MatchView(Struct, frozen=True):
    """A match as its seeker sees it; no score is shown without a band."""

    position_id: int
    score: int | None
    band: str | None
    broken: list[str]
    reasons: list[ReasonView]


class ApplicationView(Struct, frozen=True):
    """An application's state, for its seeker and for its employer."""

    id: int
    position_id: int
    status: str
    applied_at: datetime


class Arrival(Struct, frozen=True):
    """An application as the employer's console lists it."""

    id: int
    position_id: int
    title: str
    name: str
    score: int | None
    band: str | None
    reasons: list[ReasonView]
    status: str
    applied_at: datetime
    is_assisted: bool
    is_in_room: bool


class SanctionView(Struct, frozen=True):
    """A mute or a ban that stands."""

    person: str
    name: str
    kind: str
    until: datetime | None


class Staff(Struct, frozen=True):
    """What host, moderator and observer get besides."""

    arrivals: list[Arrival]
    hidden: list[Line]
    sanctions: list[SanctionView]


class Me(Struct, frozen=True):
    """What concerns the one who enters."""

    role: str
    name: str
    person: str | None
    has_account: bool
    employer_id: int | None
    can: list[str]
    is_muted: bool
    muted_until: datetime | None
    applications: list[ApplicationView]
    voted: list[int]
    match_state: str
    staff: Staff | UnsetType = UNSET


class Welcome(Struct, frozen=True, tag_field="type", tag="welcome"):
    how: str
    epoch: str
    seq: int
    at: datetime
    tick_ms: int
    counts: Counts
    me: Me
    why: str | UnsetType = UNSET
    after: int | UnsetType = UNSET
    events: Raw | UnsetType = UNSET
    room: Raw | UnsetType = UNSET


class Tick(Struct, frozen=True, tag_field="type", tag="tick"):
    epoch: str
    after: int
    seq: int
    events: Raw
    counts: Counts
    is_lean: bool | UnsetType = UNSET
    is_delayed: bool | UnsetType = UNSET


class MatchesMessage(Struct, frozen=True, tag_field="type", tag="matches"):
    match_state: str
    matches: list[MatchView]


class MatchMessage(Struct, frozen=True, tag_field="type", tag="match"):
    match: MatchView


class ApplicationMessage(Struct, frozen=True, tag_field="type", tag="application"):
    application: ApplicationView


class Arrived(Struct, frozen=True, tag_field="type", tag="arrived"):
    arrival: Arrival


class Overheard(Struct, frozen=True, tag_field="type", tag="overheard"):
    line: Line


class Fit(Struct, frozen=True):
    """How many of those present a position fits."""

    position_id: int
    very: int
    fairly: int
    look: int


class Fits(Struct, frozen=True, tag_field="type", tag="fits"):
    fits: list[Fit]


class Sanctioned(Struct, frozen=True, tag_field="type", tag="sanctioned"):
    kind: str
    until: datetime | None


class SanctionMessage(Struct, frozen=True, tag_field="type", tag="sanction"):
    person: str
    name: str
    kind: str
    until: datetime | None


def reply(to: str, key: str | None, fields: dict[str, Any]) -> dict[str, Any]:
    """The answer to a request that was done."""
    return {"type": "reply", "to": to, "key": key, **fields}


def refusal(code: str, *, to: str = "", key: str | None = None, **fields: Any) -> dict[str, Any]:
    """The answer to a request that was not done, and why."""
    return {"type": "error", "to": to, "key": key, "code": code, **fields}


@dataclass(frozen=True)
class Closing:
    """A close code and its one-word reason."""

    code: int
    reason: str


BAD_TICKET = Closing(4001, "ticket")
PROTOCOL = Closing(4002, "protocol")
BANNED = Closing(4003, "banned")
NOT_OPEN = Closing(4004, "closed")
ENDED = Closing(4005, "ended")
SIGNED_OUT = Closing(4006, "signed_out")
ELSEWHERE = Closing(4007, "elsewhere")
SLOW = Closing(4008, "slow")
SILENT = Closing(4009, "silent")
FULL = Closing(4010, "full")
FLOODING = Closing(4011, "flooding")
RESTARTING = Closing(4012, "restarting")
FAILED = Closing(4013, "failed")
BINARY = Closing(1003, "binary")
