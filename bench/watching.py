"""Viewers of the picture, in a process of their own: each reads all that it is sent and notes how late it came."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection

import msgspec

from bench.cores import pinned
from bench.film import sent_at
from bench.wire import CLOSE, PING, TEXT, frames_in, is_upgraded, masked, pong_to, upgrade

__all__ = ["SUBPROTOCOL", "Looks", "Viewers", "watching"]

SUBPROTOCOL = "gangbo.picture.v1"
_PATIENCE_SECONDS = 60.0
_FRESH_SECONDS = 2.0


@dataclass
class Looks:
    """What the viewers saw since the last report: how many have a picture that is not old, and what came how late."""

    with_picture: int = 0
    skipped: int = 0
    closed: int = 0
    late_ms: list[float] = field(default_factory=list)


class Viewers:
    """The viewers of one process; each method waits for its answer."""

    def __init__(self, parent: Connection) -> None:
        self._parent = parent

    def join(self, tickets: Sequence[str], session_id: int) -> int:
        """Let so many come; how many there are now."""
        self._parent.send([_watch(ticket, session_id) for ticket in tickets])
        found = self._answer()
        assert isinstance(found, int)
        return found

    def report(self) -> Looks:
        """What they saw since the last report."""
        self._parent.send(None)
        found = self._answer()
        assert isinstance(found, Looks)
        return found

    def _answer(self) -> object:
        if not self._parent.poll(_PATIENCE_SECONDS):
            raise RuntimeError("no answer from the viewers")
        return self._parent.recv()


@contextmanager
def watching(port: int, origin: str, *, cores: Sequence[int]) -> Iterator[Viewers]:
    """A process for viewers on these cores; gone when the block ends."""
    context = multiprocessing.get_context("spawn")
    parent, child = context.Pipe()
    with pinned(cores):
        process = context.Process(target=_serve, args=(port, origin, child), daemon=True)
        process.start()
    try:
        yield Viewers(parent)
    finally:
        process.terminate()
        process.join(10)
        parent.close()


def _watch(ticket: str, session_id: int) -> bytes:
    return masked(msgspec.json.encode({"type": "watch", "ticket": ticket, "session": session_id}))


class _Viewer(asyncio.Protocol):
    """One viewer: the handshake, then frames."""

    def __init__(self, first: bytes, looks: list[Looks], port: int, origin: str) -> None:
        self._first, self._looks = first, looks
        self._hello = upgrade(port, "/picture", subprotocol=SUBPROTOCOL, origin=origin)
        self._buffer = bytearray()
        self._is_open = False
        self.seen_at = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(self._hello)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._is_open:
            head, end, rest = bytes(self._buffer).partition(b"\r\n\r\n")
            if not end:
                return
            if not is_upgraded(head):
                raise RuntimeError("the handshake was refused")
            self._is_open, self._buffer = True, bytearray(rest)
            self._transport.write(self._first)
        end_of_all = 0
        whole = bytes(self._buffer)
        for frame in frames_in(whole):
            self._take(frame.opcode, whole[frame.payload : frame.end])
            end_of_all = frame.end
        del self._buffer[:end_of_all]

    def connection_lost(self, exc: Exception | None) -> None:
        self._looks[0].closed += 1

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == PING:
            self._transport.write(pong_to(payload))
        elif opcode == TEXT:
            self._looks[0].skipped += payload.startswith(b'{"type":"skipped"')
        elif opcode != CLOSE and (at := sent_at(payload)) is not None:
            now = time.monotonic()
            if self.seen_at:
                # What a joiner is sent first was on its way before it came.
                self._looks[0].late_ms.append((now - at) * 1_000)
            self.seen_at = now


def _serve(port: int, origin: str, child: Connection) -> None:
    with contextlib.suppress(KeyboardInterrupt, EOFError):
        asyncio.run(_run(port, origin, child))


async def _run(port: int, origin: str, child: Connection) -> None:
    loop = asyncio.get_running_loop()
    looks = [Looks()]
    viewers: list[_Viewer] = []
    while True:
        firsts = await asyncio.to_thread(child.recv)
        if firsts is None:
            now = time.monotonic()
            found, looks[0] = looks[0], Looks()
            found.with_picture = sum(now - viewer.seen_at < _FRESH_SECONDS for viewer in viewers)
            child.send(found)
            continue
        for first in firsts:
            make = partial(_Viewer, first, looks, port, origin)
            viewers.append((await loop.create_connection(make, "127.0.0.1", port))[1])
        child.send(len(viewers))
