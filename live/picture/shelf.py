"""The shelf: the reels of all sessions as they lie on disk, read by any process that shares the folder.

Everything here waits for the disk and is called on threads, by one at a time.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import OrderedDict
from collections.abc import Container
from pathlib import Path

from live.picture.reels import Reel, ReelReader, index_file, media_file

SESSIONS_KNOWN = 64
SECONDS_GROWING = 15.0


class Shelf:
    """Reels by session and number, read again as they grow."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._readers: OrderedDict[int, dict[int, ReelReader]] = OrderedDict()
        self._lock = threading.Lock()

    def reels(self, session_id: int, *, without: Container[int] = ()) -> list[Reel]:
        """The reels of a session that have a segment, in their order, but for some."""
        with self._lock:
            readers = self._readers_of(session_id)
            found = [reel for number in sorted(readers) if (reel := self._refresh(readers, number)) is not None]
        return [reel for reel in found if reel.segments and reel.number not in without]

    def is_growing(self, session_id: int) -> bool:
        """Whether the newest reel is being written, by whichever process."""
        reels = self.reels(session_id)
        if not reels or reels[-1].is_over:
            return False
        with contextlib.suppress(OSError):
            written_at = index_file(self.folder, session_id, reels[-1].number).stat().st_mtime
            return time.time() - written_at < SECONDS_GROWING
        return False

    def reel(self, session_id: int, number: int) -> Reel | None:
        """One reel; None where there is none."""
        with self._lock:
            readers = self._readers_of(session_id)
            return self._refresh(readers, number) if number in readers else None

    def remove(self, session_id: int, number: int) -> None:
        """Delete a reel's files; raises OSError."""
        media_file(self.folder, session_id, number).unlink(missing_ok=True)
        index_file(self.folder, session_id, number).unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            (self.folder / str(session_id)).rmdir()
        with self._lock:
            self._readers.pop(session_id, None)

    def _readers_of(self, session_id: int) -> dict[int, ReelReader]:
        readers = self._readers.setdefault(session_id, {})
        self._readers.move_to_end(session_id)
        while len(self._readers) > SESSIONS_KNOWN:
            self._readers.popitem(last=False)
        with contextlib.suppress(OSError):
            for path in (self.folder / str(session_id)).iterdir():
                if path.suffix == ".index" and path.stem.isdigit():
                    number = int(path.stem)
                    readers.setdefault(number, ReelReader(self.folder, session_id, number))
        return readers

    def _refresh(self, readers: dict[int, ReelReader], number: int) -> Reel | None:
        try:
            return readers[number].refresh()
        except OSError:
            del readers[number]
            return None
