"""The release step: the newest schema, the districts, and the demo fair where a new database is to have it.

`python -m web.release`, before the processes start; in a database that has all of it, it changes nothing. A program
of its own, so that no process of the site carries Alembic.
"""

from __future__ import annotations

import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from flask import Flask
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from fair.database import writing
from fair.divisions import load_divisions
from fair.errors import WrongSetting
from web.app import create_app
from web.context import engine, settings
from web.demo.commands import has_accounts, load_demo

_SCHEMA = Path(__file__).resolve().parent.parent / "alembic.ini"


def main() -> int:
    """Release what the settings name; exit status 1, or 2 for a wrong setting, with one line."""
    try:
        release(create_app())
    except WrongSetting as wrong:
        print(wrong, file=sys.stderr)
        return 2
    except (CommandError, SQLAlchemyError) as failed:
        print(f"The database could not be brought up to date: {_first_line(failed)}", file=sys.stderr)
        return 1
    return 0


def release(app: Flask) -> None:
    """Bring the database of `app` to the newest schema, then fill it where it is new, and say what takes long."""
    with app.app_context():
        migrate(engine())
        with writing(engine()) as db:
            if load_divisions(db):
                print("-- districts loaded", flush=True)
            if settings().demo and not has_accounts(db):
                load_demo(db)


def migrate(database: Engine) -> None:
    """Take the database through the migrations that it lacks."""
    config = Config(_SCHEMA)
    config.attributes["engine"] = database
    command.upgrade(config, "head")


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


if __name__ == "__main__":
    sys.exit(main())
