"""Migrations: an empty database taken through all of them is what the records say, on both databases."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from fair.database import make_engine

ROOT = Path(__file__).parents[2]


def configuration(engine: object) -> Config:
    config = Config(ROOT / "alembic.ini")
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.attributes["engine"] = engine
    return config


def test_migrations_make_the_schema_of_the_records(database_url: str) -> None:
    """`alembic check` finds nothing to add after the last step."""
    engine = make_engine(database_url)
    config = configuration(engine)

    command.upgrade(config, "head")

    command.check(config)
    with engine.connect() as connection:
        heads = ScriptDirectory.from_config(config).get_heads()
        assert list(MigrationContext.configure(connection).get_current_heads()) == heads
        assert len(heads) == 1
    engine.dispose()


def test_migrations_can_be_taken_back(sqlite_url: str) -> None:
    """Down to nothing, and up again."""
    engine = make_engine(sqlite_url)
    config = configuration(engine)
    command.upgrade(config, "head")

    command.downgrade(config, "base")
    left = set(inspect(engine).get_table_names()) - {"alembic_version", "sqlite_sequence"}
    command.upgrade(config, "head")

    assert left == set()
    assert "application" in inspect(engine).get_table_names()
    engine.dispose()
