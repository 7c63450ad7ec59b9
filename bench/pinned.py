"""From a press on a position to the screens of those whom it fits: database, event log, live, matching, sockets.

`python -m bench.pinned [--seekers 1000] [--pins 40] [--database URL] [--json]`. Live and matching run as the Procfile
starts them, on a fair with so many matched seekers present in one room; hosts pin one position after the other.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from bench.ground import Ground, database, prepared
from bench.load import percentile
from bench.onlookers import Door
from bench.people import Size
from bench.processes import cpu_seconds, started
from bench.scene import Stage
from bench.sightings import Seen, latencies
from bench.speaker import Speaker, speaking
from bench.telling import machine, say, tell
from bench.throng import Throng, gathered
from fair.database import make_engine, reading
from fair.employers import Recruiter
from fair.livesessions import LiveSession, Slot, SlotPosition
from fair.positions import Position
from fair.seekers import SeekerProfile
from fair.statuses import LiveSessionStatus, PositionStatus

_SHARE_MATCHED = 0.55  # A little less than the share of a fair's seekers who let themselves be matched.
_SECONDS_EACH = 2.0
TARGET_MS = 1_000.0


def main(arguments: Sequence[str]) -> int:
    """Measure and print; 1 when a pin comes too late."""
    wanted = _parser().parse_args(arguments)
    size = Size(
        positions=400,
        sessions=3,
        applications=200,
        employers=16,
        seekers=round(wanted.seekers / _SHARE_MATCHED),
        visits=50,
    )
    with tempfile.TemporaryDirectory(prefix="gangbo-bench-") as scratch, database(wanted.database) as url:
        folder = Path(scratch)
        ground = prepared(folder / "fair", size, url=url, first_port=wanted.first_port, told=say)
        stages, seekers = _stages(ground, wanted.seekers)
        addresses = {
            "matching": f"{ground.settings.matching_url}/healthz",
            "live": f"http://127.0.0.1:{ground.settings.live_port}/healthz",
        }
        say("starting live and matching")
        with started(ground.environment, addresses, folder / "processes.log") as processes:
            pids = [pid for name in addresses for pid in {processes.pids[name], *processes.workers(name)}]
            any_stage = stages[0]
            door = Door(
                (ground.settings.live_port,),
                "/room",
                "",
                any_stage.session_id,
                any_stage.secret_key,
                any_stage.origin,
                "gangbo.v1",
                seekers,
            )
            with gathered(door, len(seekers), cores=[0, 1]) as throng:
                figures = asyncio.run(_measure(stages, ground, throng, len(seekers), wanted.pins, pids))
    tell(figures, as_json=wanted.json)
    return 0 if figures["is_met"] else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.pinned", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seekers", type=int, default=1_000, help="matched seekers in the room")
    parser.add_argument("--pins", type=int, default=40, help="how many positions are pinned")
    parser.add_argument("--database", default="", help="PostgreSQL server to make a database on; none = SQLite")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--first-port", type=int, default=9270, help="the first of three ports for the processes")
    return parser


def _stages(ground: Ground, seekers: int) -> tuple[list[Stage], tuple[int, ...]]:
    """The session on air, once for each employer with its host and open positions; the matched seekers."""
    engine = make_engine(ground.settings.database_url)
    with reading(engine) as db:
        session_id = db.scalars(select(LiveSession.id).where(LiveSession.status == LiveSessionStatus.LIVE)).first()
        assert session_id is not None
        rows = db.execute(
            select(Slot.employer_id, Recruiter.account_id, Position.id)
            .join(Recruiter, Recruiter.employer_id == Slot.employer_id)
            .join(SlotPosition, SlotPosition.slot_id == Slot.id)
            .join(Position, Position.id == SlotPosition.position_id)
            .where(Slot.session_id == session_id, Position.status == PositionStatus.PUBLISHED)
            .order_by(Position.id)
        ).all()
        matched = db.scalars(
            select(SeekerProfile.account_id)
            .where(SeekerProfile.is_matched)
            .order_by(SeekerProfile.account_id)
            .limit(seekers)
        )
        seeker_ids = tuple(matched)
    engine.dispose()
    origin = f"http://127.0.0.1:{ground.settings.web_port}"
    stages: dict[int, Stage] = {}
    for employer_id, host_id, position_id in rows:
        known = stages.get(employer_id) or Stage(
            ground.settings.database_url,
            session_id,
            employer_id,
            (),
            (host_id,),
            (),
            ground.settings.secret_key,
            origin,
        )
        stages[employer_id] = replace(known, position_ids=(*known.position_ids, position_id))
    return list(stages.values()), seeker_ids


async def _measure(
    stages: Sequence[Stage], ground: Ground, throng: Throng, seekers: int, pins: int, pids: list[int]
) -> dict[str, Any]:
    address = f"ws://127.0.0.1:{ground.settings.live_port}/room"
    inside = await asyncio.to_thread(throng.join, seekers)
    say(f"{inside} matched seekers inside")
    matches: list[float] = []
    screens: list[float] = []
    told: list[int] = []
    async with AsyncExitStack() as stack:
        hosts = [(await stack.enter_async_context(speaking(address, each, each.host_ids[0])), each) for each in stages]
        await _until_fitted(throng, inside)
        wanted = [(host, position_id) for host, each in hosts for position_id in each.position_ids][:pins]
        cpu, begin = cpu_seconds(pids), time.monotonic()
        for number, (host, position_id) in enumerate(wanted, start=1):
            seen, published = await _pin(throng, host, position_id)
            mine = latencies(seen.arrivals, {f"f{position_id}": published})
            matches += mine
            told.append(len(mine))
            pinned = {note: published for note in seen.arrivals if note.startswith("p")}
            screens += latencies(seen.arrivals, pinned)
            say(f"pin {number} of {len(wanted)}: told {len(mine)}", is_passing=True)
        say("")
        busy = (cpu_seconds(pids) - cpu) / (time.monotonic() - begin)
    matches.sort()
    screens.sort()
    p99 = percentile(matches, 0.99)
    return {
        "machine": machine(),
        "database": ground.settings.database_url.partition(":")[0],
        "seekers_present": inside,
        "pins": len(told),
        "told_a_pin": [min(told), max(told)],
        "match_p50_ms": round(percentile(matches, 0.5)),
        "match_p99_ms": round(p99),
        "match_slowest_ms": round(percentile(matches, 1.0)),
        "pin_p50_ms": round(percentile(screens, 0.5)),
        "pin_p99_ms": round(percentile(screens, 0.99)),
        "cores_busy": round(busy, 2),
        "is_met": p99 <= TARGET_MS and min(told) > 0,
    }


async def _until_fitted(throng: Throng, seekers: int) -> None:
    """Wait until everybody has the scores that come after entering, at most a minute."""
    have, give_up = 0, time.monotonic() + 60
    while have < seekers and time.monotonic() < give_up:
        have += (await asyncio.to_thread(throng.report)).personal["matches"]
        await asyncio.sleep(0.2)
    say(f"{have} have their scores")


async def _pin(throng: Throng, host: Speaker, position_id: int) -> tuple[Seen, float]:
    """Pin; what was seen in the time after it, and when it was asked for. Raises RuntimeError when refused."""
    await asyncio.to_thread(throng.report)
    asked = time.monotonic()
    answer = await host.ask("pin", position_id=position_id)
    if answer["type"] != "reply":
        raise RuntimeError(f"position {position_id} was not pinned: {answer}")
    await asyncio.sleep(_SECONDS_EACH)
    return await asyncio.to_thread(throng.report), asked


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
