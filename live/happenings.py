"""Happenings: the numbered events of a room, in the past tense, each with what it does to the board.

docs/protocol.md lists them for clients, which do the same to their own copy.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct

from live.board import Board, CaptionView, Card, Line, PinView, QuestionView, SessionView, SlotView


class Shown(Struct, frozen=True):
    """How long a position that left the screen was on it, in all."""

    position_id: int
    shown_ms: int


class Said(Struct, frozen=True, tag_field="kind", tag="said"):
    line: Line

    @property
    def is_ephemeral(self) -> bool:
        """Whether it is left out for a connection that is behind: the audience's talk."""
        return self.line.role == "audience"

    def apply(self, board: Board) -> None:
        board.add_line(self.line)


class Passed(Struct, frozen=True, tag_field="kind", tag="passed"):
    """Something that this connection is not told; it keeps its number."""

    def apply(self, board: Board) -> None:
        return


class Captioned(Struct, frozen=True, tag_field="kind", tag="captioned"):
    caption: CaptionView

    def apply(self, board: Board) -> None:
        board.add_caption(self.caption)


class Hid(Struct, frozen=True, tag_field="kind", tag="hid"):
    line_id: str

    def apply(self, board: Board) -> None:
        board.drop_line(self.line_id)


class Showed(Struct, frozen=True, tag_field="kind", tag="showed"):
    line: Line

    def apply(self, board: Board) -> None:
        board.insert_line(self.line)


class Asked(Struct, frozen=True, tag_field="kind", tag="asked"):
    question: QuestionView

    def apply(self, board: Board) -> None:
        board.put_question(self.question)


class Voted(Struct, frozen=True, tag_field="kind", tag="voted"):
    question_id: int
    votes: int

    def apply(self, board: Board) -> None:
        question = board.question(self.question_id)
        if question is not None:
            board.put_question(msgspec.structs.replace(question, votes=self.votes))


class Answered(Struct, frozen=True, tag_field="kind", tag="answered"):
    question: QuestionView
    line: Line

    def apply(self, board: Board) -> None:
        board.put_question(self.question)
        board.drop_line(self.line.id)
        board.add_line(self.line)


class QuestionGone(Struct, frozen=True, tag_field="kind", tag="question_gone"):
    question_id: int

    def apply(self, board: Board) -> None:
        board.questions = [each for each in board.questions if each.id != self.question_id]
        board.drop_line(f"q{self.question_id}")


class Pinned(Struct, frozen=True, tag_field="kind", tag="pinned"):
    pin: PinView
    previous: Shown | None

    def apply(self, board: Board) -> None:
        _add_shown(board, self.previous)
        board.pin = self.pin


class Unpinned(Struct, frozen=True, tag_field="kind", tag="unpinned"):
    previous: Shown | None

    def apply(self, board: Board) -> None:
        _add_shown(board, self.previous)
        board.pin = None


class Applied(Struct, frozen=True, tag_field="kind", tag="applied"):
    position_id: int
    applied: int

    def apply(self, board: Board) -> None:
        card = board.card(self.position_id)
        if card is not None:
            board.put_card(msgspec.structs.replace(card, applied=self.applied))


class PositionChanged(Struct, frozen=True, tag_field="kind", tag="position"):
    position: Card

    def apply(self, board: Board) -> None:
        board.put_card(self.position)


class SlotChanged(Struct, frozen=True, tag_field="kind", tag="slot"):
    slot_id: int | None
    slots: list[SlotView]

    def apply(self, board: Board) -> None:
        board.slot_id, board.slots = self.slot_id, list(self.slots)


class SessionChanged(Struct, frozen=True, tag_field="kind", tag="session"):
    session: SessionView

    def apply(self, board: Board) -> None:
        board.session = self.session


class Arranged(Struct, frozen=True, tag_field="kind", tag="arranged"):
    """The organiser edited the session: everything but talk is replaced."""

    session: SessionView
    slot_id: int | None
    slots: list[SlotView]
    positions: list[Card]
    pin: PinView | None

    def apply(self, board: Board) -> None:
        board.session, board.slot_id, board.pin = self.session, self.slot_id, self.pin
        board.slots, board.positions = list(self.slots), list(self.positions)


Happening = (
    Said
    | Passed
    | Captioned
    | Hid
    | Showed
    | Asked
    | Voted
    | Answered
    | QuestionGone
    | Pinned
    | Unpinned
    | Applied
    | PositionChanged
    | SlotChanged
    | SessionChanged
    | Arranged
)


def is_urgent(happening: Happening) -> bool:
    """Whether everybody is to see it before the next tick is due: what is on stage, and what its people say."""
    match happening:
        case Said():
            return not happening.is_ephemeral
        case Answered() | Pinned() | Unpinned() | SlotChanged() | SessionChanged() | Arranged():
            return True
    return False


def settled(happening: Happening, board: Board) -> Happening:
    """What is so of a happening on this board: no line a second time, no older count over a newer one.

    A board may be read from the records after a line was kept and before it was published, and two processes may
    publish two counts the other way round. Everybody settles the same, since everybody hears the same.
    """
    match happening:
        case Said(line=line) if board.has_line(line.id):
            return Passed()
        case Voted(question_id=question_id, votes=votes) if votes <= board.votes(question_id):
            return Passed()
        case Asked(question=question):
            return Asked(_with_votes(question, board))
        case Answered(question=question, line=line):
            return Answered(_with_votes(question, board), line)
        case PositionChanged(position=card):
            return PositionChanged(_with_applied(card, board))
        case Arranged():
            cards = [_with_applied(card, board) for card in happening.positions]
            return msgspec.structs.replace(happening, positions=cards)
        case _:
            return happening


def _with_votes(question: QuestionView, board: Board) -> QuestionView:
    votes = board.votes(question.id)
    return question if question.votes >= votes else msgspec.structs.replace(question, votes=votes)


def _with_applied(card: Card, board: Board) -> Card:
    known = board.card(card.id)
    return msgspec.structs.replace(card, applied=known.applied) if known else card


def _add_shown(board: Board, shown: Shown | None) -> None:
    card = board.card(shown.position_id) if shown else None
    if card is not None and shown is not None:
        board.put_card(msgspec.structs.replace(card, shown_ms=shown.shown_ms))
