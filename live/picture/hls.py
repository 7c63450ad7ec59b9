"""HLS: which address stands for which bytes, and who may have them; the words of playlists are in `playlists`.

A session on air is for everybody, one that is over where its organiser shows the replay, a rehearsal for nobody.
"""

from __future__ import annotations

import asyncio
import re
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from fair.livesessions import LiveSession
from fair.permissions import ANYBODY, Action, may
from fair.pictures import PictureStream, captions_of, streams_of
from fair.statuses import LiveSessionStatus
from live.picture.captions import captions_file
from live.picture.playlists import live_playlist, replay_playlist
from live.picture.reels import Reel, media_file
from live.picture.shelf import Shelf
from live.picture.soundshelf import SoundShelf
from live.store import Store

PREFIX = "/hls/"
KNOWN_SECONDS = 1.0
PLAYLIST_SECONDS = 0.25
MOST_SEGMENTS = 64
_MOST_KNOWN = 500
_FOREVER = "public, max-age=31536000, immutable"
_PLAYLIST, _SEGMENT = "application/vnd.apple.mpegurl", "video/iso.segment"
_PATH = re.compile(
    r"/hls/(\d{1,12})/(?:"
    r"(live|sound|replay)\.m3u8|(captions)\.vtt|"
    r"(\d{1,6})/(?:(init)\.mp4|seg-(\d{1,7})(?:-(\d{1,7}))?\.m4s|(sound)(?:\.mp4|-(\d{1,7})\.m4s))"
    r")$"
)

Found = TypeVar("Found")


@dataclass(frozen=True)
class Part:
    """Some bytes of a file."""

    path: Path
    at: int
    size: int


@dataclass(frozen=True)
class Answer:
    """What is sent: bytes, or a part of a file."""

    kind: str
    caching: str
    body: bytes | Part


@dataclass(frozen=True)
class Exhibit:
    """What may be shown of a session: whether it is over and may be seen, and the streams that are not."""

    is_live: bool
    has_replay: bool
    withdrawn: frozenset[int]
    not_kept: frozenset[int]


@dataclass
class _Known:
    """What was found out of a session, and until when it is believed."""

    exhibit: Exhibit | None = None
    until: float = 0.0
    texts: dict[str, tuple[float, str]] = field(default_factory=dict)


class Hls:
    """Answers addresses under `/hls/`; `requests` counts them."""

    def __init__(self, store: Store, shelf: Shelf, *, reader: Executor, clock: Callable[[], float]) -> None:
        self._store, self._shelf, self._reader, self._clock = store, shelf, reader, clock
        self._sounds = SoundShelf(shelf, reader=reader)
        self._known: OrderedDict[int, _Known] = OrderedDict()
        self._asking: dict[int, asyncio.Task[Exhibit | None]] = {}
        self.requests = 0

    async def answer(self, path: str) -> Answer | None:
        """What stands at an address, None where there is nothing; raises DBAPIError."""
        self.requests += 1
        found = _PATH.match(path)
        if found is None:
            return None
        session_id = int(found[1])
        known = await self._know(session_id)
        exhibit = known.exhibit
        if exhibit is None or not (exhibit.is_live or exhibit.has_replay):
            return None
        if found[2]:
            return await self._playlist(session_id, found[2], exhibit, known.texts)
        if found[3]:
            return await self._captions(session_id)
        number = int(found[4])
        if number in exhibit.withdrawn or (number in exhibit.not_kept and not exhibit.is_live):
            return None
        if found[8]:
            return await self._sound(session_id, number, None if found[9] is None else int(found[9]))
        first = int(found[6] or 0)
        return await self._run(self._segment, session_id, number, first, int(found[7] or first), bool(found[5]))

    async def _playlist(
        self, session_id: int, name: str, exhibit: Exhibit, texts: dict[str, tuple[float, str]]
    ) -> Answer | None:
        until, text = texts.get(name, (0.0, ""))
        if until < self._clock():
            # Who asks meanwhile gets the one before, so that it is written once for all of them.
            texts[name] = self._clock() + PLAYLIST_SECONDS, text
            text = await self._run(self._write_playlist, session_id, name, exhibit)
            texts[name] = self._clock() + PLAYLIST_SECONDS, text
        if not text:
            return None
        seconds = (5 if exhibit.is_live else 60) if name == "replay" else 1
        return Answer(_PLAYLIST, f"public, max-age={seconds}", text.encode())

    def _write_playlist(self, session_id: int, name: str, exhibit: Exhibit) -> str:
        is_over = not exhibit.is_live
        if name != "replay":
            hidden = exhibit.withdrawn | exhibit.not_kept if is_over else exhibit.withdrawn
            reels = self._shelf.reels(session_id, without=hidden)
            return live_playlist(reels, is_over=is_over, is_sound=name == "sound")
        if not exhibit.has_replay:
            return ""
        hidden = exhibit.withdrawn | exhibit.not_kept
        return replay_playlist(self._shelf.reels(session_id, without=hidden), is_over=is_over)

    def _segment(self, session_id: int, number: int, first: int, last: int, is_init: bool) -> Answer | None:
        reel = self._shelf.reel(session_id, number)
        if reel is None:
            return None
        path = media_file(self._shelf.folder, session_id, number)
        if is_init:
            return Answer("video/mp4", _FOREVER, Part(path, 0, reel.label.init))
        if not first <= last < len(reel.segments) or last - first >= MOST_SEGMENTS:
            return None
        at, size = _extent(reel, first, last)
        return Answer(_SEGMENT, _FOREVER, Part(path, at, size))

    async def _sound(self, session_id: int, number: int, place: int | None) -> Answer | None:
        """The sound alone of a segment, or with no place what goes before it."""
        part = await self._sounds.part(session_id, number, place)
        return None if part is None else Answer("audio/mp4" if place is None else _SEGMENT, _FOREVER, part)

    async def _captions(self, session_id: int) -> Answer:
        text = await self._store.read(_captions_of, session_id)
        return Answer("text/vtt; charset=utf-8", "public, max-age=5", text.encode())

    async def _know(self, session_id: int) -> _Known:
        """What is known of a session, asked anew after a second; raises DBAPIError."""
        known = self._known.setdefault(session_id, _Known())
        self._known.move_to_end(session_id)
        while len(self._known) > _MOST_KNOWN:
            self._known.popitem(last=False)
        if known.until < self._clock():
            asking = self._asking.get(session_id)
            if asking is None:
                asking = asyncio.get_running_loop().create_task(self._store.read(read_exhibit, session_id))
                self._asking[session_id] = asking
                asking.add_done_callback(lambda _: self._asking.pop(session_id, None))
            known.exhibit = await asyncio.shield(asking)
            known.until = self._clock() + KNOWN_SECONDS
        return known

    async def _run(self, function: Callable[..., Found], *args: object) -> Found:
        return await asyncio.get_running_loop().run_in_executor(self._reader, function, *args)


def read_exhibit(db: Session, session_id: int) -> Exhibit | None:
    """What may be shown of a session; None where there is none, or it is not on air and was not."""
    live_session = db.get(LiveSession, session_id)
    if live_session is None or live_session.status not in (LiveSessionStatus.LIVE, LiveSessionStatus.ENDED):
        return None
    rows = db.execute(
        select(
            PictureStream.number, PictureStream.consented_at, PictureStream.withdrawn_at, PictureStream.removed_at
        ).where(PictureStream.session_id == session_id)
    ).all()
    return Exhibit(
        is_live=live_session.is_live,
        has_replay=may(ANYBODY, Action.SEE_REPLAY, live_session),
        withdrawn=frozenset(row.number for row in rows if row.withdrawn_at or row.removed_at),
        not_kept=frozenset(row.number for row in rows if row.consented_at is None),
    )


def _captions_of(db: Session, session_id: int) -> str:
    return captions_file(captions_of(db, session_id), streams_of(db, session_id))


def _extent(reel: Reel, first: int, last: int) -> tuple[int, int]:
    """Where a run of segments is in the file."""
    begin, end = reel.segments[first], reel.segments[last]
    return begin.at, end.at + end.size - begin.at
