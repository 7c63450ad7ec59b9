"""Measures the site's main pages and the memory of its processes at rest, on a large fair of its own.

`python -m bench.pages [--json] [--rate 50] [--seconds 60] [--database URL] [--keep FOLDER] [--first-port 9210]`
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from random import Random
from typing import Any

import httpx

from bench.ground import PASSWORD, Ground, database, prepared
from bench.load import Answer, Ask, percentile, run_load
from bench.people import Size
from bench.processes import Processes, cpu_seconds, machine_cpu_seconds, started
from bench.querycounts import FIFTY, ONE, counts
from bench.telling import print_json, say
from bench.visitors import PAGES, SHARES, asks_of, sign_in
from fair.accounts import Role
from web.app import create_app
from web.security import one_time_codes

P99_MILLISECONDS = dict.fromkeys(PAGES, 150) | {"report": 500}
MEGABYTES = {"web": 150, "live": 80, "matching": 700}

_WARM_SECONDS = 5
_ALONE = 20
_SEED = 7


def main(arguments: Sequence[str]) -> int:
    """Measure and print; exit status 0 whatever the figures are."""
    wanted = _parser().parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="gangbo-bench-") as scratch, database(wanted.database) as url:
        folder = Path(wanted.keep or scratch) / "large"
        say("a large fair")
        ground = prepared(folder, Size(), url=url, first_port=wanted.first_port, told=say)
        figures = _measure(ground, rate=wanted.rate, seconds=wanted.seconds, log=Path(scratch) / "processes.log")
    with tempfile.TemporaryDirectory(prefix="gangbo-bench-") as scratch:
        say("queries with one row and with fifty")
        for page, numbers in _queries(Path(scratch), wanted.first_port).items():
            figures["pages"][page]["queries"] = numbers
    _summarise(figures)
    if wanted.json:
        print_json(figures)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.pages", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--rate", type=float, default=50, help="requests a second, of all pages together")
    parser.add_argument("--seconds", type=int, default=60, help="how long")
    parser.add_argument("--database", default="", help="server to make a database on; none = SQLite")
    parser.add_argument("--keep", default="", help="folder to keep the large SQLite fair in, for the next time")
    parser.add_argument("--first-port", type=int, default=9210, help="the first of three ports for the processes")
    return parser


def _measure(ground: Ground, *, rate: float, seconds: int, log: Path) -> dict[str, Any]:
    settings = ground.settings
    site = f"http://127.0.0.1:{settings.web_port}"
    addresses = {
        "matching": f"{settings.matching_url}/healthz",
        "live": f"http://127.0.0.1:{settings.live_port}/healthz",
        "web": f"{site}/healthz",
    }
    begin = time.monotonic()
    say("starting web, live and matching")
    with started(ground.environment, addresses, log) as processes:
        say(f"all answer after {time.monotonic() - begin:.1f} s")
        cookies = _cookies(ground, site)
        asks = asks_of(Size(), cookies, count=round(rate * seconds), luck=Random(_SEED))
        warm = asks_of(Size(), cookies, count=max(500, round(rate * _WARM_SECONDS)), luck=Random(_SEED + 1))
        run_load(settings.web_port, [next(ask for ask in warm if ask.page == page) for page in PAGES] * 2, rate=2)
        memory = _memory(processes)
        alone = _alone(settings.web_port, warm, processes)
        run_load(settings.web_port, warm[: round(rate * _WARM_SECONDS)], rate=rate)
        say(f"{rate:g} requests/s for {seconds} s")
        answers, busy = _load(settings.web_port, asks, processes, rate=rate)
        after = _memory(processes)
    return {
        "machine": _machine(settings.database_url),
        "rate": rate,
        "seconds": seconds,
        "shares": SHARES,
        "pages": {page: _page(page, answers) | alone[page] for page in PAGES},
        "memory_at_rest": memory,
        "memory_after_load": after,
        "cores_busy": busy,
    }


def _cookies(ground: Ground, site: str) -> dict[Role, str]:
    with create_app(ground.settings).app_context():
        code = one_time_codes().generate_totp_password(ground.totp_secret)
    cookies = {}
    for role in (Role.SEEKER, Role.RECRUITER, Role.OFFICER):
        with httpx.Client(base_url=site, timeout=30, trust_env=False) as client:
            cookies[role] = sign_in(client, role, password=PASSWORD, code=code)
    return cookies


def _alone(port: int, asks: Sequence[Ask], processes: Processes) -> dict[str, dict[str, float]]:
    """Each page by itself, one request after the other: the median, and processor time of web for one request."""
    found = {}
    for page in PAGES:
        mine = [ask for ask in asks if ask.page == page][:_ALONE]
        before = cpu_seconds(processes.workers("web"))
        times = sorted(answer.milliseconds for ask in mine for answer in run_load(port, [ask], rate=1))
        taken = cpu_seconds(processes.workers("web")) - before
        found[page] = {"alone_p50_ms": round(percentile(times, 0.5), 1), "cpu_ms": round(taken * 1000 / len(mine), 1)}
    return found


def _load(
    port: int, asks: Sequence[Ask], processes: Processes, *, rate: float
) -> tuple[list[Answer], dict[str, float]]:
    """The answers, and how many cores each process and the whole machine kept busy meanwhile."""
    everybody = {name: [processes.pids[name], *processes.workers(name)] for name in MEGABYTES}
    begin, of_all = time.monotonic(), machine_cpu_seconds()
    of_each = {name: cpu_seconds(pids) for name, pids in everybody.items()}
    answers = run_load(port, asks, rate=rate, told=lambda done, of: say(f"{done} of {of} answered", is_passing=True))
    took = time.monotonic() - begin
    busy = {name: round((cpu_seconds(pids) - of_each[name]) / took, 2) for name, pids in everybody.items()}
    return answers, busy | {"machine": round((machine_cpu_seconds() - of_all) / took, 2)}


def _page(page: str, answers: Sequence[Answer]) -> dict[str, Any]:
    mine = [answer for answer in answers if answer.page == page]
    times = sorted(answer.milliseconds for answer in mine)
    p99 = percentile(times, 0.99)
    return {
        "requests": len(mine),
        "errors": sum(answer.status != 200 for answer in mine),
        "p50_ms": round(percentile(times, 0.5), 1),
        "p95_ms": round(percentile(times, 0.95), 1),
        "p99_ms": round(p99, 1),
        "max_ms": round(times[-1], 1) if times else None,
        "target_p99_ms": P99_MILLISECONDS[page],
        "is_met": p99 <= P99_MILLISECONDS[page],
        "bytes": round(sum(answer.size for answer in mine) / max(1, len(mine))),
    }


def _memory(processes: Processes) -> dict[str, Any]:
    found = {}
    for name, most in MEGABYTES.items():
        memory = processes.memory(name)
        found[name] = {
            "rss_mb": round(memory.rss, 1),
            "pss_mb": round(memory.pss, 1),
            "target_mb": most,
            "is_met": memory.rss <= most,
        }
    return found


def _queries(scratch: Path, first_port: int) -> Mapping[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {page: {} for page in PAGES}
    for name, size in (("one_row", ONE), ("fifty_rows", FIFTY)):
        # Nobody listens at these ports: the search goes without matching.
        ground = prepared(scratch / name, size, first_port=first_port + 5, told=lambda _words: None)
        app = create_app(ground.settings)
        for page, count in counts(app, password=PASSWORD, totp_secret=ground.totp_secret).items():
            found[page][name] = count
    return found


def _machine(url: str) -> dict[str, Any]:
    return {
        "cores": len(os.sched_getaffinity(0)),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "python": platform.python_version(),
        "database": url.partition(":")[0],
    }


def _summarise(figures: Mapping[str, Any]) -> None:
    print(f"\n{'page':<10}{'p50':>8}{'p95':>8}{'p99':>8}{'max':>8}  {'target':>7}  errors  queries", file=sys.stderr)
    for page, found in figures["pages"].items():
        times = "".join(f"{found[name]:>8}" for name in ("p50_ms", "p95_ms", "p99_ms", "max_ms"))
        queries = "/".join(str(count) for count in found["queries"].values())
        mark = "met" if found["is_met"] else "MISSED"
        print(
            f"{page:<10}{times}  {found['target_p99_ms']:>7}  {found['errors']:>6}  {queries}  {mark}", file=sys.stderr
        )
    for name, found in figures["memory_at_rest"].items():
        mark = "met" if found["is_met"] else "MISSED"
        print(f"{name:<10}{found['rss_mb']:>8} MB of {found['target_mb']} at rest  {mark}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
