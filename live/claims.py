"""Claims: a keyed request is done by the process that claims it first, and answered by every other with that answer."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

import msgspec

from live.deeds import Deed
from live.link import LOST, Link
from live.places import Places
from live.scripts import CLAIM
from live.wire import Known

SECONDS_HELD = 15
SECONDS_KEPT = 600
ASK_AGAIN_SECONDS = 0.1
_DIGEST = 32

_encode = msgspec.json.Encoder().encode


class Claims:
    """The keys of one room's viewers, in Redis. While it is away each process knows its own only."""

    def __init__(self, link: Link, places: Places) -> None:
        self._link, self._places = link, places
        self._script = link.client.register_script(CLAIM)
        self._writing: set[asyncio.Task[None]] = set()

    async def claim(self, deed: Deed, *, number: str) -> Known | None:
        """None when nobody did this deed in this epoch; waits while another process is doing it."""
        place = self._place(deed, number)
        while place and self._link.is_up:
            try:
                found = await self._script(keys=[place], args=[_digest(deed), SECONDS_HELD * 1_000])
            except LOST as error:
                self._link.lost(error)
                return None
            if found is None:
                return None
            if found[:_DIGEST] != _digest(deed):
                return Known(None)
            if len(found) > _DIGEST:
                return Known(msgspec.json.decode(found[_DIGEST:]))
            await asyncio.sleep(ASK_AGAIN_SECONDS)
        return None

    def remember(self, deed: Deed, answer: dict[str, Any] | None, *, number: str) -> None:
        """Keep the answer for other processes, or (None) let the deed be claimed again."""
        place = self._place(deed, number)
        if place and self._link.is_up:
            task = asyncio.get_running_loop().create_task(self._write(place, deed, answer))
            self._writing.add(task)
            task.add_done_callback(self._writing.discard)

    async def kept(self) -> None:
        """Return when what is to be remembered has been written."""
        while self._writing:
            await asyncio.wait(self._writing)

    def _place(self, deed: Deed, number: str) -> str:
        key = deed.request.key
        return self._places.answer(number, deed.viewer, key) if key and number else ""

    async def _write(self, place: str, deed: Deed, answer: dict[str, Any] | None) -> None:
        try:
            if answer is None:
                await self._link.client.delete(place)
            else:
                await self._link.client.set(place, _digest(deed) + _encode(answer), ex=SECONDS_KEPT)
        except LOST as error:
            self._link.lost(error)


def _digest(deed: Deed) -> bytes:
    """What was asked for, in short: the same key is good for the same request only."""
    kind = type(deed.request).__name__.encode()
    return hashlib.blake2b(kind + _encode(deed.request), digest_size=_DIGEST // 2).hexdigest().encode()
