"""How a bench tells: progress on standard error, figures as JSON on standard output, the machine they are of."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

__all__ = ["machine", "medians", "print_json", "say", "tell"]


def say(words: str, *, is_passing: bool = False) -> None:
    """A line on the terminal's error output; a passing one is written over by the next."""
    print(f"\r-- {words}", end="   " if is_passing else "\n", file=sys.stderr, flush=True)


def tell(figures: Mapping[str, Any], *, as_json: bool) -> None:
    """The figures, one a line on the terminal's error output; as JSON too where it is asked for."""
    for name, found in figures.items():
        print(f"{name:<28}{found}", file=sys.stderr)
    if as_json:
        print_json(figures)


def print_json(figures: Mapping[str, Any]) -> None:
    """The figures, for other programs."""
    print(json.dumps(figures, ensure_ascii=False, indent=2))


def machine() -> dict[str, Any]:
    """What the figures were measured on."""
    model = [row for row in Path("/proc/cpuinfo").read_text().splitlines() if row.startswith("model name")]
    return {
        "cores": len(os.sched_getaffinity(0)),
        "processor": model[0].partition(":")[2].strip() if model else platform.machine(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "load_before": round(os.getloadavg()[0], 2),
    }


def medians(rounds: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """The median of each figure over the rounds."""
    return {name: round(median(each[name] for each in rounds), 3) for name in rounds[0]} if rounds else {}
