"""Who is given so long for something, and who still answers."""

import asyncio

from live.connection import Connection, Stage
from live.fanout import Fanout
from live.metrics import Metrics
from live.watch import Deadline
from tests.live.test_fanout import Far, Quiet, inside, run


def test_deadline_is_each_ones_own():
    """Who did it in time is not late; the others are, once, the longest waiting first."""
    deadline = Deadline(10)
    early, done, late = (Connection(Quiet(), number) for number in range(3))
    deadline.start(early, now=0)
    deadline.start(done, now=1)
    deadline.start(late, now=5)
    deadline.stop(done)

    missed = [deadline.missed(now=now) for now in (9.9, 10, 14, 15, 100)]

    assert missed == [[], [early], [], [late], []]


def test_who_gives_no_sign_of_life_is_cut_off():
    """A pong, or anything else that is said, keeps a viewer; silence until the next look does not."""

    async def story() -> list[Stage]:
        fanout = Fanout(Metrics())
        async with (
            inside(fanout, 1) as (silent, _),
            inside(fanout, 2) as (answering, far),
            inside(fanout, 3) as (talking, other),
        ):
            for _ in range(3):
                for connection in (silent, answering, talking):
                    connection.look()
                await answer(far)
                other.protocol.send_text(b"{}")
                other.sock.send(b"".join(other.protocol.data_to_send()))
                await heard(answering, talking)
            return [silent.stage, answering.stage, talking.stage]

    stages = run(story())

    assert stages[0] >= Stage.CLOSING
    assert stages[1:] == [Stage.INSIDE, Stage.INSIDE]


async def answer(far: Far) -> None:
    """Answer a ping, as the other end's library does when it reads it."""
    while not (answers := b"".join(far.protocol.data_to_send())):
        far.read()
        await asyncio.sleep(0)
    far.sock.send(answers)


async def heard(*connections: Connection) -> None:
    """Return when each has been heard."""
    while not all(each.is_heard for each in connections):
        await asyncio.sleep(0)
