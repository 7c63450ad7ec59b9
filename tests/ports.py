"""Ports for the servers that tests start.

Knows how tests that run side by side keep out of one another's way: each process that runs tests holds a block of
ports for itself. The blocks lie below those that systems give to outgoing connections.
"""

import socket
from collections.abc import Iterator
from functools import cache
from itertools import cycle

_BLOCKS = range(20_000, 32_000, 100)


def free_port() -> int:
    """A port on loopback that nobody listens on, and that nobody else is given."""
    _, numbers = _own_block()
    return next(number for number in numbers if _is_free(number))


@cache
def _own_block() -> tuple[socket.socket, Iterator[int]]:
    """What holds the block until this process ends, a socket bound to its first port, and the others in turn."""
    for first in _BLOCKS:
        holder = socket.socket()
        try:
            holder.bind(("127.0.0.1", first))
        except OSError:
            holder.close()
        else:
            return holder, cycle(range(first + 1, first + _BLOCKS.step))
    raise OSError(f"no block of ports is free from {_BLOCKS.start} to {_BLOCKS.stop}")


def _is_free(number: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", number))
        except OSError:
            return False
    return True
