"""What it costs to tell everybody in a room something, beside another server that tells as many the same bytes.

`python -m bench.fanout [--viewers 10000] [--bytes 320] [--seconds 5] [--peer nchan|websockets|c|none] [--rounds 7]
[--burst] [--json]`. Ours is the real room: tickets, welcome, numbered ticks, lines of hosts that are kept in a
database first; all of that is in its figures. Rounds alternate, with all viewers of both connected throughout.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from bench.cores import slab_kb, split
from bench.house import Lacking, carried, live, settings_for
from bench.load import percentile
from bench.onlookers import Door
from bench.peers import MOST_EACH, PEERS, peer
from bench.scene import set_up
from bench.sightings import latencies, mark
from bench.speaker import Speaker, speaking
from bench.telling import machine, medians, print_json, say
from bench.throng import Throng, gathered

_HOSTS = 12
_AT_A_TIME = 1_000
_BURST = 10
_BURST_SECONDS = 0.25
_SETTLE_SECONDS = 1.0
_IDLE_SECONDS = 5.0
_LINES_ALONE = 20
_MOST_BYTES = 480


class Server(Protocol):
    """What is measured of a server from the outside."""

    def cpu_seconds(self) -> float:
        """Processor time so far."""

    def resident_kb(self) -> int:
        """Memory now."""


Publish = Callable[[Sequence[int]], Awaitable[None]]


@dataclass
class Side:
    """One of the two that are compared; `publish` sends messages with these marks, `joined` is what joining took.

    `producing` is the processor time of one message in an empty room: kept, numbered, told to who said it.
    """

    server: Server
    throng: Throng
    publish: Publish
    viewers: int
    joined: dict[str, float]
    producing: float = 0.0
    rounds: list[dict[str, float]] = field(default_factory=list)


def main(arguments: Sequence[str]) -> int:
    """Measure and print; 0 whatever the figures are, 2 when something is missing here."""
    wanted = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="gangbo-bench-") as scratch:
        try:
            figures = asyncio.run(_measure(wanted, Path(scratch)))
        except Lacking as lacking:
            print(lacking, file=sys.stderr)
            return 2
    _summarise(figures)
    if wanted.json:
        print_json(figures)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.fanout", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--viewers", type=int, default=10_000, help="in each of the two rooms")
    parser.add_argument("--bytes", type=int, default=320, help=f"of one message, at most {_MOST_BYTES}")
    parser.add_argument("--seconds", type=float, default=5, help="of a round")
    parser.add_argument("--rounds", type=int, default=7, help="how often the two take turns; medians are told")
    parser.add_argument("--peer", choices=(*PEERS, "none"), default="nchan", help="what to compare with")
    parser.add_argument("--burst", action="store_true", help="lines in bursts of ten, which one tick carries")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--first-port", type=int, default=9220, help="the first of ten ports")
    return parser


async def _measure(wanted: argparse.Namespace, folder: Path) -> dict[str, Any]:
    figures: dict[str, Any] = {"machine": machine(), "viewers": wanted.viewers, "seconds": wanted.seconds}
    async with AsyncExitStack() as stack:
        ours, size, tick_ms = await _ours(stack, wanted, folder)
        theirs = None
        if wanted.peer != "none":
            theirs = await _theirs(stack, wanted, folder, size)
        every = max(tick_ms / 1_000, _BURST_SECONDS) if wanted.burst else tick_ms / 1_000
        for side in filter(None, (ours, theirs)):
            side.joined["idle_cpu_ms_per_s"] = await _idle(side.server)
        say(f"{size} bytes every {every * 1000:.0f} ms to {wanted.viewers} viewers")
        for number in range(wanted.rounds):
            for side in filter(None, (ours, theirs)):
                side.rounds.append(await _round(side, number, wanted, every))
                name = "ours" if side is ours else wanted.peer
                say(f"round {number + 1}: {name} {side.rounds[-1]['cpu_us_per_delivery']:.2f} µs", is_passing=True)
        say("")
    figures |= {"bytes": size, "tick_ms": tick_ms, "rounds": wanted.rounds, "is_burst": wanted.burst}
    figures["ours"] = medians(ours.rounds) | {"producing_cpu_ms": round(ours.producing * 1_000, 2)} | ours.joined
    if theirs is not None:
        figures["peer"] = {"name": wanted.peer} | medians(theirs.rounds) | theirs.joined
        cost = "cpu_us_per_delivery"
        pairs = [mine[cost] / other[cost] for mine, other in zip(ours.rounds, theirs.rounds, strict=True)]
        figures["cpu_ratio"] = medians([{"ratio": each} for each in pairs])["ratio"]
        figures["cpu_ratio_of_each_round"] = [round(each, 3) for each in pairs]
    return figures


async def _ours(stack: AsyncExitStack, wanted: argparse.Namespace, folder: Path) -> tuple[Side, int, int]:
    """The real room with all its viewers; also the bytes of a message in it, and how wide its ticks are."""
    server_cores, client_cores = split()
    stage = set_up(f"sqlite:///{folder / 'fair.db'}", hosts=_HOSTS)
    workers = -(-wanted.viewers // MOST_EACH)
    more, beside = stack.enter_context(carried(workers, folder, port=wanted.first_port + 1, cores=server_cores))
    environment = settings_for(stage, folder, port=wanted.first_port, **more)
    house = stack.enter_context(live(environment, cores=server_cores, beside=beside, log=folder / "live.log"))
    door = Door((house.port,), "/room", "", stage.session_id, stage.secret_key, stage.origin, "gangbo.v1")
    throng = stack.enter_context(gathered(door, wanted.viewers, cores=client_cores))
    sizes: list[int] = []

    def heard(message: bytes) -> None:
        if b'"kind":"said"' in message:
            sizes.append(len(message))

    hosts = [
        await stack.enter_async_context(speaking(house.address, stage, each, heard=heard)) for each in stage.host_ids
    ]
    producing = await _producing(house, hosts)
    joined = await _join("ours", house, throng, wanted.viewers, is_room=True)
    async with speaking(house.address, stage, stage.host_ids[0]) as newest:
        tick_ms = int(newest.welcome["tick_ms"])
    size = min(sizes)
    padding = max(0, min(wanted.bytes, _MOST_BYTES) - size)
    turn = 0

    async def publish(marks: Sequence[int]) -> None:
        nonlocal turn
        asked = []
        for each in marks:
            asked.append(hosts[turn % _HOSTS].ask("say", text=_text(each, padding)))
            turn += 1
        for answer in await asyncio.gather(*asked):
            if answer["type"] != "reply":
                raise RuntimeError(f"a line was refused: {answer}")

    return Side(house, throng, publish, wanted.viewers, joined, producing), size + padding, tick_ms


async def _theirs(stack: AsyncExitStack, wanted: argparse.Namespace, folder: Path, size: int) -> Side:
    server_cores, client_cores = split()
    other = await stack.enter_async_context(
        peer(wanted.peer, wanted.viewers, port=wanted.first_port + 2, cores=server_cores, folder=folder)
    )
    throng = stack.enter_context(gathered(Door(other.ports, "/room", ""), wanted.viewers, cores=client_cores))
    joined = await _join(wanted.peer, other, throng, wanted.viewers, is_room=False)

    async def publish(marks: Sequence[int]) -> None:
        for each in marks:
            await other.publish(f"{mark(each):.<{size}}".encode())

    return Side(other, throng, publish, wanted.viewers, joined)


async def _join(name: str, server: Server, throng: Throng, viewers: int, *, is_room: bool) -> dict[str, float]:
    """Let all come, some at a time, opening and entering apart; what it took."""
    memory, kernel, begin = server.resident_kb(), slab_kb(), time.monotonic()
    opening = entering = 0.0
    there = 0
    while there < viewers:
        before = server.cpu_seconds()
        there = await asyncio.to_thread(throng.open, min(_AT_A_TIME, viewers - there))
        opened = server.cpu_seconds()
        if is_room:
            await asyncio.to_thread(throng.enter)
        opening, entering = opening + opened - before, entering + server.cpu_seconds() - opened
        say(f"{name}: {there} viewers", is_passing=True)
    say(f"{name}: {there} viewers after {time.monotonic() - begin:.1f} s")
    return {
        "handshake_cpu_us": round(opening / viewers * 1e6, 1),
        "enter_cpu_us": round(entering / viewers * 1e6, 1),
        "kb_per_viewer": round((server.resident_kb() - memory) / viewers, 2),
        "kernel_kb_per_viewer": round((slab_kb() - kernel) / viewers / 2, 2),
    }


async def _producing(server: Server, hosts: Sequence[Speaker]) -> float:
    """Processor seconds of one line while nobody but the hosts is there, and of the time until the next."""
    await asyncio.sleep(_SETTLE_SECONDS)
    cpu = server.cpu_seconds()
    for number in range(_LINES_ALONE):
        await hosts[number % len(hosts)].ask("say", text=_text(0, 0))
        await asyncio.sleep(_BURST_SECONDS)
    return (server.cpu_seconds() - cpu) / _LINES_ALONE


async def _idle(server: Server) -> float:
    """Processor time that a second takes in which nothing is published: signs of life, looking for news."""
    await asyncio.sleep(_SETTLE_SECONDS)
    cpu, begin = server.cpu_seconds(), time.monotonic()
    await asyncio.sleep(_IDLE_SECONDS)
    return round((server.cpu_seconds() - cpu) / (time.monotonic() - begin) * 1_000, 2)


async def _round(side: Side, number: int, wanted: argparse.Namespace, every: float) -> dict[str, float]:
    """Publish at the tick rate for so long, and see what it took and when it came."""
    count, each = round(wanted.seconds / every), _BURST if wanted.burst else 1
    spent = (await asyncio.to_thread(side.throng.report)).cpu_seconds
    published: dict[str, float] = {}
    cpu, begin = side.server.cpu_seconds(), time.monotonic()
    sending = []
    for turn in range(count):
        await asyncio.sleep(max(0.0, begin + turn * every - time.monotonic()))
        marks = [(number * count + turn) * each + more + 1 for more in range(each)]
        published |= {f"m{one}": time.monotonic() for one in marks}
        sending.append(asyncio.ensure_future(side.publish(marks)))
    await asyncio.gather(*sending)
    await asyncio.sleep(_SETTLE_SECONDS)
    took, cpu = time.monotonic() - begin, side.server.cpu_seconds() - cpu
    seen = await asyncio.to_thread(side.throng.report)
    times = latencies(seen.arrivals, published)
    firsts = {note: min(arrivals) / 1_000 for note, arrivals in seen.arrivals.items() if note in published}
    spread = latencies(seen.arrivals, firsts)
    producing = side.producing * len(published)
    alone = {} if wanted.burst else {"spreading_cpu_us_per_delivery": (cpu - producing) / max(1, seen.frames) * 1e6}
    return {
        "cpu_us_per_delivery": cpu / max(1, seen.frames) * 1e6,
        **alone,
        "cpu_us_per_message": cpu / max(1, len(times)) * 1e6,
        "deliveries_per_s": seen.frames / took,
        "p50_ms": percentile(times, 0.5),
        "p99_ms": percentile(times, 0.99),
        "spread_p50_ms": percentile(spread, 0.5),
        "spread_p99_ms": percentile(spread, 0.99),
        "frames": seen.frames,
        "delivered": len(times),
        "expected": len(published) * side.viewers,
        "client_cpu_us_per_delivery": (seen.cpu_seconds - spent) / max(1, seen.frames) * 1e6,
        "faults": sum(seen.faults.values()),
    }


def _text(number: int, padding: int) -> str:
    """A line of chat with a mark, `padding` bytes longer than without padding; sixty characters hold 156 more."""
    signs = mark(number).ljust(9, ".")
    return signs + "岗" * (padding // 3) + "." * (padding % 3)


def _summarise(figures: dict[str, Any]) -> None:
    sides = {"ours": figures["ours"]} | ({figures["peer"]["name"]: figures["peer"]} if "peer" in figures else {})
    print(f"\n{'':<28}" + "".join(f"{name:>12}" for name in sides), file=sys.stderr)
    for name in figures["ours"]:
        row = "".join(f"{side.get(name, float('nan')):>12,.2f}" for side in sides.values())
        print(f"{name:<28}{row}", file=sys.stderr)
    if "cpu_ratio" in figures:
        print(f"\nCPU a delivery: {figures['cpu_ratio']:.3f} of {figures['peer']['name']}'s", file=sys.stderr)


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
