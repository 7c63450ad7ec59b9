"""`python -m live` as a process: killed, told to stop, started over; and what a viewer that never reads does to it."""

import asyncio
import contextlib
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import select
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Origin, Subprotocol

from fair.applications import Application
from fair.attendances import Attendance, count_entries
from fair.database import reading, writing
from fair.liveservers import sign_of_life
from fair.presence import presence_of
from fair.talk import ChatMessage
from live.connection import CLOSE_ABOVE
from live.deeds import Chatted
from live.ring import open_ring
from tests.live.core import line
from tests.live.scene import Scene, make_scene
from tests.live.visitor import Visitor, entered, environment, free_port, serving

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def process(scene: Scene, var: Path, **settings: str) -> Iterator[tuple["subprocess.Popen[bytes]", str]]:
    """The live process and the address of its rooms, once it answers."""
    port = free_port()
    environ = {**os.environ, **environment(scene, var, port=port), **settings}
    with subprocess.Popen([sys.executable, "-m", "live"], cwd=ROOT, env=environ, stderr=subprocess.PIPE) as running:
        try:
            assert running.stderr is not None
            assert any(b"rooms at" in row for row in running.stderr)
            yield running, f"ws://127.0.0.1:{port}/room"
        finally:
            running.kill()


async def apply_and_talk(address: str, scene: Scene, account_id: int, ledger: dict[str, list[Any]]) -> None:
    """Apply for all and talk until the process is gone; note what was acknowledged."""
    with contextlib.suppress(ConnectionClosed, InvalidHandshake, OSError):
        async with entered(address, scene, scene.ticket(account_id)) as (visitor, _):
            for number, position_id in enumerate(scene.position_ids):
                await visitor.send(type="apply", key=f"p{position_id}", position_id=position_id)
                await visitor.send(type="say", key=f"s{number}", text=f"第 {number} 句")
            while True:
                message = await visitor.receive()
                if message["type"] == "reply" and message["to"] == "apply":
                    ledger["applications"].append(message["application"]["id"])
                elif message["type"] == "reply" and message["to"] == "say":
                    ledger["lines"].append(int(message["line"]["id"][1:]))


@pytest.mark.parametrize("acknowledged", [1, 15, 40])
def test_kill_loses_nothing_that_was_acknowledged(sqlite_url, tmp_path, acknowledged):
    """`kill -9` in mid-fair: every acknowledged application and line is in the database, which is intact."""
    scene = make_scene(sqlite_url, seekers=12)
    ledger: dict[str, list[Any]] = {"applications": [], "lines": []}

    async def story(running: "subprocess.Popen[bytes]", address: str) -> None:
        people = [asyncio.create_task(apply_and_talk(address, scene, each, ledger)) for each in scene.seeker_ids]
        async with asyncio.timeout(60):
            while len(ledger["applications"]) + len(ledger["lines"]) < acknowledged:
                await asyncio.wait(people, timeout=0.01)
        running.kill()
        await asyncio.gather(*people)

    with process(scene, tmp_path) as (running, address):
        asyncio.run(story(running, address))

    with reading(scene.engine) as db:
        assert set(ledger["applications"]) <= set(db.scalars(select(Application.id)))
        assert set(ledger["lines"]) <= set(db.scalars(select(ChatMessage.id)))
        assert db.connection().exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


def test_terminate_answers_everything_and_leaves_soon(sqlite_url, tmp_path):
    """SIGTERM with applications in flight: all sockets are told to return, no acknowledged one is lost, exit 0."""
    scene = make_scene(sqlite_url, seekers=12)
    ledger: dict[str, list[Any]] = {"applications": [], "lines": []}
    codes: list[int] = []

    async def story(running: "subprocess.Popen[bytes]", address: str) -> None:
        async with AsyncExitStack() as stack:
            visitors: list[Visitor] = [
                (await stack.enter_async_context(entered(address, scene, scene.ticket(each))))[0]
                for each in scene.seeker_ids
            ]
            for visitor in visitors:
                await visitor.send(type="apply", key="k", position_id=scene.position_ids[0])
            running.terminate()
            codes.extend(await asyncio.gather(*(visitor.close_code() for visitor in visitors)))
            for visitor in visitors:
                ledger["applications"] += [
                    each["application"]["id"] for each in visitor.seen if each["type"] == "reply"
                ]

    with process(scene, tmp_path) as (running, address):
        asyncio.run(story(running, address))
        assert running.wait(timeout=30) == 0

    assert set(codes) == {4012}
    with reading(scene.engine) as db:
        assert set(ledger["applications"]) <= set(db.scalars(select(Application.id)))
        assert all(visit.left_at for visit in db.scalars(select(Attendance)))


def test_start_ends_the_stays_that_a_killed_process_left_open(scene, tmp_path):
    """They end when it was last known to live, its successor's viewers come anew, and another's stays are let be."""
    account_id = scene.seeker_ids[0]
    died_at = datetime.now(UTC) - timedelta(seconds=20)
    with writing(scene.engine) as db:
        sign_of_life(db, "live-1", now=died_at)
        sign_of_life(db, "elsewhere-0", now=datetime.now(UTC))
        entered_at = died_at - timedelta(minutes=5)
        for viewer, server in ((f"a{account_id}", "live-1"), ("v1", "live-1"), ("v2", "elsewhere-0")):
            count_entries(db, scene.session_id, [(viewer, None, True)], server=server, now=entered_at)

    async def story(address: str) -> None:
        async with entered(address, scene, scene.ticket(account_id)) as (visitor, _):
            await visitor.ask("say", text="回来了")

    with process(scene, tmp_path, GANGBO_LIVE_NAME="live") as (running, address):
        asyncio.run(story(address))
        running.send_signal(signal.SIGTERM)
        running.wait(timeout=30)

    with reading(scene.engine) as db:
        stays = db.execute(select(Attendance.viewer, Attendance.left_at).order_by(Attendance.id)).all()
        presence = presence_of(db, scene.session_id, since=entered_at, until=datetime.now(UTC))
    assert stays[:3] == [(f"a{account_id}", died_at), ("v1", died_at), ("v2", None)]
    assert stays[3][0] == f"a{account_id}"
    assert stays[3][1] is not None
    assert (presence.unique_viewers, presence.visits) == (3, 3)


def test_kill_loses_at_most_the_last_second_of_attendance(scene, tmp_path):
    """Who was let in a second before `kill -9` is in the table; the others may be."""
    let_in: dict[str, float] = {}

    async def visit(address: str, viewer: str) -> None:
        with contextlib.suppress(ConnectionClosed):
            async with entered(address, scene, scene.ticket(None, viewer=viewer)) as (visitor, _):
                let_in[viewer] = time.monotonic()
                await visitor.close_code()

    async def story(running: "subprocess.Popen[bytes]", address: str) -> None:
        began = time.monotonic()
        visits: list[asyncio.Task[None]] = []
        async with asyncio.timeout(60):
            while len(let_in) < 20 or time.monotonic() - began < 2.5:
                visits.append(asyncio.create_task(visit(address, f"v{len(visits)}")))
                await asyncio.wait(visits, timeout=0.05)
        running.kill()
        killed_at.append(time.monotonic())
        await asyncio.gather(*visits, return_exceptions=True)

    killed_at: list[float] = []
    with process(scene, tmp_path) as (running, address):
        asyncio.run(story(running, address))

    due = {viewer for viewer, at in let_in.items() if at < killed_at[0] - 1}
    with reading(scene.engine) as db:
        known = set(db.scalars(select(Attendance.viewer)))
    assert len(due) > 5
    assert due <= known


def test_wrong_setting_stops_the_start_with_one_line(tmp_path):
    """The line names the setting."""
    environ = {**os.environ, "GANGBO_VAR": str(tmp_path), "GANGBO_LIVE_PORT": "many"}

    ended = subprocess.run([sys.executable, "-m", "live"], cwd=ROOT, env=environ, capture_output=True, text=True)

    assert ended.returncode == 2
    assert ended.stderr.splitlines() == ["GANGBO_LIVE_PORT: 'many' is not a whole number from 1 to 65535"]


def test_empty_database_stops_the_start_with_one_line(tmp_path, sqlite_url):
    """It says that the database is not migrated."""
    environ = {**os.environ, "GANGBO_VAR": str(tmp_path), "DATABASE_URL": sqlite_url}

    ended = subprocess.run([sys.executable, "-m", "live"], cwd=ROOT, env=environ, capture_output=True, text=True)

    assert ended.returncode == 1
    (row,) = ended.stderr.splitlines()
    assert row.startswith("DATABASE_URL: ")


def test_health_is_plain_http(scene, tmp_path):
    """On the rooms' port: degraded names what is missing; other paths are not found, pages are told to upgrade."""
    answers: dict[str, tuple[int, str]] = {}

    def ask(url: str, path: str, **headers: str) -> None:
        request = urllib.request.Request(f"{url}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                answers[path] = answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            answers[path] = error.code, ""

    async def story() -> None:
        async with serving(scene, tmp_path) as (_, address):
            url = address.replace("ws://", "http://").removesuffix("/room")
            for path in ("/healthz", "/", "/room"):
                await asyncio.to_thread(ask, url, path, Origin="http://127.0.0.1:8000")

    asyncio.run(story())

    status, body = answers["/healthz"]
    assert (status, json.loads(body)["status"], json.loads(body)["missing"]) == (200, "degraded", ["matching"])
    assert answers["/"][0] == 404
    assert answers["/room"][0] == 426


def test_viewer_that_never_reads_is_closed_and_others_feel_nothing(scene, tmp_path):
    """Its backlog stays bounded, it is closed within ten seconds, and the reading one misses no number."""
    seen: list[dict[str, Any]] = []

    async def story() -> None:
        async with serving(scene, tmp_path) as (live, address):
            stalled = socket.socket()
            stalled.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            stalled.connect(("127.0.0.1", int(address.rsplit(":", 1)[1].removesuffix("/room"))))
            stalled.setblocking(False)
            async with (
                entered(address, scene, scene.ticket(scene.seeker_ids[0])) as (reader, _),
                connect(
                    address,
                    sock=stalled,
                    origin=Origin("http://127.0.0.1:8000"),
                    subprotocols=[Subprotocol("gangbo.v1")],
                    compression=None,
                    max_queue=1,
                    close_timeout=0.1,
                    ping_interval=None,
                ) as silent,
            ):
                await silent.send(
                    json.dumps(
                        {"type": "enter", "ticket": scene.ticket(None, viewer="v1"), "session": scene.session_id}
                    )
                )
                await reader.until(lambda each: each["type"] == "tick" and each["counts"]["present"] == 2)
                await reader.of_type("matches")
                seat = live.rooms.seats[scene.session_id]
                connections = seat.fanout.connections
                largest, numbers = 0, itertools.count(1)
                async with asyncio.timeout(10):
                    while len(connections) == 2:
                        lines = [line(next(numbers), role="host", text="四人间有空调" * 10) for _ in range(40)]
                        seat.perform(seat.room.learn([Chatted(each, 9) for each in lines], now=datetime.now(UTC)))
                        seat.tick()
                        largest = max(largest, *(each.backlog for each in connections.values()))
                        seen.append(await reader.receive())
                assert CLOSE_ABOVE // 2 < largest <= CLOSE_ABOVE
                stalled.close()

    asyncio.run(story())

    assert all(tick["after"] == before["seq"] for before, tick in pairwise(seen))


def test_metrics_tell_what_the_process_does(scene, tmp_path):
    """On a port of their own: who is here, how they were welcomed, what was written, what was kept, who was closed."""
    port = free_port()
    values: dict[tuple[str, str], float] = {}

    async def story(address: str) -> None:
        async with entered(address, scene, scene.ticket(scene.seeker_ids[0])) as (visitor, welcome):
            await visitor.ask("say", text="在吗")
            known = {"epoch": welcome["epoch"], "seq": welcome["seq"]}
            async with entered(address, scene, scene.ticket(scene.seeker_ids[0]), **known):
                with contextlib.suppress(ConnectionClosed):
                    async with entered(address, scene, "forged"):
                        pass
                text = await asyncio.to_thread(get, f"http://127.0.0.1:{port}/metrics")
        for family in text_string_to_metric_families(text):
            values.update({(each.name, "".join(each.labels.values())): each.value for each in family.samples})

    with process(scene, tmp_path, GANGBO_LIVE_METRICS_PORT=str(port)) as (_, address):
        asyncio.run(story(address))

    named = {name.removeprefix("gangbo_live_") + (f":{kind}" if kind else ""): n for (name, kind), n in values.items()}
    assert (named["connections"], named["viewers"], named["rooms"]) == (2, 1, 1)
    assert (named["resumes_total:first"], named["resumes_total:complete"]) == (1, 1)
    assert named["entries_total"] == 2
    assert named["drops_total:ticket"] == 1
    assert named["deliveries_total"] >= 3
    assert named["bytes_total"] > 500
    assert named["deeds_done_total"] >= 1
    assert (named["has_database"], named["has_redis"], named["has_matching"]) == (1, 1, 0)


@pytest.mark.parametrize("wanted", ["0", "1"])
def test_ring_is_taken_where_wanted_and_permitted(scene, tmp_path, wanted):
    """Either way a line reaches everybody; the figures say which way it went."""
    port = free_port()
    is_permitted = (ring := open_ring()) is not None
    if ring is not None:
        ring.close()

    async def story(address: str) -> str:
        async with (
            entered(address, scene, scene.ticket(scene.seeker_ids[0])) as (speaker, _),
            entered(address, scene, scene.ticket(scene.seeker_ids[1])) as (listener, _),
        ):
            await speaker.ask("say", text="在吗")
            assert (await listener.event("said"))["line"]["text"] == "在吗"
            return await asyncio.to_thread(get, f"http://127.0.0.1:{port}/metrics")

    with process(scene, tmp_path, GANGBO_LIVE_METRICS_PORT=str(port), GANGBO_LIVE_RING=wanted) as (_, address):
        text = asyncio.run(story(address))

    assert f"gangbo_live_has_ring {float(wanted == '1' and is_permitted)}" in text.splitlines()


def get(url: str) -> str:
    """What stands at an address."""
    with urllib.request.urlopen(url, timeout=10) as answer:
        return str(answer.read().decode())
