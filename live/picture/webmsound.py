"""The sound alone of a webm stream: its track, and the blocks of that track.

Blocks that come together stand behind their cluster's head once more, so that a player may begin with any of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from live.picture.ebml import (
    AUDIO,
    SEGMENT,
    TRACK,
    TRACKS,
    Element,
    block_in,
    element_at,
    elements,
    read_track,
    read_vint,
)
from live.picture.pieces import Init, Piece


class WebmSound:
    """Makes of the pieces of a stream those of the track with this number; `init` is what goes before them."""

    def __init__(self, init: Init, number: int) -> None:
        self.init, self._number = init, number
        self._head = b""

    @classmethod
    def of(cls, whole: Init) -> WebmSound | None:
        """That of a stream's first track of sound; None where it has none."""
        tracks = _tracks(whole.data)
        content = whole.data[tracks.content : tracks.end]
        for each in elements(content):
            track = read_track(content[each.content : each.end]) if each.name == TRACK else None
            if track is not None and track.kind == AUDIO:
                data = whole.data[: tracks.begin] + _element(TRACKS, content[each.begin : each.end])
                return cls(Init(data, f'audio/webm; codecs="{track.codec}"', has_video=False), track.number)
        return None

    def take(self, pieces: Iterable[Piece]) -> list[Piece]:
        """The sound in these, one piece for each cluster; nothing before the first head."""
        found: list[Piece] = []
        blocks: list[Piece] = []
        for piece in pieces:
            if piece.is_head:
                found += self._together(blocks)
                self._head, blocks = piece.data, []
            elif self._head and _number_of(piece.data) == self._number:
                blocks.append(piece)
        return [*found, *self._together(blocks)]

    def _together(self, blocks: Sequence[Piece]) -> Iterator[Piece]:
        if blocks:
            data = self._head + b"".join(block.data for block in blocks)
            yield Piece(data, is_head=True, is_key=True, begin=blocks[0].begin, end=blocks[-1].end)


def _tracks(init: bytes) -> Element:
    """The element of the tracks in what a scanner made."""
    element = element_at(init, 0, len(init))
    while element is not None and element.name != TRACKS:
        element = element_at(init, element.content if element.name == SEGMENT else element.end, len(init))
    assert element is not None
    return element


def _number_of(data: bytes) -> int:
    """The number of the track that a block is of."""
    return read_vint(data, block_in(data))[0]


def _element(name: int, content: bytes) -> bytes:
    return name.to_bytes(4, "big") + (len(content) | 1 << 56).to_bytes(8, "big") + content
