"""Everybody in one room: viewers stream in, talk, like and apply while positions are pinned; what is told, lost, held.

`python -m bench.crowd [--viewers 90000] [--minutes 10] [--workers 5] [--database URL] [--json]`; small:
`--viewers 2000 --minutes 0.3 --join-seconds 3 --workers 1`. The live processes, Redis among them, share one core, the
load the other. Viewers that are closed return as the protocol says.
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
from typing import Any

from sqlalchemy import select
from websockets.exceptions import ConnectionClosed

from bench.cores import slab_kb, split
from bench.ground import database
from bench.house import House, Lacking, carried, live, settings_for
from bench.ledger import missing
from bench.load import percentile
from bench.onlookers import Door
from bench.peers import MOST_EACH
from bench.scene import Stage, set_up
from bench.sightings import Seen, latencies
from bench.speaker import Speaker, speaking
from bench.telling import machine, say, tell
from bench.throng import Throng, gathered
from fair.applications import Application
from fair.database import make_engine, reading
from fair.livesessions import LiveSession
from fair.reports import report_of

_POSITIONS = 8
_TALKERS = 250
_APPLICATIONS_EACH = 6
_LIKES_A_MESSAGE = 10
_LOOK_SECONDS = 5.0
_SETTLE_SECONDS = 5.0
PIN_P99_MS = 1_500.0


@dataclass
class _Day:
    """What happened: asked and acknowledged, pinned and seen."""

    stage: Stage
    house: House
    until: float = 0.0
    applications: set[int] = field(default_factory=set)
    said: Counter[str] = field(default_factory=Counter)
    applied: Counter[str] = field(default_factory=Counter)
    pinned: dict[str, float] = field(default_factory=dict)
    pin_answers: list[float] = field(default_factory=list)
    lines_broken: int = 0
    seen: Seen = field(default_factory=Seen)

    @property
    def goes_on(self) -> bool:
        return time.monotonic() < self.until


def main(arguments: Sequence[str]) -> int:
    """Measure and print; 1 when an application was lost, 2 when something is missing here."""
    wanted = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="gangbo-bench-") as scratch, database(wanted.database) as url:
        try:
            figures = asyncio.run(_measure(wanted, Path(scratch), url))
        except Lacking as lacking:
            print(lacking, file=sys.stderr)
            return 2
    tell(figures, as_json=wanted.json)
    return 1 if figures["applications"]["lost"] else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.crowd", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--viewers", type=int, default=90_000)
    parser.add_argument("--minutes", type=float, default=10, help="how long, once all are there")
    parser.add_argument("--join-seconds", type=float, default=120, help="how long the viewers take to turn up")
    parser.add_argument("--workers", type=int, default=0, help="live processes; 0 = as their open files need")
    parser.add_argument("--chat", type=float, default=200, help="lines a second offered")
    parser.add_argument("--likes", type=float, default=5_000, help="a second offered")
    parser.add_argument("--pin-seconds", type=float, default=20, help="from one pin to the next")
    parser.add_argument("--applications", type=float, default=100, help="a minute")
    parser.add_argument("--database", default="", help="PostgreSQL server to make a database on; none = SQLite")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--first-port", type=int, default=9260, help="the first of ten ports")
    return parser


async def _measure(wanted: argparse.Namespace, folder: Path, url: str) -> dict[str, Any]:
    server_cores, client_cores = split()
    talkers = max(_TALKERS, round(wanted.chat / 0.8), round(wanted.minutes * wanted.applications / _APPLICATIONS_EACH))
    stage = set_up(
        url or f"sqlite:///{folder / 'fair.db'}", hosts=1, seekers=min(talkers, wanted.viewers), positions=_POSITIONS
    )
    workers = wanted.workers or -(-wanted.viewers // MOST_EACH)
    async with AsyncExitStack() as stack:
        more, beside = stack.enter_context(carried(workers, folder, port=wanted.first_port + 1, cores=server_cores))
        more["GANGBO_LIVE_METRICS_PORT"] = str(wanted.first_port + 2)
        environment = settings_for(stage, folder, port=wanted.first_port, **more)
        house = stack.enter_context(live(environment, cores=server_cores, beside=beside, log=folder / "live.log"))
        day = _Day(stage, house)
        door = Door((house.port,), "/room", "", stage.session_id, stage.secret_key, stage.origin, "gangbo.v1")
        throng = stack.enter_context(gathered(door, wanted.viewers, cores=client_cores))
        figures: dict[str, Any] = {"machine": machine(), "viewers": wanted.viewers, "workers": workers}
        figures["database"] = make_engine(stage.url).dialect.name
        figures["joining"] = await _join(day, throng, wanted)
        host = await stack.enter_async_context(speaking(house.address, stage, stage.host_ids[0]))
        figures["tick_ms"] = host.welcome["tick_ms"]
        figures["holding"] = await _hold(day, throng, host, wanted)
        for name in ("drops", "resumes"):
            figures[name] = house.counted(name, metrics_port=wanted.first_port + 2, workers=workers)
        figures["log"] = [row for row in (folder / "live.log").read_text().splitlines() if " ERROR " in row][:10]
    figures["pins"] = _pins(day, wanted)
    figures["chat"] = {"offered_a_second": wanted.chat} | dict(day.said)
    figures["applications"] = _applications(day)
    return figures


async def _join(day: _Day, throng: Throng, wanted: argparse.Namespace) -> dict[str, Any]:
    memory, kernel, cpu = day.house.resident_kb(), slab_kb(), day.house.cpu_seconds()
    begin = time.monotonic()
    joining = asyncio.create_task(
        asyncio.to_thread(throng.join, wanted.viewers, rate=wanted.viewers / wanted.join_seconds)
    )
    while not joining.done():
        await asyncio.wait([joining], timeout=_LOOK_SECONDS)
        # A process that is let in on by hundreds may be silent for longer than is waited for.
        with contextlib.suppress(OSError):
            say(f"{day.house.health().get('connections')} connections at one worker", is_passing=True)
    took, inside = time.monotonic() - begin, joining.result()
    say(f"{inside} viewers after {took:.1f} s")
    seen = await asyncio.to_thread(throng.report)
    return {
        "inside": inside,
        "seconds": round(took, 1),
        "a_second": round(inside / took),
        "cpu_us_each": round((day.house.cpu_seconds() - cpu) / max(1, inside) * 1e6),
        "kb_per_viewer": round((day.house.resident_kb() - memory) / max(1, inside), 2),
        "kernel_kb_per_viewer": round((slab_kb() - kernel) / max(1, inside) / 2, 2),
        "faults": dict(seen.faults),
        "welcomes": dict(seen.returned),
    }


async def _hold(day: _Day, throng: Throng, host: Speaker, wanted: argparse.Namespace) -> dict[str, Any]:
    """Let it all happen for so long; what it took."""
    begin, cpu = time.monotonic(), day.house.cpu_seconds()
    day.until = begin + wanted.minutes * 60
    await asyncio.to_thread(throng.like, wanted.likes / _LIKES_A_MESSAGE)
    spent = (await asyncio.to_thread(throng.report)).cpu_seconds
    count = len(day.stage.seeker_ids)
    tasks = [asyncio.create_task(_pin(day, host, wanted.pin_seconds))]
    for number, account_id in enumerate(day.stage.seeker_ids):
        tasks.append(
            asyncio.create_task(
                _talk(day, account_id, number / count, count / wanted.chat, count * 60 / wanted.applications)
            )
        )
    insiders = []
    while day.goes_on:
        done, _ = await asyncio.wait(tasks, timeout=_LOOK_SECONDS, return_when="FIRST_EXCEPTION")
        for task in done:
            task.result()
        seen = await asyncio.to_thread(throng.report)
        insiders.append(seen.personal.pop("inside"))
        day.seen.add(seen)
        left = round(day.until - time.monotonic())
        say(
            f"{left} s to go, {insiders[-1]} inside, {len(day.applications)} applications, {dict(day.seen.faults)}",
            is_passing=True,
        )
    say("")
    await asyncio.gather(*tasks)
    await asyncio.to_thread(throng.like, 0)
    await asyncio.sleep(_SETTLE_SECONDS)
    took, cpu = time.monotonic() - begin, day.house.cpu_seconds() - cpu
    last = await asyncio.to_thread(throng.report)
    insiders.append(last.personal.pop("inside"))
    day.seen.add(last)
    return {
        "seconds": round(took, 1),
        "cores_busy": round(cpu / took, 2),
        "load_cores_busy": round((last.cpu_seconds - spent) / took, 2),
        "deliveries_a_second": round(day.seen.frames / took),
        "cpu_us_per_delivery": round(cpu / max(1, day.seen.frames) * 1e6, 2),
        "inside_least": min(insiders),
        "inside_at_the_end": insiders[-1],
        "returned": dict(day.seen.returned),
        "faults": dict(day.seen.faults),
        "resident_mb": round(day.house.resident_kb() / 1024, 1),
    }


async def _talk(day: _Day, account_id: int, phase: float, line_seconds: float, apply_seconds: float) -> None:
    """One seeker: in the room, speaks and applies at its own pace, comes back when the line breaks."""
    applied = 0
    begin = time.monotonic()
    line_due, apply_due = begin + phase * line_seconds, begin + phase * apply_seconds
    while day.goes_on:
        try:
            async with speaking(day.house.address, day.stage, account_id) as speaker:
                while day.goes_on:
                    await asyncio.sleep(max(0.0, min(line_due, apply_due, day.until) - time.monotonic()))
                    now = time.monotonic()
                    if now >= apply_due and applied < len(day.stage.position_ids):
                        position_id = day.stage.position_ids[applied]
                        answer = await speaker.ask("apply", key=f"a{position_id}", position_id=position_id)
                        _note_application(day, answer)
                        applied += answer.get("code") != "busy"
                        apply_due = max(apply_due + apply_seconds, now)
                    if now >= line_due:
                        answer = await speaker.ask("say", text="宿舍几个人一间，有空调吗")
                        day.said[answer.get("code", "acknowledged")] += 1
                        line_due = max(line_due + line_seconds, now)
        except (ConnectionClosed, ConnectionError, TimeoutError, RuntimeError):
            day.lines_broken += 1
            await asyncio.sleep(1)


def _note_application(day: _Day, answer: dict[str, Any]) -> None:
    day.applied[answer.get("code", "acknowledged")] += 1
    if answer["type"] == "reply":
        day.applications.add(int(answer["application"]["id"]))


async def _pin(day: _Day, host: Speaker, every: float) -> None:
    """One position after the other on screen."""
    number = 0
    while day.goes_on:
        asked = time.monotonic()
        answer = await host.ask("pin", position_id=day.stage.position_ids[number % len(day.stage.position_ids)])
        day.pin_answers.append(time.monotonic() - asked)
        if answer["type"] == "reply":
            day.pinned[f"p{answer['pin']['id']}"] = asked
        number += 1
        await asyncio.sleep(max(0.0, min(asked + every, day.until) - time.monotonic()))


def _pins(day: _Day, wanted: argparse.Namespace) -> dict[str, Any]:
    """From asking for a pin to its being on everybody's screen; the last one may still be on its way."""
    times = latencies(day.seen.arrivals, day.pinned)
    p99 = percentile(times, 0.99)
    return {
        "pins": len(day.pinned),
        "on_screens": len(times),
        "expected": len(day.pinned) * wanted.viewers,
        "answered_p50_ms": round(percentile(day.pin_answers, 0.5) * 1_000),
        "p1_ms": round(percentile(times, 0.01)),
        "p50_ms": round(percentile(times, 0.5)),
        "p99_ms": round(p99),
        "slowest_ms": round(percentile(times, 1.0)),
        "is_met": p99 <= PIN_P99_MS,
    }


def _applications(day: _Day) -> dict[str, Any]:
    """Each acknowledged application is in the database and in the session's report, or was lost."""
    engine = make_engine(day.stage.url)
    with reading(engine) as db:
        kept = list(db.scalars(select(Application.id).where(Application.session_id == day.stage.session_id)))
        live_session = db.get(LiveSession, day.stage.session_id)
        assert live_session is not None
        report = report_of(db, live_session, now=datetime.now(UTC))
    engine.dispose()
    return {
        **day.applied,
        "kept": len(kept),
        "in_the_report": report.applications,
        "lost": len(missing(day.applications, kept)) + len(kept) - report.applications,
        "talkers_lines_broken": day.lines_broken,
        "viewers_in_the_report": report.funnel.viewers,
    }


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
