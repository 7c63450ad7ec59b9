"""Ticks and messages on their way to sockets: each viewer gets each of them once, in order, whole."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from itertools import pairwise
from random import Random
from typing import Any

import pytest
import uvloop
from msgspec import Raw
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN
from websockets.uri import parse_uri

from live import fanout as module
from live.connection import CLOSE_ABOVE, CLOSE_AFTER_SECONDS, LEAN_ABOVE, Connection, Stage
from live.fanout import Fanout
from live.frames import deflate
from live.happenings import Said
from live.messages import Counts, Tick
from live.metrics import Metrics
from live.ring import Ring
from live.sending import Send, send_each
from live.stream import Cut, Numbered
from tests.live.core import line
from tests.live.test_inbound import HANDSHAKE

LOOPS = [asyncio.new_event_loop, uvloop.new_event_loop]


@pytest.fixture(params=["each", "ring"])
def send(request: pytest.FixtureRequest) -> Send:
    """Both ways to many sockets."""
    if request.param == "each":
        return send_each
    ring: Ring = request.getfixturevalue("ring")
    return ring.send


class Quiet:
    """A house in which nothing happens; it knows why connections were closed."""

    def __init__(self) -> None:
        self.closings: list[int] = []

    def come(self, connection):
        """A connection was made."""

    def answer(self, connection, protocol, request):
        """Everybody may come."""
        return protocol.accept(request)

    def shut(self, closing):
        """It is closed for this reason."""
        self.closings.append(closing.code)

    def leave(self, connection):
        """It is closing."""

    def gone(self, connection):
        """It is no more."""


class Far:
    """The other end of a connection."""

    def __init__(self, sock: socket.socket, *, is_packed: bool) -> None:
        self.sock = sock
        self.protocol = ClientProtocol(parse_uri("ws://fair.test/"), state=OPEN, max_size=None)
        self.protocol.extensions = [deflate()] if is_packed else []
        self.frames: list[Frame] = []

    def read(self, most: int = 1 << 20) -> bool:
        """Take what has come, at most so much; whether there was anything."""
        try:
            data = self.sock.recv(most)
        except BlockingIOError:
            return False
        if data:
            self.protocol.receive_data(data)
            self.frames += self.protocol.events_received()
        return bool(data)

    async def read_all(self) -> None:
        """Take what comes until nothing has come for a few turns of the loop."""
        quiet = 0
        while quiet < 50:
            quiet = 0 if self.read() else quiet + 1
            await asyncio.sleep(0)

    def messages(self) -> list[dict[str, Any]]:
        """What the text frames say."""
        return [json.loads(each.data) for each in self.frames if each.opcode is Opcode.TEXT]

    def ticks(self) -> list[int]:
        """The numbers of the ticks that came."""
        return [each["seq"] for each in self.messages() if each["type"] == "tick"]


def run(story: Coroutine[Any, Any, Any], new_loop: Callable[[], asyncio.AbstractEventLoop] = LOOPS[0]) -> Any:
    """Run a story on a loop of one kind."""
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(asyncio.wait_for(story, 60))


@asynccontextmanager
async def inside(
    fanout: Fanout, number: int = 1, *, is_packed: bool = False, house: Quiet | None = None
) -> AsyncIterator[tuple[Connection, Far]]:
    """A connection in the room, by a socket that takes little at once, and its other end."""
    near, far = joined()
    _, connection = await asyncio.get_running_loop().connect_accepted_socket(
        lambda: Connection(house or Quiet(), number), near
    )
    offer = b"Sec-WebSocket-Extensions: permessage-deflate\r\n" if is_packed else b""
    far.send(HANDSHAKE + offer + b"\r\n")
    while connection.stage is not Stage.WAITED_FOR:
        await asyncio.sleep(0)
    assert far.recv(4096).endswith(b"\r\n\r\n")
    assert connection.is_packed is is_packed
    connection.stage = Stage.INSIDE
    fanout.add(connection)
    with far:
        yield connection, Far(far, is_packed=is_packed)
        fanout.remove(number)
        connection.abort()


def joined() -> tuple[socket.socket, socket.socket]:
    """Two ends of a connection that holds little on its way."""
    near, far = socket.socketpair()
    near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)
    for each in (near, far):
        each.setblocking(False)
    return near, far


def tick(seq: int, *, padding: int = 0) -> tuple[Tick, Cut]:
    """A tick of a number, longer by so much that compresses badly."""
    return Tick(
        "e1", seq, seq, Raw(json.dumps([Random(seq).randbytes(padding // 2).hex()]).encode()), Counts(1, 0, 0)
    ), Cut(seq, seq, ())


@pytest.mark.parametrize("new_loop", LOOPS)
@pytest.mark.parametrize("is_packed", [False, True])
def test_frames_stay_whole_and_in_order_for_a_slow_reader(new_loop, is_packed, send):
    """Written to the descriptor, left over, queued behind that and direct again: every message once, in order."""
    moves: list[bool] = []

    async def story() -> list[dict[str, Any]]:
        fanout = Fanout(Metrics(), send=send)
        async with inside(fanout, is_packed=is_packed) as (connection, far):
            for number in range(600):
                fanout.tell((1,), {"type": "mine", "seq": number, "text": str(number) * (number % 97)})
                fanout.tell((1,), {"type": "mine", "seq": number + 0.5})
                if not number % 2:
                    await asyncio.sleep(0)
                fanout.send_tick(*tick(number, padding=number * 7 % 3_000))
                moves.append(connection.is_direct)
                far.read(1_000)
                while number % 40 == 39 and not connection.is_direct:
                    far.read()
                    connection.check_age(now=0.0)
                    await asyncio.sleep(0)
            while len(far.frames) < 1_800:
                far.read()
                await asyncio.sleep(0)
            return far.messages()

    messages = run(story(), new_loop)

    assert {True, False} == set(moves)
    assert sum(before != after for before, after in pairwise(moves)) > 10
    assert [each["seq"] for each in messages if each["type"] == "tick"] == list(range(600))
    assert [each["seq"] for each in messages if each["type"] == "mine"] == [each / 2 for each in range(1_200)]


def test_messages_of_one_turn_go_out_together(send):
    """Several messages to one viewer are one write, before the next tick."""

    async def story() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        fanout = Fanout(Metrics(), send=send)
        async with inside(fanout) as (_, far):
            for number in range(3):
                fanout.tell((1, 2), {"type": "mine", "seq": number})
            assert not far.read()
            await asyncio.sleep(0)
            assert far.read()
            whole = far.messages()
            fanout.tell((1,), {"type": "mine", "seq": 3})
            fanout.send_tick(*tick(0))
            await far.read_all()
            return whole, far.messages()

    first, everything = run(story())

    assert [each["seq"] for each in first] == [0, 1, 2]
    assert [each["type"] for each in everything[3:]] == ["mine", "tick"]


def test_large_room_is_written_to_in_turns(monkeypatch, send):
    """Between two turns one leaves and another takes its descriptor, one falls behind: each gets each tick once."""
    monkeypatch.setattr(module, "AT_ONCE", 2)

    async def story() -> list[list[int]]:
        fanout = Fanout(Metrics(), send=send)
        async with (
            inside(fanout, 1) as (_, first),
            inside(fanout, 2, is_packed=True) as (_, packed),
            inside(fanout, 3) as (_, third),
            inside(fanout, 4) as (leaver, fourth),
            inside(fanout, 5) as (behind, fifth),
        ):
            fanout.send_tick(*tick(1))
            assert fanout.is_sending
            freed = leaver.fd
            leaver.abort()
            fanout.remove(4)
            behind.leave_rest(Frame(Opcode.TEXT, b'{"type":"mine"}').serialize(mask=False))
            async with inside(fanout, 6) as (joiner, sixth):
                fanout.remove(6)
                joiner.fd, taken = freed, joiner.fd
                fanout.add(joiner)
                await fanout.sent()
                fanout.remove(6)
                joiner.fd = taken
                fanout.add(joiner)
                fanout.send_tick(*tick(2))
                await fanout.sent()
                ends = (first, packed, third, fourth, fifth, sixth)
                for each in ends:
                    await each.read_all()
                return [each.ticks() for each in ends]

    assert run(story()) == [[1, 2], [1, 2], [1, 2], [], [1, 2], [2]]


def test_urgent_tick_is_written_in_fewer_turns(monkeypatch, send):
    """More of those who hear it come in one turn; an ordinary one after it goes as before."""
    monkeypatch.setattr(module, "AT_ONCE", 2)
    monkeypatch.setattr(module, "URGENT_AT_ONCE", 3)
    turns: list[int] = []

    def sending(descriptors, frame):
        turns.append(len(descriptors))
        return send(descriptors, frame)

    async def story() -> list[list[int]]:
        fanout = Fanout(Metrics(), send=sending)
        async with (
            inside(fanout, 1) as (_, first),
            inside(fanout, 2) as (_, second),
            inside(fanout, 3) as (_, third),
            inside(fanout, 4) as (_, fourth),
        ):
            fanout.send_tick(*tick(1), is_urgent=True)
            await fanout.sent()
            fanout.send_tick(*tick(2))
            await fanout.sent()
            ends = (first, second, third, fourth)
            for each in ends:
                await each.read_all()
            return [each.ticks() for each in ends]

    assert run(story()) == [[1, 2]] * 4
    assert turns == [3, 1, 2, 2]


def test_tick_that_overtakes_another_goes_with_it(monkeypatch, send):
    """Sent while the one before is on its way: each hears both, in order, also who fell behind or came since."""
    monkeypatch.setattr(module, "AT_ONCE", 2)

    async def story() -> list[list[int]]:
        fanout = Fanout(Metrics(), send=send)
        async with (
            inside(fanout, 1) as (_, first),
            inside(fanout, 2, is_packed=True) as (_, packed),
            inside(fanout, 3) as (_, third),
            inside(fanout, 4) as (leaver, fourth),
            inside(fanout, 5) as (behind, fifth),
            inside(fanout, 6, is_packed=True) as (_, sixth),
        ):
            fanout.send_tick(*tick(1))
            leaver.abort()
            fanout.remove(4)
            behind.leave_rest(Frame(Opcode.TEXT, b'{"type":"mine"}').serialize(mask=False))
            async with inside(fanout, 7) as (_, joiner):
                fanout.send_tick(*tick(2))
                assert fanout.is_sending
                fanout.send_tick(*tick(3))
                await fanout.sent()
                ends = (first, packed, third, fourth, fifth, sixth, joiner)
                for each in ends:
                    await each.read_all()
                return [each.ticks() for each in ends]

    assert run(story()) == [[1, 2, 3], [1, 2, 3], [1, 2, 3], [], [1, 2, 3], [1, 2, 3], [2, 3]]


def test_viewer_that_has_caught_up_gets_the_tick_once(send):
    """Bytes waited for it and are gone by now: it is written to once, not behind those bytes and again with all."""

    async def story() -> list[int]:
        fanout = Fanout(Metrics(), send=send)
        async with inside(fanout) as (connection, far):
            connection.leave_rest(Frame(Opcode.TEXT, b'{"type":"mine"}').serialize(mask=False))
            assert not connection.is_direct
            fanout.send_tick(*tick(1))
            await fanout.sent()
            await far.read_all()
            assert far.messages()[0] == {"type": "mine"}
            return far.ticks()

    assert run(story()) == [1]


@pytest.mark.parametrize("new_loop", LOOPS)
def test_viewer_that_does_not_read_gets_lean_ticks_and_is_closed(new_loop, send):
    """Above 64 KiB the chat of the audience is left out; what waits never passes 256 KiB; then it is closed as slow."""
    lean = Metrics()
    house = Quiet()
    backlogs: list[int] = []
    said = Said(line(1))
    cut = Cut(0, 1, (Numbered(1, 0.0, json.dumps({"kind": "said", "text": "." * 5_000}).encode(), said.is_ephemeral),))

    async def story() -> None:
        fanout = Fanout(lean, send=send)
        async with inside(fanout, house=house) as (connection, _):
            while not house.closings:
                fanout.send_tick(Tick("e1", 0, 1, Raw(cut.json()), Counts(1, 0, 0)), cut)
                fanout.tell((1,), {"type": "mine", "text": "." * 3_000})
                await asyncio.sleep(0)
                backlogs.append(connection.backlog)

    run(story(), new_loop)

    assert house.closings == [4008]
    assert LEAN_ABOVE < max(backlogs) <= CLOSE_ABOVE
    assert lean.drops["lean"] > 5


def test_bytes_that_wait_too_long_close_the_viewer(send):
    """Though nothing more is written; one that took them in time stays."""
    house = Quiet()

    async def story() -> None:
        fanout = Fanout(Metrics(), send=send)
        async with inside(fanout, house=house) as (connection, _), inside(fanout, 2, house=house) as (other, reader):
            for each in (connection, other):
                each.write(bytes(200_000))
                assert not each.is_direct
            fanout.check_age(now=100.0)
            while other.backlog:
                with suppress(BlockingIOError):
                    reader.sock.recv(1 << 20)
                await asyncio.sleep(0)
            fanout.check_age(now=100.0 + CLOSE_AFTER_SECONDS)
            assert not house.closings
            fanout.check_age(now=100.1 + CLOSE_AFTER_SECONDS)
            assert (connection.stage, other.stage) == (Stage.CLOSING, Stage.INSIDE)
            assert other.is_direct

    run(story())

    assert house.closings == [4008]


@pytest.mark.parametrize("new_loop", LOOPS)
def test_broken_line_is_cut_and_the_others_hear(new_loop, send):
    """A peer that is gone in the middle of a round: it is gone, everybody after it gets the tick."""

    async def story() -> tuple[Stage, list[int]]:
        fanout = Fanout(Metrics(), send=send)
        async with inside(fanout, 1) as (broken, gone), inside(fanout, 2) as (_, far):
            gone.sock.close()
            fanout.send_tick(*tick(1))
            fanout.send_tick(*tick(2))
            await far.read_all()
            return broken.stage, far.ticks()

    stage, ticks = run(story(), new_loop)

    assert stage >= Stage.CLOSING
    assert ticks == [1, 2]
