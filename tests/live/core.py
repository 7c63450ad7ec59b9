"""A room without sockets, clock or database: what it is given here, what it wants done there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import msgspec

from live.board import Board, Card, Line, PinView, QuestionView, SessionView, SlotView
from live.deeds import Deed, Guest, News, Outcome
from live.effects import Do, Effect, Publish, Shut, Tell
from live.happenings import Happening
from live.messages import Me
from live.requests import AnyRequest
from live.room import Room
from live.stream import Bounds, Entry, Stream
from live.wire import LocalWire

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


class OneRoom:
    """A room on a wire of its own, driven as a seat does; what it publishes is heard at once."""

    def __init__(self, stream: Stream) -> None:
        self.room = Room(stream, people={}, likes=0, now=START)
        self.audience = self.room.audience
        self._now = START
        self._effects: list[Effect] = []
        self._wire = LocalWire(clock=lambda: self._now)
        self._wire.attach(self)

    def enter(self, connection: int, who: Guest, *, now: datetime, **known: Any) -> list[Effect]:
        """Somebody enters."""
        return self._carried(self.room.enter(connection, who, now=now, **known), now=now)

    def leave(self, connection: int, *, now: datetime) -> None:
        """Somebody leaves."""
        self.room.leave(connection)

    def receive(self, connection: int, request: AnyRequest, *, now: datetime) -> list[Effect]:
        """A request comes."""
        return self._carried(self.room.receive(connection, request, now=now), now=now)

    def finish(self, deed: Deed, outcome: Outcome, *, now: datetime) -> list[Effect]:
        """A deed was done."""
        return self._carried(self.room.finish(deed, outcome, now=now), now=now)

    def learn(self, news: Iterable[News], *, now: datetime) -> list[Effect]:
        """News comes."""
        return self._carried(self.room.learn(news, now=now), now=now)

    def keep_house(self, *, now: datetime) -> list[Effect]:
        """Time passes."""
        return self._carried(self.room.keep_house(now=now), now=now)

    def tick(self, *, now: datetime) -> Any:
        """The next tick."""
        self._carried(self.room.counted(), now=now)
        return self.room.tick(now=now)

    def heard(self, entries: Iterable[Entry]) -> None:
        """The wire numbered something."""
        self._carry(self.room.hear(entries, now=self._now))

    def published(self, publish: Publish, *, is_shown: bool) -> None:
        """The wire took something."""
        self._carry(self.room.published(publish, is_shown=is_shown))

    def overheard(self, line: Line, account_id: int | None) -> None:
        """The wire left something out."""
        self._carry(self.room.overhear(line, account_id))

    def _carried(self, effects: Iterable[Effect], *, now: datetime) -> list[Effect]:
        self._now = now
        self._carry(effects)
        done, self._effects = self._effects, []
        return done

    def _carry(self, effects: Iterable[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Publish):
                self._wire.publish(effect)
            else:
                self._effects.append(effect)


def make_room(status: str = "live", **kept: int) -> OneRoom:
    """A room that opens now."""
    return OneRoom(Stream(board(status), epoch="e1", bounds=Bounds(**kept)))


def append(stream: Stream, happening: Happening, *, seconds: float = 0) -> None:
    """Give a happening the stream's next number."""
    stream.append(Entry(stream.seq + 1, at(seconds).timestamp(), happening))


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


def enter(
    room: OneRoom, connection: int, who: Guest | None = None, *, seconds: float = 0, **known: Any
) -> dict[str, Any]:
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


def tick(room: OneRoom, *, seconds: float) -> Any:
    """The next tick, as JSON; None when there is none."""
    made = room.tick(now=at(seconds))
    return msgspec.json.decode(msgspec.json.encode(made[0])) if made else None
