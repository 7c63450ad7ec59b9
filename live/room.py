"""A room: the sans-I/O core of a live session. Connections, requests, outcomes and news in; effects and ticks out.

It knows no clock, socket or database. Its words: a *deed* is what the database is asked to do, *news* is what is so
since, a *happening* is an event that everybody hears of. A room *publishes* it to its *wire*, which gives it a
number; every process of the room *hears* it under that number, and the next *tick* carries it to the viewers.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Raw

from live import telling
from live.attendance import AttendanceBook
from live.audience import CONNECTIONS_EACH, Audience
from live.board import Line
from live.deeds import (
    AccountGone,
    ApplicationChanged,
    ApplicationsCounted,
    Changed,
    Chatted,
    Deed,
    Guest,
    MatchingChanged,
    News,
    Outcome,
    PersonSanctioned,
    QuestionAsked,
    VotesCounted,
)
from live.desk import Desk
from live.effects import Do, Effect, Publish, Shut, Tell
from live.fitting import Fitting
from live.happenings import Asked, Pinned, Said
from live.messages import BANNED, ELSEWHERE, ENDED, NOT_OPEN, SIGNED_OUT, Closing, Overheard, Tick, Welcome
from live.pulse import Pulse
from live.requests import AnyRequest
from live.stream import Cut, Entry, Stream

STAYS_AFTER_END = timedelta(seconds=60)


class Room:
    """One room's state and rules; every method takes the time it is called at."""

    def __init__(self, stream: Stream, *, people: dict[str, int], likes: int, now: datetime) -> None:
        self.stream = stream
        self.audience = Audience()
        self.fitting = Fitting(self.audience, stream)
        self.pulse = Pulse(stream, likes=likes, now=now)
        self._people = people
        self._book = AttendanceBook(stream.board.session.id)
        self._desk = Desk(stream, self.audience, people=people, like=self._like, shut=self._shut)
        self._expired_at = now
        self._ended_at: datetime | None = now if stream.board.session.status == "ended" else None

    @property
    def session_id(self) -> int:
        return self.stream.board.session.id

    @property
    def is_live(self) -> bool:
        return self.stream.board.session.status == "live"

    @property
    def tick_ms(self) -> int:
        """The width of a tick, for as many as are here and elsewhere."""
        return self.pulse.width_ms(len(self.audience.connections))

    def enter(
        self, connection: int, guest: Guest, *, epoch: str | None, seq: int | None, now: datetime
    ) -> list[Effect]:
        """Let somebody in: a welcome with exactly what was missed, or with a fresh snapshot."""
        if guest.is_banned:
            return [Shut(connection, BANNED)]
        if not self.is_live and guest.is_audience:
            return [Shut(connection, NOT_OPEN)]
        viewer, is_first = self.audience.enter(connection, guest, now=now)
        effects: list[Effect] = []
        if len(viewer.connections) > CONNECTIONS_EACH:
            effects += self._shut(next(iter(viewer.connections)), ELSEWHERE)
        if is_first and self.is_live:
            self._book.enter(viewer)
        effects.append(Tell((connection,), self._welcome(guest, epoch=epoch, seq=seq, now=now)))
        return effects + self.fitting.enter(viewer, connection, is_first=is_first)

    def leave(self, connection: int) -> None:
        """Somebody's connection is gone."""
        left = self.audience.leave(connection)
        if left is not None and left[1]:
            self._book.leave(left[0])
            self.fitting.leave(left[0])

    def receive(self, connection: int, request: AnyRequest, *, now: datetime) -> list[Effect]:
        """Answer a request at once, or have it done."""
        return self._desk.receive(connection, request, now=now)

    def finish(self, deed: Deed, outcome: Outcome, *, now: datetime) -> list[Effect]:
        """A deed was done or refused: tell who asked, then take in its news.

        Who spoke is answered when the wire has taken the line, or has left it out.
        """
        said = [each for each in outcome.news if isinstance(each, Chatted)]
        if said:
            return [_say(each, answers=(deed, outcome)) for each in said]
        return [*self._desk.answer(deed, outcome), *self.learn(outcome.news, now=now)]

    def published(self, publish: Publish, *, is_shown: bool) -> list[Effect]:
        """The wire took a happening, or left it out: now its speaker is answered."""
        if publish.answers is None:
            return []
        deed, outcome = publish.answers
        return self._desk.answer(deed, replace(outcome, fields={**outcome.fields, "is_shown": is_shown}))

    def repeat(self, deed: Deed, answer: dict[str, Any] | None) -> list[Effect]:
        """Another process was asked under the same key: for the same with this answer, or (None) for something else."""
        return self._desk.repeat(deed, answer)

    def learn(self, news: Iterable[News], *, now: datetime, event_id: int = 0) -> list[Effect]:
        """Take in what is so now, whoever did it; `event_id` is the fact of the event log that says so."""
        effects: list[Effect] = []
        for each in news:
            match each:
                case Chatted():
                    effects.append(_say(each))
                case QuestionAsked(question=question, account_id=account_id):
                    effects.append(Publish(Asked(question), account_id, event_id))
                case Changed(happening=happening):
                    effects.append(Publish(happening, event_id=event_id))
                case VotesCounted(question_id=question_id, votes=votes):
                    self.pulse.vote(question_id, votes)
                case ApplicationsCounted(applied=applied):
                    self.pulse.apply(applied, event_id=event_id)
                case ApplicationChanged():
                    effects += telling.application(self.audience, each)
                case PersonSanctioned():
                    effects += self._sanctioned(each)
                case MatchingChanged():
                    effects += self.fitting.changed(each)
                case AccountGone():
                    effects += self._account_gone(each)
        return effects

    def hear(self, entries: Iterable[Entry], *, now: datetime) -> list[Effect]:
        """Take in what the wire numbered, whoever published it, and do what follows."""
        effects: list[Effect] = []
        for entry in entries:
            before = self.stream.board.session.status
            self.stream.append(entry)
            match entry.happening:
                case Said(line=line) if entry.account_id is not None:
                    self._people[line.by] = entry.account_id
                case Asked(question=question) if entry.account_id is not None:
                    self._people[question.by] = entry.account_id
                case Pinned(pin=pin):
                    effects += self.fitting.pinned(pin.position_id)
            if self.stream.board.session.status != before:
                effects += self._turned(now=now)
        return effects

    def overhear(self, line: Line, account_id: int | None) -> list[Effect]:
        """Sampling left a line out, whoever published it: the staff hear of it."""
        if account_id is not None:
            self._people[line.by] = account_id
        return [Tell(self.audience.staff, Overheard(line))]

    def counted(self) -> list[Effect]:
        """Tell what was counted since the last tick."""
        return list(self.pulse.counted())

    def tick(self, *, now: datetime) -> tuple[Tick, Cut] | None:
        """What everybody is to hear now, if anything: the tick, and the cut that it was made from."""
        return self.pulse.tick(present=self.audience.present, now=now)

    def keep_house(self, *, now: datetime) -> list[Effect]:
        """What is due besides: records in batches, counts for hosts, the end of an ended room."""
        effects: list[Effect] = [Do(deed) for deed in self._book.due(self.audience, self.stream.board, now=now)]
        effects += self.fitting.due(now=now)
        if now - self._expired_at > timedelta(seconds=30):
            self._expired_at = now
            self.audience.expire(now=now.timestamp())
            self.stream.expire(now=now.timestamp())
        if self._ended_at is not None and now - self._ended_at > STAYS_AFTER_END:
            for connection in [each for viewer in self.audience if viewer.is_audience for each in viewer.connections]:
                effects += self._shut(connection, ENDED)
        return effects

    def close_books(self, *, now: datetime) -> list[Effect]:
        """The process goes: everything counted so far, and everybody left now."""
        return [Do(deed) for deed in self._book.close(self.audience, now=now)]

    def _welcome(self, guest: Guest, *, epoch: str | None, seq: int | None, now: datetime) -> Welcome:
        missed = self.stream.since(epoch, seq)
        welcome = Welcome(
            how="resumed", epoch=self.stream.epoch, seq=self.stream.seq, at=now, tick_ms=self.tick_ms,
            counts=self.pulse.counts(self.audience.present), me=guest.me,
        )  # fmt: skip
        if isinstance(missed, Cut):
            return msgspec.structs.replace(welcome, after=missed.after, events=Raw(missed.json()))
        return msgspec.structs.replace(welcome, how="fresh", why=missed, room=Raw(self.stream.snapshot()))

    def _like(self, count: int) -> None:
        self.pulse.like(self._book.like(count))

    def _sanctioned(self, news: PersonSanctioned) -> list[Effect]:
        self._people[news.sanction.person] = news.account_id
        effects = telling.sanction(self.audience, news)
        viewer = self.audience.of_account(news.account_id)
        if viewer is not None and news.sanction.kind == "ban":
            effects += [effect for each in list(viewer.connections) for effect in self._shut(each, BANNED)]
        return effects

    def _account_gone(self, news: AccountGone) -> list[Effect]:
        viewer = self.audience.of_account(news.account_id)
        if viewer is None:
            return []
        gone = viewer.connections_of(news.login)
        return [effect for each in gone for effect in self._shut(each, SIGNED_OUT)]

    def _turned(self, *, now: datetime) -> list[Effect]:
        """The session began, ended, or is not to be after all."""
        status = self.stream.board.session.status
        if status == "live":
            for viewer in self.audience:
                self._book.enter(viewer)
        elif status == "ended":
            self._ended_at = now
            for viewer in self.audience:
                self._book.leave(viewer)
        else:
            return [effect for each in list(self.audience.connections) for effect in self._shut(each, NOT_OPEN)]
        return []

    def _shut(self, connection: int, closing: Closing) -> list[Effect]:
        self.leave(connection)
        return [Shut(connection, closing)]


def _say(news: Chatted, *, answers: tuple[Deed, Outcome] | None = None) -> Publish:
    return Publish(Said(news.line), news.account_id, answers=answers)
