"""Claims: a keyed request is done by the process that claims it first, and answered by every other with that answer."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from live.deeds import Deed
from live.gathering import Gathering
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

    def __init__(self, link: Link, places: Places, *, pause_seconds: Callable[[], float]) -> None:
        self._link, self._places, self._pause_seconds = link, places, pause_seconds
        self._script = link.client.register_script(CLAIM)
        self._claiming: Gathering[tuple[str, bytes], bytes | None] = Gathering(self._claim, pause_seconds=pause_seconds)
        self._unkept: dict[str, bytes | None] = {}
        self._keeping: asyncio.Task[None] | None = None

    async def claim(self, deed: Deed, *, number: str) -> Known | None:
        """None when nobody did this deed in this epoch; waits while another process is doing it."""
        place = self._place(deed, number)
        while place and self._link.is_up:
            try:
                found = await self._claiming.ask((place, _digest(deed)), is_urgent=deed.is_urgent)
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
            self._unkept[place] = None if answer is None else _digest(deed) + _encode(answer)
            if self._keeping is None:
                self._keeping = asyncio.get_running_loop().create_task(self._keep_on())

    async def kept(self) -> None:
        """Return when what is to be remembered has been written."""
        if self._keeping is not None:
            await asyncio.wait([self._keeping])

    def _place(self, deed: Deed, number: str) -> str:
        key = deed.request.key
        return self._places.answer(number, deed.viewer, key) if key and number else ""

    async def _claim(self, wanted: Sequence[tuple[str, bytes]]) -> Sequence[bytes | None]:
        keys, digests = [place for place, _ in wanted], [digest for _, digest in wanted]
        found: Sequence[bytes | None] = await self._script(keys=keys, args=[SECONDS_HELD * 1_000, *digests])
        return found

    async def _keep_on(self) -> None:
        try:
            while self._unkept:
                some, self._unkept = self._unkept, {}
                await self._keep(some)
                await asyncio.sleep(self._pause_seconds())
        except LOST as error:
            self._link.lost(error)
        finally:
            self._keeping = None

    async def _keep(self, answers: dict[str, bytes | None]) -> None:
        pipeline = self._link.client.pipeline(transaction=False)
        for place, answer in answers.items():
            if answer is None:
                pipeline.delete(place)
            else:
                pipeline.set(place, answer, ex=SECONDS_KEPT)
        await pipeline.execute()


def _digest(deed: Deed) -> bytes:
    """What was asked for, in short: the same key is good for the same request only."""
    kind = type(deed.request).__name__.encode()
    return hashlib.blake2b(kind + _encode(deed.request), digest_size=_DIGEST // 2).hexdigest().encode()
