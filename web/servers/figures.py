"""What each live process of this machine counts, read on loopback where monitoring reads it too."""

from __future__ import annotations

from collections.abc import Iterator
from http.client import HTTPConnection, HTTPException

from msgspec import Struct
from prometheus_client.parser import text_string_to_metric_families

from fair.settings import Settings

_SECONDS = 0.5
_PREFIX = "gangbo_live_"


class Process(Struct, frozen=True):
    """One live process: `values` by name, those that are told by kind as `drops:slow`; None when it does not answer."""

    number: int
    port: int
    values: dict[str, float] | None

    def value(self, name: str) -> float:
        """One figure; 0 when it was never counted."""
        return (self.values or {}).get(name, 0.0)

    def kinds(self, name: str) -> dict[str, float]:
        """A figure that is told by kind."""
        start = f"{name}:"
        return {
            each.removeprefix(start): value for each, value in (self.values or {}).items() if each.startswith(start)
        }

    def total(self, name: str) -> float:
        """The sum of a figure that is told by kind."""
        return sum(self.kinds(name).values())


def read_processes(settings: Settings) -> list[Process]:
    """Every process that should run here, in order; none when there are no figures."""
    first = settings.live_metrics_port
    if not first:
        return []
    return [_read(number, first + number - 1) for number in range(1, settings.live_workers + 1)]


def _read(number: int, port: int) -> Process:
    line = HTTPConnection("127.0.0.1", port, timeout=_SECONDS)
    try:
        line.request("GET", "/metrics")
        answer = line.getresponse()
        text = answer.read().decode()
        values = dict(_values(text)) if answer.status == 200 else None
    except (OSError, HTTPException, ValueError):
        values = None
    finally:
        line.close()
    return Process(number, port, values)


def _values(text: str) -> Iterator[tuple[str, float]]:
    """Name → value, of our own figures; raises ValueError for what is no such text."""
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            name = sample.name.removeprefix(_PREFIX).removesuffix("_total")
            yield ":".join([name, *sample.labels.values()]), sample.value
