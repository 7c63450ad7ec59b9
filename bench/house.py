"""The live server as it runs in production, started for a measurement: its processes, what they take, its Redis."""

from __future__ import annotations

import http.client
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from bench.cores import cpu_of, pinned, resident_kb, tree
from bench.scene import FIELD_KEY, Stage

__all__ = ["ROOT", "House", "Lacking", "carried", "live", "settings_for", "wait_for"]

ROOT = Path(__file__).resolve().parent.parent
_PATIENCE_SECONDS = 120.0


class Lacking(RuntimeError):
    """Something that a measurement needs is not installed; its one line says how to get it."""


@dataclass(frozen=True)
class House:
    """The processes of a server that is measured, and the port that it answers on."""

    port: int
    pid: int
    beside: tuple[int, ...] = ()

    @property
    def address(self) -> str:
        return f"ws://127.0.0.1:{self.port}/room"

    @property
    def pids(self) -> list[int]:
        """Its processes, and those that it cannot do without."""
        return [*tree(self.pid), *self.beside]

    def cpu_seconds(self) -> float:
        """Processor time of all of them, from their start."""
        return cpu_of(self.pids)

    def resident_kb(self) -> int:
        """Memory of all of them."""
        return resident_kb(self.pids)

    def counted(self, name: str, *, metrics_port: int, workers: int) -> dict[str, int]:
        """Kind → how many, of one of the counts at /metrics, of all workers together; raises OSError."""
        found: Counter[str] = Counter()
        row = re.compile(rf'^gangbo_live_{name}_total{{\w+="(\w+)"}} ([0-9.e+]+)$', re.MULTILINE)
        for number in range(workers):
            with urllib.request.urlopen(f"http://127.0.0.1:{metrics_port + number}/metrics", timeout=10) as answer:
                for kind, count in row.findall(answer.read().decode()):
                    found[kind] += round(float(count))
        return dict(found)

    def health(self) -> Mapping[str, object]:
        """What /healthz says; with several workers, what one of them says. Raises OSError while it is silent."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            found: Mapping[str, object] = msgspec.json.decode(connection.getresponse().read())
            return found
        except (http.client.HTTPException, msgspec.MsgspecError) as error:
            raise OSError(str(error)) from None
        finally:
            connection.close()


def settings_for(stage: Stage, folder: Path, *, port: int, **more: str) -> dict[str, str]:
    """The environment of a live process on this stage; nobody listens where it looks for matching."""
    return {
        "GANGBO_HOST": "127.0.0.1",
        "GANGBO_LIVE_PORT": str(port),
        "GANGBO_WEB_PORT": str(urlsplit(stage.origin).port),
        "GANGBO_MATCHING_PORT": "9",
        "GANGBO_LIVE_METRICS_PORT": "0",
        "GANGBO_VAR": str(folder),
        "GANGBO_PUBLIC_URL": "",
        "GANGBO_LOG_LEVEL": "warning",
        "GANGBO_FIELD_KEY": FIELD_KEY,
        "DATABASE_URL": stage.url,
        "REDIS_URL": "",
        "SECRET_KEY": stage.secret_key,
    } | more


@contextmanager
def live(
    environment: Mapping[str, str], *, cores: Sequence[int], beside: Sequence[int] = (), log: Path
) -> Iterator[House]:
    """`python -m live` on these cores until the block ends; raises RuntimeError when it does not answer."""
    with log.open("ab") as output, pinned(cores):
        process = subprocess.Popen(
            [sys.executable, "-m", "live"], cwd=ROOT, env={**os.environ, **environment}, stdout=output, stderr=output
        )
    house = House(int(environment["GANGBO_LIVE_PORT"]), process.pid, tuple(beside))
    try:
        wait_for(house, process.poll, log)
        yield house
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()


@contextmanager
def carried(
    workers: int, folder: Path, *, port: int, cores: Sequence[int]
) -> Iterator[tuple[dict[str, str], tuple[int, ...]]]:
    """What so many live processes are to be told, and the process of the Redis at `port` that more than one need.

    Raises Lacking.
    """
    if workers == 1:
        yield {}, ()
        return
    with _redis(port, folder, cores=cores) as pid:
        yield {"REDIS_URL": f"redis://127.0.0.1:{port}", "GANGBO_LIVE_WORKERS": str(workers)}, (pid,)


def wait_for(house: House, status: Callable[[], int | None], log: Path) -> None:
    """Return when it answers; raises RuntimeError when it ended, with this exit status, or stays silent."""
    give_up = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < give_up:
        ended = status()
        if ended is not None:
            raise RuntimeError(f"live ended with status {ended}: {log.read_text()[-800:]}")
        try:
            if house.health()["status"] in ("ok", "degraded"):
                return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError(f"live did not answer in {_PATIENCE_SECONDS:.0f} s; see {log}")


@contextmanager
def _redis(port: int, folder: Path, *, cores: Sequence[int]) -> Iterator[int]:
    """A Redis of our own that keeps nothing on disk; its process. Raises Lacking."""
    if shutil.which("redis-server") is None:
        raise Lacking("redis-server is missing: apt install redis-server")
    with pinned(cores):
        process = subprocess.Popen(
            ["redis-server", "--port", str(port), "--save", "", "--appendonly", "no", "--dir", str(folder)],
            stdout=subprocess.DEVNULL,
        )
    try:
        yield process.pid
    finally:
        process.terminate()
        process.wait(10)
