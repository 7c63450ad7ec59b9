"""The load client writes and reads frames as the protocol says."""

from __future__ import annotations

import pytest
from websockets.frames import Frame as TheirFrame
from websockets.frames import Opcode
from websockets.server import ServerProtocol

from bench.wire import PING, TEXT, frames_in, is_upgraded, masked, pong_to, upgrade


def frame(payload, opcode=Opcode.TEXT):
    """A server's frame."""
    return TheirFrame(opcode, payload).serialize(mask=False)


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65_535, 65_536])
def test_frames_of_each_length_are_found(size):
    """All three ways of writing a length; the bytes between payload and end are what was sent."""
    payload = b"x" * size
    data = frame(payload) + frame(b"!", Opcode.PING)

    found = list(frames_in(data))

    assert [each.opcode for each in found] == [TEXT, PING]
    assert data[found[0].payload : found[0].end] == payload
    assert found[1].end == len(data)


@pytest.mark.parametrize("kept", range(len(frame(b"x" * 200))))
def test_frame_in_part_waits(kept):
    """Whatever is cut off, only the frames that are whole are found, and the rest begins where the last one ends."""
    whole = frame(b"first")

    found = list(frames_in(whole + frame(b"x" * 200)[:kept]))

    assert [each.end for each in found] == [len(whole)]


def test_server_understands_what_the_client_sends():
    """The handshake of the library agrees, and finds messages and pongs as they were meant."""
    server = ServerProtocol()
    server.receive_data(upgrade(80, "/room", origin="http://127.0.0.1:8000", subprotocol="gangbo.v1"))
    request = server.events_received()[0]
    server.send_response(server.accept(request))

    server.receive_data(masked("你好".encode()) + masked(b"y" * 70_000) + pong_to(b"ping"))

    assert is_upgraded(b"".join(server.data_to_send()))
    assert [bytes(event.data) for event in server.events_received()] == ["你好".encode(), b"y" * 70_000, b"ping"]


def test_refused_handshake_is_no_upgrade():
    """Another status, or an answer to another key, opens nothing."""
    assert not is_upgraded(b"HTTP/1.1 403 Forbidden\r\n\r\n")
    assert not is_upgraded(b"HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: another\r\n\r\n")


def test_masked_frame_from_a_server_is_refused():
    """No server may send one; going on would misread all that follows."""
    with pytest.raises(ValueError, match="masked"):
        list(frames_in(masked(b"from a client")))
