"""where a recorded picture has gaps, so that its replay finds a moment behind one

Revision 0011, after 0010.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # What was recorded before is taken as without gaps, as its replay did until now.
    op.add_column("picture_stream", sa.Column("gaps", sa.JSON(), nullable=False, server_default="[]"))


def downgrade() -> None:
    op.drop_column("picture_stream", "gaps")
