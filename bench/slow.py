"""Viewers that never read beside viewers that do: how soon the first are closed, and what they cost the others.

`python -m bench.slow [--stalled 200] [--readers 200] [--seconds 15] [--json]`. The organiser edits the session ten
times a second, so that everybody is sent the whole list of positions again and again; hosts speak meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import socket
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Engine

from bench.cores import split
from bench.house import House, live, settings_for
from bench.load import percentile
from bench.onlookers import Door
from bench.scene import Stage, set_up
from bench.sightings import latencies, mark
from bench.speaker import speaking
from bench.telling import machine, say, tell
from bench.throng import Throng, gathered
from bench.wire import is_upgraded, masked, upgrade
from fair.database import make_engine, writing
from fair.events import EventKind, append

_POSITIONS = 60
_EDITS_A_SECOND = 10
_LINES_A_SECOND = 4
_LOOK_SECONDS = 0.1
_SMALL_BUFFER = 4_096
CLOSED_SECONDS, GROWTH_MB, P99_MS = 10.0, 64.0, 250.0


@dataclass
class _Course:
    """What was seen while it went on: seconds since the stalled came → connections, and the memory of the process."""

    begin: float = 0.0
    connections: list[tuple[float, int]] = field(default_factory=list)
    resident_kb: list[int] = field(default_factory=list)
    published: dict[str, float] = field(default_factory=dict)
    is_over: bool = False


def main(arguments: Sequence[str]) -> int:
    """Measure and print; 1 when a promise is not kept."""
    wanted = _parser().parse_args(arguments)
    server_cores, client_cores = split()
    with tempfile.TemporaryDirectory(prefix="gangbo-bench-") as scratch, ExitStack() as stack:
        folder = Path(scratch)
        stage = set_up(f"sqlite:///{folder / 'fair.db'}", hosts=2, seekers=wanted.stalled, positions=_POSITIONS)
        environment = settings_for(stage, folder, port=wanted.first_port)
        house = stack.enter_context(live(environment, cores=server_cores, log=folder / "live.log"))
        door = Door((house.port,), "/room", "", stage.session_id, stage.secret_key, stage.origin, "gangbo.v1")
        throng = stack.enter_context(gathered(door, wanted.readers, cores=client_cores))
        throng.join(wanted.readers)
        say(f"{wanted.readers} readers")
        figures = asyncio.run(_measure(stage, house, throng, wanted))
    tell(figures, as_json=wanted.json)
    return 0 if figures["is_met"] else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.slow", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--stalled", type=int, default=200, help="viewers that never read")
    parser.add_argument("--readers", type=int, default=200, help="viewers that do")
    parser.add_argument("--seconds", type=float, default=15, help="how long, from when the stalled are there")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--first-port", type=int, default=9250, help="the port of the live process")
    return parser


async def _measure(stage: Stage, house: House, throng: Throng, wanted: argparse.Namespace) -> dict[str, Any]:
    engine, course = make_engine(stage.url), _Course()
    async with contextlib.AsyncExitStack() as stack:
        hosts = [await stack.enter_async_context(speaking(house.address, stage, each)) for each in stage.host_ids]
        there = _connections(house)
        with ExitStack() as sockets:
            for account_id in stage.seeker_ids:
                sockets.enter_context(await asyncio.to_thread(_stalled, house, stage, account_id))
            say(f"{wanted.stalled} that do not read")
            await asyncio.to_thread(throng.report)
            before, course.begin = house.resident_kb(), time.monotonic()
            tasks = [
                asyncio.create_task(_edit(stage, engine, course)),
                asyncio.create_task(_watch(house, course)),
            ]
            number = 0
            while time.monotonic() < course.begin + wanted.seconds:
                number += 1
                course.published[f"m{number}"] = time.monotonic()
                await hosts[number % len(hosts)].ask("say", text=mark(number))
                await asyncio.sleep(1 / _LINES_A_SECOND)
            await asyncio.sleep(1)
            course.is_over = True
            await asyncio.gather(*tasks)
    engine.dispose()
    seen = await asyncio.to_thread(throng.report)
    times = latencies(seen.arrivals, course.published)
    closed = next((at for at, count in course.connections if count <= there), None)
    growth = (max(course.resident_kb) - before) / 1024
    p99 = percentile(times, 0.99)
    return {
        "machine": machine(),
        "stalled": wanted.stalled,
        "readers": wanted.readers,
        "kb_a_second_each": round(seen.kilobytes / wanted.readers / (wanted.seconds + 1), 1),
        "stalled_closed_after_s": None if closed is None else round(closed, 1),
        "memory_before_mb": round(before / 1024, 1),
        "memory_growth_mb": round(growth, 1),
        "readers_p50_ms": round(percentile(times, 0.5), 1),
        "readers_p99_ms": round(p99, 1),
        "delivered": len(times),
        "expected": len(course.published) * wanted.readers,
        "readers_faults": dict(seen.faults),
        "is_met": closed is not None and closed <= CLOSED_SECONDS and growth <= GROWTH_MB and p99 < P99_MS,
    }


def _stalled(house: House, stage: Stage, account_id: int) -> socket.socket:
    """A viewer in the room that will never read again, with a small buffer to receive in."""
    viewer = socket.socket()
    viewer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_BUFFER)
    viewer.settimeout(10)
    viewer.connect(("127.0.0.1", house.port))
    viewer.sendall(upgrade(house.port, "/room", subprotocol="gangbo.v1", origin=stage.origin))
    if not is_upgraded(viewer.recv(2_048)):
        raise RuntimeError("the handshake was refused")
    enter = {"type": "enter", "ticket": stage.ticket(account_id), "session": stage.session_id}
    viewer.sendall(masked(msgspec.json.encode(enter)))
    return viewer


async def _edit(stage: Stage, engine: Engine, course: _Course) -> None:
    """What the organiser's edits leave in the event log; rooms then send the session with all its positions."""

    def append_edit() -> None:
        with writing(engine) as db:
            append(db, EventKind.SESSION_CHANGED, now=datetime.now(UTC), session_id=stage.session_id)

    while not course.is_over:
        await asyncio.to_thread(append_edit)
        await asyncio.sleep(1 / _EDITS_A_SECOND)


def _connections(house: House) -> int:
    """How many the server holds, the one that asks perhaps among them."""
    count = house.health()["connections"]
    assert isinstance(count, int)
    return count


async def _watch(house: House, course: _Course) -> None:
    while not course.is_over:
        with contextlib.suppress(OSError):
            count = await asyncio.to_thread(_connections, house)
            course.connections.append((time.monotonic() - course.begin, count))
            course.resident_kb.append(house.resident_kb())
        await asyncio.sleep(_LOOK_SECONDS)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
