"""Many viewers in one process, cheap enough not to be what is measured: one epoll, nothing parsed twice.

`serve` runs in a process of its own and obeys its parent over a pipe; `bench.throng` is that parent.
"""

from __future__ import annotations

import contextlib
import heapq
import ipaddress
import random
import select
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection

import msgspec

from bench.sightings import Sighting, Sightings
from bench.wire import CLOSE, PING, TEXT, frames_in, is_upgraded, masked, pong_to, upgrade
from fair.tickets import issue_ticket

__all__ = ["Door", "Order", "serve"]

_READ = 1 << 16
_AT_ONCE = 256
_IDLE_SECONDS = 0.02
_NAP_SECONDS = 0.002  # Being woken for every single frame would cost both sides more than reading it.
_NO_PORT_YET = 24  # IP_BIND_ADDRESS_NO_PORT: a source port is chosen at the connect, so that few addresses suffice.
_EACH_ADDRESS = 14_000  # Beyond half of an address's ports the kernel seeks each new one for milliseconds.
_ROOM_TO_RETURN = frozenset({1006, 1011, 4001, 4008, 4009, 4010, 4012, 4013, 4900})


@dataclass(frozen=True)
class Door:
    """Where onlookers enter; without a session there is no room behind it, only frames for everybody.

    `ports` are taken in turn; the first onlookers are of `accounts`, the others visitors without one.
    """

    ports: tuple[int, ...]
    path: str
    source: str
    session_id: int = 0
    secret_key: str = ""
    origin: str = ""
    subprotocol: str = ""
    accounts: tuple[int, ...] = ()
    first_visitor: int = 0
    receive_buffer: int = 0


@dataclass(frozen=True)
class Order:
    """What the parent wants: `open`, `enter`, `join` (both), `like`, `report` or `leave`; `rate` is a second."""

    what: str
    count: int = 0
    rate: float = 0.0


class _Onlooker:
    """One connection; `stage` is opening, opened, entering, in or out, `rest` a frame that came in part."""

    __slots__ = ("epoch", "number", "port", "receive", "rest", "seq", "socket", "stage", "tries")

    socket: socket.socket
    receive: Callable[[int], bytes]

    def __init__(self, number: int, port: int) -> None:
        self.number, self.port = number, port
        self.epoch, self.seq = "", 0
        self.rest = b""
        self.stage = "out"
        self.tries = 0


class _Onlookers:
    """All of this process."""

    def __init__(self, door: Door, parent: Connection) -> None:
        self._door, self._parent = door, parent
        self._sightings = Sightings(is_room=bool(door.session_id))
        self._epoll = select.epoll()
        self._epoll.register(parent.fileno(), select.EPOLLIN)
        self._all: list[_Onlooker] = []
        self._by_file: dict[int, _Onlooker] = {}
        self._wanted = 0
        self._window, self._rate, self._began = 200, 0.0, 0.0
        self._goes_in = False
        self._opened = self._inside = self._given_up = 0
        self._waits_for = ""
        self._returning: list[tuple[float, int]] = []
        self._likes_rate, self._liked, self._likes_began = 0.0, 0, 0.0
        self._like = masked(b'{"type":"like","count":10}')
        self._goes_on = True

    def run(self) -> None:
        """Look on until told to leave."""
        poll, clock, nap, parent = self._epoll.poll, time.monotonic, time.sleep, self._parent.fileno()
        by_file, known, faults = self._by_file, self._sightings.known, self._sightings.seen.faults
        while self._goes_on:
            ready = poll(_IDLE_SECONDS, _AT_ONCE)
            now_ms = int(clock() * 1_000)
            for file, _event in ready:
                if file == parent:
                    self._obey(self._parent.recv())
                    faults = self._sightings.seen.faults
                    continue
                one = by_file.get(file)
                if one is None:
                    continue
                try:
                    data = one.receive(_READ)
                except BlockingIOError:
                    continue
                except OSError:
                    data = b""
                sighting = known.get(data)
                if sighting is None or one.rest:
                    self._take(one, data, now_ms)
                    continue
                sighting.arrivals[now_ms] += 1
                if sighting.after == one.seq and sighting.epoch == one.epoch:
                    one.seq = sighting.seq
                else:
                    self._check(one, sighting, faults)
            self._keep_up(clock())
            if len(ready) < _AT_ONCE:
                nap(_NAP_SECONDS)

    def _obey(self, order: Order) -> None:
        match order.what:
            case "open" | "join":
                self._wanted += order.count
                self._goes_in = order.what == "join"
                self._rate, self._began = order.rate, time.monotonic() - len(self._all) / (order.rate or 1)
                self._waits_for = order.what
            case "enter":
                for one in self._all:
                    if one.stage == "opened":
                        self._enter(one)
                self._goes_in, self._waits_for = True, "join"
            case "like":
                self._likes_rate, self._liked, self._likes_began = order.rate, 0, time.monotonic()
                self._parent.send(None)
            case "report":
                seen = self._sightings.report()
                seen.cpu_seconds = time.process_time()
                seen.personal["inside"] = self._inside
                self._parent.send(seen)
            case _:
                self._goes_on = False
                self._parent.send(None)

    def _keep_up(self, now: float) -> None:
        """What is due: connections to open, to open again, likes, and an answer to the parent."""
        if len(self._all) < self._wanted:
            due = int((now - self._began) * self._rate) if self._rate else self._wanted
            while len(self._all) < min(due, self._wanted) and self._under_way() < self._window:
                number = len(self._all)
                one = _Onlooker(number, self._door.ports[number % len(self._door.ports)])
                self._all.append(one)
                self._open(one)
        elif self._waits_for and self._there(is_inside=self._waits_for == "join") + self._given_up >= self._wanted:
            self._waits_for = ""
            self._parent.send(self._wanted - self._given_up)
        while self._returning and self._returning[0][0] <= now and self._under_way() < self._window:
            self._open(self._all[heapq.heappop(self._returning)[1]])
        if self._likes_rate and self._all:
            due = min(int((now - self._likes_began) * self._likes_rate), self._liked + _AT_ONCE)
            for number in range(self._liked, due):
                self._send(self._all[number % len(self._all)], self._like)
            self._liked = due

    def _under_way(self) -> int:
        return len(self._all) - len(self._returning) - self._given_up - self._there(is_inside=self._goes_in)

    def _there(self, *, is_inside: bool) -> int:
        return self._inside if is_inside else self._opened

    def _open(self, one: _Onlooker) -> None:
        door = self._door
        one.socket = socket.socket()
        one.socket.setsockopt(socket.IPPROTO_IP, _NO_PORT_YET, 1)
        if door.receive_buffer:
            one.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, door.receive_buffer)
        one.socket.settimeout(5)
        one.rest, one.stage, one.receive = b"", "opening", one.socket.recv
        try:
            one.socket.bind((str(ipaddress.ip_address(door.source) + 256 * (one.number // _EACH_ADDRESS)), 0))
            one.socket.connect(("127.0.0.1", one.port))
            one.socket.sendall(upgrade(one.port, door.path, subprotocol=door.subprotocol, origin=door.origin))
        except OSError as error:
            self._lose(one, f"connect: {error.strerror or error}", 1006)
            return
        one.socket.setblocking(False)
        self._by_file[one.socket.fileno()] = one
        self._epoll.register(one.socket.fileno(), select.EPOLLIN)

    def _enter(self, one: _Onlooker) -> None:
        door = self._door
        account_id = door.accounts[one.number] if one.number < len(door.accounts) else None
        ticket = issue_ticket(
            door.secret_key,
            session_id=door.session_id,
            viewer=f"a{account_id}" if account_id else f"v{door.first_visitor + one.number}",
            account_id=account_id,
            role="audience",
            name=f"观众{door.first_visitor + one.number}",
            now=datetime.now(UTC),
        )
        message = {"type": "enter", "ticket": ticket, "session": door.session_id}
        if one.epoch:
            message |= {"epoch": one.epoch, "seq": one.seq}
        one.stage = "entering"
        self._send(one, masked(msgspec.json.encode(message)))

    def _take(self, one: _Onlooker, data: bytes, now_ms: int) -> None:
        """Whatever is not simply a frame that was seen before."""
        if not data:
            self._lose(one, "1006", 1006)
            return
        data = one.rest + data
        if one.stage == "opening":
            head, mark, data = data.partition(b"\r\n\r\n")
            if not mark:
                one.rest = head
                return
            if not is_upgraded(head):
                self._lose(one, head[:40].decode("latin-1").partition("\r")[0], 1006)
                return
            one.stage = "opened"
            self._opened += 1
            if self._goes_in:
                self._enter(one)
        end = 0
        for frame in frames_in(data):
            end = frame.end
            if not self._hear(one, frame.opcode, data[frame.begin : end], frame.payload - frame.begin, now_ms):
                return
        one.rest = data[end:]

    def _hear(self, one: _Onlooker, opcode: int, frame: bytes, payload: int, now_ms: int) -> bool:
        """One frame; whether the connection goes on."""
        if opcode == CLOSE:
            code = int.from_bytes(frame[payload : payload + 2], "big")
            self._lose(one, str(code), code)
            return False
        if opcode == PING:
            self._send(one, pong_to(frame[payload:]))
        elif opcode == TEXT:
            sighting = self._sightings.known.get(frame) or self._sightings.read(frame, payload)
            if sighting is not None:
                sighting.arrivals[now_ms] += 1
                self._check(one, sighting, self._sightings.seen.faults)
            elif (welcome := self._sightings.personal(frame[payload:], now_ms=now_ms)) is not None:
                self._sightings.seen.returned[welcome.how] += 1
                one.epoch, one.seq, one.stage, one.tries = welcome.epoch, welcome.seq, "in", 0
                self._inside += 1
        return True

    def _check(self, one: _Onlooker, sighting: Sighting, faults: dict[str, int]) -> None:
        if sighting.epoch != one.epoch:
            faults["other epoch"] += 1
        elif sighting.after > one.seq:
            faults["gap"] += 1
        one.seq = max(one.seq, sighting.seq)

    def _send(self, one: _Onlooker, frame: bytes) -> None:
        if one.stage not in ("out", "opening"):
            with contextlib.suppress(OSError):  # A broken line shows itself where it is read.
                one.socket.send(frame)

    def _lose(self, one: _Onlooker, why: str, code: int) -> None:
        """It is gone; it returns as the protocol says, from a random moment on that widens with each try."""
        self._sightings.seen.faults[f"closed {why}"] += 1
        self._by_file.pop(one.socket.fileno(), None)
        one.socket.close()
        self._opened -= one.stage in ("opened", "entering", "in")
        self._inside -= one.stage == "in"
        one.stage = "out"
        one.tries += 1
        if code in _ROOM_TO_RETURN and one.tries < 8:
            wait = random.uniform(0, 2 ** min(one.tries, 4))
            heapq.heappush(self._returning, (time.monotonic() + wait, one.number))
        else:
            self._given_up += 1


def serve(door: Door, parent: Connection) -> None:
    """Be the onlookers of one process."""
    _Onlookers(door, parent).run()
