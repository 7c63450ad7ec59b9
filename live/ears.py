"""The ears of this process: one task reads the streams of all its rooms from Redis and passes on what is new."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

from live.link import LOST, Link
from live.rediswire import LONGEST_WAIT_SECONDS, SHORTEST_WAIT_SECONDS, RedisWire

BLOCK_MS = 1_000
AT_ONCE = 500
LONGEST_PAUSE_SECONDS = 0.1
_SECONDS_AWAKE = 60

_log = logging.getLogger("live.ears")


class Ears:
    """Listens for the wires that are open; a wire that is added is heard at once."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._wires: dict[str, RedisWire] = {}
        self._wake_key = f"gangbo:wake:{link.process}"
        self._wake_id = "0-0"
        self._waking: set[asyncio.Task[None]] = set()
        self._listening: asyncio.Task[None] | None = None
        self._is_closing = False

    def begin(self) -> None:
        """Listen from now on."""
        self._listening = asyncio.get_running_loop().create_task(self._listen())

    def add(self, wire: RedisWire) -> None:
        """Hear this wire too."""
        self._wires[wire.places.stream] = wire
        self.wake()

    def remove(self, wire: RedisWire) -> None:
        """Hear it no longer."""
        if self._wires.get(wire.places.stream) is wire:
            del self._wires[wire.places.stream]

    def wake(self) -> None:
        """Look anew at what is to be read, and from where."""
        task = asyncio.get_running_loop().create_task(self._wake())
        self._waking.add(task)
        task.add_done_callback(self._waking.discard)

    async def close(self) -> None:
        """Stop listening."""
        self._is_closing = True
        if self._listening is not None:
            self.wake()
            # Not cancelled: the client can miss a cancellation.
            await asyncio.wait([self._listening, *self._waking], timeout=2 * BLOCK_MS / 1_000)

    async def listen_once(self, *, block_ms: int | None) -> None:
        """Pass on what is there, or comes within `block_ms`; raises one of LOST."""
        places: dict[Any, Any] = {self._wake_key: self._wake_id}
        asides: dict[str, RedisWire] = {}
        for wire in self._wires.values():
            if wire.number and wire.ear is not None:
                places[wire.places.stream] = f"{wire.number}-{wire.ear.room.stream.seq}"
                aside_id = wire.aside_id(now=time.time())
                if aside_id:
                    places[wire.places.aside] = aside_id
                    asides[wire.places.aside] = wire
        found: Any = await self._link.client.xread(places, count=AT_ONCE, block=block_ms)
        for name, rows in found:
            key = name.decode()
            if key == self._wake_key:
                self._wake_id = rows[-1][0].decode()
            elif key in asides:
                _pass_on(asides[key], rows, is_aside=True)
            elif key in self._wires:
                _pass_on(self._wires[key], rows, is_aside=False)

    async def _wake(self) -> None:
        try:
            pipeline = self._link.client.pipeline(transaction=False)
            pipeline.xadd(self._wake_key, {"w": "1"}, maxlen=1)
            pipeline.expire(self._wake_key, _SECONDS_AWAKE)
            await pipeline.execute()
        except LOST as error:
            self._link.lost(error)

    async def _listen(self) -> None:
        wait = SHORTEST_WAIT_SECONDS
        while not self._is_closing:
            try:
                await self.listen_once(block_ms=BLOCK_MS)
                self._link.found()
                wait = SHORTEST_WAIT_SECONDS
                # What comes within a moment is heard together; a tick is longer than that.
                pauses = (wire.pause_seconds for wire in self._wires.values())
                await asyncio.sleep(min([LONGEST_PAUSE_SECONDS, *pauses]))
            except LOST as error:
                self._link.lost(error)
                await asyncio.sleep(wait)
                wait = min(2 * wait, LONGEST_WAIT_SECONDS)


def _pass_on(wire: RedisWire, rows: list[tuple[bytes, dict[bytes, bytes]]], *, is_aside: bool) -> None:
    try:
        (wire.hear_aside if is_aside else wire.hear)(rows)
    except Exception:
        # Whatever it is, the other rooms hear on, and this one begins anew from what Redis has.
        _log.exception("a room could not take in what it heard")
        wire.renew()
