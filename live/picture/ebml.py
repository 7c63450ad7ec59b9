"""Elements of WebM (Matroska, RFC 9559): where they begin and end, and what a track and a block say of themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from live.picture.codecs import codec_in_webm
from live.picture.pieces import StreamBroken

SEGMENT, TRACKS, TRACK = 0x18538067, 0x1654AE6B, 0xAE
SIMPLE_BLOCK, GROUP, _BLOCK = 0xA3, 0xA0, 0xA1
VIDEO, AUDIO = 1, 2
_NUMBER, _KIND, _CODEC = 0xD7, 0x83, 0x86
_REFERENCE = 0xFB


@dataclass(frozen=True, slots=True)
class Element:
    """An element's name and extent; `size` is None where it is unknown."""

    name: int
    begin: int
    content: int
    size: int | None

    @property
    def end(self) -> int:
        """Where the next one begins."""
        assert self.size is not None
        return self.content + self.size


@dataclass(frozen=True, slots=True)
class Track:
    """A track; `kind` is VIDEO, AUDIO or another, `codec` is empty where it says none."""

    number: int
    kind: int
    codec: str


def elements(data: bytes) -> Iterator[Element]:
    """The elements in a whole one; raises StreamBroken when they do not fit into it."""
    begin = 0
    while begin < len(data):
        element = element_at(data, begin, len(data))
        if element is None or element.size is None or element.end > len(data):
            raise StreamBroken("size", "an element is larger than what it is in")
        yield element
        begin = element.end


def element_at(data: bytes | bytearray, begin: int, end: int) -> Element | None:
    """The element that begins there; None while its header is not whole."""
    if begin >= end:
        return None
    width = 9 - data[begin].bit_length()
    if width > 4:
        raise StreamBroken("container", "no element begins here")
    if begin + width >= end:
        return None
    name = int.from_bytes(data[begin : begin + width], "big")
    at = begin + width
    size_width = 9 - data[at].bit_length()
    if size_width > 8:
        raise StreamBroken("size", f"element {name:x}")
    if at + size_width > end:
        return None
    size = int.from_bytes(data[at : at + size_width], "big") & ((1 << 7 * size_width) - 1)
    is_unknown = size == (1 << 7 * size_width) - 1
    return Element(name, begin, at + size_width, None if is_unknown else size)


def read_track(entry: bytes) -> Track:
    """What an entry of the tracks says, given without its header; raises StreamBroken."""
    number = kind = 0
    codec = ""
    for each in elements(entry):
        if each.name == _NUMBER:
            number = read_number(entry, each)
        elif each.name == _KIND:
            kind = read_number(entry, each)
        elif each.name == _CODEC:
            codec = codec_in_webm(entry[each.content : each.end].decode("ascii", "replace"))
    return Track(number, kind, codec)


def read_group(content: bytes) -> tuple[bytes, bool]:
    """The block in a group, and whether it refers to no other; raises StreamBroken."""
    inner = list(elements(content))
    found = next((each for each in inner if each.name == _BLOCK), None)
    if found is None:
        raise StreamBroken("order", "a group without a block")
    return content[found.content : found.end], all(each.name != _REFERENCE for each in inner)


def block_in(data: bytes) -> int:
    """Where the block begins in a simple block's element, or in a group's, that a scanner took."""
    element = element_at(data, 0, len(data))
    assert element is not None
    if element.name == SIMPLE_BLOCK:
        return element.content
    return element.content + next(each.content for each in elements(data[element.content :]) if each.name == _BLOCK)


def read_vint(data: bytes, begin: int) -> tuple[int, int]:
    """A number of variable width, and the width."""
    width = 9 - data[begin].bit_length() if begin < len(data) else 9
    if width > 8 or begin + width > len(data):
        raise StreamBroken("size", "a number")
    return int.from_bytes(data[begin : begin + width], "big") & ((1 << 7 * width) - 1), width


def read_number(data: bytes, element: Element) -> int:
    """The number that an element is."""
    if not element.size or element.size > 8:
        raise StreamBroken("size", f"element {element.name:x}")
    return int.from_bytes(data[element.content : element.end], "big")
