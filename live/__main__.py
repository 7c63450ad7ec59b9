"""`python -m live`: wires the settings, the database, matching and the server, and runs until it is told to stop."""

from __future__ import annotations

import asyncio
import gc
import logging
import resource
import secrets
import signal
import sys
from datetime import UTC, datetime

from sqlalchemy.exc import DBAPIError

from fair.crypto import set_field_key
from fair.database import make_engine
from fair.errors import WrongSetting
from fair.liveservers import name_of
from fair.settings import Settings, read_settings
from live.matches import Matching
from live.metrics import serve_metrics
from live.server import Live
from live.store import Store
from live.views import People
from live.workers import REFUSED, Workers

try:
    from uvloop import new_event_loop
except ImportError:  # It is not made for every system.
    from asyncio import new_event_loop  # type: ignore[assignment]

MOST_FILES = 1 << 20
GARBAGE_AFTER = 20_000

_log = logging.getLogger("live")


def main() -> int:
    """Run the live process; the exit status."""
    try:
        settings = read_settings()
    except WrongSetting as wrong:
        print(wrong, file=sys.stderr)
        return 2
    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    # The library logs each opened connection, with headers at the debug level.
    logging.getLogger("websockets").setLevel(logging.WARNING)
    set_field_key(settings.field_key)
    _raise_open_files()
    # What is there by now stays: looking through it for garbage again and again would cost more than the ticks.
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER, 20, 20)
    if settings.live_workers == 1:
        return _serve(settings, 1, None)
    return Workers(settings.live_workers, lambda number, parent: _serve(settings, number, parent)).run()


def _serve(settings: Settings, number: int, parent: int | None) -> int:
    """Be one live process; `parent` is a descriptor that can be read when the process that started it is gone."""
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(_run(settings, number, parent))


async def _run(settings: Settings, number: int, parent: int | None) -> int:
    store = Store(make_engine(settings.database_url), People(settings.secret_key), name=name_of(settings, number))
    live = Live(settings, store, Matching(settings.matching_url), clock=_now, new_epoch=lambda: secrets.token_hex(4))
    try:
        await store.begin(now=_now())
        await live.start(is_shared=settings.live_workers > 1)
    except DBAPIError as error:
        print(
            f"DATABASE_URL: the database cannot be used ({type(error.orig).__name__}); is it migrated?", file=sys.stderr
        )
        return REFUSED
    except OSError as error:
        print(
            f"GANGBO_LIVE_PORT: cannot listen on {settings.host}:{settings.live_port} ({error.strerror})",
            file=sys.stderr,
        )
        return REFUSED
    port = settings.live_metrics_port
    figures = await _serve_metrics(live, port + number - 1 if port else 0)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for each in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(each, stop.set)
    if parent is not None:
        loop.add_reader(parent, _orphaned, loop, parent, stop)
    _log.info("rooms at ws://%s:%d/room", settings.host, settings.live_port)
    signs = asyncio.create_task(store.give_signs(_now))
    await stop.wait()
    await live.drain()
    signs.cancel()
    if figures is not None:
        figures.close()
    store.close()
    return 0


async def _serve_metrics(live: Live, port: int) -> asyncio.Server | None:
    """Rooms are worth more than their figures: a port that is taken is said, and no more."""
    try:
        return await serve_metrics(live.metrics, port) if port else None
    except OSError as error:
        _log.warning("GANGBO_LIVE_METRICS_PORT: no figures, cannot listen on port %d (%s)", port, error.strerror)
        return None


def _orphaned(loop: asyncio.AbstractEventLoop, parent: int, stop: asyncio.Event) -> None:
    loop.remove_reader(parent)
    stop.set()


def _raise_open_files() -> None:
    """Each viewer is an open file: take as many as the system allows."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    sys.exit(main())
