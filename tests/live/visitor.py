"""A live server in this process, and a visitor that speaks the protocol as a browser would."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from fair.settings import Settings, read_settings
from live.matches import Matching
from live.server import Live
from live.store import Store
from live.views import People
from tests.live.scene import FIELD_KEY, SECRET, Scene
from tests.ports import free_port as free_port

_epochs = count(1)


def environment(scene: Scene, var: Path, *, port: int, matching_port: int = 1) -> dict[str, str]:
    """The settings of a live process over the scene's database."""
    return {
        "GANGBO_LIVE_PORT": str(port),
        "GANGBO_WEB_PORT": "8000",
        "GANGBO_MATCHING_PORT": str(matching_port),
        "GANGBO_LIVE_METRICS_PORT": "0",
        "GANGBO_VAR": str(var),
        "DATABASE_URL": scene.engine.url.render_as_string(hide_password=False),
        "REDIS_URL": scene.redis_url,
        "SECRET_KEY": SECRET,
        "GANGBO_FIELD_KEY": FIELD_KEY.hex(),
    }


def settings_of(scene: Scene, var: Path, *, port: int, matching_port: int = 1) -> Settings:
    """The same, read."""
    return read_settings(environment(scene, var, port=port, matching_port=matching_port), dotenv=None)


@asynccontextmanager
async def serving(scene: Scene, var: Path, *, matching_port: int = 1) -> AsyncIterator[tuple[Live, str]]:
    """A live server on a free port; the server and the address of its rooms."""
    port = free_port()
    settings = settings_of(scene, var, port=port, matching_port=matching_port)
    store = Store(scene.engine, People(settings.secret_key))
    live = Live(
        settings,
        store,
        Matching(settings.matching_url),
        clock=lambda: datetime.now(UTC),
        new_epoch=lambda: f"e{next(_epochs)}",
    )
    await live.start()
    try:
        yield live, f"ws://127.0.0.1:{port}/room"
    finally:
        await live.drain()
        store.close()


class Visitor:
    """One connection; it keeps what came, and waits for what is to come."""

    def __init__(self, websocket: ClientConnection) -> None:
        self.websocket = websocket
        self.seen: list[dict[str, Any]] = []
        self._unclaimed: list[dict[str, Any]] = []
        self._keys = count(1)

    async def send(self, **message: Any) -> None:
        """Send one message."""
        await self.websocket.send(json.dumps(message))

    async def receive(self) -> dict[str, Any]:
        """The next message; it and the events in it wait to be looked for."""
        message: dict[str, Any] = json.loads(await asyncio.wait_for(self.websocket.recv(), 30))
        self.seen.append(message)
        self._unclaimed.append(message)
        if message["type"] == "tick":
            self._unclaimed += [{"type": "event", "event": event} for event in message["events"]]
        return message

    async def until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The first message that is wanted and was not returned here before."""
        while True:
            for message in self._unclaimed:
                if wanted(message):
                    self._unclaimed.remove(message)
                    return message
            await self.receive()

    async def of_type(self, name: str) -> dict[str, Any]:
        """The next message of a type."""
        return await self.until(lambda message: message["type"] == name)

    async def event(self, kind: str) -> dict[str, Any]:
        """The next event of a kind, from ticks."""
        found = await self.until(lambda message: message["type"] == "event" and message["event"]["kind"] == kind)
        event: dict[str, Any] = found["event"]
        return event

    async def ask(self, name: str, *, key: str = "", **fields: Any) -> dict[str, Any]:
        """Send a request; its reply or error."""
        key = key or f"k{next(self._keys)}"
        await self.send(type=name, key=key, **fields)
        return await self.until(lambda message: message["type"] in ("reply", "error") and message["key"] == key)

    async def close_code(self) -> int:
        """Wait for the server's close; its code."""
        with contextlib.suppress(ConnectionClosed):
            while True:
                await self.receive()
        return self.websocket.close_code or 0


@asynccontextmanager
async def connected(
    address: str, *, origin: str = "http://127.0.0.1:8000", compression: str | None = None
) -> AsyncIterator[Visitor]:
    """A connection that has not entered yet."""
    async with connect(
        address, origin=Origin(origin), subprotocols=[Subprotocol("gangbo.v1")], compression=compression
    ) as websocket:
        yield Visitor(websocket)


@asynccontextmanager
async def entered(
    address: str,
    scene: Scene,
    ticket: str,
    *,
    epoch: str | None = None,
    seq: int | None = None,
    compression: str | None = None,
) -> AsyncIterator[tuple[Visitor, dict[str, Any]]]:
    """A visitor in the room, and its welcome."""
    async with connected(address, compression=compression) as visitor:
        await visitor.send(type="enter", ticket=ticket, session=scene.session_id, epoch=epoch, seq=seq)
        yield visitor, await visitor.of_type("welcome")
