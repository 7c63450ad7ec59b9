"""The wire of a room over Redis: one order for all processes that serve the room.

What is published here waits until Redis has taken it, in one *turn* at a time: a turn that was not answered is taken
again under its own number, and happens once. While Redis is away the room goes on, and what happens comes late.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Protocol

import msgspec

from live.claims import Claims
from live.deeds import Deed
from live.effects import Publish
from live.entries import arguments_of, entry_of
from live.happenings import Said, is_urgent
from live.limits import CHAT_OF_ROOM
from live.link import LOST, Link
from live.outbox import Outbox
from live.places import Places
from live.pulse import Pulse
from live.scripts import KEEP_BOARD, TURN
from live.stream import Entry
from live.wire import Ear, Known

TURN_EVERY_SECONDS = 1.0
EMPTY_TURN_EVERY_SECONDS = 30.0
SHORTEST_PAUSE_SECONDS = 0.02
PAUSES_IN_A_TICK = 5
SHORTEST_WAIT_SECONDS = 0.05
LONGEST_WAIT_SECONDS = 2.0
SECONDS_TO_CLOSE = 2.0
SECONDS_OVERHEARD = 2.0
SECONDS_ROOM_KEPT = 600
MOST_EVENTS = 20_000

_encode = msgspec.json.Encoder().encode
_decode_fits: msgspec.json.Decoder[dict[int, list[int]]] = msgspec.json.Decoder(dict[int, list[int]])
_log = logging.getLogger("live.rediswire")


class Listeners(Protocol):
    """Who reads the streams of this process's rooms from Redis."""

    def add(self, wire: RedisWire) -> None:
        """Pass on to it what is new."""

    def remove(self, wire: RedisWire) -> None:
        """Pass on nothing more."""

    def wake(self) -> None:
        """Look anew at what is to be read, and from where."""


@dataclass
class _Turn:
    """What one turn hands over; it is handed over until Redis answers."""

    number: int
    publishes: list[Publish]
    pulse: Pulse
    likes: int
    left_out: int
    facts: int


class RedisWire:
    """One room's wire in this process; `number` is its epoch's number in Redis, empty while it has not joined one."""

    def __init__(self, link: Link, listeners: Listeners, session_id: int, *, renew: Callable[[int, str], None]) -> None:
        self.ear: Ear | None = None
        self.number = ""
        self.places = Places(session_id)
        self._aside_id = ""
        self._link, self._listeners = link, listeners
        self._claims = Claims(link, self.places, pause_seconds=lambda: self.pause_seconds)
        self._session_id, self._renew = session_id, renew
        self._outbox = Outbox()
        self._left_out = 0
        self._is_closing = False
        self._facts = 0
        self._fits_told = b""
        self._turn: _Turn | None = None
        self._due = asyncio.Event()
        self._hurry = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._take_turn_script = link.client.register_script(TURN)
        self._keep_script = link.client.register_script(KEEP_BOARD)

    def attach(self, ear: Ear) -> None:
        """From now on `ear` hears it, and turns are taken."""
        self.ear = ear
        self._running = asyncio.get_running_loop().create_task(self._run())
        self._listeners.add(self)

    @property
    def is_delayed(self) -> bool:
        """Whether what happens comes late."""
        return not self._link.is_up

    @property
    def pause_seconds(self) -> float:
        """How long is waited between two questions to Redis, for what goes together: the longer, the wider a tick."""
        tick_ms = self.ear.room.tick_ms if self.ear is not None else 0
        return max(SHORTEST_PAUSE_SECONDS, tick_ms / 1_000 / PAUSES_IN_A_TICK)

    @property
    def is_quiet(self) -> bool:
        """Whether everything that was published here has been taken."""
        return not self._outbox and self._turn is None

    def publish(self, publish: Publish) -> None:
        """Have it numbered in the next turn; while Redis is away it waits, and its speaker is answered at once."""
        if not self._outbox.takes(publish):
            self._leave_out(publish)
            return
        self._outbox.add(self._answered(publish) if self.is_delayed else publish)
        self._due.set()
        if is_urgent(publish.happening):
            self._hurry.set()

    def told(self, event_id: int) -> None:
        """Everything that the event log says up to `event_id` has been published."""
        self._facts = event_id

    def attended(self) -> None:
        """Somebody came: be counted soon."""
        self._due.set()

    async def claim(self, deed: Deed) -> Known | None:
        """None when nobody did this deed under its key in this epoch."""
        return await self._claims.claim(deed, number=self.number)

    def remember(self, deed: Deed, answer: dict[str, Any] | None) -> None:
        """Keep the answer for other processes, or let the deed be claimed again."""
        self._claims.remember(deed, answer, number=self.number)

    def hear(self, rows: Iterable[tuple[bytes, dict[bytes, bytes]]]) -> None:
        """Pass on what the reader found in the stream; a number that is missing means another start."""
        assert self.ear is not None
        entries: list[Entry] = []
        seq = self.ear.room.stream.seq
        for row_id, fields in rows:
            number, its = map(int, row_id.split(b"-"))
            if number < int(self.number) or its <= seq:
                continue
            if number > int(self.number) or its != seq + 1:
                self.renew()
                break
            seq += 1
            entries.append(entry_of(seq, fields))
        if entries:
            self.ear.heard(entries)

    def aside_id(self, *, now: float) -> str:
        """From where lines that sampling left out are to be heard; empty while none of the staff is here."""
        assert self.ear is not None
        if not self.ear.room.audience.staff:
            self._aside_id = ""
        elif not self._aside_id:
            self._aside_id = f"{int(now - SECONDS_OVERHEARD) * 1_000}-0"
        return self._aside_id

    def hear_aside(self, rows: Iterable[tuple[bytes, dict[bytes, bytes]]]) -> None:
        """Pass on the lines that sampling left out."""
        assert self.ear is not None
        for row_id, fields in rows:
            self._aside_id = row_id.decode()
            entry = entry_of(0, fields)
            if isinstance(entry.happening, Said):
                self.ear.overheard(entry.happening.line, entry.account_id)

    async def close(self) -> None:
        """Hand over what waits, as far as Redis takes it soon, and count as nobody from now on."""
        self._listeners.remove(self)
        self._is_closing = True
        self._due.set()
        self._hurry.set()
        if self._running is not None:
            # Not cancelled: a turn that is being taken is to be answered, and the client can miss a cancellation.
            await asyncio.wait([self._running], timeout=SECONDS_TO_CLOSE)
        with contextlib.suppress(*LOST):
            async with asyncio.timeout(SECONDS_TO_CLOSE):
                await self._claims.kept()
                for each in self.places.of_each:
                    await self._link.client.hdel(each, self._link.process)

    async def take_turn(self) -> bool:
        """Hand over what waits and hear the counts of all; False when the room has to join anew. Raises one of LOST."""
        assert self.ear is not None
        turn = self._turn = self._turn or self._next_turn()
        stream = self.ear.room.stream
        fitting = self.ear.room.fitting
        fits = _encode(fitting.fits)
        args: list[Any] = [
            self._link.process, turn.number, self.ear.room.audience.present, turn.likes, turn.left_out, turn.facts,
            SECONDS_ROOM_KEPT, MOST_EVENTS, CHAT_OF_ROOM.per_second, CHAT_OF_ROOM.burst,
            b"" if fits == self._fits_told else fits, int(bool(self.ear.room.audience.hosts())),
        ]  # fmt: skip
        for each in turn.publishes:
            args += arguments_of(each)
        answer = await self._take_turn_script(keys=[*self.places.of_all, *self.places.of_each], args=args)
        if answer is None:
            self.renew()
            return False
        number, elsewhere, likes, left_out, board_seq, board_bytes, fits_elsewhere, results = answer
        self._turn = None
        for each, result in zip(turn.publishes, results, strict=True):
            if each.answers is not None:
                self.ear.published(each, is_shown=result != 0)
        if number.decode() != self.number or self._outbox.is_overfull:
            self.renew(instead_of=number.decode() if self._outbox.is_overfull else "")
            return False
        if turn.pulse is self.ear.room.pulse:
            turn.pulse.recount(elsewhere=int(elsewhere), likes=int(likes), left_out=int(left_out), own_likes=turn.likes)
        self._fits_told = fits
        fitting.recount([_decode_fits.decode(each) for each in fits_elsewhere])
        behind = stream.seq - int(board_seq)
        if behind > 0 and (behind >= stream.bounds.events // 2 or int(board_bytes) >= stream.bounds.bytes // 2):
            args = [self.number, stream.seq, stream.snapshot()]
            await self._keep_script(keys=[self.places.meta, self.places.stream, self.places.boards], args=args)
        return True

    def renew(self, *, instead_of: str = "") -> None:
        """Ask for the room to be joined anew, in a newer epoch than `instead_of`."""
        self._renew(self._session_id, instead_of)

    def joined(self, number: str) -> None:
        """The room was joined, or begun anew, in this epoch."""
        self.number, self._outbox.is_overfull, self._fits_told = number, False, b""
        self._listeners.wake()

    async def _run(self) -> None:
        wait = SHORTEST_WAIT_SECONDS
        while not self._is_closing or (not self.is_quiet and self._link.is_up):
            if self.is_quiet:
                await _come(self._due, TURN_EVERY_SECONDS if self._is_attended() else EMPTY_TURN_EVERY_SECONDS)
            self._due.clear()
            self._hurry.clear()
            try:
                is_taken = await self.take_turn()
                self._link.found()
            except LOST as error:
                is_taken = False
                self._link.lost(error)
                self._answer_waiting()
            except Exception:
                # It is repeated as it was: nothing of it may be lost without a word.
                is_taken = False
                _log.exception("a turn failed")
            wait = SHORTEST_WAIT_SECONDS if is_taken else min(2 * wait, LONGEST_WAIT_SECONDS)
            # What comes within a moment goes in one turn.
            await asyncio.sleep(SHORTEST_PAUSE_SECONDS if is_taken else wait)
            if is_taken and not self._is_closing:
                await _come(self._hurry, self.pause_seconds - SHORTEST_PAUSE_SECONDS)

    def _is_attended(self) -> bool:
        return self.ear is not None and len(self.ear.room.audience.connections) > 0

    def _next_turn(self) -> _Turn:
        assert self.ear is not None
        publishes = self._outbox.take()
        pulse = self.ear.room.pulse
        left_out, self._left_out = self._left_out, 0
        facts = self._facts if not self._outbox and not self._outbox.is_overfull else 0
        return _Turn(next(self._link.turns), publishes, pulse, pulse.own_likes, left_out, facts)

    def _leave_out(self, publish: Publish) -> None:
        assert self.ear is not None
        self._left_out += 1
        if isinstance(publish.happening, Said):
            self.ear.overheard(publish.happening.line, publish.account_id)
        self.ear.published(publish, is_shown=False)

    def _answer_waiting(self) -> None:
        """Nobody waits for Redis to hear that the own deed was done."""
        assert self.ear is not None
        if self._turn is not None:
            self._turn.publishes = [self._answered(each) for each in self._turn.publishes]
        self._outbox.change(self._answered)

    def _answered(self, publish: Publish) -> Publish:
        if publish.answers is None:
            return publish
        assert self.ear is not None
        self.ear.published(publish, is_shown=True)
        return replace(publish, answers=None)


async def _come(event: asyncio.Event, seconds: float) -> None:
    """Wait for an event, no longer than so many seconds."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
