"""Alembic's entry: brings the database of DATABASE_URL to the schema that this release needs."""

from __future__ import annotations

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext

from fair.crypto import EncryptedText
from fair.database import UtcDateTime, make_engine
from fair.records import Base
from fair.settings import read_settings
from matching.vectors import Vector
from web.accounts.credential import Credential

# Records of the site and of matching that share the metadata.
__all__ = ["Credential", "Vector"]


def written_type(kind: str, item: Any, _context: AutogenContext) -> str | Literal[False]:
    """How a column type of ours is written in a migration: as the plain type that the database sees."""
    if kind == "type" and isinstance(item, sa.Enum):
        return f"sa.String({item.length})"
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, EncryptedText):
        return "sa.LargeBinary()"
    return False


def migrate() -> None:
    engine = context.config.attributes.get("engine") or make_engine(read_settings().database_url)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=True,
            transactional_ddl=True,  # SQLite has it too, since this engine begins its transactions itself.
            render_item=written_type,
        )
        with context.begin_transaction():
            context.run_migrations()


migrate()
