"""how many grounds there are to look at a position's wording

Revision 0010, after 0009.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Counted when a position is saved; those saved before are counted with their next change.
    op.add_column("position", sa.Column("flag_count", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("position", "flag_count")
