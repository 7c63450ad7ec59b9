"""Autobahn|Testsuite against the rooms' websocket layer: an echo on the same connections that rooms are served on.

`python -m bench.autobahn [--wstest wstest] [--cases 1.*,2.*,…] [--json]`. The suite runs on Python 2.7 alone:
`python2.7 -m pip install autobahntestsuite`. Messages may be longer here than in a room, since the suite sends longer
ones; all else is as in a room. Sections 9 (limits), 12 and 13 (compression) take long and are run when asked for.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import shlex
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import uvloop
from websockets.http11 import Request, Response
from websockets.server import ServerProtocol

from bench.telling import machine, say, tell
from live import inbound
from live.connection import CLOSE_ABOVE, Connection
from live.frames import frame_of
from live.messages import Closing

SHORT = "1.*,2.*,3.*,4.*,5.*,6.*,7.*,10.*"
EXPECTED = {"7.1.5"}
"""websockets goes on after a close frame to read what follows it; it documents why."""
_LARGEST = 1 << 20
_SECONDS_TO_CLOSE = 3.0
_WELL = ("OK", "INFORMATIONAL", "NON-STRICT", "UNIMPLEMENTED")


class _Echo:
    """The house of connections, and of each the host, that sends back whatever comes."""

    largest_message = _LARGEST
    most_behind = CLOSE_ABOVE

    def come(self, connection: Connection) -> None:
        """A connection was made."""

    def answer(self, connection: Connection, protocol: ServerProtocol, request: Request) -> Response:
        """Any handshake is welcome; the suite knows no subprotocol, and its first messages are long ones already."""
        protocol.available_subprotocols = None
        connection.host = self
        return protocol.accept(request)

    def hand_over(self, connection: Connection, transport: asyncio.Transport, data: bytes) -> None:
        """Nothing here is for others."""

    def first(self, connection: Connection, message: str | bytes) -> None:
        """The first message is echoed like all others."""
        self.receive(connection, message)
        connection.enter()

    def receive(self, connection: Connection, message: str | bytes) -> None:
        """Send it back as what it was."""
        if isinstance(message, str):
            connection.write(frame_of(message.encode()))
        else:
            frame = bytearray(frame_of(message))
            frame[0] = 0x82
            connection.write(bytes(frame))

    def shut(self, closing: Closing) -> None:
        """It is closed from here, for this reason."""

    def leave(self, connection: Connection) -> None:
        """It is cut off when it does not close itself."""
        asyncio.get_running_loop().call_later(_SECONDS_TO_CLOSE, connection.abort)

    def gone(self, connection: Connection) -> None:
        """It is no more."""


def main(arguments: Sequence[str]) -> int:
    """Run the suite; 1 when a case fails that should not, 2 when the suite is missing."""
    parser = argparse.ArgumentParser(prog="python -m bench.autobahn", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--wstest", default="wstest", help="the suite's command")
    parser.add_argument("--cases", default=SHORT, help="which cases, with commas between")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument("--first-port", type=int, default=9280, help="the port of the echo")
    wanted = parser.parse_args(arguments)
    if shutil.which(shlex.split(wanted.wstest)[0]) is None:
        print("wstest is missing: python2.7 -m pip install autobahntestsuite", file=sys.stderr)
        return 2
    inbound.LARGEST_MESSAGE = _LARGEST
    with tempfile.TemporaryDirectory(prefix="gangbo-bench-") as scratch:
        figures = uvloop.run(_measure(wanted, Path(scratch)))
    tell(figures, as_json=wanted.json)
    return 1 if set(figures["failed"]) - EXPECTED or not figures["cases"] else 0


async def _measure(wanted: argparse.Namespace, folder: Path) -> dict[str, Any]:
    echo = _Echo()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(echo, 1), "127.0.0.1", wanted.first_port)
    specification = folder / "fuzzingclient.json"
    specification.write_text(
        json.dumps(
            {
                "outdir": str(folder / "reports"),
                "servers": [{"agent": "gangbo", "url": f"ws://127.0.0.1:{wanted.first_port}"}],
                "cases": wanted.cases.split(","),
                "exclude-cases": [],
                "exclude-agent-cases": {},
            }
        )
    )
    suite = await asyncio.create_subprocess_exec(
        *shlex.split(wanted.wstest), "-m", "fuzzingclient", "-s", str(specification),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    assert suite.stdout is not None
    count = 0
    async for row in suite.stdout:
        if row.startswith(b"Running test case ID"):
            count += 1
            if count % 25 == 0:
                say(f"{count} cases", is_passing=True)
    await suite.wait()
    say("")
    server.close()
    index = folder / "reports" / "index.json"
    cases = json.loads(index.read_text())["gangbo"] if index.exists() else {}
    behaviours = Counter(case["behavior"] for case in cases.values())
    return {
        "machine": machine(),
        "cases": len(cases),
        "behaviours": dict(behaviours),
        "not_strict": sorted(name for name, case in cases.items() if case["behavior"] == "NON-STRICT"),
        "failed": sorted(name for name, case in cases.items() if case["behavior"] not in _WELL),
        "closed_badly": sorted(name for name, case in cases.items() if case["behaviorClose"] not in _WELL),
    }


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
