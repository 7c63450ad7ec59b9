"""indexes for a busy employer's inbox and for the report of a crowded session

Revision 0005, after 0004.
"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_INDEXES = (
    ("ix_application_employer_recent", "application", ["employer_id", "applied_at"]),
    ("ix_application_employer_score", "application", ["employer_id", "score"]),
    ("ix_application_employer_asked", "application", ["employer_id", "position_id", "session_id"]),
    ("ix_exposure_session_score", "exposure", ["session_id", "score", "viewer"]),
)


def upgrade() -> None:
    for name, table, columns in _INDEXES:
        op.create_index(name, table, columns)


def downgrade() -> None:
    for name, table, _columns in reversed(_INDEXES):
        op.drop_index(name, table_name=table)
