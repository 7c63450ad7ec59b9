"""The fair's real processes, started as the Procfile says, and what they take of memory and processor (from /proc)."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from honcho.environ import parse_procfile

__all__ = ["Memory", "Processes", "cpu_seconds", "machine_cpu_seconds", "release", "started"]

ROOT = Path(__file__).resolve().parent.parent
_PATIENCE_SECONDS = 600.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Memory:
    """Of one process, in MB (10⁶ bytes): resident, and its proportional share of what several have mapped."""

    rss: float
    pss: float


@dataclass(frozen=True)
class Processes:
    """The main process of each name."""

    pids: Mapping[str, int]

    def workers(self, name: str) -> list[int]:
        """The processes that do the work of `name`: the main one's children, or itself when it has none."""
        return _children(self.pids[name]) or [self.pids[name]]

    def memory(self, name: str) -> Memory:
        """Of the largest worker of `name`."""
        return max((_memory(pid) for pid in self.workers(name)), key=lambda memory: memory.rss)


def release(environment: Mapping[str, str]) -> None:
    """Run the Procfile's release step; raises CalledProcessError."""
    subprocess.run(
        ["sh", "-c", _commands()["release"]], cwd=ROOT, env=_around(environment), stdout=sys.stderr, check=True
    )


@contextmanager
def started(environment: Mapping[str, str], addresses: Mapping[str, str], log: Path) -> Iterator[Processes]:
    """Run the processes named in `addresses` until the block ends; each is ready when its address answers well.

    Their output goes to `log`. Raises RuntimeError when one ends or stays silent.
    """
    commands = _commands()
    with log.open("ab") as output:
        running = {
            name: subprocess.Popen(
                ["sh", "-c", commands[name]], cwd=ROOT, env=_around(environment), stdout=output, stderr=output
            )
            for name in addresses
        }
    try:
        _await(running, addresses, log)
        yield Processes({name: process.pid for name, process in running.items()})
    finally:
        for process in running.values():
            process.send_signal(signal.SIGTERM)
        for process in running.values():
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def cpu_seconds(pids: list[int]) -> float:
    """Processor time that these processes have taken, user and system."""
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])
    return total / _TICKS


def machine_cpu_seconds() -> float:
    """Processor time that everything on this machine has taken."""
    user, nice, system, _idle, _wait, *rest = map(int, Path("/proc/stat").read_text().splitlines()[0].split()[1:])
    return (user + nice + system + sum(rest[:3])) / _TICKS


def _commands() -> dict[str, str]:
    commands: dict[str, str] = parse_procfile((ROOT / "Procfile").read_text(encoding="utf-8")).processes
    return commands


def _around(environment: Mapping[str, str]) -> dict[str, str]:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return {**os.environ, "PATH": path, "PYTHONUNBUFFERED": "1", **environment}


def _await(running: Mapping[str, subprocess.Popen[bytes]], addresses: Mapping[str, str], log: Path) -> None:
    waiting, give_up = dict(addresses), time.monotonic() + _PATIENCE_SECONDS
    with httpx.Client(timeout=2.0, trust_env=False) as client:
        while waiting:
            for name, address in list(waiting.items()):
                if running[name].poll() is not None:
                    raise RuntimeError(f"{name} ended with status {running[name].returncode}; see {log}")
                if _is_well(client, address):
                    del waiting[name]
            if time.monotonic() > give_up:
                raise RuntimeError(f"{', '.join(waiting)} did not answer in {_PATIENCE_SECONDS:.0f} s; see {log}")
            time.sleep(0.2)


def _is_well(client: httpx.Client, address: str) -> bool:
    """Whether the process is in full health: an index that is still being encoded is not at rest."""
    try:
        answer = client.get(address)
        return answer.is_success and answer.json()["status"] == "ok"
    except (httpx.HTTPError, ValueError, KeyError):
        return False


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _memory(pid: int) -> Memory:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    kilobytes = {line.split(":")[0]: int(line.split()[1]) for line in rollup[1:]}
    return Memory(rss=kilobytes["Rss"] * 1.024e-3, pss=kilobytes["Pss"] * 1.024e-3)
