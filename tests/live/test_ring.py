"""A ring does in one call what is done in many without it: the same bytes, the same word of what was not taken."""

import resource
import socket
from array import array
from errno import EAGAIN, EBADF, EPIPE
from random import Random

import pytest

from live.ring import ENTRIES, open_ring
from live.sending import Send, Short, send_each


def tcp_pair(*, holds: int = 1 << 20) -> tuple[socket.socket, socket.socket]:
    """Two ends of a connection that holds so much on its way."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        far = socket.create_connection(door.getsockname())
        near, _ = door.accept()
    near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, holds)
    near.setblocking(False)
    far.settimeout(10)
    return near, far


def take(far: socket.socket) -> bytes:
    """What is there to read now."""
    far.setblocking(False)
    try:
        return far.recv(1 << 20)
    except BlockingIOError:
        return b""
    finally:
        far.settimeout(10)


def take_whole(far: socket.socket, size: int) -> bytes:
    """So many bytes, when they have come."""
    came = b""
    while len(came) < size:
        came += far.recv(1 << 20)
    return came


def lowest_free() -> int:
    """The number that the next open file gets."""
    with socket.socket() as one:
        return one.fileno()


@pytest.mark.parametrize("way", ["each", "ring"])
def test_what_was_not_taken_is_told(way, request):
    """Thirty sockets that are read now and then, one shut, one that is none: what came is what was said to be taken."""
    send: Send = send_each if way == "each" else request.getfixturevalue("ring").send
    luck = Random(1)
    pairs = [tcp_pair(holds=8192) for _ in range(30)]
    descriptors = array("i", [near.fileno() for near, _ in pairs] + [-1])
    taken, came = [b""] * 31, [b""] * 30
    answers: set[int] = set()

    for turn in range(300):
        if turn == 100:
            pairs[7][0].shutdown(socket.SHUT_WR)
        # The longest is more than a connection holds on its way, so that a part of it is taken wherever there is room.
        frame = luck.randbytes(luck.choice((1, 300, 5_000, 200_000)))
        shorts = {short.fd: short.taken for short in send(descriptors, frame)}
        answers.update(shorts.values())
        for number, fd in enumerate(descriptors):
            taken[number] += frame[: max(0, shorts.get(fd, len(frame)))]
        for number in luck.sample(range(30), 5):
            came[number] += take(pairs[number][1])
    for number, (near, far) in enumerate(pairs):
        near.close()
        while data := far.recv(1 << 20):
            came[number] += data
        far.close()

    assert {each for each in answers if each < 0} == {-EAGAIN, -EPIPE, -EBADF}
    assert any(each > 0 for each in answers)
    assert taken == [*came, b""]


def test_more_than_the_entries_go_in_order(ring):
    """Rings full to one descriptor, in turns of odd lengths: each byte arrives once and in its place."""
    near, far = tcp_pair()
    lengths = (1, ENTRIES - 1, ENTRIES, ENTRIES + 1, 700, 700)
    with near, far:
        for number, length in enumerate(lengths):
            assert ring.send(array("i", [near.fileno()] * length), bytes([number]) * 2) == []
            assert take_whole(far, 2 * length) == bytes([number]) * 2 * length


def test_results_stay_with_their_descriptors(ring):
    """Wherever in the ring they lie, whoever was short is named."""
    near, far = tcp_pair()
    bad = (3, 900, 1_800, 2_047)
    with near, far:
        for _ in range(3):
            descriptors = array("i", [near.fileno()] * 2_100)
            for place in bad:
                descriptors[place] = -1 - place

            assert ring.send(descriptors, b".") == [Short(-1 - place, -EBADF) for place in bad]
            assert len(take_whole(far, 2_100 - len(bad))) == 2_100 - len(bad)


def test_closed_ring_writes_to_each(ring):
    """What the kernel does not take from a ring goes out as without one."""
    near, far = tcp_pair()
    ring.close()
    ring.close()

    with near, far:
        assert ring.send(array("i", [near.fileno(), -1, near.fileno()]), b"12") == [Short(-1, -EBADF)]
        assert far.recv(16) == b"1212"


def test_refusal_leaves_no_ring(ring):
    """Where the kernel makes none, there is none, and nothing stays open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    free = lowest_free()
    resource.setrlimit(resource.RLIMIT_NOFILE, (free, hard))
    try:
        refused = open_ring()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    assert refused is None
    assert lowest_free() == free


def test_ring_leaves_no_file_open(ring):
    """After its end the same files are open as before."""
    before = lowest_free()
    another = open_ring()
    assert another is not None
    assert lowest_free() > before
    another.close()
    del another

    assert lowest_free() == before
