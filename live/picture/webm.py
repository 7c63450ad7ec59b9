"""WebM (Matroska, RFC 9559): where init, clusters and blocks begin and end, and what their own clock says.

A cluster's head is rewritten to one of unknown size: so a player may be given some of its blocks and then the next
cluster, and a block is on its way before the cluster is whole. What players do not need (seek heads, cues, tags) is
left out.
"""

from __future__ import annotations

from live.picture.ebml import (
    GROUP,
    SEGMENT,
    SIMPLE_BLOCK,
    TRACK,
    TRACKS,
    VIDEO,
    Element,
    element_at,
    elements,
    read_group,
    read_number,
    read_track,
    read_vint,
)
from live.picture.pieces import LARGEST_INIT, LARGEST_PIECE, Init, Piece, StreamBroken

_EBML, _CLUSTER, _INFO, _SCALE, _TIME = 0x1A45DFA3, 0x1F43B675, 0x1549A966, 0x2AD7B1, 0xE7
_LEFT_OUT = {0x114D9B74, 0x1C53BB6B, 0x1254C367, 0x1043A770, 0x1941A469, 0xEC, 0xBF, 0xA7, 0xAB, 0x5854}
_UNKNOWN = b"\x01" + b"\xff" * 7
_SEGMENT_HEAD = SEGMENT.to_bytes(4, "big") + _UNKNOWN
_CLUSTER_HEAD = _CLUSTER.to_bytes(4, "big") + _UNKNOWN
_MOST_TRACKS = 8
_KEY_FLAG = 0x80


def cluster_head(time: int) -> bytes:
    """The head of a cluster of this time, in units of the stream."""
    return _CLUSTER_HEAD + bytes([_TIME, 0x88]) + time.to_bytes(8, "big")


def time_of_head(head: bytes) -> int:
    """The time in the head of a cluster, as a scanner makes it."""
    element = element_at(head, len(_CLUSTER_HEAD), len(head))
    assert element is not None
    return int.from_bytes(head[element.content : element.end], "big")


class WebmScanner:
    """Scans what comes: `EBML Segment (Info Tracks) (Cluster (Timestamp blocks))`."""

    def __init__(self) -> None:
        self.init: Init | None = None
        self._buffer = bytearray()
        self._ebml = self._info = self._tracks = b""
        self._has_segment = False
        self._scale = 1e-3
        self._video: int | None = None
        self._codecs: dict[int, str] = {}
        self._time: int | None = None
        self._newest = 0.0

    def feed(self, data: bytes) -> list[Piece]:
        """The heads and blocks that are whole now; raises StreamBroken."""
        self._buffer += data
        pieces: list[Piece] = []
        begin = 0
        while (element := element_at(self._buffer, begin, len(self._buffer))) is not None:
            if element.name in (SEGMENT, _CLUSTER):
                self._open(element.name)
                begin = element.content
                continue
            self._check(element)
            if element.end > len(self._buffer):
                break
            piece = self._take(element)
            if piece is not None:
                pieces.append(piece)
            begin = element.end
        del self._buffer[:begin]
        return pieces

    def _open(self, name: int) -> None:
        """A segment or a cluster begins."""
        if name == SEGMENT:
            if not self._ebml or self._has_segment:
                raise StreamBroken("order", "a segment where none belongs")
            self._has_segment = True
            return
        if self.init is None:
            if not self._tracks:
                raise StreamBroken("order", "a cluster before the tracks")
            self.init = self._make_init()
        self._time = None

    def _check(self, element: Element) -> None:
        if element.size is None:
            raise StreamBroken("size", f"element {element.name:x} of unknown size")
        if not self._ebml and element.name != _EBML:
            raise StreamBroken("container", "it does not begin with an EBML header")
        is_block = element.name in (SIMPLE_BLOCK, GROUP)
        if element.size > (LARGEST_PIECE if is_block else LARGEST_INIT):
            raise StreamBroken("size", f"element {element.name:x} of {element.size} bytes")

    def _take(self, element: Element) -> Piece | None:
        name = element.name
        data = bytes(self._buffer[element.begin : element.end])
        content = data[element.content - element.begin :]
        if name == _EBML:
            if self._ebml:
                raise StreamBroken("order", "a second EBML header")
            self._ebml = data
        elif name in (_INFO, TRACKS):
            self._take_head(name, data, content)
        elif name == _TIME:
            return self._begin_cluster(data, content)
        elif name in (SIMPLE_BLOCK, GROUP):
            return self._take_block(data, content, is_simple=name == SIMPLE_BLOCK)
        elif name not in _LEFT_OUT:
            raise StreamBroken("container", f"element {name:x}")
        return None

    def _take_head(self, name: int, data: bytes, content: bytes) -> None:
        if self.init is not None or not self._has_segment:
            raise StreamBroken("order", f"element {name:x} where none belongs")
        if name == _INFO:
            self._info = data
            for each in elements(content):
                if each.name == _SCALE:
                    self._scale = read_number(content, each) / 1e9
            return
        self._tracks = data
        for each in elements(content):
            if each.name == TRACK:
                self._take_track(content[each.content : each.end])

    def _take_track(self, entry: bytes) -> None:
        track = read_track(entry)
        if not track.codec or len(self._codecs) >= _MOST_TRACKS:
            raise StreamBroken("codec", "a track without a codec, or too many")
        self._codecs[track.number] = track.codec
        if track.kind == VIDEO and self._video is None:
            self._video = track.number

    def _make_init(self) -> Init:
        if not self._codecs or not 0 < self._scale < 1:
            raise StreamBroken("codec", "no tracks, or no clock")
        has_video = self._video is not None
        ordered = sorted(self._codecs, key=lambda number: number != self._video)
        codecs = ",".join(self._codecs[number] for number in ordered)
        mime = f'{"video" if has_video else "audio"}/webm; codecs="{codecs}"'
        return Init(self._ebml + _SEGMENT_HEAD + self._info + self._tracks, mime, has_video)

    def _begin_cluster(self, data: bytes, content: bytes) -> Piece:
        if self.init is None or self._time is not None or not 0 < len(content) <= 8:
            raise StreamBroken("order", "a timestamp where none belongs")
        self._time = int.from_bytes(content, "big")
        at = self._time * self._scale
        return Piece(_CLUSTER_HEAD + data, is_head=True, is_key=False, begin=at, end=max(at, self._newest))

    def _take_block(self, data: bytes, content: bytes, *, is_simple: bool) -> Piece:
        if self._time is None:
            raise StreamBroken("order", "a block outside a cluster")
        block, is_key = (content, False) if is_simple else read_group(content)
        track, width = read_vint(block, 0)
        if len(block) < width + 3 or track not in self._codecs:
            raise StreamBroken("size", "a block")
        at = (self._time + int.from_bytes(block[width : width + 2], "big", signed=True)) * self._scale
        if is_simple:
            is_key = bool(block[width + 2] & _KEY_FLAG)
        is_leading = self._video is None or track == self._video
        if is_leading:
            self._newest = max(self._newest, at)
        return Piece(data, is_head=False, is_key=is_key and is_leading, begin=at, end=max(at, self._newest))
