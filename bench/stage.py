"""The picture's relay: what so many viewers of one host cost, with and without some that never read.

`python -m bench.stage [--viewers 50,200,500] [--stalled 20] [--seconds 12] [--kbit 600] [--recorded] [--json]`. A host
sends webm in portions of 0.3 s with a key frame each 0.9 s, with HLS and recording off; `--recorded` sends mp4 in
fragments of a second, which the process cuts for HLS and records. Viewers read in another process, on another core if
there is one. `p99_chunk_ms` counts from when the host sends a portion to when a viewer has it.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import socket
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from websockets.asyncio.client import connect
from websockets.typing import Origin, Subprotocol

from bench import film, fragments
from bench.cores import split
from bench.film import stamped
from bench.house import House, live, settings_for
from bench.load import percentile
from bench.scene import Stage, set_up
from bench.telling import machine, print_json, say
from bench.watching import SUBPROTOCOL, Viewers, watching
from bench.wire import is_upgraded, masked, upgrade
from fair.tickets import PICTURE, issue_ticket

_SMALL_BUFFER = 4_096
_SETTLE_SECONDS = 2.0
_LOOK_SECONDS = 0.1
CPU_PERCENT, GROWTH_MB = 20.0, 16.0


def main(arguments: Sequence[str]) -> int:
    """Measure and print; 1 when a promise is not kept."""
    wanted = _parser().parse_args(arguments)
    runs = []
    for viewers in (int(each) for each in wanted.viewers.split(",")):
        runs += asyncio.run(_measure(viewers, wanted))
    for run in runs:
        print("  ".join(f"{name} {found}" for name, found in run.items()), file=sys.stderr)
    if wanted.json:
        asked = {"kbit_s": wanted.kbit, "seconds": wanted.seconds, "is_recorded": wanted.recorded}
        print_json({"machine": machine(), **asked, "runs": runs})
    is_met = all(
        run["viewers_with_picture"] == run["viewers"]
        and (run["viewers"] > 500 or run["cpu_percent_of_core"] <= CPU_PERCENT)
        and run["stalled_growth_mb"] <= GROWTH_MB
        for run in runs
    )
    return 0 if is_met else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.stage", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--viewers", default="50,200,500", help="how many read, with commas between")
    parser.add_argument("--stalled", type=int, default=20, help="how many never read, in the second run of each")
    parser.add_argument("--seconds", type=float, default=12, help="how long each run is")
    parser.add_argument("--kbit", type=int, default=600, help="kbit/s of the picture")
    parser.add_argument("--recorded", action="store_true", help="send mp4, with HLS and recording on")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--first-port", type=int, default=9290, help="the port of the live process")
    return parser


async def _measure(viewers: int, wanted: argparse.Namespace) -> list[dict[str, Any]]:
    """One process and its viewers: a run without stalled ones, then one with."""
    server_cores, client_cores = split()
    with tempfile.TemporaryDirectory(prefix="gangbo-bench-") as scratch, ExitStack() as stack:
        folder = Path(scratch)
        media = "on" if wanted.recorded else "relay"
        stage = set_up(f"sqlite:///{folder / 'fair.db'}", hosts=1)
        environment = settings_for(stage, folder, port=wanted.first_port, GANGBO_MEDIA=media)
        house = stack.enter_context(live(environment, cores=server_cores, log=folder / "live.log"))
        crowd = stack.enter_context(watching(house.port, stage.origin, cores=client_cores))
        async with _hosting(house, stage, kbit=wanted.kbit, is_recorded=wanted.recorded):
            tickets = [_ticket(stage, f"v{number}") for number in range(viewers)]
            await asyncio.to_thread(crowd.join, tickets, stage.session_id)
            say(f"{viewers} viewers")
            await asyncio.sleep(_SETTLE_SECONDS)
            runs = [await _run(house, crowd, viewers, stalled=0, seconds=wanted.seconds, before=house.resident_kb())]
            if wanted.stalled:
                before = house.resident_kb()
                for number in range(wanted.stalled):
                    stack.enter_context(await asyncio.to_thread(_stalled, house, stage, number))
                say(f"{viewers} viewers, {wanted.stalled} that do not read")
                runs.append(
                    await _run(house, crowd, viewers, stalled=wanted.stalled, seconds=wanted.seconds, before=before)
                )
        return runs


async def _run(
    house: House, crowd: Viewers, viewers: int, *, stalled: int, seconds: float, before: int
) -> dict[str, Any]:
    await asyncio.to_thread(crowd.report)
    begun, cpu, resident = time.monotonic(), house.cpu_seconds(), []
    while time.monotonic() < begun + seconds:
        resident.append(house.resident_kb())
        await asyncio.sleep(_LOOK_SECONDS)
    taken = (house.cpu_seconds() - cpu) / (time.monotonic() - begun)
    seen = await asyncio.to_thread(crowd.report)
    return {
        "viewers": viewers,
        "stalled": stalled,
        "cpu_percent_of_core": round(100 * taken, 1),
        "rss_mb": round(max(resident) / 1024, 1),
        "stalled_growth_mb": round((max(resident) - before) / 1024, 1),
        "viewers_with_picture": seen.with_picture,
        "skipped": seen.skipped,
        "p99_chunk_ms": round(percentile(sorted(seen.late_ms), 0.99), 1),
    }


@asynccontextmanager
async def _hosting(house: House, stage: Stage, *, kbit: int, is_recorded: bool) -> AsyncIterator[None]:
    """A host on air until the block ends; raises RuntimeError where its picture is not recorded as it should be."""
    async with connect(
        house.address.replace("/room", "/picture"),
        origin=Origin(stage.origin),
        subprotocols=[Subprotocol(SUBPROTOCOL)],
        compression=None,
    ) as line:
        ticket = _ticket(stage, f"a{stage.host_ids[0]}", account_id=stage.host_ids[0])
        await line.send(_said(type="publish", ticket=ticket, session=stage.session_id))
        await line.recv()
        mime = "video/mp4;codecs=vp08" if is_recorded else "video/webm;codecs=vp8"
        await line.send(_said(type="begin", mime=mime, has_consent=is_recorded))
        began = msgspec.json.decode(await line.recv())
        if is_recorded != (began["recording"] == "on"):
            raise RuntimeError(f"the recording is {began['recording']}")
        first, portions, each = _film(kbit * 1_000, is_recorded=is_recorded)

        async def send() -> None:
            await line.send(first)
            due = time.monotonic()
            for portion in portions:
                due += each
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                await line.send(stamped(portion, time.monotonic()))

        async def hear() -> None:
            async for _ in line:
                pass

        tasks = [asyncio.create_task(send()), asyncio.create_task(hear())]
        await asyncio.sleep(2 * each)
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(*tasks)


def _film(bits_per_second: int, *, is_recorded: bool) -> tuple[bytes, Iterator[bytes], float]:
    """What is sent first, then the portions, and how many seconds each is."""
    if is_recorded:
        return fragments.head(), fragments.fragments(bits_per_second), fragments.FRAGMENT_SECONDS
    return film.head(), film.blobs(bits_per_second), film.BLOB_SECONDS


def _stalled(house: House, stage: Stage, number: int) -> socket.socket:
    """A viewer that will never read again, with a small buffer to receive in."""
    viewer = socket.socket()
    viewer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_BUFFER)
    viewer.settimeout(10)
    viewer.connect(("127.0.0.1", house.port))
    viewer.sendall(upgrade(house.port, "/picture", subprotocol=SUBPROTOCOL, origin=stage.origin))
    if not is_upgraded(viewer.recv(2_048)):
        raise RuntimeError("the handshake was refused")
    viewer.sendall(masked(_said(type="watch", ticket=_ticket(stage, f"s{number}"), session=stage.session_id).encode()))
    return viewer


def _ticket(stage: Stage, viewer: str, *, account_id: int | None = None) -> str:
    return issue_ticket(
        stage.secret_key,
        session_id=stage.session_id,
        viewer=viewer,
        account_id=account_id,
        role="audience" if account_id is None else "host",
        name="",
        employer_id=None if account_id is None else stage.employer_id,
        purpose=PICTURE,
        now=datetime.now(UTC),
    )


def _said(**message: Any) -> str:
    return msgspec.json.encode(message).decode()


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
