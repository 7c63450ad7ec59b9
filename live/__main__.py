"""`python -m live`: wires the settings, the database, matching and the server, and runs until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import secrets
import signal
import sys
from datetime import UTC, datetime

from sqlalchemy.exc import DBAPIError

from fair.crypto import set_field_key
from fair.database import make_engine
from fair.errors import WrongSetting
from fair.settings import Settings, read_settings
from live.matches import Matching
from live.metrics import serve_metrics
from live.server import Live
from live.store import Store
from live.views import People

try:
    from uvloop import new_event_loop
except ImportError:  # It is not made for every system.
    from asyncio import new_event_loop  # type: ignore[assignment]

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
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(_run(settings))


async def _run(settings: Settings) -> int:
    store = Store(make_engine(settings.database_url), People(settings.secret_key))
    live = Live(settings, store, Matching(settings.matching_url), clock=_now, new_epoch=lambda: secrets.token_hex(4))
    try:
        await store.begin(now=_now())
        await live.start()
    except DBAPIError as error:
        print(
            f"DATABASE_URL: the database cannot be used ({type(error.orig).__name__}); is it migrated?", file=sys.stderr
        )
        return 1
    except OSError as error:
        print(
            f"GANGBO_LIVE_PORT: cannot listen on {settings.host}:{settings.live_port} ({error.strerror})",
            file=sys.stderr,
        )
        return 1
    figures = await _serve_metrics(live, settings.live_metrics_port)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
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


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    sys.exit(main())
