"""The sound of what is on the shelf: made of the bytes on disk once, and kept within bounds."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from live.picture import soundshelf
from live.picture.reels import Label, ReelWriter, media_file
from live.picture.segments import Segment
from live.picture.shelf import Shelf
from live.picture.sound import sound_of
from live.picture.soundshelf import SoundShelf
from tests.builders import NOW
from tests.live.picture.tape import scanned


def shelved(folder: Path, story: Callable[[SoundShelf], Awaitable[None]]) -> None:
    """Run a story of a shelf on which the recording is stream 1 of session 7, a segment a fragment."""
    scanner, pieces = scanned("mp4")
    writer = ReelWriter(folder, 7, 1)
    writer.begin(Label(NOW, len(scanner.init.data), is_kept=True), scanner.init.data)
    for piece in pieces:
        writer.add(Segment(piece.data, piece.begin, piece.end - piece.begin, is_gap=False), now=0)
    writer.end()

    async def run() -> None:
        with ThreadPoolExecutor(2) as reader:
            await story(SoundShelf(Shelf(folder), reader=reader))

    asyncio.run(run())


def test_part_is_made_once(tmp_path: Path) -> None:
    """Who asks later gets it too when its bytes are no more; what nobody asked for, and what never was, is none."""
    scanner, pieces = scanned("mp4")
    sound = sound_of(scanner.init)
    alone = [sound.init.data, *(piece.data for piece in sound.take(pieces))]

    async def story(shelf: SoundShelf) -> None:
        first = await asyncio.gather(*(shelf.part(7, 1, place) for place in (None, 0, 1, 0)))
        media_file(tmp_path, 7, 1).unlink()
        second = [await shelf.part(7, 1, place) for place in (None, 0, 1)]
        assert first == [*alone[:3], alone[1]]
        assert second == alone[:3]
        assert [await shelf.part(7, *other) for other in ((1, 2), (1, 99), (2, None))] == [None] * 3

    shelved(tmp_path, story)


@pytest.mark.parametrize(("bound", "value"), [("MOST_KEPT", 0), ("LARGEST_KEPT", 100)])
def test_kept_parts_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str, value: int) -> None:
    """What is beyond the bound is made anew."""
    monkeypatch.setattr(soundshelf, bound, value)

    async def story(shelf: SoundShelf) -> None:
        assert await shelf.part(7, 1, 0) is not None
        media_file(tmp_path, 7, 1).unlink()
        assert await shelf.part(7, 1, 0) is None

    shelved(tmp_path, story)
