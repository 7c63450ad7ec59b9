"""what was read of positions and seekers, kept beside their vectors

Revision 0012, after 0011.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What is kept without facts is read from its record once more.
    op.add_column("vector", sa.Column("stamp", sa.String(80), nullable=False, server_default=""))
    op.add_column("vector", sa.Column("facts", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("vector", "facts")
    op.drop_column("vector", "stamp")
