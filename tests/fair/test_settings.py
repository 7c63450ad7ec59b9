"""Settings: read once, checked, and refused with one line that names the setting."""

import stat
from pathlib import Path

import pytest

from fair.errors import WrongSetting
from fair.settings import TABLE, read_settings


def read(tmp_path: Path, **values: str):
    return read_settings({"GANGBO_VAR": str(tmp_path / "var"), **values}, dotenv=None)


def test_defaults_need_nothing(tmp_path: Path) -> None:
    """An empty environment gives SQLite, loopback and the bundled model."""
    settings = read(tmp_path)

    assert settings.database_url == f"sqlite:///{tmp_path / 'var' / 'gangbo.db'}"
    assert (settings.host, settings.web_port, settings.live_port) == ("127.0.0.1", 8000, 8001)
    assert settings.matching_model == "bundled"


def test_keys_are_made_once_and_kept_private(tmp_path: Path) -> None:
    """The second start reads what the first made; nobody else may read the files."""
    first, second = read(tmp_path), read(tmp_path)

    assert first.secret_key == second.secret_key
    assert first.field_key == second.field_key
    assert len(first.field_key) == 32
    for name in ("secret_key", "field_key"):
        assert stat.S_IMODE((tmp_path / "var" / name).stat().st_mode) == 0o600


def test_environment_wins_over_the_file(tmp_path: Path) -> None:
    """What is given for one start is stronger than what was written down."""
    dotenv = tmp_path / ".env"
    dotenv.write_text("GANGBO_WEB_PORT=9000\nGANGBO_LIVE_PORT=9001\n")

    settings = read_settings({"GANGBO_VAR": str(tmp_path), "GANGBO_WEB_PORT": "9100"}, dotenv=dotenv)

    assert (settings.web_port, settings.live_port) == (9100, 9001)


@pytest.mark.parametrize("url", ["postgres://u@h/d", "postgresql://u@h/d", "postgresql+psycopg://u@h/d"])
def test_postgresql_is_reached_through_psycopg(tmp_path: Path, url: str) -> None:
    """The short forms that hosts hand out are understood."""
    assert read(tmp_path, DATABASE_URL=url).database_url == "postgresql+psycopg://u@h/d"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GANGBO_WEB_PORT", "eighty"),
        ("GANGBO_LIVE_PORT", "70000"),
        ("GANGBO_PROXIES", "-1"),
        ("DATABASE_URL", "mysql://u@h/d"),
        ("REDIS_URL", "localhost:6379"),
        ("GANGBO_LIVE_URL", "https://fair.example.cn"),
        ("GANGBO_PUBLIC_URL", "fair.example.cn"),
        ("GANGBO_FIELD_KEY", "abc"),
        ("GANGBO_LOG_LEVEL", "loud"),
        ("GANGBO_VAR", "/proc/nowhere"),
    ],
)
def test_wrong_setting_is_named_in_one_line(tmp_path: Path, name: str, value: str) -> None:
    """The line begins with the setting's name."""
    with pytest.raises(WrongSetting) as refused:
        read(tmp_path, **{name: value})

    assert str(refused.value).startswith(f"{name}:")
    assert "\n" not in str(refused.value)


def test_readme_lists_every_setting() -> None:
    """The table of the README is true."""
    readme = Path(__file__).parents[2].joinpath("README.md").read_text(encoding="utf-8")

    assert all(f"`{setting.name}`" in readme for setting in TABLE)
