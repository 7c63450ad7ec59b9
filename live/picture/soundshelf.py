"""The sound alone of what is on the shelf, made when somebody asks for it and kept for who asks next."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from concurrent.futures import Executor

from live.picture.pieces import StreamBroken
from live.picture.reels import media_file
from live.picture.shelf import Shelf
from live.picture.sound import sound_in

MOST_KEPT = 64
LARGEST_KEPT = 64 << 10


class SoundShelf:
    """Parts of reels with the sound alone; `reader` is where they are made."""

    def __init__(self, shelf: Shelf, *, reader: Executor) -> None:
        self._shelf, self._reader = shelf, reader
        self._parts: OrderedDict[tuple[int, int, int | None], asyncio.Future[bytes | None]] = OrderedDict()

    async def part(self, session_id: int, number: int, place: int | None) -> bytes | None:
        """The sound of a reel's segment, or with no place what goes before any; None where there is none."""
        key = session_id, number, place
        part = self._parts.get(key)
        if part is None:
            part = asyncio.get_running_loop().run_in_executor(self._reader, self._make, *key)
            self._parts[key] = part
            part.add_done_callback(lambda made: self._keep(key, made))
        return await asyncio.shield(part)

    def _keep(self, key: tuple[int, int, int | None], made: asyncio.Future[bytes | None]) -> None:
        """Keep what was made where it is small, and the newest of that."""
        data = None if made.cancelled() or made.exception() else made.result()
        if data is None or len(data) > LARGEST_KEPT:
            self._parts.pop(key, None)
        while len(self._parts) > MOST_KEPT:
            self._parts.popitem(last=False)

    def _make(self, session_id: int, number: int, place: int | None) -> bytes | None:
        reel = self._shelf.reel(session_id, number)
        if reel is None or (place is not None and place >= len(reel.segments)):
            return None
        try:
            with media_file(self._shelf.folder, session_id, number).open("rb") as file:
                init = file.read(reel.label.init)
                if place is not None:
                    file.seek(reel.segments[place].at)
                found = sound_in(init, b"" if place is None else file.read(reel.segments[place].size))
        except (OSError, StreamBroken):
            return None
        return None if found is None else found[place is not None]
