"""A whole fair for a journey: a fresh database with the demo fair, and the Procfile's processes on free ports."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from honcho.environ import parse_procfile

from tests.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "gangbo-demo-2026"
STARTS_WITHIN_SECONDS = 120.0
STOPS_WITHIN_SECONDS = 15.0


@dataclass
class FairSite:
    """The running fair: its addresses, its environment, and its processes by the names of the Procfile."""

    url: str
    environment: dict[str, str]
    folder: Path
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str) -> None:
        """Start one process as the Procfile does."""
        command = parse_procfile((ROOT / "Procfile").read_text(encoding="utf-8")).processes[name]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                ["sh", "-c", command], cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True
            )

    def answers(self, name: str) -> str:
        """What the process says of its health: ok, degraded, starting, or silence."""
        port = self.environment[f"GANGBO_{name.upper()}_PORT"]
        try:
            answer = httpx.get(f"http://127.0.0.1:{port}/healthz", timeout=2.0, trust_env=False)
            status: str = answer.json()["status"]
        except (httpx.HTTPError, ValueError):
            return ""
        return status

    def await_health(self, *names: str) -> None:
        """Return when each of these processes says ok; fails with their last lines when one does not in time."""
        until = time.monotonic() + STARTS_WITHIN_SECONDS
        waiting = list(names)
        while waiting:
            waiting = [name for name in waiting if self.answers(name) != "ok"]
            assert time.monotonic() < until, f"{waiting} did not come up:\n{self.last_lines(waiting)}"
            assert not any(self.processes[name].poll() is not None for name in waiting), self.last_lines(waiting)
            if waiting:
                time.sleep(0.1)

    def kill(self, name: str) -> None:
        """End a process as a crash would: at once, with nothing said."""
        os.killpg(self.processes[name].pid, signal.SIGKILL)
        self.processes.pop(name).wait()

    def stop(self) -> None:
        """End every process that still runs."""
        for process in self.processes.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(STOPS_WITHIN_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def flask(self, *arguments: str) -> str:
        """The output of a `flask` command of the site."""
        command = [sys.executable, "-m", "flask", "--app", "web", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=True)
        return done.stdout

    def one_time_code(self, mail: str) -> str:
        """The present code of an account that signs in with one."""
        return self.flask("fair", "totp", mail).split()[-1]

    def last_lines(self, names: list[str]) -> str:
        """The ends of the processes' logs."""
        return "\n".join(
            f"{name}: …{(self.folder / f'{name}.log').read_text(encoding='utf-8')[-2000:]}" for name in names
        )


@contextmanager
def running_fair(var: Path, database_url: str) -> Iterator[FairSite]:
    """The fair on fresh ports over this data folder and database, ended when the block ends."""
    var.mkdir(exist_ok=True)
    web, live, matching = free_port(), free_port(), free_port()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GANGBO_")} | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "GANGBO_WEB_PORT": str(web),
        "GANGBO_LIVE_PORT": str(live),
        "GANGBO_MATCHING_PORT": str(matching),
        "GANGBO_VAR": str(var),
        "DATABASE_URL": database_url,
        "REDIS_URL": "",
        "WEB_CONCURRENCY": "1",
        "PYTHONUNBUFFERED": "1",
    }
    site = FairSite(url=f"http://127.0.0.1:{web}", environment=environment, folder=var)
    site.start("release")
    assert site.processes.pop("release").wait(STARTS_WITHIN_SECONDS) == 0, site.last_lines(["release"])
    try:
        for name in ("matching", "live", "web"):
            site.start(name)
        site.await_health("matching")
        site.await_health("web", "live")
        yield site
    finally:
        site.stop()
