"""The sound alone of a stream: what of its pieces is for who wants nothing else, whichever container it is in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from live.picture.mp4 import Mp4Scanner
from live.picture.mp4sound import Mp4Sound
from live.picture.pieces import Init, Piece
from live.picture.webmsound import WebmSound


class Sound(Protocol):
    """Makes of a stream's pieces those of its sound, each a place to begin at; `init` is what goes before them."""

    init: Init

    def take(self, pieces: Iterable[Piece]) -> list[Piece]:
        """The sound in these pieces, which a scanner made; never fails."""


def sound_of(init: Init) -> Sound | None:
    """The sound of a stream whose init a scanner made; None where it has none."""
    return WebmSound.of(init) if "/webm" in init.mime else Mp4Sound.of(init)


def sound_in(init: bytes, media: bytes) -> tuple[bytes, bytes] | None:
    """Of mp4 as it is kept, an init and whole fragments, the same with the sound alone; None where it has none.

    Raises StreamBroken.
    """
    scanner = Mp4Scanner()
    pieces = scanner.feed(init + media)
    sound = None if scanner.init is None else sound_of(scanner.init)
    return None if sound is None else (sound.init.data, b"".join(piece.data for piece in sound.take(pieces)))
