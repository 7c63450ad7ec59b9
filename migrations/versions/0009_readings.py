"""what was read from the text of a row that is imported, for the recruiter to confirm

Revision 0009, after 0008.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # The running release writes rows without these columns, so both have a default in the database.
    op.add_column("import_row", sa.Column("readings", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("import_row", sa.Column("reading_count", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("import_row", "reading_count")
    op.drop_column("import_row", "readings")
