"""The release step: a new database becomes a fair, one in use stays as it is, and what fails says so in one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, inspect, select, text

from fair.accounts import Account
from fair.database import make_engine, reading, writing
from fair.districts import District
from fair.settings import read_settings
from web.app import create_app
from web.release import main, release


def counts(engine) -> tuple[int, int]:
    """How many accounts and districts the database holds."""
    with reading(engine) as db:
        accounts, districts = (db.scalar(select(func.count()).select_from(kind)) or 0 for kind in (Account, District))
    return accounts, districts


def test_release_makes_a_fair_of_an_empty_database_once(
    sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The first brings schema, districts and demo fair; the next finds everything there and says nothing."""
    app = create_app(read_settings({"GANGBO_VAR": str(tmp_path), "DATABASE_URL": sqlite_url}, dotenv=None))
    engine = app.extensions["gangbo"].engine
    assert inspect(engine).get_table_names() == []

    release(app)
    first, said = counts(engine), capsys.readouterr().out
    release(app)

    assert first[0] > 80
    assert first[1] > 3000
    assert "districts" in said
    assert "demo fair" in said
    assert counts(engine) == first
    assert capsys.readouterr().out == ""
    engine.dispose()


def test_release_without_the_demo_leaves_nobody_in_it(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With GANGBO_DEMO=0 a new database has districts and no account, on SQLite and on PostgreSQL."""
    given = {"GANGBO_VAR": str(tmp_path), "DATABASE_URL": database_url, "GANGBO_DEMO": "0"}
    app = create_app(read_settings(given, dotenv=None))
    engine = app.extensions["gangbo"].engine

    release(app)
    first, said = counts(engine), capsys.readouterr().out
    release(app)

    assert (first[0], first[1] > 3000) == (0, True)
    assert "districts" in said
    assert counts(engine) == first
    assert capsys.readouterr().out == ""
    engine.dispose()


def test_release_that_cannot_migrate_says_so_in_one_line(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A database of a release that is not known here is left alone."""
    with writing(make_engine(sqlite_url)) as db:
        db.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
        db.execute(text("INSERT INTO alembic_version VALUES ('9999')"))
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("GANGBO_VAR", str(tmp_path))

    status = main()

    said = capsys.readouterr()
    assert (status, said.out) == (1, "")
    assert said.err.splitlines() == [
        "The database could not be brought up to date: Can't locate revision identified by '9999'"
    ]
    assert inspect(make_engine(sqlite_url)).get_table_names() == ["alembic_version"]


def test_release_names_a_wrong_setting(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """One line, and the status of a wrong setting."""
    monkeypatch.setenv("GANGBO_WEB_PORT", "eight")

    status = main()

    assert status == 2
    assert capsys.readouterr().err.splitlines() == ["GANGBO_WEB_PORT: 'eight' is not a whole number from 1 to 65535"]
