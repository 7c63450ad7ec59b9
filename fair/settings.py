"""The installation's settings: read once at the start from the environment and `.env`, typed, checked.

`TABLE` is the one list of them; the README's table is written from it.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dotenv import dotenv_values

from fair.errors import WrongSetting


@dataclass(frozen=True)
class Setting:
    """One row of the table: its name, its default as written, and what it is for."""

    name: str
    default: str
    meaning: str


TABLE = (
    Setting("GANGBO_HOST", "127.0.0.1", "address that web and live listen on"),
    Setting("GANGBO_WEB_PORT", "8000", "port of the site"),
    Setting("GANGBO_LIVE_PORT", "8001", "port of the rooms' websockets"),
    Setting("GANGBO_MATCHING_PORT", "8002", "port of matching, on loopback only"),
    Setting(
        "GANGBO_LIVE_METRICS_PORT",
        "8003",
        "port of what the rooms count, on loopback only; further workers take the next; 0 = none",
    ),
    Setting("GANGBO_LIVE_WORKERS", "1", "live processes that share the rooms' port; more than one needs REDIS_URL"),
    Setting(
        "GANGBO_LIVE_NAME", "", "what the live processes here are called, each with its number; empty = host and port"
    ),
    Setting(
        "GANGBO_LIVE_RING",
        "1",
        "1 = hand ticks to the kernel for many viewers at once (io_uring) where it permits that; 0 = never",
    ),
    Setting("GANGBO_VAR", "var", "folder for the database, keys and uploads"),
    Setting("GANGBO_MEDIA", "on", "`on`, or `relay`: the picture is passed on, with no HLS and no recording"),
    Setting("GANGBO_MEDIA_DIR", "", "folder for recordings, the same for all live processes; empty = GANGBO_VAR/media"),
    Setting("GANGBO_MEDIA_DAYS", "60", "days that recordings are kept, 60 or more"),
    Setting(
        "GANGBO_PUBLIC_URL", "", "address users see, as https://fair.example.cn; empty = the host and port asked for"
    ),
    Setting(
        "GANGBO_LIVE_URL",
        "",
        "address of the rooms as browsers see it, as wss://fair.example.cn/room; empty = same host, live port",
    ),
    Setting("GANGBO_PROXIES", "0", "trusted proxies in front that set X-Forwarded-For"),
    Setting("DATABASE_URL", "", "SQLAlchemy address; empty = SQLite in GANGBO_VAR"),
    Setting("REDIS_URL", "", "carries the rooms over many live processes; empty = one process has them all"),
    Setting("MATCHING_MODEL", "bundled", "`bundled`, or a sentence-transformers model by name or path"),
    Setting(
        "GANGBO_CHANCE_LOSS",
        "5",
        "percent of match score that the first places of a list may give up for positions seen less; 0 = none",
    ),
    Setting("SECRET_KEY", "", "signs sessions and tickets; empty = made once into GANGBO_VAR/secret_key"),
    Setting(
        "GANGBO_FIELD_KEY",
        "",
        "encrypts phone and identity numbers (64 hex digits); empty = made once into GANGBO_VAR/field_key",
    ),
    Setting("GANGBO_LOG_LEVEL", "info", "debug, info, warning or error"),
    Setting("GANGBO_DEMO", "1", "1 = load the demo fair into an empty database at the first start"),
)

_NO = ("0", "false", "no")
_LOG_LEVELS = ("debug", "info", "warning", "error")


@dataclass(frozen=True)
class Settings:
    """All settings of one installation, checked; printed without its keys and passwords."""

    host: str
    web_port: int
    live_port: int
    matching_port: int
    live_metrics_port: int
    live_workers: int
    live_name: str
    live_ring: bool
    var: Path
    has_hls: bool
    media_dir: Path
    media_days: int
    public_url: str
    live_url: str
    proxies: int
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    matching_model: str
    chance_loss: int
    secret_key: str = field(repr=False)
    field_key: bytes = field(repr=False)
    log_level: str
    demo: bool

    @property
    def matching_url(self) -> str:
        """Where web and live ask matching: loopback, never public."""
        return f"http://127.0.0.1:{self.matching_port}"


def read_settings(environ: Mapping[str, str] | None = None, *, dotenv: Path | None = Path(".env")) -> Settings:
    """Read the environment over `.env` over the defaults; make the folder and the keys that are missing.

    Raises WrongSetting, whose one line names the setting and the fix.
    """
    given: dict[str, str] = {}
    if dotenv is not None and dotenv.is_file():
        given.update({name: value for name, value in dotenv_values(dotenv).items() if value is not None})
    given.update(os.environ if environ is None else environ)
    values = {setting.name: given.get(setting.name, "").strip() or setting.default for setting in TABLE}

    var = Path(values["GANGBO_VAR"]).expanduser().resolve()
    try:
        var.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WrongSetting(
            f"GANGBO_VAR: {var} cannot be made ({error.strerror}); name a folder that can be written"
        ) from None
    return Settings(
        host=values["GANGBO_HOST"],
        web_port=_port(values, "GANGBO_WEB_PORT"),
        live_port=_port(values, "GANGBO_LIVE_PORT"),
        matching_port=_port(values, "GANGBO_MATCHING_PORT"),
        live_metrics_port=_whole(values, "GANGBO_LIVE_METRICS_PORT", lowest=0, highest=65535),
        live_workers=_workers(values),
        live_name=values["GANGBO_LIVE_NAME"],
        live_ring=values["GANGBO_LIVE_RING"] not in _NO,
        var=var,
        has_hls=_choice(values, "GANGBO_MEDIA", ("on", "relay")) == "on",
        media_dir=Path(values["GANGBO_MEDIA_DIR"] or var / "media"),
        media_days=_whole(values, "GANGBO_MEDIA_DAYS", lowest=60, highest=36_500),
        public_url=_address(values, "GANGBO_PUBLIC_URL", ("http://", "https://")),
        live_url=_address(values, "GANGBO_LIVE_URL", ("ws://", "wss://")),
        proxies=_whole(values, "GANGBO_PROXIES", lowest=0, highest=9),
        database_url=_database(values["DATABASE_URL"], var),
        redis_url=_address(values, "REDIS_URL", ("redis://", "rediss://", "unix://")),
        matching_model=values["MATCHING_MODEL"],
        chance_loss=_whole(values, "GANGBO_CHANCE_LOSS", lowest=0, highest=100),
        secret_key=values["SECRET_KEY"] or _kept_key(var / "secret_key"),
        field_key=_field_key(values["GANGBO_FIELD_KEY"], var),
        log_level=_choice(values, "GANGBO_LOG_LEVEL", _LOG_LEVELS),
        demo=values["GANGBO_DEMO"] not in _NO,
    )


def _whole(values: Mapping[str, str], name: str, *, lowest: int, highest: int) -> int:
    try:
        number = int(values[name])
    except ValueError:
        number = lowest - 1
    if not lowest <= number <= highest:
        raise WrongSetting(f"{name}: {values[name]!r} is not a whole number from {lowest} to {highest}")
    return number


def _choice(values: Mapping[str, str], name: str, known: tuple[str, ...]) -> str:
    value = values[name].lower()
    if value not in known:
        raise WrongSetting(f"{name}: {value!r} is not one of {', '.join(known)}")
    return value


def _workers(values: Mapping[str, str]) -> int:
    count = _whole(values, "GANGBO_LIVE_WORKERS", lowest=1, highest=64)
    if count > 1 and not values["REDIS_URL"]:
        raise WrongSetting(
            f"GANGBO_LIVE_WORKERS: {count} processes need REDIS_URL, which carries the rooms between them"
        )
    return count


def _port(values: Mapping[str, str], name: str) -> int:
    return _whole(values, name, lowest=1, highest=65535)


def _address(values: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str:
    value = values[name]
    if value and not value.startswith(schemes):
        raise WrongSetting(f"{name}: {value!r} does not begin with {' or '.join(schemes)}")
    return value.rstrip("/")


def _database(url: str, var: Path) -> str:
    if not url:
        return f"sqlite:///{var / 'gangbo.db'}"
    if url.startswith("postgres://"):
        url = "postgresql" + url.removeprefix("postgres")
    if url.startswith("postgresql://"):
        url = "postgresql+psycopg" + url.removeprefix("postgresql")
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise WrongSetting(f"DATABASE_URL: {url.split('://')[0]}:// is not served; use postgresql:// or sqlite:///")
    return url


def _field_key(value: str, var: Path) -> bytes:
    text = value or _kept_key(var / "field_key")
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise WrongSetting("GANGBO_FIELD_KEY: write 64 hex digits (32 bytes)")
    return key


def _kept_key(path: Path) -> str:
    """The key in the file, made at the first start; two processes that start together agree on one."""
    made = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    if not path.exists():
        made.touch(mode=0o600)
        made.write_text(secrets.token_hex(32))
        try:
            os.link(made, path)
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return path.read_text().strip()
