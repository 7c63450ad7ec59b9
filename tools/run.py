"""Runs the whole fair on this machine: the Procfile's release step, then its processes, until Ctrl-C.

`python -m tools.run [PROCFILE]`

Owns the order of a start and what is said meanwhile; knows nothing of what the processes do.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

import httpx
from honcho.environ import parse_procfile

from fair.errors import WrongSetting
from fair.settings import Settings, read_settings

ROOT = Path(__file__).resolve().parent.parent
ASK_EVERY_SECONDS = 0.1
SAY_EVERY_SECONDS = 5.0
INTERRUPTED = {0, 130, 143}
SEEN_BY_PEOPLE = {"web", "live"}


def main(arguments: Sequence[str]) -> int:
    """Run until stopped; exit status 0 after Ctrl-C or SIGTERM, else that of what failed."""
    began = time.monotonic()
    os.chdir(ROOT)
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    os.environ["PYTHONUNBUFFERED"] = "1"
    try:
        settings = read_settings()
        taken = taken_ports(settings)
    except WrongSetting as wrong:
        print(wrong, file=sys.stderr)
        return 2
    if taken:
        print("\n".join(taken), file=sys.stderr)
        return 2
    procfile = Path(arguments[0] if arguments else "Procfile")
    processes = parse_procfile(procfile.read_text(encoding="utf-8")).processes
    print("-- migrations and first data", flush=True)
    released = subprocess.run(["sh", "-c", processes["release"]], check=False)
    if released.returncode:
        return released.returncode
    return serve(procfile, [name for name in processes if name != "release"], settings, began=began)


def taken_ports(settings: Settings) -> list[str]:
    """One line for each port that something else listens on, naming the setting that moves it."""
    wanted = {
        "GANGBO_WEB_PORT": (settings.host, settings.web_port),
        "GANGBO_LIVE_PORT": (settings.host, settings.live_port),
        "GANGBO_MATCHING_PORT": ("127.0.0.1", settings.matching_port),
    }
    return [
        f"{name}: port {port} is taken; name a free one" for name, (host, port) in wanted.items() if _taken(host, port)
    ]


def serve(procfile: Path, names: list[str], settings: Settings, *, began: float) -> int:
    """Start the named processes, say how long after `began` they answer, and wait for them to end."""
    command = [sys.executable, "-m", "tools.processes", str(procfile), *names]
    fair = subprocess.Popen(command, start_new_session=True)
    signals: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        signals.append(number)
        fair.terminate()

    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(name, stop)
    await_answers(fair, settings, signals, began=began)
    status = fair.wait()
    return 0 if status in INTERRUPTED else status


def await_answers(fair: subprocess.Popen[bytes], settings: Settings, signals: list[int], *, began: float) -> None:
    """Return when every process is ready, or when the fair ends or a signal has come."""
    waiting = {
        "web": f"http://{_reachable(settings.host)}:{settings.web_port}/healthz",
        "live": f"http://{_reachable(settings.host)}:{settings.live_port}/healthz",
        "matching": f"{settings.matching_url}/healthz",
    }
    said = began
    listing: subprocess.Popen[bytes] | None = None
    with httpx.Client(timeout=2.0, trust_env=False) as client:
        while waiting and not signals and fair.poll() is None:
            for name in [name for name, address in waiting.items() if _answers(client, address)]:
                print(f"-- {name} answers after {time.monotonic() - began:.1f} s", flush=True)
                del waiting[name]
                if name in SEEN_BY_PEOPLE and not SEEN_BY_PEOPLE & waiting.keys():
                    listing = announce(settings)
            if waiting and time.monotonic() - said > SAY_EVERY_SECONDS:
                said = time.monotonic()
                print(f"-- waiting for {', '.join(waiting)} ({said - began:.0f} s)", flush=True)
            time.sleep(ASK_EVERY_SECONDS)
    if listing is not None:
        listing.wait()


def announce(settings: Settings) -> subprocess.Popen[bytes] | None:
    """Print where the fair is; what lists the demo accounts, where there are some, goes on meanwhile."""
    address = settings.public_url or f"http://{_reachable(settings.host)}:{settings.web_port}"
    print(f"\n   Gangbo 岗播 is open: {address}\n   Ctrl-C closes it.\n", flush=True)
    if not settings.demo:
        return None
    return subprocess.Popen([sys.executable, "-m", "flask", "--app", "web", "fair", "accounts"])


def _answers(client: httpx.Client, address: str) -> bool:
    """Whether the process is ready; one that is degraded is, one that is still reading is not."""
    try:
        return client.get(address).is_success
    except httpx.HTTPError:
        return False


def _reachable(host: str) -> str:
    """The address by which this machine reaches a server that listens on `host`."""
    if host in {"0.0.0.0", "::", ""}:
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _taken(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
    return False


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
