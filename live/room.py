"""A room: the sans-I/O core of a live session. Connections, requests, outcomes and news in; effects and ticks out.

It knows no clock, socket or database. Its words: a *deed* is what the database is asked to do, *news* is what is so
since, a *happening* is a numbered event that everybody hears of, a *tick* is the frame that carries happenings.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec
from msgspec import Raw

from fair.matches import Match
from live import fitting, telling
from live.attendance import AttendanceBook
from live.audience import CONNECTIONS_EACH, Audience, Viewer
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
from live.effects import Do, Effect, Shut, Tell
from live.happenings import Asked, Happening, Pinned, Said
from live.keys import Keys
from live.limits import CHAT_OF_ROOM, Bucket
from live.messages import (
    BANNED,
    ELSEWHERE,
    ENDED,
    FLOODING,
    NOT_OPEN,
    SIGNED_OUT,
    Overheard,
    Tick,
    Welcome,
    refusal,
    reply,
)
from live.pulse import Pulse
from live.requests import KIND, AnyRequest, Apply, Ask, Like, Sanctioning, Say
from live.stream import Cut, Stream

FITS_EVERY = timedelta(seconds=5)
STAYS_AFTER_END = timedelta(seconds=60)
_ONLY_LIVE = frozenset({"ask", "apply", "pin", "vote"})


class Room:
    """One room's state and rules; every method takes the time it is called at."""

    def __init__(self, stream: Stream, *, people: dict[str, int], likes: int, now: datetime) -> None:
        self.stream = stream
        self.audience = Audience()
        self._people = people
        self._book = AttendanceBook(stream.board.session.id)
        self._chat = Bucket(CHAT_OF_ROOM, now=now.timestamp())
        self._pulse = Pulse(stream, likes=likes, now=now)
        self._expired_at = now
        self._fits_due: datetime | None = None
        self._ended_at: datetime | None = now if stream.board.session.status == "ended" else None

    @property
    def session_id(self) -> int:
        return self.stream.board.session.id

    @property
    def is_live(self) -> bool:
        return self.stream.board.session.status == "live"

    @property
    def tick_ms(self) -> int:
        """The width of a tick: it grows with the room, so that cost follows viewers × ticks."""
        connections = len(self.audience.connections)
        return 100 if connections <= 1_000 else 250 if connections <= 10_000 else 500

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
            effects += self._shut(next(iter(viewer.connections)), ELSEWHERE, now=now)
        if is_first and self.is_live:
            self._book.enter(viewer)
        effects.append(Tell((connection,), self._welcome(guest, epoch=epoch, seq=seq, now=now)))
        if viewer.matches and viewer.match_state == "on":
            effects.append(Tell((connection,), fitting.matches_message(viewer)))
        if is_first or viewer.shown_state == "down":
            viewer.shown_state = ""
            effects += self._fit(viewer)
        return effects

    def leave(self, connection: int, *, now: datetime) -> None:
        """Somebody's connection is gone."""
        left = self.audience.leave(connection)
        if left is not None and left[1]:
            self._book.leave(left[0])

    def receive(self, connection: int, request: AnyRequest, *, now: datetime) -> list[Effect]:
        """Answer a request at once, or have it done."""
        viewer = self.audience.of_connection(connection)
        if viewer is None:
            return []
        kind, at = KIND[type(request)], now.timestamp()
        wait = viewer.wait_for_any(now=at)
        if viewer.is_flooding:
            return self._shut(connection, FLOODING, now=now)
        if wait:
            return [self._refuse(connection, request, "rate_limited", retry_after_ms=_ms(wait))]
        if isinstance(request, Like):
            if self.is_live:
                self._pulse.like(self._book.like(viewer.likes_allowed(request.count, now=at)))
            return []
        if viewer.account_id is None:
            return [self._refuse(connection, request, "sign_in")]
        if request.key is not None:
            known = self._repeat(viewer, connection, request)
            if known is not None:
                return known
        code, fields = self._forbids(viewer, request, now=now)
        if code is None:
            wait = viewer.wait_for(kind, now=at)
            code, fields = ("rate_limited", {"retry_after_ms": _ms(wait)}) if wait else (None, {})
        if code is not None:
            return [self._refuse(connection, request, code, **fields)]
        if request.key is not None:
            viewer.keys = viewer.keys or Keys()
            viewer.keys.hold(request.key, request, connection, now=at)
        return [Do(self._deed(viewer, request, now=now))]

    def finish(self, deed: Deed, outcome: Outcome, *, now: datetime) -> list[Effect]:
        """A deed was done or refused: tell who asked, then take in its news."""
        to, key = KIND[type(deed.request)], deed.request.key
        news = self.learn(outcome.news, now=now)
        is_shown = not any(isinstance(effect, Tell) and isinstance(effect.message, Overheard) for effect in news)
        fields = {**outcome.fields, "is_shown": is_shown} if isinstance(deed.request, Say) else outcome.fields
        answer = reply(to, key, fields) if outcome.code is None else refusal(outcome.code, to=to, key=key, **fields)
        viewer = self.audience.by_id(deed.viewer)
        waiting: set[int] = set()
        if viewer is not None and key is None:
            waiting = set(viewer.connections)
        elif viewer is not None and viewer.keys is not None and key is not None:
            waiting = viewer.keys.release(key) if outcome.code == "busy" else viewer.keys.settle(key, answer)
        return [Tell(tuple(waiting), answer), *news]

    def learn(self, news: Iterable[News], *, now: datetime) -> list[Effect]:
        """Take in what is so now, whoever did it."""
        effects: list[Effect] = []
        for each in news:
            match each:
                case Chatted():
                    effects += self._chatted(each, now=now)
                case QuestionAsked(question=question):
                    self._people[question.by] = each.account_id
                    self.stream.append(Asked(question))
                case VotesCounted(question_id=question_id, votes=votes):
                    self._pulse.vote(question_id, votes)
                case ApplicationsCounted(applied=applied):
                    self._pulse.apply(applied)
                case ApplicationChanged():
                    effects += telling.application(self.audience, each)
                case PersonSanctioned():
                    effects += self._sanctioned(each, now=now)
                case MatchingChanged():
                    effects += self._matching_changed(each)
                case AccountGone():
                    effects += self._account_gone(each, now=now)
                case Changed(happening=happening):
                    effects += self._happened(happening, now=now)
        return effects

    def fitted_seeker(self, account_id: int, matches: list[Match] | None, *, now: datetime) -> list[Effect]:
        """Matching answered (or could not be reached: None) for one seeker."""
        viewer = self.audience.of_account(account_id)
        self._fits_due = self._fits_due or now + FITS_EVERY
        return fitting.show_all(viewer, matches) if viewer else []

    def fitted_position(
        self, account_ids: Iterable[int], matches: list[Match] | None, *, now: datetime
    ) -> list[Effect]:
        """Matching answered (or could not be reached: None) for the position just pinned."""
        self._fits_due = now
        return fitting.show_one(self.audience, account_ids, matches)

    def retry_matching(self) -> list[Effect]:
        """Matching is back: ask for those who were told that it is down."""
        lacking = [viewer for viewer in self.audience.seekers_to_match() if viewer.shown_state == "down"]
        return [effect for viewer in lacking for effect in self._fit(viewer)]

    def tick(self, *, now: datetime) -> tuple[Tick, Cut] | None:
        """What everybody is to hear now, if anything: the tick, and the cut that it was made from."""
        return self._pulse.tick(present=self.audience.present, now=now)

    def keep_house(self, *, now: datetime) -> list[Effect]:
        """What is due besides: records in batches, counts for hosts, the end of an ended room."""
        effects: list[Effect] = [Do(deed) for deed in self._book.due(self.audience, self.stream.board, now=now)]
        if self._fits_due is not None and now >= self._fits_due:
            self._fits_due = None
            effects += fitting.tell_fits(self.audience, self.stream.board)
        if now - self._expired_at > timedelta(seconds=30):
            self._expired_at = now
            self.audience.expire(now=now.timestamp())
        if self._ended_at is not None and now - self._ended_at > STAYS_AFTER_END:
            for connection in [each for viewer in self.audience if viewer.is_audience for each in viewer.connections]:
                effects += self._shut(connection, ENDED, now=now)
        return effects

    def close_books(self, *, now: datetime) -> list[Effect]:
        """The process goes: everything counted so far, and everybody left now."""
        return [Do(deed) for deed in self._book.close(self.audience, now=now)]

    def _welcome(self, guest: Guest, *, epoch: str | None, seq: int | None, now: datetime) -> Welcome:
        missed = self.stream.since(epoch, seq)
        welcome = Welcome(
            how="resumed", epoch=self.stream.epoch, seq=self.stream.seq, at=now, tick_ms=self.tick_ms,
            counts=self._pulse.counts(self.audience.present), me=guest.me,
        )  # fmt: skip
        if isinstance(missed, Cut):
            return msgspec.structs.replace(welcome, after=missed.after, events=Raw(missed.json()))
        return msgspec.structs.replace(welcome, how="fresh", why=missed, room=Raw(self.stream.snapshot()))

    def _repeat(self, viewer: Viewer, connection: int, request: AnyRequest) -> list[Effect] | None:
        asked = viewer.keys.find(request.key) if viewer.keys is not None and request.key is not None else None
        if asked is None:
            return None
        if asked.request != request:
            return [self._refuse(connection, request, "key_reused")]
        if asked.answer is not None:
            return [Tell((connection,), asked.answer)]
        asked.waiting.add(connection)
        return []

    def _forbids(self, viewer: Viewer, request: AnyRequest, *, now: datetime) -> tuple[str | None, dict[str, Any]]:
        if not self.is_live and (
            KIND[type(request)] in _ONLY_LIVE or (isinstance(request, Say) and viewer.is_audience)
        ):
            return "not_live", {}
        if isinstance(request, Say | Ask) and viewer.mutes_at(now):
            return "muted", {"until": viewer.muted_until}
        if isinstance(request, Sanctioning) and request.person not in self._people:
            return "not_found", {}
        return None, {}

    def _deed(self, viewer: Viewer, request: AnyRequest, *, now: datetime) -> Deed:
        assert viewer.account_id is not None
        match = viewer.matches.get(request.position_id) if isinstance(request, Apply) else None
        return Deed(
            session_id=self.session_id,
            account_id=viewer.account_id,
            viewer=viewer.id,
            role=viewer.role,
            name=viewer.name,
            request=request,
            at=now,
            target_id=self._people[request.person] if isinstance(request, Sanctioning) else None,
            score=fitting.shown_score(match),
            reasons=msgspec.to_builtins(match.reasons) if match else None,
        )

    def _chatted(self, news: Chatted, *, now: datetime) -> list[Effect]:
        self._people[news.line.by] = news.account_id
        if news.line.role == "audience" and self._chat.take(now=now.timestamp()):
            self._pulse.leave_out()
            return [Tell(self.audience.staff, Overheard(news.line))]
        self.stream.append(Said(news.line))
        return []

    def _sanctioned(self, news: PersonSanctioned, *, now: datetime) -> list[Effect]:
        self._people[news.sanction.person] = news.account_id
        effects = telling.sanction(self.audience, news)
        viewer = self.audience.of_account(news.account_id)
        if viewer is not None and news.sanction.kind == "ban":
            effects += [effect for each in list(viewer.connections) for effect in self._shut(each, BANNED, now=now)]
        return effects

    def _matching_changed(self, news: MatchingChanged) -> list[Effect]:
        viewer = self.audience.of_account(news.account_id)
        if viewer is None or not viewer.is_seeker:
            return []
        viewer.match_state, viewer.matches = news.match_state, {}
        if viewer.match_state == "on":
            viewer.shown_state = ""
            return self._fit(viewer, event_id=news.event_id)
        return [Tell(tuple(viewer.connections), fitting.matches_message(viewer))]

    def _account_gone(self, news: AccountGone, *, now: datetime) -> list[Effect]:
        viewer = self.audience.of_account(news.account_id)
        if viewer is None:
            return []
        gone = [each for each, login in viewer.connections.items() if not news.login or login in ("", news.login)]
        return [effect for each in gone for effect in self._shut(each, SIGNED_OUT, now=now)]

    def _happened(self, happening: Happening, *, now: datetime) -> list[Effect]:
        before = self.stream.board.session.status
        self.stream.append(happening)
        status = self.stream.board.session.status
        if isinstance(happening, Pinned):
            return fitting.ask_for_position(self.audience, happening.pin.position_id)
        if status == before:
            return []
        if status == "live":
            for viewer in self.audience:
                self._book.enter(viewer)
        elif status == "ended":
            self._ended_at = now
            for viewer in self.audience:
                self._book.leave(viewer)
        else:
            return [
                effect for each in list(self.audience.connections) for effect in self._shut(each, NOT_OPEN, now=now)
            ]
        return []

    def _fit(self, viewer: Viewer, *, event_id: int = 0) -> list[Effect]:
        offered = [card.id for card in self.stream.board.positions]
        return fitting.ask_for_seeker(viewer, offered, event_id=event_id)

    def _shut(self, connection: int, closing: Any, *, now: datetime) -> list[Effect]:
        self.leave(connection, now=now)
        return [Shut(connection, closing)]

    def _refuse(self, connection: int, request: AnyRequest, code: str, **fields: Any) -> Tell:
        return Tell((connection,), refusal(code, to=KIND[type(request)], key=request.key, **fields))


def _ms(seconds: float) -> int:
    return int(seconds * 1000) + 1
