"""The sockets that listen: what every accepted connection inherits, and who may share a port."""

import errno
import socket

import pytest

from live.listening import KERNEL_BUFFER, SECONDS_UNACKNOWLEDGED, doors, listen
from tests.ports import free_port


def test_accepted_connections_inherit_the_options():
    """A small buffer, so that the kernel hides no lag, and an end for peers that acknowledge nothing."""
    (listening,) = listen("127.0.0.1", free_port())
    with listening, socket.create_connection(listening.getsockname()):
        accepted, _ = listening.accept()
        with accepted:
            buffer = accepted.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
            patience = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
            is_prompt = accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)

    # Linux doubles the buffer for its own book-keeping.
    assert buffer in (KERNEL_BUFFER, 2 * KERNEL_BUFFER)
    assert patience == SECONDS_UNACKNOWLEDGED * 1_000
    assert is_prompt


def test_port_is_shared_only_when_that_is_wanted():
    """A second process on the port is refused, unless both are workers."""
    port, other = free_port(), free_port()
    (alone,) = listen("127.0.0.1", port)
    (first,) = listen("127.0.0.1", other, is_shared=True)
    with alone, first:
        with pytest.raises(OSError, match="in use") as refused:
            listen("127.0.0.1", port)
        (second,) = listen("127.0.0.1", other, is_shared=True)
        second.close()

    assert refused.value.errno == errno.EADDRINUSE


def test_every_address_of_a_host_is_listened_on():
    """An empty host is every address there is; a connection reaches it whichever way it comes."""
    port = free_port()
    sockets = listen("", port)
    try:
        for each in sockets:
            name = "127.0.0.1" if each.family == socket.AF_INET else "::1"
            socket.create_connection((name, port)).close()
    finally:
        for each in sockets:
            each.close()

    assert sockets


def test_doors_lead_to_the_same_port():
    """Several descriptors of one socket: whoever accepts first has the connection."""
    (listening,) = listen("127.0.0.1", free_port())
    several = doors(listening)
    with socket.create_connection(listening.getsockname()):
        several[-1].accept()[0].close()
    names = {each.getsockname() for each in several}
    for each in several:
        each.close()

    assert len(several) > 1
    assert len(names) == 1
