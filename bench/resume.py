"""Viewers whose lines break and who come back, while the room goes on: what each was told against the whole truth.

`python -m bench.resume [--events 100000] [--drops 1000] [--returners 100] [--rate 800] [--workers 1] [--json]`.
A witness stays throughout; hosts speak, and questions come in by the database as from other processes. Numbers,
contents and snapshots of each returner are compared with what the witness was told, that with what was acknowledged.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import msgspec
from sqlalchemy import Engine
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from bench.house import House, Lacking, carried, live, settings_for
from bench.ledger import Memory, Witnessed
from bench.scene import Stage, set_up
from bench.speaker import Speaker, speaking
from bench.telling import machine, say, tell
from fair.database import make_engine, writing
from fair.events import EventKind, append_many
from fair.talk import Question

_HOSTS = 8
_BATCHES_A_SECOND = 8
_MOST_UNTOLD = 4_000
_STAYS = (0.1, 2.0)
_AWAY = (0.0, 1.0)
_LONG_AWAY_SECONDS = 5.0
_PATIENCE_SECONDS = 30.0
_RETURN = frozenset({1006, 4008, 4012})  # The protocol says of these: come back.
_SEED = 11


class _Line(msgspec.Struct):
    id: str


class _Board(msgspec.Struct):
    chat: list[_Line]


class _Heard(msgspec.Struct):
    type: str
    how: str = ""
    why: str = ""
    epoch: str = ""
    after: int = -1
    seq: int = -1
    events: list[msgspec.Raw] = []
    room: _Board | None = None


_decode = msgspec.json.Decoder(_Heard).decode


@dataclass
class _Scene:
    """What all tasks of a run share."""

    stage: Stage
    house: House
    luck: Random
    witnessed: Witnessed = field(default_factory=Witnessed)
    lines: set[int] = field(default_factory=set)
    questions: set[int] = field(default_factory=set)
    drops: int = 0
    is_over: bool = False
    is_told: bool = False

    def witness(self, message: bytes) -> None:
        """Take a witness's message in."""
        heard = _decode(message)
        if heard.type == "tick":
            self.witnessed.take(heard.after, [bytes(event) for event in heard.events])


def main(arguments: Sequence[str]) -> int:
    """Measure and print; 1 when anything was told wrongly, 2 when something is missing here."""
    wanted = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="gangbo-bench-") as scratch, contextlib.ExitStack() as stack:
        folder = Path(scratch)
        stage = set_up(f"sqlite:///{folder / 'fair.db'}", hosts=_HOSTS, seekers=wanted.returners)
        try:
            more, _ = stack.enter_context(carried(wanted.workers, folder, port=wanted.first_port + 1, cores=(0,)))
        except Lacking as lacking:
            print(lacking, file=sys.stderr)
            return 2
        environment = settings_for(stage, folder, port=wanted.first_port, **more)
        house = stack.enter_context(live(environment, cores=(0, 1), log=folder / "live.log"))
        figures = asyncio.run(_measure(_Scene(stage, house, Random(_SEED)), wanted))
    tell(figures, as_json=wanted.json)
    return 1 if figures["faults"] or figures["acknowledged_missing"] or figures["told_twice"] else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.resume", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--events", type=int, default=100_000, help="at least so many")
    parser.add_argument("--drops", type=int, default=1_000, help="of all returners together")
    parser.add_argument("--returners", type=int, default=100, help="viewers whose lines break")
    parser.add_argument("--rate", type=int, default=800, help="events a second")
    parser.add_argument("--workers", type=int, default=1, help="live processes; several need a Redis, which is started")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--first-port", type=int, default=9230, help="the first of two ports")
    return parser


async def _measure(scene: _Scene, wanted: argparse.Namespace) -> dict[str, Any]:
    stage, begin = scene.stage, time.monotonic()
    engine = make_engine(stage.url)
    async with AsyncExitStack() as stack:
        address = scene.house.address
        hosts = [await stack.enter_async_context(speaking(address, stage, each)) for each in stage.host_ids[1:]]
        witness = await stack.enter_async_context(speaking(address, stage, stage.host_ids[0], heard=scene.witness))
        memories = [Memory() for _ in stage.seeker_ids]
        drops = [
            wanted.drops // len(memories) + (number < wanted.drops % len(memories)) for number in range(len(memories))
        ]
        returners = [
            asyncio.create_task(_come_and_go(scene, account_id, memory, count))
            for account_id, memory, count in zip(stage.seeker_ids, memories, drops, strict=True)
        ]
        talking = [asyncio.create_task(_talk(scene, host)) for host in hosts]
        asking = asyncio.create_task(_ask(scene, engine, max(0, wanted.rate - 4 * len(hosts))))
        while scene.witnessed.seq < wanted.events or scene.drops < wanted.drops:
            done, _ = await asyncio.wait(
                [*returners, *talking, asking, witness.listening], timeout=1, return_when="FIRST_EXCEPTION"
            )
            for task in done:
                task.result()
            say(f"{scene.witnessed.seq} events, {scene.drops} drops", is_passing=True)
        scene.is_over = True
        await asyncio.gather(*talking, asking)
        await _until_told(scene)
        scene.is_told = True
        await asyncio.gather(*returners)
        say("")
    engine.dispose()
    for memory in memories:
        memory.compare(scene.witnessed)
    told = Counter(_subject(event) for event in scene.witnessed.events.values())
    acknowledged = {f"c{each}" for each in scene.lines} | {f"q{each}" for each in scene.questions}
    return {
        "machine": machine(),
        "seconds": round(time.monotonic() - begin, 1),
        "events": scene.witnessed.seq,
        "drops": scene.drops,
        "returns": dict(sum((memory.returns for memory in memories), Counter())),
        "faults": dict(sum((memory.faults for memory in memories), Counter())),
        "not_at_the_end": sum(memory.seq != scene.witnessed.seq for memory in memories),
        "acknowledged": len(acknowledged),
        "acknowledged_missing": len(acknowledged - told.keys()),
        "told_twice": sum(count > 1 for subject, count in told.items() if subject),
    }


async def _come_and_go(scene: _Scene, account_id: int, memory: Memory, drops: int) -> None:
    """Come, stay a while, be cut off, come back; the last time stay until everything was told."""
    for left in reversed(range(drops + 1)):
        stays = scene.luck.uniform(*_STAYS) if left else None
        is_done = False
        while not is_done:
            try:
                await _stay(scene, account_id, memory, stays)
                is_done = True
            except ConnectionClosed as closed:
                code = closed.rcvd.code if closed.rcvd else 1006
                memory.returns[f"closed with {code}"] += 1
                if code not in _RETURN:
                    memory.faults[f"turned away with {code}"] += 1
                    return
        if left:
            scene.drops += 1
            is_long = scene.luck.random() < 0.1
            await asyncio.sleep(_LONG_AWAY_SECONDS if is_long else scene.luck.uniform(*_AWAY))
        memory.compare(scene.witnessed)


async def _stay(scene: _Scene, account_id: int, memory: Memory, seconds: float | None) -> None:
    async with connect(
        scene.house.address,
        origin=Origin(scene.stage.origin),
        subprotocols=[Subprotocol("gangbo.v1")],
        compression=None,
        max_size=None,
    ) as websocket:
        enter: dict[str, Any] = {
            "type": "enter",
            "ticket": scene.stage.ticket(account_id),
            "session": scene.stage.session_id,
        }
        if memory.epoch:
            enter |= {"epoch": memory.epoch, "seq": memory.seq}
        await websocket.send(msgspec.json.encode(enter).decode())
        _remember(memory, _decode(await websocket.recv()))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                async for text in websocket:
                    _remember(memory, _decode(text))
                    if seconds is None and scene.is_told and memory.seq >= scene.witnessed.seq:
                        return
        websocket.transport.abort()


def _remember(memory: Memory, heard: _Heard) -> None:
    events = [bytes(event) for event in heard.events]
    if heard.type == "tick":
        memory.tick(heard.epoch, heard.after, heard.seq, events)
    elif heard.how == "resumed":
        memory.resume(heard.epoch, heard.after, heard.seq, events)
    elif heard.room is not None:
        memory.begin(heard.epoch, heard.seq, [line.id for line in heard.room.chat], why=heard.why)


async def _talk(scene: _Scene, host: Speaker) -> None:
    """Four lines a second, each noted once it is acknowledged."""
    number = 0
    while not scene.is_over:
        due = time.monotonic() + 0.25
        number += 1
        answer = await host.ask("say", text=f"第 {number} 句，四人间，有空调")
        if answer["type"] == "reply":
            scene.lines.add(int(answer["line"]["id"][1:]))
        await asyncio.sleep(max(0.0, due - time.monotonic()))


async def _ask(scene: _Scene, engine: Engine, rate: int) -> None:
    """So many questions a second, kept by this process as another one of the fair would keep them.

    Fewer where the room does not keep up: what nobody was told of by the end would only be waited for.
    """
    while not scene.is_over:
        due = time.monotonic() + 1 / _BATCHES_A_SECOND
        if len(scene.questions) + len(scene.lines) - scene.witnessed.seq < _MOST_UNTOLD:
            scene.questions |= set(await asyncio.to_thread(_keep, scene.stage, engine, rate // _BATCHES_A_SECOND))
        await asyncio.sleep(max(0.0, due - time.monotonic()))


def _keep(stage: Stage, engine: Engine, count: int) -> list[int]:
    now = datetime.now(UTC)
    with writing(engine) as db:
        asked = [
            Question(
                session_id=stage.session_id,
                employer_id=stage.employer_id,
                account_id=stage.seeker_ids[number % len(stage.seeker_ids)],
                name="求职者",
                text="宿舍几个人一间",
                asked_at=now,
            )
            for number in range(count)
        ]
        db.add_all(asked)
        db.flush()
        facts = [{"session_id": stage.session_id, "data": {"question_id": each.id}} for each in asked]
        append_many(db, EventKind.QUESTION_ASKED, facts, now=now)
        return [each.id for each in asked]


async def _until_told(scene: _Scene) -> None:
    """Wait until the witness has heard of everything that was acknowledged, or of nothing more for 30 s."""
    heard, give_up = scene.witnessed.seq, time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < give_up and scene.witnessed.seq < len(scene.lines) + len(scene.questions):
        await asyncio.sleep(0.2)
        if scene.witnessed.seq > heard:
            heard, give_up = scene.witnessed.seq, time.monotonic() + _PATIENCE_SECONDS


def _subject(event: bytes) -> str:
    """What an event tells of, as `c5` or `q7`; nothing for what may be told more than once."""
    kind = event[:16]
    if kind.startswith(b'{"kind":"said"'):
        return event.partition(b'"id":"')[2].partition(b'"')[0].decode()
    if kind.startswith(b'{"kind":"asked"'):
        return "q" + event.partition(b'"id":')[2].partition(b",")[0].decode()
    return ""


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
