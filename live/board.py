"""The board: what everybody in a room sees, in the shape in which docs/protocol.md sends it as `room`.

Happenings alone change it (`live.happenings`), so that a snapshot and the events after it equal a fresh snapshot.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from msgspec import Struct

CHAT_KEPT = 50
CAPTIONS_KEPT = 20
QUESTIONS_KEPT = 200


class SessionView(Struct, frozen=True):
    """The session's title, state and times; `page` is where viewers go on when it has ended."""

    id: int
    title: str
    status: str
    starts_at: datetime
    ends_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    picture_url: str
    poster: str
    page: str


class SlotView(Struct, frozen=True):
    """One employer's turn."""

    id: int
    number: int
    employer_id: int
    employer: str
    starts_at: datetime
    minutes: int
    started_at: datetime | None
    ended_at: datetime | None


class Card(Struct, frozen=True):
    """A position as its card shows it; `shown_ms` is how long it was on screen, the pin that is on not counted."""

    id: int
    slot_id: int
    employer_id: int
    employer: str
    title: str
    pay_min: int | None
    pay_max: int | None
    pay_unit: str
    pay_note: str
    base_pay: int | None
    place: str
    place_en: str
    head_count: int | None
    employment_type: str
    schedule: str
    education: str
    experience_years: int
    has_dormitory: bool
    has_meals: bool
    has_insurance: bool
    is_supported_place: bool
    valid_until: date | None
    is_open: bool
    lacks: list[str] = []
    applied: int = 0
    shown_ms: int = 0


class PinView(Struct, frozen=True):
    """The position on screen and since when."""

    id: int
    position_id: int
    started_at: datetime
    media_from_ms: int


class AnsweredQuestion(Struct, frozen=True):
    """The question that a line of chat answers."""

    id: int
    name: str
    text: str


class Line(Struct, frozen=True, omit_defaults=True):
    """A line of chat; an answer's id begins with `q` and has its `question`."""

    id: str
    by: str
    name: str
    role: str
    text: str
    at: datetime
    question: AnsweredQuestion | None = None
    is_spoken: bool = False


class QuestionView(Struct, frozen=True):
    """A question, waiting or answered."""

    id: int
    by: str
    name: str
    text: str
    status: str
    votes: int
    asked_at: datetime
    slot_id: int | None
    employer_id: int | None
    answer: str
    is_spoken: bool
    answerer: str
    answered_at: datetime | None
    media_ms: int | None


class CaptionView(Struct, frozen=True):
    """A line that the host typed, to be shown when the picture reaches `at`."""

    id: int
    text: str
    at: datetime


class Board(Struct):
    """What everybody sees: session, running order, positions, the pin, the newest chat, the questions, the captions."""

    session: SessionView
    slot_id: int | None
    slots: list[SlotView]
    positions: list[Card]
    pin: PinView | None
    chat: list[Line]
    questions: list[QuestionView]
    captions: list[CaptionView] = []

    def card(self, position_id: int) -> Card | None:
        """The offered position of this id."""
        return next((card for card in self.positions if card.id == position_id), None)

    def question(self, question_id: int) -> QuestionView | None:
        """The question of this id that stands on the board."""
        return next((question for question in self.questions if question.id == question_id), None)

    def votes(self, question_id: int) -> int:
        """How many votes the question has here; -1 when it does not stand on the board."""
        question = self.question(question_id)
        return question.votes if question else -1

    def has_line(self, line_id: str) -> bool:
        """Whether the line stands on the board."""
        return any(line.id == line_id for line in self.chat)

    def put_card(self, card: Card) -> None:
        """Replace the card of the same position."""
        self.positions = [card if each.id == card.id else each for each in self.positions]

    def put_question(self, question: QuestionView) -> None:
        """Replace the question of the same id in its place, or append it."""
        if self.question(question.id) is None:
            self.questions = newest_questions([*self.questions, question])
        else:
            self.questions = [question if each.id == question.id else each for each in self.questions]

    def add_line(self, line: Line) -> None:
        """Append a line and keep the newest."""
        self.chat.append(line)
        del self.chat[:-CHAT_KEPT]

    def add_caption(self, caption: CaptionView) -> None:
        """Append a caption that does not stand here yet and keep the newest."""
        if all(each.id != caption.id for each in self.captions):
            self.captions = [*self.captions, caption][-CAPTIONS_KEPT:]

    def insert_line(self, line: Line) -> None:
        """Put a line in before the first that is later, and keep the newest."""
        self.drop_line(line.id)
        place = next((index for index, each in enumerate(self.chat) if each.at > line.at), len(self.chat))
        self.chat.insert(place, line)
        del self.chat[:-CHAT_KEPT]

    def drop_line(self, line_id: str) -> None:
        """Remove a line, if it is there."""
        self.chat = [line for line in self.chat if line.id != line_id]


def newest_questions(questions: Iterable[QuestionView]) -> list[QuestionView]:
    """At most QUESTIONS_KEPT, in their order: the oldest answered leave first, then the oldest."""
    kept = list(questions)
    while len(kept) > QUESTIONS_KEPT:
        del kept[next((index for index, each in enumerate(kept) if each.status == "answered"), 0)]
    return kept
