"""The live process for who starts it again and again: forked from one that has imported it all and no more."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

from bench.house import House, wait_for
from live.__main__ import main

__all__ = ["forked"]

_SECONDS_TO_END = 30


@contextmanager
def forked(environment: Mapping[str, str], *, log: Path) -> Iterator[House]:
    """`python -m live` until the block ends; raises RuntimeError when it does not answer."""
    context = get_context("forkserver")
    context.set_forkserver_preload([__name__])
    process = context.Process(target=_serve, args=(dict(environment), str(log)))
    process.start()
    assert process.pid is not None
    house = House(int(environment["GANGBO_LIVE_PORT"]), process.pid)
    try:
        wait_for(house, lambda: process.exitcode, log)
        yield house
    finally:
        process.terminate()
        process.join(_SECONDS_TO_END)
        if process.is_alive():
            process.kill()


def _serve(environment: dict[str, str], log: str) -> None:
    os.environ.update(environment)
    output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for each in (sys.stdout, sys.stderr):
        os.dup2(output, each.fileno())
    sys.exit(main())
