"""the picture: where it comes from, its streams and captions

Revision 0007, after 0006.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_SOURCE = sa.Enum("built_in", "hls", "whep", name="picturesource", native_enum=False, length=12)


def upgrade() -> None:
    op.add_column("live_session", sa.Column("picture_source", _SOURCE, server_default="built_in", nullable=False))
    op.add_column("live_session", sa.Column("publish_url", sa.String(length=400), server_default="", nullable=False))
    op.add_column("live_session", sa.Column("is_recorded", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("live_session", sa.Column("has_replay", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.execute("UPDATE live_session SET picture_source = 'hls' WHERE picture_url <> ''")
    instant = sa.DateTime(timezone=True)
    op.create_table(
        "picture_stream",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("published_by", sa.Integer(), nullable=True),
        sa.Column("employer_id", sa.Integer(), nullable=True),
        sa.Column("server", sa.String(length=60), nullable=False),
        sa.Column("mime", sa.String(length=120), nullable=False),
        sa.Column("consented_at", instant, nullable=True),
        sa.Column("began_at", instant, nullable=False),
        sa.Column("zero_at", instant, nullable=False),
        sa.Column("first_ms", sa.Integer(), nullable=True),
        sa.Column("last_ms", sa.Integer(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", instant, nullable=True),
        sa.Column("withdrawn_at", instant, nullable=True),
        sa.Column("removed_at", instant, nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"], ["live_session.id"], name=op.f("fk_picture_stream_session_id_live_session")
        ),
        sa.ForeignKeyConstraint(["published_by"], ["account.id"], name=op.f("fk_picture_stream_published_by_account")),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_picture_stream_employer_id_employer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_picture_stream")),
        sa.UniqueConstraint("session_id", "number", name=op.f("uq_picture_stream_session_id")),
    )
    op.create_index(op.f("ix_picture_stream_session_id"), "picture_stream", ["session_id"])
    op.create_table(
        "caption",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("at", instant, nullable=False),
        sa.Column("text", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["live_session.id"], name=op.f("fk_caption_session_id_live_session")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_caption_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_caption")),
    )
    op.create_index("ix_caption_session", "caption", ["session_id", "at"])


def downgrade() -> None:
    op.drop_table("caption")
    op.drop_table("picture_stream")
    with op.batch_alter_table("live_session", schema=None) as batch_op:
        for column in ("has_replay", "is_recorded", "publish_url", "picture_source"):
            batch_op.drop_column(column)
