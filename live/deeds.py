"""Deeds: what a room asks the database to do, and the news that comes back: plain values that do nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from live.board import Line, QuestionView
from live.happenings import Happening
from live.messages import ApplicationView, Arrival, Me, SanctionView
from live.requests import Answer, AnyRequest, BeginSlot, End, Pin, Say, Start, Unpin, Vote


@dataclass(frozen=True)
class Guest:
    """Who enters: what the ticket says and what the database knows of them for this room."""

    viewer: str
    account_id: int | None
    login: str
    is_seeker: bool
    is_banned: bool
    me: Me

    @property
    def is_audience(self) -> bool:
        return self.me.role == "audience"


@dataclass(frozen=True)
class Deed:
    """One request of one account, to be done at `at`; score and reasons are the match last shown to the seeker."""

    session_id: int
    account_id: int
    viewer: str
    role: str
    name: str
    request: AnyRequest
    at: datetime
    target_id: int | None = None
    score: int | None = None
    reasons: list[dict[str, Any]] | None = None

    @property
    def is_logged(self) -> bool:
        """Whether the event log tells of it; of talk that goes by in its hundreds it does not."""
        return not isinstance(self.request, Say | Vote)

    @property
    def is_urgent(self) -> bool:
        """Whether everybody waits for what comes of it: what is done on stage, and what its people say."""
        if isinstance(self.request, Say):
            return self.role != "audience"
        return isinstance(self.request, Answer | BeginSlot | End | Pin | Start | Unpin)


@dataclass(frozen=True)
class Visit:
    """Somebody came in."""

    viewer: str
    account_id: int | None
    is_audience: bool


@dataclass(frozen=True)
class KeepAttendance:
    """Visits that began and viewers that left, gathered for one transaction."""

    session_id: int
    entered: tuple[Visit, ...]
    left: tuple[str, ...]
    at: datetime


@dataclass(frozen=True)
class KeepLikes:
    """Likes since the last time."""

    session_id: int
    count: int


@dataclass(frozen=True)
class KeepExposures:
    """Viewers on whose screens a position stood for a second, each with the score shown."""

    session_id: int
    position_id: int
    employer_id: int
    viewers: tuple[tuple[str, int | None], ...]
    at: datetime


AnyDeed = Deed | KeepAttendance | KeepLikes | KeepExposures


@dataclass(frozen=True)
class Chatted:
    """A line of chat was kept."""

    line: Line
    account_id: int


@dataclass(frozen=True)
class QuestionAsked:
    """A question stands, new or shown again."""

    question: QuestionView
    account_id: int


@dataclass(frozen=True)
class VotesCounted:
    """A question's votes changed."""

    question_id: int
    votes: int


@dataclass(frozen=True)
class Changed:
    """Something that everybody sees changed."""

    happening: Happening


@dataclass(frozen=True)
class ApplicationChanged:
    """An application was submitted (then `arrival` is there) or moved."""

    application: ApplicationView
    seeker_id: int
    employer_id: int
    arrival: Arrival | None


@dataclass(frozen=True)
class ApplicationsCounted:
    """Position → applications that stand, of this session."""

    applied: dict[int, int]


@dataclass(frozen=True)
class PersonSanctioned:
    """A mute or ban was laid or lifted."""

    account_id: int
    sanction: SanctionView


@dataclass(frozen=True)
class MatchingChanged:
    """A seeker's profile or switch changed; `match_state` is the new one, `event_id` the fact that says so."""

    account_id: int
    match_state: str
    event_id: int


@dataclass(frozen=True)
class AccountGone:
    """Signed out (`login` names the one sign-in, empty = all) or disabled."""

    account_id: int
    login: str


News = (
    Chatted
    | QuestionAsked
    | VotesCounted
    | Changed
    | ApplicationChanged
    | ApplicationsCounted
    | PersonSanctioned
    | MatchingChanged
    | AccountGone
)


@dataclass(frozen=True)
class Outcome:
    """What became of a deed: the reply's fields, or the code of the refusal and its fields; and the news."""

    fields: dict[str, Any] = field(default_factory=dict)
    code: str | None = None
    news: tuple[News, ...] = ()
