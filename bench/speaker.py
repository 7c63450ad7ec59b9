"""Somebody in the room who makes requests: a host that speaks and pins, a seeker that applies."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import count
from typing import Any

import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Origin, Subprotocol

from bench.scene import Stage

__all__ = ["Speaker", "speaking"]

_PATIENCE_SECONDS = 120.0
_keys = count(1)


class Speaker:
    """One connection of an account; what is not an answer goes to `heard`, as it came.

    `listening` ends when the line breaks.
    """

    listening: asyncio.Task[None]

    def __init__(self, websocket: ClientConnection, welcome: dict[str, Any]) -> None:
        self.welcome = welcome
        self._websocket = websocket
        self._asked: dict[str, asyncio.Future[dict[str, Any]]] = {}

    async def ask(self, kind: str, *, key: str = "", **fields: Any) -> dict[str, Any]:
        """Send a request; its reply or error. Raises ConnectionClosed, TimeoutError."""
        key = key or f"bench-{next(_keys)}"
        answer = self._asked[key] = asyncio.get_running_loop().create_future()
        try:
            await self._websocket.send(msgspec.json.encode({"type": kind, "key": key, **fields}).decode())
            return await asyncio.wait_for(answer, _PATIENCE_SECONDS)
        finally:
            self._asked.pop(key, None)

    async def listen(self, heard: Callable[[bytes], None]) -> None:
        """Sort what comes, until the line breaks."""
        try:
            async for text in self._websocket:
                data = text.encode() if isinstance(text, str) else text
                if data.startswith((b'{"type":"reply"', b'{"type":"error"')):
                    self._answer(msgspec.json.decode(data))
                else:
                    heard(data)
        finally:
            for waiting in self._asked.values():
                if not waiting.done():
                    waiting.set_exception(ConnectionError("the line broke"))

    def _answer(self, message: dict[str, Any]) -> None:
        waiting = self._asked.get(message["key"] or "")
        if waiting is not None and not waiting.done():
            waiting.set_result(message)


@asynccontextmanager
async def speaking(
    address: str, stage: Stage, account_id: int, *, heard: Callable[[bytes], None] = lambda _message: None
) -> AsyncIterator[Speaker]:
    """An account in the room until the block ends; raises RuntimeError when it is not let in."""
    async with connect(
        address,
        origin=Origin(stage.origin),
        subprotocols=[Subprotocol("gangbo.v1")],
        compression=None,
        max_size=None,
        open_timeout=_PATIENCE_SECONDS,
    ) as websocket:
        enter = {"type": "enter", "ticket": stage.ticket(account_id), "session": stage.session_id}
        await websocket.send(msgspec.json.encode(enter).decode())
        try:
            welcome = msgspec.json.decode(await asyncio.wait_for(websocket.recv(), _PATIENCE_SECONDS))
        except ConnectionClosed as closed:
            raise RuntimeError(f"account {account_id} was not let in: {closed}") from None
        speaker = Speaker(websocket, welcome)
        speaker.listening = asyncio.create_task(speaker.listen(heard))
        try:
            yield speaker
        finally:
            speaker.listening.cancel()
            with contextlib.suppress(asyncio.CancelledError, ConnectionClosed):
                await speaker.listening
