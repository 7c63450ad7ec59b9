"""Rooms that Redis carries, driven step by step: whatever breaks, nobody has a part of a room.

Processes publish happenings of every kind, restart, and lose the answers of Redis; Redis trims, loses everything, or
comes back with older data; viewers drop and return anywhere. No task runs by itself here: each step is one of these.
"""

import asyncio
from collections import Counter
from collections.abc import Coroutine, Iterable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import msgspec
import redis
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from redis.asyncio import Redis

from fair.database import writing
from fair.events import EventKind, append
from live.board import Line
from live.ears import Ears
from live.effects import Publish, Shut, Tell
from live.happenings import Arranged, Happening, Pinned, Said
from live.link import LOST, Link
from live.messages import NOT_OPEN
from live.opening import LocalOpening, Opened, RedisOpening
from live.places import Places
from live.room import Room
from live.store import Store
from live.stream import Bounds, Entry
from live.views import People
from tests.live.core import card, guest, line, pin, session, slot
from tests.live.replica import Replica
from tests.live.scene import SECRET, Scene
from tests.live.test_stream import happenings

PROCESSES = (0, 1)
VIEWERS = (0, 1, 2)
BOUNDS = Bounds(events=8, bytes=6_000, seconds=900)

STEPS = st.sets(st.sampled_from(["turn", "lose", "listen", "renew", "tick"]))

_line_numbers = count(1_000)
_epochs = count(1)


class LossyRedis(Redis):
    """A client whose next answer can get lost on the way back, after Redis has done what was asked."""

    loses_next = False

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        """What Redis answers, unless the answer gets lost."""
        answer = await super().execute_command(*args, **options)
        if self.loses_next:
            self.loses_next = False
            raise redis.ConnectionError("the answer was lost")
        return answer


class Process:
    """One live process as far as this room goes: its room, its wire, and what it has still to tell of the log."""

    def __init__(self, scene: Scene, store: Store) -> None:
        self.link = Link(scene.redis_url)
        client = LossyRedis.from_url(scene.redis_url, protocol=2)
        assert isinstance(client, LossyRedis)
        self.client = self.link.client = client
        self.ears = Ears(self.link)
        self.session_id = scene.session_id
        clock, new_epoch = (lambda: datetime.now(UTC)), (lambda: f"e{next(_epochs)}")
        local = LocalOpening(store, clock=clock, new_epoch=new_epoch)
        self.opening = RedisOpening(
            self.link, self.ears, local, store, clock=clock, new_epoch=new_epoch, renew=self._renew, bounds=BOUNDS
        )
        self.viewers: dict[int, Replica] = {}
        self.heard_lines: Counter[tuple[str, str]] = Counter()
        self.heard_pins: list[tuple[str, int]] = []
        self.needs_renewal: str | None = None
        self.told = 0

    async def open(self) -> None:
        """Open the room for the first time."""
        opened = await self.opening.open(self.session_id)
        assert opened is not None
        self.wire = self.opening.wire(self.session_id, opened)
        self._take(opened)
        self.wire.ear = self
        self.ears.add(self.wire)

    async def renew(self) -> None:
        """Join anew, and tell everybody to return."""
        opened = await self.opening.open(self.session_id, instead_of=self.needs_renewal or "")
        self.needs_renewal = None
        if opened is not None and opened.number:
            self.wire.joined(opened.number)
            for viewer in self.viewers.values():
                viewer.is_in = False
            self.viewers.clear()
            self._take(opened)

    def _take(self, opened: Opened) -> None:
        self.room = Room(opened.stream, people=opened.people, likes=opened.likes, now=datetime.now(UTC))
        self.told = opened.told

    async def turn(self) -> None:
        """Hand over what waits; the answer may get lost."""
        try:
            await self.wire.take_turn()
        except LOST:
            self.client.loses_next = False

    async def listen(self) -> None:
        """Hear what is there."""
        await self.ears.listen_once(block_ms=None)

    def tick(self) -> None:
        """Send everybody here what happened."""
        made = self.room.tick(now=datetime.now(UTC))
        if made is not None:
            message = msgspec.json.decode(msgspec.json.encode(made[0]))
            for viewer in self.viewers.values():
                if viewer.is_in:
                    viewer.tick(message)

    def enter(self, number: int, viewer: Replica) -> None:
        """Somebody comes, with what was known; nobody is let in when the session is not on."""
        effects = self.room.enter(number, guest(number + 1), epoch=viewer.epoch, seq=viewer.seq, now=datetime.now(UTC))
        if not self.room.is_live:
            assert effects == [Shut(number, NOT_OPEN)]
            return
        self.viewers[number] = viewer
        welcome = next(each.message for each in effects if isinstance(each, Tell))
        viewer.welcome(msgspec.json.decode(msgspec.json.encode(welcome)))
        assert msgspec.json.encode(viewer.board) == self.room.stream.snapshot()

    def leave(self, number: int) -> None:
        """A line breaks."""
        viewer = self.viewers.pop(number, None)
        if viewer is not None:
            viewer.is_in = False
            self.room.leave(number)

    def heard(self, entries: Iterable[Entry]) -> None:
        """The wire numbered something."""
        entries = list(entries)
        for entry in entries:
            if isinstance(entry.happening, Said):
                self.heard_lines[self.room.stream.epoch, entry.happening.line.id] += 1
            if isinstance(entry.happening, Pinned):
                self.heard_pins.append((self.room.stream.epoch, entry.happening.pin.id))
        self.room.hear(entries, now=datetime.now(UTC))

    def published(self, publish: Publish, *, is_shown: bool) -> None:
        """Nobody here waits for an answer."""

    def overheard(self, line: Line, account_id: int | None) -> None:
        """Nobody of the staff is here."""

    def _renew(self, session_id: int, instead_of: str) -> None:
        self.needs_renewal = instead_of


class CarriedRoom(RuleBasedStateMachine):
    """Two processes, three viewers, one Redis."""

    scene: Scene
    store: Store
    loop: asyncio.AbstractEventLoop
    keys: redis.Redis

    @initialize()
    def open(self) -> None:
        """Everybody opens the room."""
        self.empty()
        self.saved: dict[bytes, bytes] = {}
        self.viewers = {number: Replica() for number in VIEWERS}
        self.facts: list[int] = []
        self.processes = {number: self.started() for number in PROCESSES}
        arranged = Arranged(session(), 1, [slot()], [card(31), card(32), card(41)], None)
        self.processes[0].wire.publish(Publish(arranged))

    def started(self) -> Process:
        """A process that has just opened the room."""
        process = Process(self.scene, self.store)
        self.do(process.open())
        return process

    @rule(at=st.sampled_from(PROCESSES), what=st.lists(happenings, min_size=1, max_size=6), steps=STEPS)
    def publish(self, at: int, what: list[Happening], steps: set[str]) -> None:
        """Something of any kind happens."""
        for each in what:
            if not isinstance(each, Pinned | Said):
                self.processes[at].wire.publish(Publish(each))
        self.work(at, steps)

    @rule(at=st.sampled_from(PROCESSES), role=st.sampled_from(["audience", "host"]), steps=STEPS)
    def say(self, at: int, role: str, steps: set[str]) -> None:
        """Somebody speaks."""
        self.processes[at].wire.publish(Publish(Said(line(next(_line_numbers), role=role)), account_id=9))
        self.work(at, steps)

    @rule(at=st.sampled_from(PROCESSES), steps=STEPS)
    def work(self, at: int, steps: set[str]) -> None:
        """A process hands over what waits (its answer may get lost), hears, joins anew, and tells its viewers."""
        process = self.processes[at]
        if "lose" in steps:
            process.client.loses_next = True
        if "turn" in steps or "lose" in steps:
            self.do(process.turn())
        if "listen" in steps:
            self.do(process.listen())
        if "renew" in steps and process.needs_renewal is not None:
            self.do(process.renew())
        if "tick" in steps:
            process.tick()

    @rule()
    def record(self) -> None:
        """A fact is in the event log: every process will read it, in its own time."""
        with writing(self.scene.engine) as db:
            self.facts.append(append(db, EventKind.EMPLOYER_CHANGED, now=datetime.now(UTC)).id)

    @rule(at=st.sampled_from(PROCESSES))
    def read_log(self, at: int) -> None:
        """A process tells of the facts that it has not told of."""
        process = self.processes[at]
        for event_id in [each for each in self.facts if each > process.told]:
            process.wire.publish(Publish(Pinned(pin(event_id, 31), None), event_id=event_id))
            process.told = event_id
        process.wire.told(process.told)

    @rule(at=st.sampled_from(PROCESSES), number=st.sampled_from(VIEWERS), is_late=st.booleans())
    def enter(self, at: int, number: int, is_late: bool) -> None:
        """A viewer comes, or returns by another process, perhaps after history got too old there."""
        self.leave(number)
        if is_late:
            much_later = datetime.now(UTC) + timedelta(hours=1)
            self.processes[at].room.stream.expire(now=much_later.timestamp())
        self.processes[at].enter(number, self.viewers[number])

    @rule(number=st.sampled_from(VIEWERS))
    def leave(self, number: int) -> None:
        """A viewer's line breaks."""
        for process in self.processes.values():
            process.leave(number)

    @rule(number=st.sampled_from(VIEWERS), epoch=st.sampled_from(["other", None]), ahead=st.integers(1, 5))
    def forget(self, number: int, epoch: str | None, ahead: int) -> None:
        """A viewer comes back with an epoch that is none, or with a number that is not there yet."""
        self.leave(number)
        viewer = self.viewers[number]
        if epoch is None and viewer.seq is not None:
            viewer.seq += 100 * ahead
        else:
            viewer.epoch = epoch

    @rule(at=st.sampled_from(PROCESSES), kept=st.none() | st.integers(0, 5))
    def restart(self, at: int, kept: int | None) -> None:
        """A process is killed, with all that waited in it; another starts, maybe with less in the stream."""
        for number in list(self.processes[at].viewers):
            self.processes[at].leave(number)
        self.do(self.processes[at].client.aclose())
        if kept is not None:
            self.keys.xtrim(Places(self.scene.session_id).stream, maxlen=kept, approximate=False)
        self.processes[at] = self.started()

    @rule()
    def save(self) -> None:
        """Redis writes what it has to its disk."""
        self.saved = {key: self.keys.dump(key) or b"" for key in self.keys.scan_iter("gangbo:room:*")}

    @rule(is_empty=st.booleans())
    def crash(self, is_empty: bool) -> None:
        """Redis runs anew, with what it had on its disk or with nothing."""
        self.empty()
        for key, value in ({} if is_empty else self.saved).items():
            self.keys.restore(key, 0, value)
        meta = Places(self.scene.session_id).meta
        if self.keys.exists(meta):
            self.keys.hset(meta, "run", "0" * 40)

    @rule()
    def settle(self) -> None:
        """Everything that was begun comes to its end: all boards are the same, and each viewer's too."""
        for at in PROCESSES:
            self.read_log(at)
        is_quiet, rounds = False, 0
        while not is_quiet:
            rounds += 1
            assert rounds < 30, "it never comes to an end"
            is_quiet = True
            for process in self.processes.values():
                self.do(process.turn())
                self.do(process.listen())
                is_quiet = is_quiet and process.needs_renewal is None and process.wire.is_quiet
                if process.needs_renewal is not None:
                    self.do(process.renew())
            is_quiet = is_quiet and len({each.room.stream.seq for each in self.processes.values()}) == 1
        for process in self.processes.values():
            process.tick()
        (snapshot,) = {process.room.stream.snapshot() for process in self.processes.values()}
        for process in self.processes.values():
            for number, viewer in list(process.viewers.items()):
                if not viewer.is_in:
                    process.enter(number, viewer)
                assert not viewer.is_in or msgspec.json.encode(viewer.board) == snapshot

    @invariant()
    def viewers_have_a_whole_room(self) -> None:
        """A viewer at the number of its process has exactly that process's board."""
        for process in self.processes.values() if hasattr(self, "processes") else ():
            stream = process.room.stream
            for viewer in process.viewers.values():
                if viewer.is_in and (viewer.epoch, viewer.seq) == (stream.epoch, stream.seq):
                    assert msgspec.json.encode(viewer.board) == stream.snapshot()

    @invariant()
    def nothing_is_heard_twice(self) -> None:
        """Each line and each fact once in an epoch, facts in their order."""
        for process in self.processes.values() if hasattr(self, "processes") else ():
            assert all(times == 1 for times in process.heard_lines.values())
            for epoch in {epoch for epoch, _ in process.heard_pins}:
                told = [event_id for each, event_id in process.heard_pins if each == epoch]
                assert told == sorted(set(told))

    def teardown(self) -> None:
        """Settle once more, and close."""
        if hasattr(self, "processes"):
            self.settle()
            for process in self.processes.values():
                self.do(process.client.aclose())

    def empty(self) -> None:
        """Take the room out of Redis."""
        for key in self.keys.scan_iter("gangbo:*room:*"):
            self.keys.delete(key)

    def do(self, step: Coroutine[Any, Any, None]) -> None:
        """Run one step to its end."""
        self.loop.run_until_complete(step)


def test_nobody_has_a_part_of_a_room(redis_scene):
    """Whatever happens in whatever order: complete, or a fresh snapshot, and in the end the same for all."""
    CarriedRoom.scene, CarriedRoom.loop = redis_scene, asyncio.new_event_loop()
    CarriedRoom.store = Store(redis_scene.engine, People(SECRET))
    CarriedRoom.keys = redis.Redis.from_url(redis_scene.redis_url)
    try:
        run_state_machine_as_test(
            CarriedRoom,
            settings=settings(
                max_examples=40,
                stateful_step_count=40,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )
    finally:
        CarriedRoom.loop.close()
        CarriedRoom.keys.close()
        CarriedRoom.store.close()
