"""The ring: a frame handed to the kernel for many descriptors at once (io_uring), on a Linux that permits it.

It does what `live.sending` does one by one, in a fraction of the calls. No send waits, and all that was handed over has
come back before a call returns: no descriptor can go to somebody else, and no frame be forgotten, in between.
"""

from __future__ import annotations

import ctypes
import logging
import os
import socket
import struct
import sys
from array import array
from errno import EBADF, EINTR, ENOSYS, errorcode
from mmap import mmap

from live.sending import Short, send_each

ENTRIES = 512  # Twice as many cost no less: they leave the caches before they are done with.
# From the kernel's linux/io_uring.h; the two calls have the same numbers on whatever runs Python.
_SETUP, _ENTER = 425, 426
_GET_EVENTS = 1
_RINGS_AT, _ENTRIES_AT = 0, 0x10000000
_SINGLE_MMAP, _NATIVE_WORKERS = 1 << 0, 1 << 9
_OP_SEND = 26
_ENTRY, _RESULT = struct.Struct("=BBHiQQIIQ24x"), struct.Struct("=QiI")
_COUNTS = 1 << 32

_log = logging.getLogger("live.ring")


class _Parameters(ctypes.Structure):
    """What the kernel says of a ring that it made: `struct io_uring_params`."""

    _fields_ = (
        *((name, ctypes.c_uint32) for name in ("entries", "results", "flags", "cpu", "idle", "features", "workers")),
        ("_reserved", ctypes.c_uint32 * 3),
        *((name, ctypes.c_uint32) for name in ("head", "tail", "mask", "size", "state", "dropped", "order", "_more")),
        ("_address", ctypes.c_uint64),
        *((name, ctypes.c_uint32) for name in ("done_head", "done_tail", "done_mask", "done_size", "overflow")),
        *((name, ctypes.c_uint32) for name in ("first_result", "done_state", "_still_more")),
        ("_done_address", ctypes.c_uint64),
    )


def open_ring() -> Ring | None:
    """A ring; None where the system permits none."""
    if sys.platform != "linux":
        return None
    try:
        return Ring()
    except OSError as error:
        _log.info("ticks are written to each viewer in turn: %s (%s)", error.strerror, errorcode.get(error.errno or 0))
        return None


class Ring:
    """A ring of ENTRIES sends, for one thread of one process; raises OSError where none is to be had."""

    def __init__(self) -> None:
        self._call = ctypes.CDLL(None, use_errno=True).syscall
        self._call.restype, self._call.argtypes = ctypes.c_long, [ctypes.c_long] * 7
        made = _Parameters()
        self._fd = self._call(_SETUP, ENTRIES, ctypes.addressof(made), 0, 0, 0, 0)
        if self._fd < 0:
            raise OSError(ctypes.get_errno(), "the kernel permits no ring")
        try:
            if ~made.features & (_SINGLE_MMAP | _NATIVE_WORKERS):
                raise OSError(ENOSYS, "the kernel's rings are of an early kind")
            self._lay_out(made)
            self._try()
        except BaseException:
            self.close()
            raise

    def send(self, descriptors: array[int], frame: bytes) -> list[Short]:
        """Send the frame to each descriptor, many at once; one by one where the kernel takes no more."""
        shorts: list[Short] = []
        self._sizes[:] = array("I", [len(frame)]) * ENTRIES
        self._addresses[:] = array("Q", [ctypes.cast(ctypes.c_char_p(frame), ctypes.c_void_p).value or 0]) * ENTRIES
        begin = 0
        while begin < len(descriptors):
            # Up to the end of the entries and no further, so that neither they nor their results lie in two pieces.
            first = self._tail[0] % ENTRIES
            some = descriptors[begin : begin + ENTRIES - first]
            begin += len(some)
            self._entries[first : first + len(some)] = some
            taken = self._hand_over(len(some))
            shorts += self._results(some[:taken], first, len(frame))
            shorts += send_each(some[taken:], frame)
        return shorts

    def close(self) -> None:
        """Give it back; it sends one by one from now on."""
        if self._fd >= 0:
            os.close(self._fd)
        self._fd = -1

    def _lay_out(self, made: _Parameters) -> None:
        """Map what is shared with the kernel; every entry is a send that never waits, known by its place."""
        size = max(made.order + 4 * made.entries, made.first_result + _RESULT.size * made.results)
        shared = memoryview(mmap(self._fd, size, offset=_RINGS_AT))
        entries = memoryview(mmap(self._fd, _ENTRY.size * made.entries, offset=_ENTRIES_AT))
        flags = socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL
        entries[:] = b"".join(_ENTRY.pack(_OP_SEND, 0, 0, -1, 0, 0, 0, flags, place) for place in range(made.entries))
        shared[made.order : made.order + 4 * made.entries] = array("I", range(made.entries)).tobytes()
        self._entries = entries.cast("i")[1 :: _ENTRY.size // 4]
        self._addresses = entries.cast("Q")[2 :: _ENTRY.size // 8]
        self._sizes = entries.cast("I")[6 :: _ENTRY.size // 4]
        results = shared[made.first_result : made.first_result + _RESULT.size * made.results]
        self._places = results.cast("Q")[:: _RESULT.size // 8]
        self._taken = results.cast("i")[2 :: _RESULT.size // 4]
        counts = [shared[at : at + 4].cast("I") for at in (made.tail, made.done_head, made.done_tail)]
        self._tail, self._done_head, self._done_tail = counts

    def _try(self) -> None:
        """Send one byte to who takes it and to nobody."""
        near, far = socket.socketpair()
        with near, far:
            shorts = self.send(array("i", [near.fileno(), -1]), b".")
            if self._tail[0] != 2 or shorts != [Short(-1, -EBADF)] or far.recv(2) != b".":
                raise OSError(ENOSYS, "the kernel's ring does not send")

    def _hand_over(self, count: int) -> int:
        """How many of the next `count` entries the kernel took; all of these are done."""
        tail, taken = self._tail[0], 0
        self._tail[0] = (tail + count) % _COUNTS
        while taken < count or (self._done_tail[0] - self._done_head[0]) % _COUNTS < taken:
            answer = self._call(_ENTER, self._fd, count - taken, count, _GET_EVENTS, 0, 0)
            if answer >= 0:
                taken += answer
            elif ctypes.get_errno() != EINTR:
                count = taken
        self._tail[0] = (tail + taken) % _COUNTS
        return taken

    def _results(self, descriptors: array[int], first: int, size: int) -> list[Short]:
        """What became of the sends to these, whose entries begin at `first`."""
        begin, count = self._done_head[0] % (2 * ENTRIES), len(descriptors)
        taken = self._taken[begin : begin + count]
        shorts = []
        if taken.tobytes() != size.to_bytes(4, sys.byteorder) * count:
            places = self._places[begin : begin + count]
            found = zip(places.tolist(), taken.tolist(), strict=True)
            shorts = [Short(descriptors[place - first], each) for place, each in found if each != size]
        self._done_head[0] = self._done_tail[0]
        return shorts
