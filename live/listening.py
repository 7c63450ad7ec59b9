"""The sockets that listen, with the options that every accepted connection inherits."""

from __future__ import annotations

import socket

KERNEL_BUFFER = 32 << 10
SECONDS_UNACKNOWLEDGED = 20
BACKLOG = 4096
DOORS = 8


def listen(host: str, port: int, *, is_shared: bool = False) -> list[socket.socket]:
    """One socket for each address of `host`; raises OSError when one is taken.

    With `is_shared` other processes may listen there too, and the kernel deals connections out.
    """
    found = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    sockets: list[socket.socket] = []
    try:
        for family, address in dict.fromkeys((each[0], each[4]) for each in found):
            sockets.append(_listen_on(family, address, is_shared=is_shared))
    except OSError:
        for each in sockets:
            each.close()
        raise
    return sockets


def doors(sock: socket.socket) -> list[socket.socket]:
    """The same socket several times: an event loop may accept but one connection of each in a turn."""
    return [sock, *(sock.dup() for _ in range(DOORS - 1))]


def _listen_on(family: int, address: tuple[object, ...], *, is_shared: bool) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        if is_shared:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        # A large buffer in the kernel would hide how far behind a viewer is.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BUFFER)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            # A tick comes every few seconds, so a peer that is gone always owes an acknowledgement.
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SECONDS_UNACKNOWLEDGED * 1_000)
        sock.bind(address)
        sock.listen(BACKLOG)
        sock.setblocking(False)
    except OSError:
        sock.close()
        raise
    return sock
