"""A room without sockets, clock or database: what it is given here, what it wants done there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from live.board import Board, Card, Line, PinView, QuestionView, SessionView, SlotView
from live.deeds import Deed, Guest
from live.effects import Do, Effect, Shut, Tell
from live.messages import Me
from live.room import Room
from live.stream import Stream

START = datetime(2026, 1, 31, 6, 30, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """So many seconds after the start."""
    return START + timedelta(seconds=seconds)


def session(status: str = "live") -> SessionView:
    """The session of the board."""
    return SessionView(1, "西湖区制造业专场", status, START, at(7200), START, None, "", "", "/sessions/1")


def slot(number: int = 1, *, employer_id: int = 7) -> SlotView:
    """A slot on stage."""
    return SlotView(number, number, employer_id, "临江电缆", START, 20, START, None)


def card(number: int, *, employer_id: int = 7, applied: int = 0, title: str = "低压电工") -> Card:
    """An offered position."""
    return Card(
        number, 1, employer_id, "临江电缆", title, 7500, 9500, "MONTH", "", 3500, "余杭区仓前街道", "Cangqian", 12,
        "FULL_TIME", "day", "none", 0, True, True, True, False, date(2099, 1, 1), True, [], applied,
    )  # fmt: skip


def line(number: int, *, role: str = "audience", text: str = "你好", by: str = "p1", seconds: float = 0) -> Line:
    """A line of chat."""
    return Line(f"c{number}", by, "老周", role, text, at(seconds or number))


def question(number: int, *, status: str = "waiting", votes: int = 0, answer: str = "") -> QuestionView:
    """A question."""
    return QuestionView(
        number, "p1", "老周", "宿舍几个人一间", status, votes, at(number), 1, 7, answer, False,
        "王专员" if answer else "", at(number + 1) if answer else None, None,
    )  # fmt: skip


def pin(number: int, position_id: int, *, seconds: float = 0) -> PinView:
    """A pin."""
    return PinView(number, position_id, at(seconds), int(seconds * 1000))


def board(status: str = "live") -> Board:
    """A board with three positions of two employers."""
    return Board(session(status), 1, [slot()], [card(31), card(32), card(41, employer_id=8)], None, [], [])


def make_room(status: str = "live", **kept: int) -> Room:
    """A room that opens now."""
    return Room(Stream(board(status), epoch="e1", **kept), people={}, likes=0, now=START)


def guest(
    account_id: int | None = 1,
    role: str = "audience",
    *,
    match_state: str = "none",
    employer_id: int | None = None,
    is_banned: bool = False,
    is_muted: bool = False,
    login: str = "",
) -> Guest:
    """Who enters: an account, or a visitor's device when there is none."""
    me = Me(
        role=role,
        name=f"观众{account_id}",
        person=f"p{account_id}" if account_id else None,
        has_account=account_id is not None,
        employer_id=employer_id,
        can=[],
        is_muted=is_muted,
        muted_until=None,
        applications=[],
        voted=[],
        match_state=match_state,
    )
    viewer = f"a{account_id}" if account_id else "v1"
    return Guest(viewer, account_id, login, is_seeker=match_state != "none", is_banned=is_banned, me=me)


def enter(room: Room, connection: int, who: Guest | None = None, *, seconds: float = 0, **known: Any) -> dict[str, Any]:
    """Let somebody in; the welcome."""
    known = {"epoch": None, "seq": None, **known}
    effects = room.enter(connection, who or guest(connection), now=at(seconds), **known)
    return told(effects, connection)[0]


def told(effects: Iterable[Effect], connection: int) -> list[dict[str, Any]]:
    """What is sent to a connection, as JSON."""
    return [
        msgspec.json.decode(msgspec.json.encode(effect.message))
        for effect in effects
        if isinstance(effect, Tell) and connection in effect.connections
    ]


def closes(effects: Iterable[Effect]) -> dict[int, int]:
    """Connection → close code."""
    return {effect.connection: effect.closing.code for effect in effects if isinstance(effect, Shut)}


def deeds(effects: Iterable[Effect]) -> list[Deed]:
    """The requests that the database is asked to do."""
    return [effect.deed for effect in effects if isinstance(effect, Do) and isinstance(effect.deed, Deed)]


def tick(room: Room, *, seconds: float) -> Any:
    """The next tick, as JSON; None when there is none."""
    made = room.tick(now=at(seconds))
    return msgspec.json.decode(msgspec.json.encode(made[0])) if made else None
