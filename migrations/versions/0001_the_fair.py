"""the fair

Revision 0001, after .
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "district",
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("name_en", sa.String(length=80), nullable=False),
        sa.Column("parent_code", sa.String(length=12), nullable=True),
        sa.Column("path", sa.String(length=120), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["parent_code"], ["district.code"], name=op.f("fk_district_parent_code_district")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_district")),
    )
    with op.batch_alter_table("district", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_district_parent_code"), ["parent_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_district_path"), ["path"], unique=False)

    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("employer_id", sa.Integer(), nullable=True),
        sa.Column("position_id", sa.Integer(), nullable=True),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("ix_event_session", ["session_id", "id"], unique=False)

    op.create_table(
        "event_cursor",
        sa.Column("reader", sa.String(length=60), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("reader", name=op.f("pk_event_cursor")),
    )
    op.create_table(
        "bureau",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("district_code", sa.String(length=12), nullable=False),
        sa.ForeignKeyConstraint(["district_code"], ["district.code"], name=op.f("fk_bureau_district_code_district")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bureau")),
    )
    with op.batch_alter_table("bureau", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_bureau_district_code"), ["district_code"], unique=False)

    op.create_table(
        "employer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("short_name", sa.String(length=20), nullable=False),
        sa.Column("credit_code", sa.String(length=18), nullable=False),
        sa.Column("industry", sa.String(length=40), nullable=False),
        sa.Column("staff_count", sa.Integer(), nullable=True),
        sa.Column("district_code", sa.String(length=12), nullable=False),
        sa.Column("address", sa.String(length=120), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("status_note", sa.String(length=200), nullable=False),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["district_code"], ["district.code"], name=op.f("fk_employer_district_code_district")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_employer")),
        sa.UniqueConstraint("credit_code", name=op.f("uq_employer_credit_code")),
    )
    with op.batch_alter_table("employer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_employer_district_code"), ["district_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_employer_status"), ["status"], unique=False)

    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("phone", sa.LargeBinary(), nullable=True),
        sa.Column("phone_index", sa.String(length=64), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("bureau_id", sa.Integer(), nullable=True),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("is_care", sa.Boolean(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureau.id"], name=op.f("fk_account_bureau_id_bureau")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
        sa.UniqueConstraint("phone_index", name=op.f("uq_account_phone_index")),
    )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_account_bureau_id"), ["bureau_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_account_role"), ["role"], unique=False)

    op.create_table(
        "position",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("occupation", sa.String(length=40), nullable=False),
        sa.Column("employment_type", sa.String(12), nullable=False),
        sa.Column("district_code", sa.String(length=12), nullable=True),
        sa.Column("address", sa.String(length=120), nullable=False),
        sa.Column("head_count", sa.Integer(), nullable=True),
        sa.Column("base_pay", sa.Integer(), nullable=True),
        sa.Column("pay_min", sa.Integer(), nullable=True),
        sa.Column("pay_max", sa.Integer(), nullable=True),
        sa.Column("pay_unit", sa.String(8), nullable=False),
        sa.Column("pay_note", sa.String(length=120), nullable=False),
        sa.Column("schedule", sa.String(16), nullable=False),
        sa.Column("schedule_note", sa.String(length=120), nullable=False),
        sa.Column("education", sa.String(10), nullable=False),
        sa.Column("experience_years", sa.Integer(), nullable=False),
        sa.Column("certificates", sa.JSON(), nullable=False),
        sa.Column("skills", sa.JSON(), nullable=False),
        sa.Column("duties", sa.Text(), nullable=False),
        sa.Column("requirements", sa.Text(), nullable=False),
        sa.Column("has_dormitory", sa.Boolean(), nullable=False),
        sa.Column("has_meals", sa.Boolean(), nullable=False),
        sa.Column("has_insurance", sa.Boolean(), nullable=False),
        sa.Column("benefits", sa.String(length=200), nullable=False),
        sa.Column("is_supported_place", sa.Boolean(), nullable=False),
        sa.Column("valid_until", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["district_code"], ["district.code"], name=op.f("fk_position_district_code_district")),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_position_employer_id_employer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_position")),
    )
    with op.batch_alter_table("position", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_position_district_code"), ["district_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_position_employer_id"), ["employer_id"], unique=False)
        batch_op.create_index("ix_position_status_district", ["status", "district_code"], unique=False)

    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=True),
        sa.Column("wording", sa.String(length=200), nullable=False),
        sa.Column("given_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_consent_account_id_account")),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_consent_employer_id_employer")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index("ix_consent_account_kind", ["account_id", "kind"], unique=False)

    op.create_table(
        "credential",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone_index", sa.String(length=64), nullable=True),
        sa.Column("password", sa.String(length=255), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("current_login_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_login_ip", sa.String(length=64), nullable=True),
        sa.Column("current_login_ip", sa.String(length=64), nullable=True),
        sa.Column("login_count", sa.Integer(), nullable=True),
        sa.Column("tf_primary_method", sa.String(length=64), nullable=True),
        sa.Column("tf_totp_secret", sa.String(length=255), nullable=True),
        sa.Column("mf_recovery_codes", sa.JSON(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_credential_account_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_credential")),
        sa.UniqueConstraint("account_id", name=op.f("uq_credential_account_id")),
        sa.UniqueConstraint("email", name=op.f("uq_credential_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_credential_fs_uniquifier")),
        sa.UniqueConstraint("phone_index", name=op.f("uq_credential_phone_index")),
    )
    op.create_table(
        "live_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=60), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("status_note", sa.String(length=200), nullable=False),
        sa.Column("district_code", sa.String(length=12), nullable=False),
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("moderator_id", sa.Integer(), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("picture_url", sa.String(length=400), nullable=False),
        sa.Column("poster", sa.String(length=80), nullable=False),
        sa.Column("like_count", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureau.id"], name=op.f("fk_live_session_bureau_id_bureau")),
        sa.ForeignKeyConstraint(
            ["district_code"], ["district.code"], name=op.f("fk_live_session_district_code_district")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_live_session_made_by_account")),
        sa.ForeignKeyConstraint(["moderator_id"], ["account.id"], name=op.f("fk_live_session_moderator_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_live_session")),
    )
    with op.batch_alter_table("live_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_live_session_bureau_id"), ["bureau_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_live_session_district_code"), ["district_code"], unique=False)
        batch_op.create_index("ix_live_session_status_starts", ["status", "starts_at"], unique=False)

    op.create_table(
        "position_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("position_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_position_version_made_by_account")),
        sa.ForeignKeyConstraint(
            ["position_id"], ["position.id"], name=op.f("fk_position_version_position_id_position")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_position_version")),
        sa.UniqueConstraint("position_id", "number", name=op.f("uq_position_version_position_id")),
    )
    with op.batch_alter_table("position_version", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_position_version_position_id"), ["position_id"], unique=False)

    op.create_table(
        "recruiter",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_recruiter_account_id_account")),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_recruiter_employer_id_employer")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_recruiter")),
    )
    with op.batch_alter_table("recruiter", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recruiter_employer_id"), ["employer_id"], unique=False)

    op.create_table(
        "seeker_profile",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("full_name", sa.String(length=40), nullable=False),
        sa.Column("identity_number", sa.LargeBinary(), nullable=True),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("wanted_work", sa.JSON(), nullable=False),
        sa.Column("skills", sa.JSON(), nullable=False),
        sa.Column("certificates", sa.JSON(), nullable=False),
        sa.Column("education", sa.String(10), nullable=False),
        sa.Column("experience_years", sa.Integer(), nullable=False),
        sa.Column("experience", sa.Text(), nullable=False),
        sa.Column("home_code", sa.String(length=12), nullable=True),
        sa.Column("places", sa.JSON(), nullable=False),
        sa.Column("pay_min", sa.Integer(), nullable=True),
        sa.Column("schedule", sa.JSON(), nullable=False),
        sa.Column("needs_dormitory", sa.Boolean(), nullable=False),
        sa.Column("wants_supported_place", sa.Boolean(), nullable=False),
        sa.Column("hard", sa.JSON(), nullable=False),
        sa.Column("is_matched", sa.Boolean(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_seeker_profile_account_id_account")),
        sa.ForeignKeyConstraint(["home_code"], ["district.code"], name=op.f("fk_seeker_profile_home_code_district")),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_seeker_profile")),
    )
    with op.batch_alter_table("seeker_profile", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_seeker_profile_is_matched"), ["is_matched"], unique=False)

    op.create_table(
        "application",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("position_id", sa.Integer(), nullable=False),
        sa.Column("position_version", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.Column("seeker_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("filed_by", sa.Integer(), nullable=False),
        sa.Column("consent_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("media_ms", sa.Integer(), nullable=True),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("resume", sa.JSON(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["consent_id"], ["consent.id"], name=op.f("fk_application_consent_id_consent")),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_application_employer_id_employer")),
        sa.ForeignKeyConstraint(["filed_by"], ["account.id"], name=op.f("fk_application_filed_by_account")),
        sa.ForeignKeyConstraint(["position_id"], ["position.id"], name=op.f("fk_application_position_id_position")),
        sa.ForeignKeyConstraint(["seeker_id"], ["account.id"], name=op.f("fk_application_seeker_id_account")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["live_session.id"], name=op.f("fk_application_session_id_live_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
        sa.UniqueConstraint("seeker_id", "key", name=op.f("uq_application_seeker_id")),
    )
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.create_index("ix_application_employer", ["employer_id", "status", "applied_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_application_position_id"), ["position_id"], unique=False)
        batch_op.create_index("ix_application_seeker", ["seeker_id", "applied_at"], unique=False)
        batch_op.create_index("ix_application_session", ["session_id", "applied_at"], unique=False)
        batch_op.create_index(
            "uq_application_standing",
            ["position_id", "seeker_id"],
            unique=True,
            sqlite_where=sa.text("status != 'withdrawn'"),
            postgresql_where=sa.text("status != 'withdrawn'"),
        )

    op.create_table(
        "attendance",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("viewer", sa.String(length=40), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("is_audience", sa.Boolean(), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_attendance_account_id_account")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["live_session.id"], name=op.f("fk_attendance_session_id_live_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendance")),
    )
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attendance_account_id"), ["account_id"], unique=False)
        batch_op.create_index("ix_attendance_session_viewer", ["session_id", "viewer"], unique=False)

    op.create_table(
        "chat_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("is_host", sa.Boolean(), nullable=False),
        sa.Column("text", sa.String(length=60), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hidden_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("hidden_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_chat_message_account_id_account")),
        sa.ForeignKeyConstraint(["hidden_by"], ["account.id"], name=op.f("fk_chat_message_hidden_by_account")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["live_session.id"], name=op.f("fk_chat_message_session_id_live_session")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chat_message")),
    )
    with op.batch_alter_table("chat_message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_chat_message_account_id"), ["account_id"], unique=False)
        batch_op.create_index("ix_chat_message_session", ["session_id", "id"], unique=False)

    op.create_table(
        "exposure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("position_id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.Column("viewer", sa.String(length=40), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_exposure_employer_id_employer")),
        sa.ForeignKeyConstraint(["position_id"], ["position.id"], name=op.f("fk_exposure_position_id_position")),
        sa.ForeignKeyConstraint(["session_id"], ["live_session.id"], name=op.f("fk_exposure_session_id_live_session")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exposure")),
    )
    with op.batch_alter_table("exposure", schema=None) as batch_op:
        batch_op.create_index("uq_exposure_once", ["session_id", "position_id", "viewer"], unique=True)

    op.create_table(
        "sanction",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("by", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_sanction_account_id_account")),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_sanction_by_account")),
        sa.ForeignKeyConstraint(["session_id"], ["live_session.id"], name=op.f("fk_sanction_session_id_live_session")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sanction")),
        sa.UniqueConstraint("session_id", "account_id", "kind", name=op.f("uq_sanction_session_id")),
    )
    op.create_table(
        "slot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("employer_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_slot_employer_id_employer")),
        sa.ForeignKeyConstraint(["session_id"], ["live_session.id"], name=op.f("fk_slot_session_id_live_session")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot")),
        sa.UniqueConstraint("session_id", "number", name=op.f("uq_slot_session_id")),
    )
    with op.batch_alter_table("slot", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_slot_employer_id"), ["employer_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_slot_session_id"), ["session_id"], unique=False)

    op.create_table(
        "application_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("from_status", sa.String(12), nullable=True),
        sa.Column("to_status", sa.String(12), nullable=False),
        sa.Column("by", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_application_change_application_id_application")
        ),
        sa.ForeignKeyConstraint(["by"], ["account.id"], name=op.f("fk_application_change_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_change")),
    )
    with op.batch_alter_table("application_change", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_application_change_application_id"), ["application_id"], unique=False)

    op.create_table(
        "pin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=True),
        sa.Column("position_id", sa.Integer(), nullable=False),
        sa.Column("position_version", sa.Integer(), nullable=False),
        sa.Column("pinned_by", sa.Integer(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("media_from_ms", sa.Integer(), nullable=False),
        sa.Column("media_to_ms", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["pinned_by"], ["account.id"], name=op.f("fk_pin_pinned_by_account")),
        sa.ForeignKeyConstraint(["position_id"], ["position.id"], name=op.f("fk_pin_position_id_position")),
        sa.ForeignKeyConstraint(["session_id"], ["live_session.id"], name=op.f("fk_pin_session_id_live_session")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_pin_slot_id_slot"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pin")),
    )
    with op.batch_alter_table("pin", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pin_position_id"), ["position_id"], unique=False)
        batch_op.create_index("ix_pin_session", ["session_id", "started_at"], unique=False)

    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=True),
        sa.Column("employer_id", sa.Integer(), nullable=True),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=60), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("vote_count", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", sa.String(length=300), nullable=False),
        sa.Column("is_spoken", sa.Boolean(), nullable=False),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answerer", sa.String(length=40), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("media_ms", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_question_account_id_account")),
        sa.ForeignKeyConstraint(["answered_by"], ["account.id"], name=op.f("fk_question_answered_by_account")),
        sa.ForeignKeyConstraint(["employer_id"], ["employer.id"], name=op.f("fk_question_employer_id_employer")),
        sa.ForeignKeyConstraint(["session_id"], ["live_session.id"], name=op.f("fk_question_session_id_live_session")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_question_slot_id_slot"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
    )
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_question_account_id"), ["account_id"], unique=False)
        batch_op.create_index("ix_question_session", ["session_id", "id"], unique=False)

    op.create_table(
        "slot_position",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("position_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["position_id"], ["position.id"], name=op.f("fk_slot_position_position_id_position")),
        sa.ForeignKeyConstraint(["slot_id"], ["slot.id"], name=op.f("fk_slot_position_slot_id_slot")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_position")),
        sa.UniqueConstraint("slot_id", "position_id", name=op.f("uq_slot_position_slot_id")),
    )
    with op.batch_alter_table("slot_position", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_slot_position_position_id"), ["position_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_slot_position_slot_id"), ["slot_id"], unique=False)

    op.create_table(
        "question_vote",
        sa.Column("question_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_question_vote_account_id_account")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_question_vote_question_id_question")),
        sa.PrimaryKeyConstraint("question_id", "account_id", name=op.f("pk_question_vote")),
    )


def downgrade() -> None:
    op.drop_table("question_vote")
    with op.batch_alter_table("slot_position", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_slot_position_slot_id"))
        batch_op.drop_index(batch_op.f("ix_slot_position_position_id"))

    op.drop_table("slot_position")
    with op.batch_alter_table("question", schema=None) as batch_op:
        batch_op.drop_index("ix_question_session")
        batch_op.drop_index(batch_op.f("ix_question_account_id"))

    op.drop_table("question")
    with op.batch_alter_table("pin", schema=None) as batch_op:
        batch_op.drop_index("ix_pin_session")
        batch_op.drop_index(batch_op.f("ix_pin_position_id"))

    op.drop_table("pin")
    with op.batch_alter_table("application_change", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_application_change_application_id"))

    op.drop_table("application_change")
    with op.batch_alter_table("slot", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_slot_session_id"))
        batch_op.drop_index(batch_op.f("ix_slot_employer_id"))

    op.drop_table("slot")
    op.drop_table("sanction")
    with op.batch_alter_table("exposure", schema=None) as batch_op:
        batch_op.drop_index("uq_exposure_once")

    op.drop_table("exposure")
    with op.batch_alter_table("chat_message", schema=None) as batch_op:
        batch_op.drop_index("ix_chat_message_session")
        batch_op.drop_index(batch_op.f("ix_chat_message_account_id"))

    op.drop_table("chat_message")
    with op.batch_alter_table("attendance", schema=None) as batch_op:
        batch_op.drop_index("ix_attendance_session_viewer")
        batch_op.drop_index(batch_op.f("ix_attendance_account_id"))

    op.drop_table("attendance")
    with op.batch_alter_table("application", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_application_standing",
            sqlite_where=sa.text("status != 'withdrawn'"),
            postgresql_where=sa.text("status != 'withdrawn'"),
        )
        batch_op.drop_index("ix_application_session")
        batch_op.drop_index("ix_application_seeker")
        batch_op.drop_index(batch_op.f("ix_application_position_id"))
        batch_op.drop_index("ix_application_employer")

    op.drop_table("application")
    with op.batch_alter_table("seeker_profile", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_seeker_profile_is_matched"))

    op.drop_table("seeker_profile")
    with op.batch_alter_table("recruiter", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recruiter_employer_id"))

    op.drop_table("recruiter")
    with op.batch_alter_table("position_version", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_position_version_position_id"))

    op.drop_table("position_version")
    with op.batch_alter_table("live_session", schema=None) as batch_op:
        batch_op.drop_index("ix_live_session_status_starts")
        batch_op.drop_index(batch_op.f("ix_live_session_district_code"))
        batch_op.drop_index(batch_op.f("ix_live_session_bureau_id"))

    op.drop_table("live_session")
    op.drop_table("credential")
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_index("ix_consent_account_kind")

    op.drop_table("consent")
    with op.batch_alter_table("position", schema=None) as batch_op:
        batch_op.drop_index("ix_position_status_district")
        batch_op.drop_index(batch_op.f("ix_position_employer_id"))
        batch_op.drop_index(batch_op.f("ix_position_district_code"))

    op.drop_table("position")
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_account_role"))
        batch_op.drop_index(batch_op.f("ix_account_bureau_id"))

    op.drop_table("account")
    with op.batch_alter_table("employer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_employer_status"))
        batch_op.drop_index(batch_op.f("ix_employer_district_code"))

    op.drop_table("employer")
    with op.batch_alter_table("bureau", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_bureau_district_code"))

    op.drop_table("bureau")
    op.drop_table("event_cursor")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index("ix_event_session")

    op.drop_table("event")
    with op.batch_alter_table("district", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_district_path"))
        batch_op.drop_index(batch_op.f("ix_district_parent_code"))

    op.drop_table("district")
