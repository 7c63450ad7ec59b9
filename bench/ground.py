"""The ground that is measured on: a folder with its keys, a fresh database, and settings that name both."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from sqlalchemy import create_engine, make_url, select, text

from bench.fairfill import fill
from bench.people import MAILBOXES, Filling, Size
from bench.processes import release
from fair.accounts import Role
from fair.crypto import set_field_key
from fair.database import make_engine, reading
from fair.settings import Settings, read_settings
from web.accounts.credential import Credential
from web.app import create_app
from web.security import hash_password, one_time_codes

__all__ = ["PASSWORD", "Ground", "database", "prepared"]

PASSWORD = "measured-by-the-bench-9"
_SEED = 2026


@dataclass(frozen=True)
class Ground:
    """A filled database: what its processes' environment says, the settings of it, the officer's secret."""

    environment: Mapping[str, str]
    settings: Settings
    totp_secret: str


@contextmanager
def database(url: str) -> Iterator[str]:
    """The address of a new, empty database on the server of `url`, dropped afterwards; empty (SQLite) stays empty."""
    if not url:
        yield ""
        return
    server, name = make_url(url), f"gangbo_bench_{secrets.token_hex(4)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    try:
        yield server.set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as connection:
            connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
        engine.dispose()


def prepared(folder: Path, size: Size, *, url: str = "", first_port: int, told: Callable[[str], None]) -> Ground:
    """Migrate and fill; a folder that was filled before is brought to the present schema and used as it is."""
    environment = {
        "GANGBO_HOST": "127.0.0.1",
        "GANGBO_WEB_PORT": str(first_port),
        "GANGBO_LIVE_PORT": str(first_port + 1),
        "GANGBO_MATCHING_PORT": str(first_port + 2),
        "GANGBO_VAR": str(folder),
        "GANGBO_PUBLIC_URL": "",
        "GANGBO_LIVE_URL": "",
        "GANGBO_PROXIES": "0",
        "GANGBO_DEMO": "0",
        "GANGBO_LOG_LEVEL": "warning",
        "GANGBO_FIELD_KEY": "",
        "DATABASE_URL": url,
        "MATCHING_MODEL": "bundled",
        "REDIS_URL": "",
        "SECRET_KEY": "",
    }
    settings = read_settings(environment, dotenv=None)
    set_field_key(settings.field_key)
    told("migrating")
    release(environment)
    engine = make_engine(settings.database_url)
    try:
        secret = _kept_secret(settings)
        if secret is None:
            app = create_app(settings)
            with app.app_context():
                password_hash, secret = hash_password(PASSWORD), one_time_codes().generate_totp_secret()
            fill(engine, size, Filling(datetime.now(UTC), password_hash, secret, Random(_SEED)), told=told)
    finally:
        engine.dispose()
    return Ground(environment, settings, secret)


def _kept_secret(settings: Settings) -> str | None:
    """The officer's one-time-code secret in a database that was filled before; None in an empty one."""
    engine = make_engine(settings.database_url)
    try:
        with reading(engine) as db:
            return db.scalar(select(Credential.tf_totp_secret).where(Credential.email == MAILBOXES[Role.OFFICER]))
    finally:
        engine.dispose()
