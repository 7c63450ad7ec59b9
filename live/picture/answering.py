"""Answering plain HTTP on a connection that was made to the rooms' port: GET, HEAD and OPTIONS, kept alive, one range.

It knows nothing of what it sends; a client that does not take its answer is cut off.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from http import HTTPStatus

from sqlalchemy.exc import DBAPIError

from live.picture.hls import Answer, Part

LARGEST_HEAD = 16 << 10
SECONDS_IDLE = 30.0
SECONDS_TO_TAKE = 20.0
READ_AT_ONCE = 256 << 10
_RANGE = re.compile(r"bytes=(\d*)-(\d*)$")
_ANYWHERE = (
    "Access-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: Content-Length, Content-Range\r\n"
    "Cross-Origin-Resource-Policy: cross-origin\r\nX-Content-Type-Options: nosniff\r\n"
)
_PREFLIGHT = (
    "Access-Control-Allow-Methods: GET, HEAD, OPTIONS\r\nAccess-Control-Allow-Headers: Range\r\n"
    "Access-Control-Max-Age: 86400\r\n"
)

Ask = Callable[[str], Awaitable[Answer | None]]


@dataclass(frozen=True)
class _Request:
    method: str
    path: str
    version: str
    headers: dict[str, str]

    @property
    def stays(self) -> bool:
        """Whether the connection is kept for another request."""
        wish = self.headers.get("connection", "").lower()
        return wish != "close" if self.version == "HTTP/1.1" else wish == "keep-alive"


async def answer_all(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ask: Ask, *, files: Executor) -> None:
    """Answer one request after another until the client has no more, says nonsense, or takes too long."""
    try:
        with contextlib.suppress(TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            while True:
                async with asyncio.timeout(SECONDS_IDLE):
                    request = _parsed(await reader.readuntil(b"\r\n\r\n"))
                if request is None:
                    writer.write(_head(HTTPStatus.BAD_REQUEST, size=0, stays=False))
                    break
                await _answer(writer, request, ask, files)
                if not request.stays:
                    break
    finally:
        writer.close()


async def _answer(writer: asyncio.StreamWriter, request: _Request, ask: Ask, files: Executor) -> None:
    stays = request.stays
    if request.method == "OPTIONS":
        writer.write(_head(HTTPStatus.OK, more=_PREFLIGHT, size=0, stays=stays))
        return
    if request.method not in ("GET", "HEAD"):
        writer.write(_head(HTTPStatus.METHOD_NOT_ALLOWED, more="Allow: GET, HEAD, OPTIONS\r\n", size=0, stays=False))
        return
    try:
        found = await ask(request.path)
    except DBAPIError:
        writer.write(_head(HTTPStatus.SERVICE_UNAVAILABLE, more="Cache-Control: no-store\r\n", size=0, stays=stays))
        return
    if found is None:
        # What is not there yet will be: a cache must not say otherwise for long.
        writer.write(_head(HTTPStatus.NOT_FOUND, more="Cache-Control: public, max-age=1\r\n", size=0, stays=stays))
        return
    whole = len(found.body) if isinstance(found.body, bytes) else found.body.size
    wanted = _range(request.headers.get("range", ""), whole)
    more = f"Content-Type: {found.kind}\r\nCache-Control: {found.caching}\r\nAccept-Ranges: bytes\r\n"
    if wanted is None:
        more += f"Content-Range: bytes */{whole}\r\n"
        writer.write(_head(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, more=more, size=0, stays=stays))
        return
    begin, end = wanted
    status = HTTPStatus.OK
    if end - begin < whole:
        status = HTTPStatus.PARTIAL_CONTENT
        more += f"Content-Range: bytes {begin}-{end - 1}/{whole}\r\n"
    writer.write(_head(status, more=more, size=end - begin, stays=stays))
    if request.method == "GET":
        await _send(writer, found.body, begin, end, files)
    await _taken(writer)


async def _send(writer: asyncio.StreamWriter, body: bytes | Part, begin: int, end: int, files: Executor) -> None:
    if isinstance(body, bytes):
        writer.write(body[begin:end])
        return
    loop = asyncio.get_running_loop()
    while begin < end:
        size = min(READ_AT_ONCE, end - begin)
        data = await loop.run_in_executor(files, _read, body, begin, size)
        if len(data) < size:
            raise OSError("the file is shorter than it was")
        writer.write(data)
        await _taken(writer)
        begin += size


async def _taken(writer: asyncio.StreamWriter) -> None:
    try:
        async with asyncio.timeout(SECONDS_TO_TAKE):
            await writer.drain()
    except TimeoutError:
        writer.transport.abort()
        raise


def _read(part: Part, begin: int, size: int) -> bytes:
    with part.path.open("rb") as file:
        file.seek(part.at + begin)
        return file.read(size)


def _parsed(head: bytes) -> _Request | None:
    """The request, None when it is none."""
    lines = head.decode("latin-1").split("\r\n")
    words = lines[0].split(" ")
    if len(words) != 3 or words[2] not in ("HTTP/1.1", "HTTP/1.0"):
        return None
    headers = {
        name.strip().lower(): value.strip()
        for name, colon, value in (line.partition(":") for line in lines[1:])
        if colon
    }
    if "transfer-encoding" in headers or headers.get("content-length", "0") != "0":
        return None
    return _Request(words[0], words[1].partition("?")[0], words[2], headers)


def _range(header: str, whole: int) -> tuple[int, int] | None:
    """From where to where, the whole when no range is asked for or one of another form; None where there is nothing."""
    found = _RANGE.match(header.strip())
    if found is None or not (found[1] or found[2]):
        return 0, whole
    if not found[1]:
        return max(0, whole - int(found[2])), whole
    begin = int(found[1])
    end = min(whole, int(found[2]) + 1) if found[2] else whole
    return (begin, end) if begin < end else None


def _head(status: HTTPStatus, *, more: str = "", size: int, stays: bool) -> bytes:
    kept = "keep-alive" if stays else "close"
    return (
        f"HTTP/1.1 {status.value} {status.phrase}\r\n{_ANYWHERE}{more}"
        f"Content-Length: {size}\r\nConnection: {kept}\r\n\r\n"
    ).encode("latin-1")
