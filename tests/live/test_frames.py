"""Messages as frames: the same for everybody, packed where that gains."""

import pytest
from websockets.client import ClientProtocol
from websockets.frames import Frame, Opcode
from websockets.protocol import OPEN
from websockets.uri import parse_uri

from live.frames import PING, SMALLEST_TO_PACK, closing_frame, deflate, frame_of, is_pong, packed_frame_of
from live.messages import SLOW


def read(*frames: bytes) -> ClientProtocol:
    """A client that agreed to pack and got these bytes."""
    client = ClientProtocol(parse_uri("ws://fair.test/"), state=OPEN)
    client.extensions = [deflate()]
    client.receive_data(b"".join(frames))
    return client


@pytest.mark.parametrize("length", [1, 125, 126, 65_535, 65_536])
def test_packed_frame_says_the_same(length):
    """Each by itself, in any order, beside plain ones."""
    message = b"0123456789" * (length // 10) + b"." * (length % 10)

    frames = read(packed_frame_of(message), frame_of(message), packed_frame_of(message)).events_received()

    assert [bytes(each.data) for each in frames] == [message] * 3
    assert len(packed_frame_of(message)) <= len(frame_of(message))


def test_packing_must_gain():
    """A small message, and one that does not shrink, go out plain."""
    small, large = b"a" * (SMALLEST_TO_PACK - 10), b"a" * SMALLEST_TO_PACK * 5
    random = bytes(range(256)) * 2

    assert packed_frame_of(small) == frame_of(small)
    assert len(packed_frame_of(large)) < len(frame_of(large)) / 5
    assert len(packed_frame_of(random[:256])) == len(frame_of(random[:256]))


def test_closing_frame_says_why():
    """The code and the word."""
    client = read(closing_frame(SLOW))

    assert (client.close_rcvd.code, client.close_rcvd.reason) == (4008, "slow")


def test_only_the_answer_to_a_ping_is_known_at_a_glance():
    """A client's pong to PING; one with words, a message beside it, or a plain message is read properly."""
    client = read(PING)
    (answer,) = client.data_to_send()

    assert is_pong(answer)
    assert not is_pong(answer[:5])
    assert not is_pong(answer + answer)
    assert not is_pong(Frame(Opcode.PONG, b"x").serialize(mask=True))
    assert not is_pong(Frame(Opcode.TEXT, b"").serialize(mask=True))
