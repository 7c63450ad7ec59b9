"""Several live processes on one port: started anew when one dies, told to stop together, gone with the first."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

from tests.live.test_process import ROOT, process
from tests.live.visitor import entered

PATIENCE_SECONDS = 30.0


def children(pid: int) -> set[int]:
    """The processes that a process started."""
    return {int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def is_listening(port: int) -> bool:
    """Whether anybody listens on the port."""
    rows = [row.split() for row in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(row[1].endswith(f":{port:04X}") and row[3] == "0A" for row in rows)


def wait_until(is_so: Callable[[], bool]) -> None:
    """Return when it is so."""
    give_up = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < give_up
        os.sched_yield()


def port_of(address: str) -> int:
    """The port in the address of the rooms."""
    return int(address.rsplit(":", 1)[1].removesuffix("/room"))


def test_viewers_of_all_workers_are_in_one_room(redis_scene, tmp_path):
    """Whichever worker the kernel gives a viewer, it hears what any other says; SIGTERM sends all of them back."""
    scene = redis_scene
    codes: list[int] = []

    async def story(running: "subprocess.Popen[bytes]", address: str) -> None:
        async with AsyncExitStack() as stack:
            visitors = [
                (await stack.enter_async_context(entered(address, scene, scene.ticket(None, viewer=f"v{number}"))))[0]
                for number in range(12)
            ]
            seeker, _ = await stack.enter_async_context(entered(address, scene, scene.ticket(scene.seeker_ids[0])))
            await seeker.ask("say", text="都听见了吗")
            for visitor in visitors:
                assert (await visitor.event("said"))["line"]["text"] == "都听见了吗"
            running.terminate()
            codes.extend(await asyncio.gather(*(visitor.close_code() for visitor in (*visitors, seeker))))

    with process(scene, tmp_path, GANGBO_LIVE_WORKERS="3") as (running, address):
        wait_until(lambda: len(children(running.pid)) == 3)
        asyncio.run(story(running, address))
        assert running.wait(timeout=PATIENCE_SECONDS) == 0

    assert set(codes) == {4012}


def test_worker_that_dies_is_started_again(redis_scene, tmp_path):
    """Killed, it is replaced, and the port is served all the while."""
    with process(redis_scene, tmp_path, GANGBO_LIVE_WORKERS="2") as (running, address):
        wait_until(lambda: len(children(running.pid)) == 2)
        before = children(running.pid)
        os.kill(min(before), signal.SIGKILL)

        wait_until(lambda: len(children(running.pid) - before) == 1 and len(children(running.pid)) == 2)

        assert is_listening(port_of(address))
        running.terminate()
        assert running.wait(timeout=PATIENCE_SECONDS) == 0


def test_workers_end_with_the_process_that_started_them(redis_scene, tmp_path):
    """When that one is killed, nobody listens any more."""
    with process(redis_scene, tmp_path, GANGBO_LIVE_WORKERS="2") as (running, address):
        wait_until(lambda: len(children(running.pid)) == 2)
        assert is_listening(port_of(address))

        running.kill()

        wait_until(lambda: not is_listening(port_of(address)))


def test_workers_that_cannot_start_stop_the_start(tmp_path, sqlite_url, redis_url):
    """An empty database: the line that one process would say, and its status."""
    settings = {"DATABASE_URL": sqlite_url, "REDIS_URL": redis_url, "GANGBO_VAR": str(tmp_path)}
    environ = {**os.environ, **settings, "GANGBO_LIVE_WORKERS": "2", "GANGBO_LIVE_METRICS_PORT": "0"}

    ended = subprocess.run([sys.executable, "-m", "live"], cwd=ROOT, env=environ, capture_output=True, text=True)

    assert ended.returncode == 1
    assert {row.split(":")[0] for row in ended.stderr.splitlines()} == {"DATABASE_URL"}


def test_several_workers_need_redis(tmp_path):
    """The line names the setting."""
    environ = {**os.environ, "GANGBO_VAR": str(tmp_path), "GANGBO_LIVE_WORKERS": "2", "REDIS_URL": ""}

    ended = subprocess.run([sys.executable, "-m", "live"], cwd=ROOT, env=environ, capture_output=True, text=True)

    assert ended.returncode == 2
    (row,) = ended.stderr.splitlines()
    assert row.startswith("GANGBO_LIVE_WORKERS: 2 processes need REDIS_URL")


SIX_WORKERS = """
import select, sys
from live.workers import Workers
sys.exit(Workers(6, lambda number, parent: len(select.select([parent], [], [])) - 3).run())
"""


def test_word_to_stop_reaches_a_worker_that_is_just_being_started():
    """Whenever it comes, all end, though a worker begins as a copy of the first process and of what that does then."""
    for count in range(1, 7):
        with subprocess.Popen([sys.executable, "-c", SIX_WORKERS], cwd=ROOT) as running:
            wait_until(lambda: len(children(running.pid)) >= count)  # noqa: B023 - called within this turn
            running.terminate()
            try:
                assert running.wait(timeout=PATIENCE_SECONDS) == 0
            finally:
                running.kill()
