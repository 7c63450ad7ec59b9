"""Metrics: what this process counts, and the text at `/metrics` that monitoring reads, on loopback alone.

Counts are plain numbers that others add to, once a tick or once an entry and never once a delivery; the library turns
them into text when somebody asks. What can be looked up at that moment is not counted but watched.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import Callable, Iterable
from http import HTTPStatus
from time import monotonic

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

ADDRESS = "127.0.0.1"
LAG_EVERY_SECONDS = 0.25
_REMEMBERED = 40
_LARGEST_REQUEST = 4 << 10
_SECONDS_TO_ASK = 2.0


class Metrics:
    """The counts of one live process since its start.

    `drops` counts what a viewer did not get, by why: `lean` (audience chat left out of a tick for one connection),
    `left_out` (a chat line that sampling left out for all), or the reason of the close code for a connection.
    `resumes` counts welcomes: `complete`, or why the whole room was sent: `first`, `other_epoch`, `too_old`, `ahead`.
    """

    def __init__(self) -> None:
        self.deliveries = 0
        self.bytes = 0
        self.entries = 0
        self.ticks = 0
        self.tick_seconds = 0.0
        self.drops: Counter[str] = Counter()
        self.resumes: Counter[str] = Counter()
        self._watched: dict[str, tuple[Callable[[str, str, float], Metric], str, Callable[[], float]]] = {}
        self._lags: list[float] = [0.0]

    def watch(self, name: str, meaning: str, read: Callable[[], float], *, is_count: bool = False) -> None:
        """Have `read` asked for a value whenever somebody looks; a count only ever grows."""
        self._watched[name] = (CounterMetricFamily if is_count else GaugeMetricFamily, meaning, read)

    def entered(self, how: str) -> None:
        """A connection was welcomed, as `resumes` names it."""
        self.entries += 1
        self.resumes[how] += 1

    def sent(self, size: int, *, to: int = 1) -> None:
        """A frame of `size` bytes was written to so many."""
        self.deliveries += to
        self.bytes += size * to

    def ticked(self, began: float) -> None:
        """A tick that began then, by the monotonic clock, has reached everybody."""
        self.ticks += 1
        self.tick_seconds += monotonic() - began

    @property
    def lag_seconds(self) -> float:
        """The longest that the event loop was late in the last ten seconds."""
        return max(self._lags)

    def note_lag(self, seconds: float) -> None:
        """The event loop was so late; the newest are remembered."""
        self._lags = [*self._lags[1 - _REMEMBERED :], max(0.0, seconds)]

    def text(self) -> bytes:
        """Everything, in the format that Prometheus reads."""
        registry = CollectorRegistry(auto_describe=False)
        registry.register(self)
        return generate_latest(registry)

    def collect(self) -> Iterable[Metric]:
        """Everything, as the library wants it."""
        yield _counted("deliveries", "Frames written to viewers.", self.deliveries)
        yield _counted("bytes", "Bytes of frames written to viewers.", self.bytes)
        yield _counted("entries", "Connections let into a room.", self.entries)
        yield _counted("ticks", "Ticks that were sent.", self.ticks)
        yield _counted("tick_seconds", "Seconds until ticks had been written to everybody.", self.tick_seconds)
        yield _by_kind("drops", "What viewers did not get, and connections closed.", "kind", self.drops)
        yield _by_kind("resumes", "Welcomes: complete, or why the whole room was sent.", "how", self.resumes)
        yield GaugeMetricFamily("gangbo_live_lag_seconds", "Worst loop lag of ten seconds.", self.lag_seconds)
        for name, (family, meaning, read) in self._watched.items():
            yield family(f"gangbo_live_{name}", meaning, read())

    async def watch_loop(self) -> None:
        """Note how late the event loop is, until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            await asyncio.sleep(LAG_EVERY_SECONDS)
            self.note_lag(loop.time() - began - LAG_EVERY_SECONDS)


async def serve_metrics(metrics: Metrics, port: int) -> asyncio.Server:
    """Answer `GET /metrics` on loopback; raises OSError when the port is taken."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            async with asyncio.timeout(_SECONDS_TO_ASK):
                request = await reader.readuntil(b"\r\n\r\n")
                is_found = request.split(b" ", 2)[:2] == [b"GET", b"/metrics"]
                writer.write(_response(metrics.text()) if is_found else _response(b"", HTTPStatus.NOT_FOUND))
                await writer.drain()
        writer.close()

    return await asyncio.start_server(answer, ADDRESS, port, limit=_LARGEST_REQUEST)


def _counted(name: str, meaning: str, value: float) -> Metric:
    return CounterMetricFamily(f"gangbo_live_{name}", meaning, value)


def _by_kind(name: str, meaning: str, label: str, counts: Counter[str]) -> Metric:
    family = CounterMetricFamily(f"gangbo_live_{name}", meaning, labels=[label])
    for kind, count in sorted(counts.items()):
        family.add_metric([kind], count)
    return family


def _response(body: bytes, status: HTTPStatus = HTTPStatus.OK) -> bytes:
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"
        f"Content-Length: {len(body)}\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + body
