"""vectors that matching keeps between starts

Revision 0002, after 0001.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "vector",
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("subject_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("model", sa.String(length=120), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("dimension", sa.Integer(), nullable=False),
        sa.Column("rows", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "subject_id", name=op.f("pk_vector")),
    )
    with op.batch_alter_table("vector", schema=None) as batch_op:
        batch_op.create_index("ix_vector_model", ["model"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("vector", schema=None) as batch_op:
        batch_op.drop_index("ix_vector_model")
    op.drop_table("vector")
