"""Lines to the picture of a live server: a host that sends a recording, a viewer that keeps what it gets."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from fair.tickets import PICTURE, issue_ticket
from live.picture.pieces import Piece
from tests.live.picture.tape import scanner_of
from tests.live.scene import SECRET, Scene

MIME = {"webm": "video/webm;codecs=vp8,opus", "mp4": "video/mp4;codecs=avc1,opus"}


def picture_ticket(
    scene: Scene, account_id: int | None, role: str = "audience", *, employer_id: int | None = None, **more: Any
) -> str:
    """A ticket of the site for the picture."""
    values = {"viewer": f"a{account_id}", "session_id": scene.session_id, "now": datetime.now(UTC), **more}
    return issue_ticket(
        SECRET, account_id=account_id, role=role, name="某人", employer_id=employer_id, purpose=PICTURE, **values
    )


class Line:
    """One connection; `said` keeps the messages and `got` the bytes since the last `began`."""

    def __init__(self, websocket: ClientConnection) -> None:
        self.websocket = websocket
        self.said: list[dict[str, Any]] = []
        self.got = b""
        self._unclaimed: list[dict[str, Any]] = []

    async def send(self, **message: Any) -> None:
        """Send one message."""
        await self.websocket.send(json.dumps(message))

    async def receive(self) -> None:
        """Take what comes next."""
        message = await asyncio.wait_for(self.websocket.recv(), 30)
        if isinstance(message, bytes):
            self.got += message
            return
        found = json.loads(message)
        if found["type"] == "began":
            self.got = b""
        self.said.append(found)
        self._unclaimed.append(found)

    async def hear(self, name: str, **fields: Any) -> dict[str, Any]:
        """The next message of a type and with these fields that was not returned here before."""
        while True:
            for message in self._unclaimed:
                if message["type"] == name and fields.items() <= message.items():
                    self._unclaimed.remove(message)
                    return message
            await self.receive()

    async def until(self, is_so: Callable[[Line], bool]) -> None:
        """Take what comes until it is so."""
        while not is_so(self):
            await self.receive()

    def pieces(self, tape: str) -> list[Piece]:
        """What came since the last `began`, scanned."""
        return scanner_of(tape).feed(self.got)

    async def close_code(self) -> int:
        """Wait for the server's close; its code."""
        with contextlib.suppress(ConnectionClosed):
            while True:
                await self.receive()
        return self.websocket.close_code or 0

    async def begin(self, tape: str = "webm", **fields: Any) -> dict[str, Any]:
        """Say that a recorder started; what the server answers."""
        await self.send(type="begin", mime=MIME[tape], **{"has_consent": True, **fields})
        return await self.hear("began")


@asynccontextmanager
async def line(address: str) -> AsyncIterator[Line]:
    """A connection that has said nothing yet; `address` is that of the rooms."""
    async with connect(
        address.replace("/room", "/picture"),
        origin=Origin("http://127.0.0.1:8000"),
        subprotocols=[Subprotocol("gangbo.picture.v1")],
        compression=None,
        max_size=None,
    ) as websocket:
        yield Line(websocket)


@asynccontextmanager
async def publishing(address: str, scene: Scene, number: int = 0) -> AsyncIterator[Line]:
    """One employer's recruiter, ready to publish."""
    ticket = picture_ticket(scene, scene.recruiter_ids[number], "host", employer_id=scene.employer_ids[number])
    async with line(address) as host:
        await host.send(type="publish", ticket=ticket, session=scene.session_id)
        await host.hear("ready")
        yield host


@asynccontextmanager
async def watching(address: str, scene: Scene, viewer: str = "v1", **fields: Any) -> AsyncIterator[Line]:
    """A visitor that watches."""
    async with line(address) as visitor:
        ticket = picture_ticket(scene, None, viewer=viewer)
        await visitor.send(type="watch", ticket=ticket, session=scene.session_id, **fields)
        yield visitor
