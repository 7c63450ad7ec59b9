"""Bytes of a client to requests and messages, wherever they are cut, and what is refused of them."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Close, Frame, Opcode

from live.frames import deflate
from live.inbound import LARGEST_MESSAGE, MOST_FRAGMENTS, Inbound

HANDSHAKE = (
    b"GET /room HTTP/1.1\r\nHost: fair.test\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    b"Sec-WebSocket-Protocol: gangbo.v1\r\n"
)


def frame(data: bytes, opcode: Opcode = Opcode.TEXT, *, fin: bool = True) -> bytes:
    """A client's frame."""
    return Frame(opcode, data, fin).serialize(mask=True)


def as_packed(data: bytes) -> bytes:
    """The same frame with the bit that says packed."""
    return bytes([data[0] | 0x40]) + data[1:]


def fragments(text: str, *cuts: int) -> bytes:
    """A message in several frames, with a ping between."""
    data, ends = text.encode(), [*cuts, len(text.encode())]
    parts = [data[start:end] for start, end in zip([0, *cuts], ends, strict=True)]
    frames = [
        frame(part, Opcode.CONT if number else Opcode.TEXT, fin=number == len(parts) - 1)
        for number, part in enumerate(parts)
    ]
    return frame(b"", Opcode.PING).join(frames)


def heard(*pieces: bytes, is_packed: bool = False) -> tuple[list[str | bytes], list[Frame], int]:
    """The messages in these bytes, taking the protocol down whenever it is idle; its answers; how often it was."""
    messages: list[str | bytes] = []
    answers, rests = b"", 0
    inbound: Inbound | None = None
    for piece in pieces:
        inbound = inbound or Inbound.of_open(is_packed=is_packed)
        inbound.feed(piece)
        while (message := inbound.next()) is not None:
            messages.append(message)
        answers += b"".join(inbound.protocol.data_to_send())
        if inbound.is_idle:
            inbound.end()
            inbound, rests = None, rests + 1
    return messages, parsed(answers), rests


def parsed(data: bytes) -> list[Frame]:
    """Frames of the server."""
    frames = []
    while data:
        length = data[1]
        frames.append(Frame(Opcode(data[0] & 15), data[2 : 2 + length]))
        data = data[2 + length :]
    return frames


def closing(*pieces: bytes, is_packed: bool = False) -> int:
    """The code that these bytes are answered with."""
    answers = heard(*pieces, is_packed=is_packed)[1]
    return Close.parse(next(each.data for each in answers if each.opcode is Opcode.CLOSE)).code


@given(st.lists(st.text(max_size=300), min_size=1, max_size=6), st.data())
def test_messages_are_whole_wherever_their_bytes_are_cut(texts, data):
    """The protocol is dropped at each rest and made anew, and nothing is lost or changed."""
    stream = b""
    for text in texts:
        cut = data.draw(st.none() | st.integers(0, len(text.encode())))
        stream += frame(text.encode()) if cut is None else fragments(text, cut)
    cuts = sorted(data.draw(st.sets(st.integers(1, len(stream)), max_size=12)))
    pieces = [stream[start:end] for start, end in zip([0, *cuts], [*cuts, len(stream)], strict=True) if end > start]

    messages, _, rests = heard(*pieces)

    assert messages == texts
    assert rests >= 1


def test_protocol_is_not_dropped_inside_a_message():
    """Neither between the bytes of a frame nor between the frames of a message."""
    whole, inbound = fragments("你好，有厂车吗", 6), Inbound.of_open(is_packed=False)
    idle = []
    for each in whole:
        inbound.feed(bytes([each]))
        idle.append((inbound.next(), inbound.is_idle))

    assert idle[-1] == ("你好，有厂车吗", True)
    assert [is_idle for _, is_idle in idle[:-1]] == [False] * (len(whole) - 1)


def test_handshake_comes_in_pieces():
    """The request is taken once, when its last byte is there."""
    headers = HANDSHAKE + b"\r\n"
    inbound = Inbound.of_handshake()
    for each in headers[:-1]:
        inbound.feed(bytes([each]))
        assert inbound.next() is None

    inbound.feed(headers[-1:])

    assert inbound.next().path == "/room"


@pytest.mark.parametrize(
    ("offer", "answer"),
    [
        (
            "permessage-deflate; client_max_window_bits",
            "permessage-deflate; server_no_context_takeover; client_no_context_takeover",
        ),
        ("permessage-deflate; server_max_window_bits=10", None),
        ("x-webkit-deflate-frame", None),
    ],
)
def test_compression_is_agreed_on_without_context(offer, answer):
    """What is packed once for all has the full window and no memory; who asks for less gets plain frames."""
    inbound = Inbound.of_handshake()
    inbound.feed(HANDSHAKE + f"Sec-WebSocket-Extensions: {offer}\r\n\r\n".encode())

    response = inbound.protocol.accept(inbound.next())

    assert response.status_code == 101
    assert response.headers.get("Sec-WebSocket-Extensions") == answer


def test_packed_message_is_unpacked():
    """What a client packs is read, plain messages beside it."""
    packed = Frame(Opcode.TEXT, "老板好".encode() * 50).serialize(mask=True, extensions=[deflate()])

    assert heard(packed, frame(b"plain"), packed, is_packed=True)[0] == ["老板好" * 50, "plain", "老板好" * 50]


def test_packed_flood_is_refused_before_it_is_unpacked():
    """200 MB in 194 KB is too large as it comes; in frames that are small enough it is stopped at the limit."""
    packer = zlib.compressobj(9, wbits=-15)
    bomb = b"".join(packer.compress(bytes(1 << 20)) for _ in range(200)) + packer.flush(zlib.Z_SYNC_FLUSH)
    assert 150_000 < len(bomb) < 250_000

    whole = as_packed(frame(bomb[:-4]))
    first = as_packed(frame(bomb[: LARGEST_MESSAGE - 9], fin=False))

    assert closing(whole, is_packed=True) == 1009
    assert closing(first, is_packed=True) == 1009


@pytest.mark.parametrize("extension", [None, PerMessageDeflate(True, True, 15, 15)])
def test_packed_message_without_agreement_is_refused(extension):
    """The bit that says packed means nothing to who did not agree."""
    data = Frame(Opcode.TEXT, b"hello " * 50).serialize(mask=True, extensions=[extension] if extension else [])

    if extension is None:
        assert heard(data)[0] == ["hello " * 50]
    else:
        assert closing(data) == 1002


@pytest.mark.parametrize(
    ("pieces", "code"),
    [
        ([frame(b"x" * (LARGEST_MESSAGE + 1))], 1009),
        ([frame(b"x", fin=False)] + [frame(b"", Opcode.CONT, fin=False)] * (MOST_FRAGMENTS + 1), 1009),
        ([frame(b"x" * 9_000, fin=False), frame(b"x" * 9_000, Opcode.CONT)], 1009),
        ([frame(b"\xff\xfe")], 1007),
        ([frame("好".encode()[:2])], 1007),
        ([frame(b"x", Opcode.CONT)], 1002),
        ([frame(b"x", fin=False), frame(b"x")], 1002),
        ([Frame(Opcode.TEXT, b"x").serialize(mask=False)], 1002),
        ([frame(Close(1001, "").serialize(), Opcode.CLOSE)], 1001),
    ],
)
def test_what_the_rules_forbid_is_closed(pieces, code):
    """Too large, too many pieces, not UTF-8, frames out of order or unmasked; a close is answered."""
    assert closing(*pieces) == code


def test_ping_is_answered():
    """With what it carried."""
    assert heard(frame(b"there?", Opcode.PING))[1] == [Frame(Opcode.PONG, b"there?")]


def test_what_is_done_with_goes_on_to_the_next_connection():
    """A protocol that took whole messages serves another; one that was cut off in mid-frame, or closed, does not."""
    first = Inbound.of_open(is_packed=True)
    first.feed(frame(b"one"))
    assert first.next() == "one"
    first.end()
    second = Inbound.of_open(is_packed=False)
    assert second.protocol is first.protocol
    second.feed(as_packed(frame(b"two")))
    assert second.next() is None
    assert [answer.opcode for answer in parsed(b"".join(second.protocol.data_to_send()))] == [Opcode.CLOSE]
    second.end()

    large = Inbound.of_open(is_packed=False, largest=LARGEST_MESSAGE + 1)
    large.feed(frame(b"x" * (LARGEST_MESSAGE + 1)))
    assert large.next() == "x" * (LARGEST_MESSAGE + 1)
    large.end()
    third = Inbound.of_open(is_packed=False)
    third.feed(frame(b"x" * (LARGEST_MESSAGE + 1)))
    assert third.protocol is large.protocol
    assert third.next() is None

    third = Inbound.of_open(is_packed=False)
    third.feed(frame(b"three")[:-1])
    assert third.next() is None
    third.end()

    assert Inbound.of_open(is_packed=False).protocol not in (second.protocol, third.protocol)
