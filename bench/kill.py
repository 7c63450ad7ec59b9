"""The live process killed in mid-flight, again and again: is everything that it acknowledged still there?

`python -m bench.kill [--rounds 100] [--talkers 8] [--database URL] [--json]`. In each round seekers apply and talk, the
process is killed with SIGKILL at a random moment and started again on the same database; requests that were not
answered are sent once more with their keys. What was acknowledged is then looked for in the database.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Engine, func, select
from websockets.exceptions import ConnectionClosed

from bench.forked import forked
from bench.ground import database
from bench.house import House, settings_for
from bench.ledger import missing
from bench.load import percentile
from bench.scene import Stage, set_up
from bench.speaker import Speaker, speaking
from bench.telling import machine, say, tell
from fair.applications import Application
from fair.database import make_engine, reading
from fair.talk import ChatMessage

_POSITIONS = 6
_LIVES_SECONDS = (0.02, 0.4)
_CHECK_EVERY = 100
_SEED = 5

Request = tuple[str, dict[str, Any]]


@dataclass
class _Ledger:
    """What was acknowledged: applications and lines by id, and how often a repeated request had been done before."""

    applications: set[int] = field(default_factory=set)
    lines: set[int] = field(default_factory=set)
    changed_answers: int = 0
    unanswered: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    first_answers: dict[str, int] = field(default_factory=dict)

    def note(self, key: str, answer: dict[str, Any]) -> None:
        """Write an answer down."""
        if answer["type"] != "reply":
            self.refused[answer["code"]] += 1
            return
        if answer["to"] == "say":
            self.lines.add(int(answer["line"]["id"][1:]))
            return
        number = int(answer["application"]["id"])
        self.applications.add(number)
        self.changed_answers += self.first_answers.setdefault(key, number) != number


def main(arguments: Sequence[str]) -> int:
    """Measure and print; 1 when anything was lost."""
    wanted = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="gangbo-bench-") as scratch, database(wanted.database) as url:
        folder = Path(scratch)
        say("a fair")
        stage = set_up(
            url or f"sqlite:///{folder / 'fair.db'}", seekers=wanted.talkers * wanted.rounds, positions=_POSITIONS
        )
        engine = make_engine(stage.url)
        figures = _measure(stage, engine, folder, wanted)
        engine.dispose()
    tell(figures, as_json=wanted.json)
    return 1 if figures["lost_applications"] or figures["lost_lines"] or figures["changed_answers"] else 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.kill", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--rounds", type=int, default=100, help="how often it is killed")
    parser.add_argument("--talkers", type=int, default=8, help="seekers in each round, new ones each time")
    parser.add_argument("--database", default="", help="PostgreSQL server to make a database on; none = SQLite")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--first-port", type=int, default=9240, help="the port of the live process")
    return parser


def _measure(stage: Stage, engine: Engine, folder: Path, wanted: argparse.Namespace) -> dict[str, Any]:
    luck, ledger, left = Random(_SEED), _Ledger(), list[tuple[int, str, Request]]()
    environment = settings_for(stage, folder, port=wanted.first_port)
    times: list[float] = []
    lost_applications: list[int] = []
    lost_lines: list[int] = []
    is_intact = True
    for number in range(wanted.rounds):
        begin = time.monotonic()
        talkers = stage.seeker_ids[number * wanted.talkers : (number + 1) * wanted.talkers]
        with forked(environment, log=folder / "live.log") as house:
            left = asyncio.run(_round(house, stage, talkers, left, ledger, luck))
        times.append(time.monotonic() - begin)
        if number % _CHECK_EVERY == _CHECK_EVERY - 1 or number == wanted.rounds - 1:
            with reading(engine) as db:
                lost_applications = missing(ledger.applications, db.scalars(select(Application.id)))
                lost_lines = missing(ledger.lines, db.scalars(select(ChatMessage.id)))
                is_intact = is_intact and _is_intact(engine)
        acknowledged = len(ledger.applications) + len(ledger.lines)
        say(f"{number + 1} kills, {acknowledged} acknowledged, {len(lost_applications)} lost", is_passing=True)
    say("")
    with reading(engine) as db:
        twice = db.execute(
            select(Application.seeker_id, Application.position_id)
            .group_by(Application.seeker_id, Application.position_id)
            .having(func.count() > 1)
        ).all()
    times.sort()
    return {
        "machine": machine(),
        "database": engine.dialect.name,
        "rounds": wanted.rounds,
        "seconds_a_round": round(sum(times) / len(times), 2),
        "slowest_round_seconds": round(percentile(times, 1.0), 2),
        "acknowledged_applications": len(ledger.applications),
        "acknowledged_lines": len(ledger.lines),
        "refused": dict(ledger.refused),
        "unanswered_at_a_kill": ledger.unanswered,
        "lost_applications": len(lost_applications),
        "lost_lines": len(lost_lines),
        "changed_answers": ledger.changed_answers,
        "applied_twice": len(twice),
        "is_intact": is_intact,
    }


async def _round(
    house: House,
    stage: Stage,
    talkers: Sequence[int],
    left: Sequence[tuple[int, str, Request]],
    ledger: _Ledger,
    luck: Random,
) -> list[tuple[int, str, Request]]:
    """Repeat what was left unanswered, then apply and talk until the kill; what is left unanswered now."""
    await asyncio.gather(
        *(_repeat(house, stage, account_id, left, ledger) for account_id in {each[0] for each in left})
    )
    unanswered: list[tuple[int, str, Request]] = []
    begun = asyncio.Event()
    lives = [
        asyncio.create_task(_apply_and_talk(house, stage, account_id, ledger, unanswered, begun))
        for account_id in talkers
    ]
    await begun.wait()
    await asyncio.sleep(luck.uniform(*_LIVES_SECONDS))
    os.kill(house.pid, signal.SIGKILL)
    await asyncio.gather(*lives)
    ledger.unanswered += len(unanswered)
    return unanswered


async def _repeat(
    house: House, stage: Stage, account_id: int, left: Sequence[tuple[int, str, Request]], ledger: _Ledger
) -> None:
    async with speaking(house.address, stage, account_id) as speaker:
        for _, key, (kind, fields) in [each for each in left if each[0] == account_id]:
            ledger.note(f"{account_id}-{key}", await speaker.ask(kind, key=key, **fields))


async def _apply_and_talk(
    house: House,
    stage: Stage,
    account_id: int,
    ledger: _Ledger,
    unanswered: list[tuple[int, str, Request]],
    begun: asyncio.Event,
) -> None:
    requests: list[Request] = [("apply", {"position_id": position_id}) for position_id in stage.position_ids]
    for place in (0, 3):
        requests.insert(place, ("say", {"text": f"第 {place} 句"}))
    with contextlib.suppress(ConnectionClosed, OSError, RuntimeError):
        async with speaking(house.address, stage, account_id) as speaker:
            asking = (
                _ask(speaker, account_id, f"k{number}", each, ledger, unanswered, begun)
                for number, each in enumerate(requests)
            )
            await asyncio.gather(*asking)


async def _ask(
    speaker: Speaker,
    account_id: int,
    key: str,
    request: Request,
    ledger: _Ledger,
    unanswered: list[tuple[int, str, Request]],
    begun: asyncio.Event,
) -> None:
    kind, fields = request
    try:
        answer = await speaker.ask(kind, key=key, **fields)
    except (ConnectionClosed, ConnectionError):
        if kind == "apply":
            unanswered.append((account_id, key, request))
        return
    begun.set()
    ledger.note(f"{account_id}-{key}", answer)


def _is_intact(engine: Engine) -> bool:
    """Whether SQLite finds its file in order; PostgreSQL sees to that itself."""
    if engine.dialect.name != "sqlite":
        return True
    with engine.connect() as connection:
        return bool(connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok")


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
