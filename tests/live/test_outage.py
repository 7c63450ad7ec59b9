"""A Redis that goes away and comes back: rooms go on, say that they are late, and lose nothing."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import redis
from sqlalchemy import select

from fair.applications import Application
from fair.database import reading
from fair.talk import ChatMessage
from live import outbox
from tests.conftest import do_without
from tests.live.scene import Scene, make_scene
from tests.live.test_many import Pair, in_pair
from tests.live.visitor import Visitor, free_port


class OwnRedis:
    """A Redis server of the test's own, on a free port, that keeps nothing on disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it, empty, and wait until it answers."""
        options = ["--port", str(self.port), "--save", "", "--appendonly", "no", "--dir", str(self._folder)]
        self._running = subprocess.Popen(["redis-server", *options], stdout=subprocess.PIPE)
        assert self._running.stdout is not None
        assert any(b"Ready to accept" in row for row in self._running.stdout)

    def stop(self) -> None:
        """Kill it with all it has."""
        if self._running is not None:
            self._running.kill()
            self._running.communicate()
            self._running = None

    def pause(self) -> None:
        """It answers nobody, and keeps what it has."""
        assert self._running is not None
        os.kill(self._running.pid, signal.SIGSTOP)

    def resume(self) -> None:
        """It answers again."""
        assert self._running is not None
        os.kill(self._running.pid, signal.SIGCONT)

    def client(self) -> "redis.Redis":
        """A client to look into it."""
        return redis.Redis.from_url(self.url)


@contextmanager
def own_redis(folder: Path) -> Iterator[OwnRedis]:
    """A Redis server that runs, killed after the test."""
    if shutil.which("redis-server") is None:
        do_without("redis-server is missing: apt-get install redis-server")
    server = OwnRedis(folder)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[OwnRedis]:
    """A Redis server of this test's own."""
    with own_redis(tmp_path) as running:
        yield running


@pytest.fixture
def lost_scene(sqlite_url: str, server: OwnRedis) -> Iterator[Scene]:
    """The small fair, on air, with rooms over a Redis that the test may stop."""
    scene = make_scene(sqlite_url)
    yield replace(scene, redis_url=server.url)
    scene.engine.dispose()


def is_line(text: str) -> Callable[[dict[str, Any]], bool]:
    """Whether a message is the event of this line."""
    return lambda message: (
        message["type"] == "event" and message["event"]["kind"] == "said" and message["event"]["line"]["text"] == text
    )


def is_late(message: dict[str, Any]) -> bool:
    """Whether a tick says that what happens comes late."""
    return message["type"] == "tick" and message.get("is_delayed") is True


def is_in_time(message: dict[str, Any]) -> bool:
    """Whether a tick no longer says so."""
    return message["type"] == "tick" and "is_delayed" not in message


def numbers_of(visitor: Visitor) -> list[int]:
    """The numbers of the events that came in ticks."""
    ticks = [message for message in visitor.seen if message["type"] == "tick"]
    return [number for tick in ticks for number in range(tick["after"] + 1, tick["seq"] + 1)]


def test_pause_delays_and_loses_nothing(lost_scene, server, tmp_path):
    """Deeds are done and answered meanwhile; when Redis is back, all comes in one order, without gap or repeat."""

    async def story(pair: Pair) -> None:
        async with pair.seeker(0, 0) as (first, _), pair.seeker(1, 1) as (second, _), pair.host(1) as (host, _):
            await first.ask("say", text="之前")
            await second.event("said")
            server.pause()
            said = [await first.ask("say", key=f"p{number}", text=f"第 {number} 句") for number in range(2)]
            assert [answer["is_shown"] for answer in said] == [True, True]
            applied = await second.ask("apply", position_id=lost_scene.position_ids[0])
            assert applied["type"] == "reply"
            for each in (first, second):
                await each.until(is_late)
            assert [live.health()["missing"] for live in pair.lives] == [["matching", "redis"]] * 2
            pinned = await host.ask("pin", position_id=lost_scene.position_ids[0])
            assert pinned["type"] == "reply"
            server.resume()
            for each in (first, second, host):
                assert (await each.event("pinned"))["pin"] == pinned["pin"]
                assert (await each.event("applied"))["applied"] == 1
                await each.until(is_in_time)
            for each in (first, second):
                # The other server may find Redis again a moment later, and its lines come then.
                await each.until(is_line("第 1 句"))
                events = [event for tick in each.seen if tick["type"] == "tick" for event in tick["events"]]
                texts = [event["line"]["text"] for event in events if event["kind"] == "said"]
                assert texts == ["之前", "第 0 句", "第 1 句"]
                assert numbers_of(each) == list(range(1, len(numbers_of(each)) + 1))
            assert len({str(board) for board in pair.boards()}) == 1
            assert all(live.health()["missing"] == ["matching"] for live in pair.lives)

    in_pair(lost_scene, tmp_path, story)


def test_redis_that_comes_back_empty_begins_a_new_epoch(lost_scene, server, tmp_path):
    """All are told to return; the snapshot has what was done meanwhile, and what waited is told once."""

    async def story(pair: Pair) -> None:
        async with pair.seeker(0, 0) as (first, welcome), pair.seeker(1, 1) as (second, _):
            server.stop()
            await first.until(is_late)
            assert (await first.ask("say", text="其间"))["type"] == "reply"
            await second.ask("apply", position_id=lost_scene.position_ids[1])
            server.start()
            assert [await each.close_code() for each in (first, second)] == [4012, 4012]
        async with (
            pair.seeker(0, 0, epoch=welcome["epoch"], seq=0) as (first, back),
            pair.seeker(1, 1) as (second, other),
        ):
            assert back["why"] == "other_epoch"
            assert back["epoch"] == other["epoch"]
            await second.ask("say", text="之后")
            for each in (first, second):
                assert (await each.event("said"))["line"]["text"] == "之后"
            (board, _) = boards = pair.boards()
            assert [each.text for each in board.chat] == ["其间", "之后"]
            assert board.card(lost_scene.position_ids[1]).applied == 1
            assert boards[0] == boards[1]

    in_pair(lost_scene, tmp_path, story)


def test_room_opens_without_redis_and_joins_later(lost_scene, server, tmp_path):
    """Who comes while Redis is away sees the room as the records have it, and may apply; later all are together."""

    async def story(pair: Pair) -> None:
        server.stop()
        async with pair.seeker(0) as (viewer, welcome):
            assert welcome["how"] == "fresh"
            await viewer.until(is_late)
            assert (await viewer.ask("apply", position_id=lost_scene.position_ids[0]))["type"] == "reply"
            server.start()
            assert await viewer.close_code() == 4012
        async with pair.seeker(0) as (viewer, back), pair.host(1) as (host, _):
            assert back["epoch"] != welcome["epoch"]
            await host.ask("pin", position_id=lost_scene.position_ids[0])
            await viewer.event("pinned")

    in_pair(lost_scene, tmp_path, story)


def test_more_than_may_wait_begins_a_new_epoch(lost_scene, server, tmp_path, monkeypatch):
    """What waits is bounded: beyond it the room is read from the records when Redis is back, and misses nothing."""
    monkeypatch.setattr(outbox, "MOST_WAITING", 3)

    async def story(pair: Pair) -> None:
        async with pair.host(0) as (host, welcome), pair.seeker(1) as (viewer, _):
            server.pause()
            await host.until(is_late)
            for number in range(6):
                position_id = lost_scene.position_ids[number % 2]
                assert (await host.ask("pin", position_id=position_id))["type"] == "reply"
            assert (await host.ask("say", text="最后"))["type"] == "reply"
            server.resume()
            assert [await each.close_code() for each in (host, viewer)] == [4012, 4012]
        async with pair.seeker(1, epoch=welcome["epoch"], seq=0) as (_, back):
            assert back["why"] == "other_epoch"
            assert back["room"]["pin"]["position_id"] == lost_scene.position_ids[1]
            assert [each["text"] for each in back["room"]["chat"]] == ["最后"]

    in_pair(lost_scene, tmp_path, story)


def test_chat_that_waits_is_bounded(lost_scene, server, tmp_path, monkeypatch):
    """Beyond the bound the audience's lines are left out, and their speakers and the staff are told so."""
    monkeypatch.setattr(outbox, "MOST_LINES_WAITING", 1)

    async def story(pair: Pair) -> None:
        async with pair.seeker(0) as (viewer, _), pair.host(0) as (host, _):
            server.pause()
            await viewer.until(is_late)
            said = [await viewer.ask("say", text=f"第 {number} 句") for number in range(2)]
            assert [answer["is_shown"] for answer in said] == [True, False]
            assert (await host.of_type("overheard"))["line"]["text"] == "第 1 句"
            server.resume()
            assert (await host.event("said"))["line"]["text"] == "第 0 句"
            await host.until(lambda each: each["type"] == "tick" and each["counts"]["left_out"] == 1)

    in_pair(lost_scene, tmp_path, story)

    with reading(lost_scene.engine) as db:
        assert len(db.scalars(select(ChatMessage)).all()) == 2
        assert db.scalars(select(Application)).all() == []
