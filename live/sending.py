"""Sending one frame to many descriptors, one after the other, and what became of it where it was not taken whole."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from errno import EIO
from os import write
from typing import NamedTuple


class Short(NamedTuple):
    """A descriptor that did not take a whole frame: how many bytes it took, or the error's number, negative."""

    fd: int
    taken: int


Send = Callable[["array[int]", bytes], list[Short]]
"""Offers a frame to each of these descriptors without ever waiting; who did not take all of it."""


def send_each(descriptors: array[int], frame: bytes) -> list[Short]:
    """Write the frame to each descriptor in turn."""
    shorts: list[Short] = []
    size, fd = len(frame), -1
    rest = iter(descriptors)
    while True:
        try:
            for fd in rest:
                taken = write(fd, frame)
                if taken != size:
                    shorts.append(Short(fd, taken))
            return shorts
        except OSError as error:
            shorts.append(Short(fd, -(error.errno or EIO)))
