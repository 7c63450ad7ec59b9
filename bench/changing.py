"""Measures what matching's API takes while positions change: its own process, asked by the clock, beside a writer.

Requests leave when they are due, whether or not the answers before them are there, and latency counts from then.
"""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import msgspec
from sqlalchemy import Engine

from bench.load import percentile
from bench.processes import cpu_seconds, started
from fair.database import reading, writing
from fair.events import newest_event_id
from fair.matches import Matches, PositionsForSeeker, PositionsForText, SeekersForPosition
from fair.positions import Position, save_position
from fair.settings import Settings
from matching.trades import trades

__all__ = ["measure_changing"]

_SECONDS = 20.0
_REQUESTS_A_SECOND, _CHANGES_A_SECOND = 50, 100
_COMMITS_A_SECOND = 20
_ASKING = 16
_SESSION, _PRESENT = 121, 1_000
_CAUGHT_UP_SECONDS = 30.0
_COMPLETE_SECONDS = 600.0

Asked = tuple[str, bytes]


def measure_changing(
    engine: Engine, settings: Settings, environment: dict[str, str], folder: Path, *, positions: int, seekers: int
) -> dict[str, Any]:
    """Percentiles of each kind of question, without changes and with them, and how far the index fell behind."""
    chance = Random(1)
    asks = _asks(chance, round(_SECONDS * _REQUESTS_A_SECOND), positions=positions, seekers=seekers)
    address = {"matching": f"{settings.matching_url}/healthz"}
    with started(environment, address, folder / "matching.log") as processes:
        pids = processes.workers("matching")
        _wait_until_complete(settings.matching_port)
        _asked(settings.matching_port, asks[:_REQUESTS_A_SECOND])
        quiet = _spreads(_asked(settings.matching_port, asks))
        stop = threading.Event()
        writer = threading.Thread(target=_change, args=(engine, positions, Random(2), stop))
        before, begin = cpu_seconds(pids), time.monotonic()
        writer.start()
        changing = _spreads(_asked(settings.matching_port, asks))
        busy = (cpu_seconds(pids) - before) / (time.monotonic() - begin)
        stop.set()
        writer.join()
        behind = _seconds_behind(engine, settings.matching_port)
    return {
        "requests_a_second": _REQUESTS_A_SECOND,
        "changes_a_second": _CHANGES_A_SECOND,
        "unchanged": quiet,
        "changing": changing,
        "cores_busy": round(busy, 2),
        "behind_after_the_last_change_seconds": round(behind, 2),
    }


def _asks(chance: Random, count: int, *, positions: int, seekers: int) -> list[Asked]:
    """Questions of all kinds in turn."""
    names = [name for trade in trades() for name in trade.names]
    first = chance.randint(1, max(1, positions - _SESSION))
    session = list(range(first, min(first + _SESSION, positions + 1)))
    present = list(range(1, min(seekers, _PRESENT) + 1))
    kinds: list[Callable[[], tuple[str, Any]]] = [
        lambda: ("/positions/for-text", PositionsForText(chance.choice(names))),
        lambda: ("/positions/for-seeker", PositionsForSeeker(chance.randint(1, seekers), len(session), session)),
        lambda: ("/positions/for-seeker", PositionsForSeeker(chance.randint(1, seekers), with_reasons=False)),
        lambda: ("/seekers/for-position", SeekersForPosition(chance.choice(session), present, 50, 50)),
    ]
    made = [kinds[number % len(kinds)]() for number in range(count)]
    return [(path, msgspec.json.encode(question)) for path, question in made]


def _asked(port: int, asks: Sequence[Asked]) -> list[tuple[str, float]]:
    """What was asked, and milliseconds from when it was due to its answer. Raises RuntimeError where one is refused."""
    begin = time.monotonic() + 0.1
    connections = threading.local()

    def one(number: int, due: float) -> tuple[str, float]:
        path, body = asks[number]
        if not hasattr(connections, "mine"):
            connections.mine = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connections.mine.request("POST", path, body, {"Content-Type": "application/json"})
        answer = connections.mine.getresponse()
        answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path} was answered {answer.status}")
        return path, (time.monotonic() - due) * 1000

    with ThreadPoolExecutor(_ASKING) as pool:
        waiting = []
        for number in range(len(asks)):
            due = begin + number / _REQUESTS_A_SECOND
            time.sleep(max(0.0, due - time.monotonic()))
            waiting.append(pool.submit(one, number, due))
        return [each.result() for each in waiting]


def _spreads(answers: Sequence[tuple[str, float]]) -> dict[str, dict[str, float]]:
    found: dict[str, list[float]] = {"all": [taken for _, taken in answers]}
    for path, taken in answers:
        found.setdefault(path, []).append(taken)
    return {name: _spread(taken) for name, taken in found.items()}


def _spread(taken: list[float]) -> dict[str, float]:
    order = sorted(taken)
    return {f"p{share}_ms": round(percentile(order, share / 100), 1) for share in (50, 90, 99)} | {
        "most_ms": round(order[-1], 1)
    }


def _change(engine: Engine, positions: int, chance: Random, stop: threading.Event) -> None:
    """Change the pay of positions until told to stop, a few a commit."""
    begin, commits = time.monotonic(), 0
    each = _CHANGES_A_SECOND // _COMMITS_A_SECOND
    while not stop.wait(max(0.0, begin + commits / _COMMITS_A_SECOND - time.monotonic())):
        with writing(engine) as db:
            for number in chance.sample(range(1, positions + 1), each):
                position = db.get_one(Position, number)
                position.pay_min = chance.randrange(3000, 7000, 10)
                position.pay_max = position.pay_min + 1500
                save_position(db, position, by=None, now=datetime.now(UTC))
        commits += 1


def _wait_until_complete(port: int) -> None:
    """Return when everything is encoded. Raises RuntimeError where it never is."""
    begin = time.monotonic()
    while time.monotonic() - begin < _COMPLETE_SECONDS:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/healthz")
        answer = msgspec.json.decode(connection.getresponse().read())
        connection.close()
        if answer["status"] == "ok":
            return
        time.sleep(0.5)
    raise RuntimeError("matching did not encode everything")


def _seconds_behind(engine: Engine, port: int) -> float:
    """How long it takes until the index has read the newest event. Raises RuntimeError where it never does."""
    with reading(engine) as db:
        newest = newest_event_id(db)
    begin = time.monotonic()
    body = msgspec.json.encode(PositionsForSeeker(1, 1))
    while time.monotonic() - begin < _CAUGHT_UP_SECONDS:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("POST", "/positions/for-seeker", body, {"Content-Type": "application/json"})
        answer = msgspec.json.decode(connection.getresponse().read(), type=Matches)
        connection.close()
        if answer.event_id >= newest:
            return time.monotonic() - begin
        time.sleep(0.05)
    raise RuntimeError("matching did not catch up")
