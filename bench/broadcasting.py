"""A plain room on the websockets library: what comes in at `/publish` goes to everybody else with its `broadcast()`.

`python -m bench.broadcasting PORT` is a peer that the fan-out is compared with; on uvloop where that is installed.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import sys

from websockets.asyncio.server import ServerConnection, broadcast, serve
from websockets.exceptions import ConnectionClosed

__all__ = ["main"]


def main(port: int) -> None:
    """Serve until killed."""
    with contextlib.suppress(ImportError):
        importlib.import_module("uvloop").install()
    asyncio.run(_serve(port))


async def _serve(port: int) -> None:
    viewers: set[ServerConnection] = set()

    async def handle(connection: ServerConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            if connection.request is not None and connection.request.path == "/publish":
                async for message in connection:
                    broadcast(viewers, message)
                return
            viewers.add(connection)
            try:
                await connection.wait_closed()
            finally:
                viewers.discard(connection)

    async with serve(handle, "127.0.0.1", port, compression=None, max_size=None, backlog=4096) as server:
        await server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
