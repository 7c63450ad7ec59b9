"""attendance by live server, and the servers' signs of life

Revision 0006, after 0005.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "live_server",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_live_server")),
    )
    op.add_column("attendance", sa.Column("server", sa.String(length=60), server_default="", nullable=False))
    is_open = sa.text("left_at IS NULL")
    op.create_index("ix_attendance_open", "attendance", ["server"], sqlite_where=is_open, postgresql_where=is_open)


def downgrade() -> None:
    op.drop_index("ix_attendance_open", table_name="attendance")
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.drop_column("server")
    op.drop_table("live_server")
