"""how often positions stood in the first places of lists

Revision 0008, after 0007.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "list_exposure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("position_id", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["live_session.id"], name=op.f("fk_list_exposure_session_id_live_session")
        ),
        sa.ForeignKeyConstraint(["position_id"], ["position.id"], name=op.f("fk_list_exposure_position_id_position")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_exposure")),
    )
    outside = sa.text("session_id IS NULL")
    op.create_index("uq_list_exposure_position", "list_exposure", ["position_id", "session_id"], unique=True)
    op.create_index(
        "uq_list_exposure_outside",
        "list_exposure",
        ["position_id"],
        unique=True,
        sqlite_where=outside,
        postgresql_where=outside,
    )
    op.create_index("ix_list_exposure_session", "list_exposure", ["session_id"])


def downgrade() -> None:
    op.drop_table("list_exposure")
