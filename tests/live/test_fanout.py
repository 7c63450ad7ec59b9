"""Ticks on their way to sockets: each viewer gets each of them once."""

import asyncio
import socket

from msgspec import Raw

from live.connection import Connection
from live.fanout import Fanout
from live.messages import Counts, Tick
from live.metrics import Metrics
from live.stream import Cut

TICK = Tick("e1", 0, 0, Raw(b"[]"), Counts(1, 0, 0))


class Quiet:
    """A house in which nothing happens."""

    def come(self, connection):
        """A connection was made."""

    def leave(self, connection):
        """It is closing."""

    def gone(self, connection):
        """It is no more."""


def test_viewer_that_has_caught_up_gets_the_tick_once():
    """Bytes waited for it and are gone by now: it is written to once, not behind those bytes and again with all."""

    async def story():
        near, far = socket.socketpair()
        near.setblocking(False)
        _, connection = await asyncio.get_running_loop().connect_accepted_socket(lambda: Connection(Quiet(), 1), near)
        fanout = Fanout(Metrics())
        fanout.add(connection)
        connection.leave_rest(b"waited")
        assert not connection.is_direct

        fanout.send_tick(TICK, Cut(0, 0, ()))
        await fanout.sent()

        connection.abort()
        await asyncio.sleep(0)
        far.settimeout(5)
        return b"".join(iter(lambda: far.recv(4096), b""))

    received = asyncio.run(story())

    assert received.startswith(b"waited")
    assert received.count(b'"type":"tick"') == 1
