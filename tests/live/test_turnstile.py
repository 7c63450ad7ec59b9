"""Each ticket lets in once: in one process, in several over Redis, and while Redis is away."""

import asyncio
from datetime import UTC, datetime, timedelta

from redis.asyncio import Redis

from fair.errors import TicketRefused
from fair.tickets import issue_ticket
from live.turnstile import Turnstile
from tests.live.scene import SECRET
from tests.live.visitor import free_port

START = datetime.now(UTC)


def ticket(*, after: float = 1):
    """A ticket that the site gave after the turnstiles were set up."""
    now = START + timedelta(seconds=after)
    return issue_ticket(SECRET, session_id=7, viewer="a1", account_id=1, role="audience", name="小满", now=now)


def turnstile(redis=None):
    """A turnstile of a process that began at START and lives two seconds later."""
    moments = iter([START])
    return Turnstile(SECRET, redis, clock=lambda: next(moments, START + timedelta(seconds=2)))


async def shown(gate, text):
    """`let in`, or why not."""
    try:
        await gate.open(text, session_id=7)
    except TicketRefused as refused:
        return refused.code
    return "let in"


def test_one_process_lets_in_once():
    """Without Redis it remembers for itself, and takes no ticket that is older than itself."""

    async def story():
        gate, text = turnstile(), ticket()
        assert [await shown(gate, text) for _ in range(2)] == ["let in", "used_ticket"]
        assert await shown(gate, ticket(after=-1)) == "used_ticket"
        assert not gate.is_alone

    asyncio.run(story())


def test_processes_let_in_once_together(redis_url):
    """Shown to two processes at once a ticket opens one; one from before a restart opens if nobody used it."""

    async def story():
        async with Redis.from_url(redis_url) as first, Redis.from_url(redis_url) as second:
            gates = [turnstile(first), turnstile(second)]
            texts = [ticket() for _ in range(100)]
            answers = await asyncio.gather(*(shown(gate, text) for gate in gates for text in texts))
            assert sorted(answers) == ["let in"] * 100 + ["used_ticket"] * 100
            older = ticket(after=-1)
            assert [await shown(gate, older) for gate in gates] == ["let in", "used_ticket"]

    asyncio.run(story())


def test_lost_redis_leaves_each_process_its_memory(caplog):
    """It says so once, refuses what it saw itself, and what was issued before it began."""

    async def story():
        async with Redis.from_url(f"redis://127.0.0.1:{free_port()}/0") as nowhere:
            gate = turnstile(nowhere)
            text = ticket()
            assert [await shown(gate, text) for _ in range(2)] == ["let in", "used_ticket"]
            assert gate.is_alone
            assert await shown(gate, ticket(after=-1)) == "used_ticket"

    asyncio.run(story())

    assert [record.levelname for record in caplog.records] == ["WARNING"]


def test_redis_that_comes_back_is_asked_again(redis_url, monkeypatch):
    """After a while alone the numbers are taken there again."""
    monkeypatch.setattr("live.turnstile.SECONDS_ALONE", 0.0)

    async def story():
        async with Redis.from_url(redis_url) as client:
            gate, other = turnstile(client), turnstile(client)
            kept, client.connection_pool = client.connection_pool, Redis.from_url("redis://127.0.0.1:1").connection_pool
            assert await shown(gate, ticket()) == "let in"
            assert gate.is_alone
            client.connection_pool = kept
            text = ticket()
            assert await shown(gate, text) == "let in"
            assert not gate.is_alone
            assert await shown(other, text) == "used_ticket"

    asyncio.run(story())
