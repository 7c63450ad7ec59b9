"""Servers that ours is measured beside: nginx with nchan, the websockets library's broadcast(), a bare loop in C.

Each takes viewers at its ports and sends whatever is published to all of them, as one text frame. All but the loop in
C ask their viewers for a sign of life every 20 s, as ours does.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from websockets.asyncio.client import connect

from bench.cores import cpu_of, pinned, resident_kb, tree
from bench.house import ROOT, Lacking

__all__ = ["PEERS", "Peer", "peer"]

PEERS = ("nchan", "websockets", "c")
MOST_EACH = 19_000
_NCHAN = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")
_NGINX = """
load_module {module};
daemon off; worker_processes {workers}; worker_rlimit_nofile 20000; pid {folder}/nginx.pid; error_log stderr error;
events {{ worker_connections 19900; }}
http {{
  access_log off; client_body_temp_path {folder}/body; nchan_shared_memory_size 1024M;
  server {{
    listen 127.0.0.1:{port} backlog=4096{reuse};
    keepalive_requests 1000000; keepalive_timeout 600;
    location = /room {{ nchan_subscriber websocket; nchan_channel_id room; nchan_subscriber_first_message newest;
      nchan_websocket_ping_interval 20; }}
    location = /publish {{ nchan_publisher http; nchan_channel_id room; nchan_message_buffer_length 10; }}
  }}
}}
"""

Publish = Callable[[bytes], Awaitable[None]]


@dataclass(frozen=True)
class Peer:
    """A running peer; `publish` sends one message to everybody."""

    ports: tuple[int, ...]
    roots: tuple[int, ...]
    publish: Publish

    def cpu_seconds(self) -> float:
        """Processor time of all its processes."""
        return cpu_of(self._pids())

    def resident_kb(self) -> int:
        """Memory of all its processes."""
        return resident_kb(self._pids())

    def _pids(self) -> list[int]:
        return [pid for root in self.roots for pid in tree(root)]


@asynccontextmanager
async def peer(name: str, viewers: int, *, port: int, cores: Sequence[int], folder: Path) -> AsyncIterator[Peer]:
    """Start the peer of this name for so many viewers, as many processes as their open files need; raises Lacking."""
    count = -(-viewers // MOST_EACH)
    ports = (port,) if name == "nchan" else tuple(range(port, port + 2 * count, 2))
    commands = _commands(name, ports, count, folder)
    with pinned(cores):
        processes = [subprocess.Popen(command, cwd=ROOT) for command in commands]
    async with contextlib.AsyncExitStack() as stack:
        for process in processes:
            stack.callback(_end, process)
        for each in ports:
            _await(each)
        way = {"nchan": _by_post, "websockets": _by_websocket, "c": _by_socket}[name]
        ways = [await stack.enter_async_context(way(each)) for each in ports]

        async def publish(message: bytes) -> None:
            for each in ways:
                await each(message)

        yield Peer(ports, tuple(process.pid for process in processes), publish)


def _commands(name: str, ports: Sequence[int], count: int, folder: Path) -> list[list[str]]:
    if name == "websockets":
        return [[sys.executable, "-m", "bench.broadcasting", str(port)] for port in ports]
    if name == "c":
        compiler = shutil.which("cc")
        if compiler is None:
            raise Lacking("a C compiler is missing: apt install gcc libc6-dev")
        source, made = Path(__file__).with_name("sendloop.c"), folder / "sendloop"
        subprocess.run([compiler, "-O2", "-o", str(made), str(source)], check=True)
        return [[str(made), str(port)] for port in ports]
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None or not _NCHAN.exists():
        raise Lacking("nginx with nchan is missing: apt install nginx-light libnginx-mod-nchan")
    reuse = " reuseport" if count > 1 else ""
    text = _NGINX.format(module=_NCHAN, workers=count, folder=folder, port=ports[0], reuse=reuse)
    written = folder / "nginx.conf"
    written.write_text(text)
    return [[nginx, "-p", str(folder), "-e", "stderr", "-c", str(written)]]


@asynccontextmanager
async def _by_post(port: int) -> AsyncIterator[Publish]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    turn = asyncio.Lock()

    async def publish(message: bytes) -> None:
        head = f"POST /publish HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {len(message)}\r\n\r\n"
        async with turn:
            writer.write(head.encode() + message)
            answer = await reader.readuntil(b"\r\n\r\n")
            size = next(row for row in answer.lower().split(b"\r\n") if row.startswith(b"content-length:"))
            await reader.readexactly(int(size.split(b":")[1]))

    yield publish
    writer.close()


@asynccontextmanager
async def _by_websocket(port: int) -> AsyncIterator[Publish]:
    async with connect(f"ws://127.0.0.1:{port}/publish", compression=None) as websocket:

        async def publish(message: bytes) -> None:
            await websocket.send(message, text=True)

        yield publish


@asynccontextmanager
async def _by_socket(port: int) -> AsyncIterator[Publish]:
    _reader, writer = await asyncio.open_connection("127.0.0.1", port + 1)

    async def publish(message: bytes) -> None:
        writer.write(len(message).to_bytes(4, "big") + message)
        await writer.drain()

    yield publish
    writer.close()


def _await(port: int) -> None:
    give_up = time.monotonic() + 15
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > give_up:
                raise RuntimeError(f"the peer does not answer at port {port}") from None
            time.sleep(0.05)
        else:
            return


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
