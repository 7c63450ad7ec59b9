"""Two live servers over one Redis: whoever enters at either is in the same room."""

import asyncio
import itertools
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import redis.asyncio
from sqlalchemy import func, select

from fair.applications import Application
from fair.database import reading, writing
from fair.events import EventKind, append
from fair.positions import Position, close_position
from fair.talk import ChatMessage
from live.deeds import Chatted
from live.places import Places
from live.server import Live
from tests.live.core import line
from tests.live.oracle import answering
from tests.live.scene import Scene
from tests.live.test_process import process
from tests.live.visitor import Visitor, connected, entered, serving

Story = Callable[["Pair"], Awaitable[None]]


class Pair:
    """Two live servers of one fair, and the addresses of their rooms."""

    def __init__(self, scene: Scene, first: tuple[Live, str], second: tuple[Live, str]) -> None:
        self.scene = scene
        self.lives = (first[0], second[0])
        self.addresses = (first[1], second[1])

    @asynccontextmanager
    async def seeker(self, server: int, number: int = 0, **known: Any) -> AsyncIterator[tuple[Visitor, dict[str, Any]]]:
        """A seeker in the room by one of the servers."""
        ticket = self.scene.ticket(self.scene.seeker_ids[number])
        async with entered(self.addresses[server], self.scene, ticket, **known) as entry:
            yield entry

    @asynccontextmanager
    async def host(self, server: int) -> AsyncIterator[tuple[Visitor, dict[str, Any]]]:
        """The first employer's host in the room by one of the servers."""
        async with entered(self.addresses[server], self.scene, self.scene.host_ticket()) as entry:
            yield entry

    def boards(self) -> list[Any]:
        """The room's board in each server."""
        return [live.rooms.seats[self.scene.session_id].room.stream.board for live in self.lives]


def in_pair(scene: Scene, tmp_path: Path, story: Story, **options: Any) -> None:
    """Run a story of two servers."""

    async def run() -> None:
        async with serving(scene, tmp_path, **options) as first, serving(scene, tmp_path, **options) as second:
            await asyncio.wait_for(story(Pair(scene, first, second)), 60)

    asyncio.run(run())


def with_key(key: str) -> Callable[[dict[str, Any]], bool]:
    """Whether a message answers the request of this key."""
    return lambda message: message.get("key") == key


def count(scene: Scene, record: Any) -> int:
    """How many rows there are."""
    with reading(scene.engine) as db:
        return db.scalar(select(func.count()).select_from(record)) or 0


def test_everything_said_and_done_at_one_reaches_the_other(redis_scene, tmp_path):
    """Chat, pin, question, answer, vote and application: once, in one order, under the same numbers."""

    async def story(pair: Pair) -> None:
        position_id = redis_scene.position_ids[0]
        async with pair.seeker(0) as (viewer, welcome), pair.host(1) as (console, other):
            assert welcome["epoch"] == other["epoch"]
            said = (await viewer.ask("say", text="宿舍几个人一间"))["line"]
            assert (await console.event("said"))["line"] == said
            pin = (await console.ask("pin", position_id=position_id))["pin"]
            assert (await viewer.event("pinned"))["pin"] == pin
            question = (await viewer.ask("ask", text="有没有厂车"))["question"]
            assert (await console.event("asked"))["question"] == question
            async with pair.seeker(1, 1) as (second, _):
                assert (await second.ask("vote", question_id=question["id"]))["is_counted"]
            assert (await viewer.event("voted"))["votes"] == 1
            await console.ask("answer", question_id=question["id"], text="有")
            assert (await viewer.event("answered"))["question"]["votes"] == 1
            await viewer.ask("apply", position_id=position_id)
            arrival = (await console.of_type("arrived"))["arrival"]
            assert (arrival["position_id"], arrival["is_in_room"]) == (position_id, True)
            assert [(await each.event("applied"))["applied"] for each in (viewer, console)] == [1, 1]
            await console.ask("begin_slot", slot_id=redis_scene.slot_ids[1])
            for each in (viewer, console):
                assert (await each.event("slot"))["slot_id"] == redis_scene.slot_ids[1]
            for each in (viewer, console):
                kinds = [event["kind"] for tick in each.seen if tick["type"] == "tick" for event in tick["events"]]
                assert sorted(kinds) == sorted(
                    ["said", "pinned", "asked", "voted", "answered", "applied", "unpinned", "slot"]
                )
            first, second_board = pair.boards()
            assert first == second_board

    in_pair(redis_scene, tmp_path, story)


def test_presence_and_likes_add_up(redis_scene, tmp_path):
    """Each server counts its own; everybody is told the sum."""

    async def story(pair: Pair) -> None:
        async with pair.seeker(0, 0) as (first, _), pair.seeker(1, 1) as (second, _), pair.seeker(1, 2):
            await first.send(type="like", count=5)
            await second.send(type="like", count=7)
            for each in (first, second):
                await each.until(
                    lambda message: (
                        message["type"] == "tick"
                        and (message["counts"]["present"], message["counts"]["likes"]) == (3, 12)
                    )
                )

    in_pair(redis_scene, tmp_path, story)


def test_hosts_hear_how_many_fit_at_all_servers(redis_scene, tmp_path):
    """Seekers at the other server count too, and no longer when they have left."""
    position_id = redis_scene.position_ids[0]

    def fits(very: int, fairly: int) -> Callable[[dict[str, Any]], bool]:
        wanted = {"position_id": position_id, "very": very, "fairly": fairly, "look": 0}
        return lambda message: message["type"] == "fits" and wanted in message["fits"]

    with answering() as oracle:
        oracle.scores = {(position_id, redis_scene.seeker_ids[0]): 86}

        async def story(pair: Pair) -> None:
            async with pair.host(0) as (console, _), pair.seeker(0, 1) as (here, _):
                async with pair.seeker(1, 0) as (there, _):
                    for each in (here, there):
                        await each.of_type("matches")
                    await console.until(fits(1, 1))
                await console.until(fits(0, 1))

        in_pair(redis_scene, tmp_path, story, matching_port=oracle.port)


def test_return_by_another_server_misses_nothing(redis_scene, tmp_path):
    """A viewer whose line broke enters at a server that had not opened the room: exactly what was missed."""

    async def story(pair: Pair) -> None:
        async with pair.seeker(0, 1) as (speaker, _):
            async with pair.seeker(0, 0) as (viewer, welcome):
                await speaker.ask("say", text="一")
                await viewer.event("said")
                known = {"epoch": welcome["epoch"], "seq": viewer.seen[-1]["seq"]}
            await speaker.ask("say", text="二")
            await speaker.ask("say", text="三")
            assert not pair.lives[1].rooms.seats

            async with pair.seeker(1, 0, **known) as (_, back):
                assert back["how"] == "resumed"
                assert [event["line"]["text"] for event in back["events"]] == ["二", "三"]

    in_pair(redis_scene, tmp_path, story)


def test_killed_server_costs_its_viewers_a_pause(redis_scene, tmp_path):
    """They return to another one and get what they missed; after a moment they are counted once."""
    ticket = redis_scene.ticket

    async def story(running: "subprocess.Popen[bytes]", doomed: str) -> None:
        async with (
            serving(redis_scene, tmp_path) as (_, address),
            entered(address, redis_scene, ticket(redis_scene.seeker_ids[1])) as (speaker, _),
        ):
            async with entered(doomed, redis_scene, ticket(redis_scene.seeker_ids[0])) as (viewer, welcome):
                await speaker.ask("say", text="一")
                await viewer.event("said")
                running.kill()
                assert await viewer.close_code() == 1006
            known = {"epoch": welcome["epoch"], "seq": viewer.seen[-1]["seq"]}
            await speaker.ask("say", text="二")
            entry = entered(address, redis_scene, ticket(redis_scene.seeker_ids[0]), **known)
            async with entry as (viewer, back):
                assert [event["line"]["text"] for event in back["events"]] == ["二"]
                await viewer.until(lambda each: each["type"] == "tick" and each["counts"]["present"] == 2)

    with process(redis_scene, tmp_path) as (running, doomed):
        asyncio.run(asyncio.wait_for(story(running, doomed), 60))


def test_server_that_opens_later_catches_up_with_the_log(redis_scene, tmp_path):
    """What happened while nobody served the room is read from the event log, and told once, in the same epoch."""
    known: dict[str, Any] = {}

    async def before(pair: Pair) -> None:
        async with pair.host(0) as (console, welcome):
            await console.ask("pin", position_id=redis_scene.position_ids[0])
            await console.event("pinned")
            known.update(epoch=welcome["epoch"], seq=console.seen[-1]["seq"])

    async def after(pair: Pair) -> None:
        async with pair.seeker(1, **known) as (viewer, back):
            assert back["how"] == "resumed"
            missed = back["events"] or [await viewer.event("position")]
            assert [(event["kind"], event["position"]["is_open"]) for event in missed] == [("position", False)]

    in_pair(redis_scene, tmp_path, before)
    with writing(redis_scene.engine) as db:
        close_position(db, db.get_one(Position, redis_scene.position_ids[1]), now=datetime.now(UTC))
    in_pair(redis_scene, tmp_path, after)


def test_key_holds_at_every_server(redis_scene, tmp_path):
    """The same request at the other server gets the first answer and is not done again; another one is refused."""

    async def story(pair: Pair) -> None:
        async with pair.seeker(0) as (here, _), pair.seeker(1) as (there, _):
            first = await here.ask("say", key="once", text="你好")
            again = await there.ask("say", key="once", text="你好")
            other = await there.ask("say", key="once", text="再见")
            assert first == again
            assert first["type"] == "reply"
            assert other["code"] == "key_reused"

    in_pair(redis_scene, tmp_path, story)

    assert count(redis_scene, ChatMessage) == 1


def test_one_key_at_two_servers_at_once_is_done_once(redis_scene, tmp_path):
    """Whoever asks both before either has answered gets one line, one application, and the same answers."""

    async def story(pair: Pair) -> None:
        async with pair.seeker(0) as (here, _), pair.seeker(1) as (there, _):
            for key, wanted in (
                ("line", {"type": "say", "text": "你好"}),
                ("application", {"type": "apply", "position_id": redis_scene.position_ids[0]}),
            ):
                for each in (here, there):
                    await each.send(key=key, **wanted)
                answers = [await each.until(with_key(key)) for each in (here, there)]
                assert answers[0] == answers[1]
                assert answers[0]["type"] == "reply"

    in_pair(redis_scene, tmp_path, story)

    assert count(redis_scene, ChatMessage) == count(redis_scene, Application) == 1


def test_moderation_reaches_people_at_the_other_server(redis_scene, tmp_path):
    """A moderator hides, mutes and bans whoever spoke at any server."""

    async def story(pair: Pair) -> None:
        def ticket() -> str:
            return str(redis_scene.ticket(redis_scene.moderator_id, "moderator", name="场控"))

        async with pair.seeker(0) as (viewer, _), entered(pair.addresses[1], redis_scene, ticket()) as (moderator, _):
            said = (await viewer.ask("say", text="加我微信"))["line"]
            await moderator.event("said")
            await moderator.ask("hide", line_id=said["id"])
            assert (await viewer.event("hid"))["line_id"] == said["id"]
            assert (await moderator.ask("mute", person=said["by"]))["type"] == "reply"
            assert (await viewer.of_type("sanctioned"))["kind"] == "mute"
            assert (await viewer.ask("say", text="又来"))["code"] == "muted"
            await moderator.ask("ban", person=said["by"])
            assert await viewer.close_code() == 4003
        async with entered(pair.addresses[0], redis_scene, ticket()) as (moderator, _):
            lifted = await moderator.ask("unban", key="lift", person=said["by"])
            assert lifted["type"] == "reply", lifted

    in_pair(redis_scene, tmp_path, story)


@pytest.mark.parametrize("kind", [EventKind.SIGNED_OUT, EventKind.ACCOUNT_DISABLED])
def test_leaving_the_site_closes_the_sockets_at_every_server(redis_scene, tmp_path, kind):
    """Within five seconds, wherever they are."""
    account_id = redis_scene.seeker_ids[0]

    async def story(pair: Pair) -> None:
        async with pair.seeker(0) as (here, _), pair.seeker(1) as (there, _):
            with writing(redis_scene.engine) as db:
                append(db, kind, now=datetime.now(UTC), account_id=account_id, data={"login": ""})
            async with asyncio.timeout(5):
                assert [await each.close_code() for each in (here, there)] == [4006, 4006]

    in_pair(redis_scene, tmp_path, story)


def test_chat_is_sampled_for_the_whole_room(redis_scene, tmp_path):
    """Two servers show no more than one would; what is left out is told to the staff of both."""
    wanted, numbers = 60, itertools.count(1)

    async def story(pair: Pair) -> None:
        async with AsyncExitStack() as stack:
            viewer = (await stack.enter_async_context(pair.seeker(0)))[0]
            moderators = [
                (await stack.enter_async_context(entered(address, redis_scene, ticket)))[0]
                for address, ticket in (
                    (pair.addresses[0], redis_scene.ticket(redis_scene.moderator_id, "moderator", name="场控")),
                    (pair.addresses[1], redis_scene.host_ticket()),
                )
            ]
            for seat in (live.rooms.seats[redis_scene.session_id] for live in pair.lives):
                seat.perform(
                    seat.room.learn([Chatted(line(next(numbers)), 9) for _ in range(wanted)], now=datetime.now(UTC))
                )
            for each in (*moderators, viewer):
                await each.until(
                    lambda message: (
                        message["type"] == "tick" and message["counts"]["left_out"] + message["seq"] >= 2 * wanted
                    )
                )
            shown = pair.lives[0].rooms.seats[redis_scene.session_id].room.stream.seq
            assert 40 <= shown <= 60
            for each in moderators:
                heard = [message for message in each.seen if message["type"] == "overheard"]
                while len(heard) < 2 * wanted - shown:
                    heard.append(await each.of_type("overheard"))
            assert not [message for message in viewer.seen if message["type"] == "overheard"]

    in_pair(redis_scene, tmp_path, story)


def test_end_at_one_server_ends_the_room_at_the_other(redis_scene, tmp_path):
    """Status and closing follow from the same event everywhere."""

    async def story(pair: Pair) -> None:
        async with pair.seeker(0) as (viewer, _), pair.host(1) as (console, _):
            await console.ask("end")
            assert (await viewer.event("session"))["session"]["status"] == "ended"
            assert (await viewer.ask("apply", position_id=redis_scene.position_ids[0]))["code"] == "not_live"

    in_pair(redis_scene, tmp_path, story)


def test_flushed_redis_begins_a_new_epoch(redis_scene, tmp_path):
    """Everybody is told to return, gets a fresh snapshot with all that was acknowledged, and goes on together."""

    async def story(pair: Pair) -> None:
        client = redis.asyncio.Redis.from_url(redis_scene.redis_url)
        async with pair.seeker(0, 0) as (first, welcome), pair.seeker(1, 1) as (second, _):
            said = (await first.ask("say", text="之前"))["line"]
            await second.event("said")
            await client.delete(*[key async for key in client.scan_iter("gangbo:room:*")])
            assert [await each.close_code() for each in (first, second)] == [4012, 4012]
        await client.aclose()
        known = {"epoch": welcome["epoch"], "seq": 1}
        async with pair.seeker(0, 0, **known) as (first, back), pair.seeker(1, 1, **known) as (second, other):
            assert (back["how"], back["why"]) == (other["how"], other["why"]) == ("fresh", "other_epoch")
            assert back["epoch"] == other["epoch"] != welcome["epoch"]
            assert [each["id"] for each in back["room"]["chat"]] == [said["id"]]
            await second.ask("say", text="之后")
            assert (await first.event("said"))["line"]["text"] == "之后"

    in_pair(redis_scene, tmp_path, story)


def test_redis_that_ran_anew_begins_a_new_epoch(redis_scene, tmp_path):
    """Another run may have lost the newest events: numbers are not gone on with, though the data is there."""

    async def story(pair: Pair) -> None:
        client = redis.asyncio.Redis.from_url(redis_scene.redis_url)
        async with pair.seeker(0) as (viewer, welcome):
            await client.hset(Places(redis_scene.session_id).meta, "run", "0" * 40)
            assert await viewer.close_code() == 4012
        await client.aclose()
        async with pair.seeker(1) as (_, back):
            assert back["epoch"] != welcome["epoch"]

    in_pair(redis_scene, tmp_path, story)


def test_ticket_opens_once_at_either_server(redis_scene, tmp_path):
    """What was shown at one is used at the other."""

    async def story(pair: Pair) -> None:
        ticket = redis_scene.ticket(redis_scene.seeker_ids[0])
        async with entered(pair.addresses[0], redis_scene, ticket), connected(pair.addresses[1]) as second:
            await second.send(type="enter", ticket=ticket, session=redis_scene.session_id)
            assert await second.close_code() == 4001

    in_pair(redis_scene, tmp_path, story)
