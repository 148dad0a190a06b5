"""Every table of the first release. Written by `make migration`; the triggers of `event` are made by env.py."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from portal.kernel.db import Instant

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "anchor",
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("chain_id", "day", name=op.f("pk_anchor")),
    )
    op.create_index("ix_anchor_day", "anchor", ["day"], unique=False)
    op.create_table(
        "chain_head",
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("chain_id", name=op.f("pk_chain_head")),
    )
    op.create_table(
        "event",
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("via", sa.String(length=16), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("object_id", sa.Uuid(), nullable=True),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("detail_hash", sa.String(length=64), nullable=True),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("prev_hash", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("chain_id", "seq", name=op.f("pk_event")),
        sa.UniqueConstraint("chain_id", "prev_hash", name=op.f("uq_event_chain_id_prev_hash")),
    )
    op.create_index("ix_event_client_at", "event", ["client_id", "at"], unique=False)
    op.create_index("ix_event_item", "event", ["item_id"], unique=False)
    op.create_index("ix_event_project_at", "event", ["project_id", "at"], unique=False)
    op.create_table(
        "firm",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("mark_key", sa.String(length=200), nullable=True),
        sa.Column("colour", sa.String(length=7), nullable=False),
        sa.Column("languages", sa.JSON(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("working_days", sa.JSON(), nullable=False),
        sa.Column("holidays", sa.JSON(), nullable=False),
        sa.Column("region", sa.String(length=12), nullable=False),
        sa.Column("mail_name", sa.String(length=120), nullable=False),
        sa.Column("mail_address", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("settings", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_firm")),
    )
    op.create_table(
        "mail_sent",
        sa.Column("message_id", sa.String(length=200), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("bounced_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_mail_sent")),
    )
    op.create_index("ix_mail_sent_person_at", "mail_sent", ["person_id", "at"], unique=False)
    op.create_index(op.f("ix_mail_sent_project_id"), "mail_sent", ["project_id"], unique=False)
    op.create_table(
        "note_picture",
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("type", sa.String(length=40), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.Integer(), nullable=False),
        sa.Column("added_at", Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_picture")),
    )
    op.create_table(
        "outbox",
        sa.Column("lane", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=True),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("dedupe", sa.String(length=200), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("not_before", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("lease_token", sa.String(length=32), nullable=True),
        sa.Column("message_id", sa.String(length=200), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_due", "outbox", ["state", "not_before"], unique=False)
    op.create_index("ix_outbox_project_kind", "outbox", ["project_id", "kind"], unique=False)
    op.create_index(
        "uq_outbox_dedupe_waiting",
        "outbox",
        ["dedupe"],
        unique=True,
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_table(
        "person",
        sa.Column("email_typed", sa.String(length=254), nullable=False),
        sa.Column("email_canon", sa.String(length=254), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("called", sa.String(length=80), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("staff_role", sa.String(length=32), nullable=True),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("phone", sa.String(length=40), nullable=False),
        sa.Column("phone_rules", sa.JSON(), nullable=False),
        sa.Column("mail_rules", sa.JSON(), nullable=False),
        sa.Column("feed_id", sa.Uuid(), nullable=True),
        sa.Column("mail_bounced_at", Instant(), nullable=True),
        sa.Column("disabled_at", Instant(), nullable=True),
        sa.Column("erased_at", Instant(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email_canon", name=op.f("uq_person_email_canon")),
        sa.UniqueConstraint("feed_id", name=op.f("uq_person_feed_id")),
    )
    op.create_table(
        "project_template",
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("draft", sa.Text(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("archived_at", Instant(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_template")),
        sa.UniqueConstraint("key", name=op.f("uq_project_template_key")),
    )
    op.create_table(
        "reason_snippet",
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reason_snippet")),
    )
    op.create_table(
        "reminder_schedule",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("archived_at", Instant(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_schedule")),
        sa.UniqueConstraint("name", name=op.f("uq_reminder_schedule_name")),
    )
    op.create_table(
        "seen",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("first_at", Instant(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("person_id", "kind", "object_id", name=op.f("pk_seen")),
    )
    op.create_table(
        "signing_key",
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("public", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("n", name=op.f("pk_signing_key")),
    )
    op.create_table(
        "client",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("sort_key", sa.String(length=160), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("working_days", sa.JSON(), nullable=False),
        sa.Column("holidays", sa.JSON(), nullable=False),
        sa.Column("region", sa.String(length=12), nullable=True),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("archived_at", Instant(), nullable=True),
        sa.Column("bytes_used", sa.BigInteger(), nullable=False),
        sa.Column("bytes_reserved", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["lead_id"], ["person.id"], name=op.f("fk_client_lead_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client")),
    )
    op.create_index(op.f("ix_client_sort_key"), "client", ["sort_key"], unique=False)
    op.create_table(
        "digest_day",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_digest_day_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("person_id", "local_date", name=op.f("pk_digest_day")),
    )
    op.create_table(
        "draft_step",
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("draft", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["template_id"], ["project_template.id"], name=op.f("fk_draft_step_template_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("template_id", "n", name=op.f("pk_draft_step")),
    )
    op.create_table(
        "event_detail",
        sa.Column("chain_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("salt", sa.String(length=64), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["chain_id", "seq"], ["event.chain_id", "event.seq"], name=op.f("fk_event_detail_chain_id_seq"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("chain_id", "seq", name=op.f("pk_event_detail")),
    )
    op.create_table(
        "questionnaire",
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("template_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("draft", sa.Text(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("archived_at", Instant(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["template_id"], ["project_template.id"], name=op.f("fk_questionnaire_template_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire")),
        sa.UniqueConstraint("key", name=op.f("uq_questionnaire_key")),
    )
    op.create_table(
        "reminder_day",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reminder_day_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("person_id", "local_date", name=op.f("pk_reminder_day")),
    )
    op.create_table(
        "sign_in_request",
        sa.Column("purpose", sa.String(length=32), nullable=False),
        sa.Column("email_canon", sa.String(length=254), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("binding_hash", sa.String(length=64), nullable=True),
        sa.Column("next_path", sa.String(length=300), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("consumed_at", Instant(), nullable=True),
        sa.Column("signed_in_id", sa.Uuid(), nullable=True),
        sa.Column("superseded_at", Instant(), nullable=True),
        sa.Column("ip_net", sa.String(length=45), nullable=False),
        sa.Column("ua", sa.String(length=120), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_sign_in_request_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_request")),
    )
    op.create_index("ix_sign_in_request_address", "sign_in_request", ["email_canon", "created_at"], unique=False)
    op.create_index("ix_sign_in_request_net", "sign_in_request", ["ip_net", "created_at"], unique=False)
    op.create_table(
        "signed_in",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("last_seen_at", Instant(), nullable=False),
        sa.Column("idle_until", Instant(), nullable=False),
        sa.Column("ends_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.Column("kept", sa.Boolean(), nullable=False),
        sa.Column("ua", sa.String(length=120), nullable=False),
        sa.Column("ip_net", sa.String(length=45), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_signed_in_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_in")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_signed_in_token_hash")),
    )
    op.create_index(op.f("ix_signed_in_person_id"), "signed_in", ["person_id"], unique=False)
    op.create_table(
        "stray_mail",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("sender", sa.String(length=254), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("why", sa.String(length=24), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["settled_by"], ["person.id"], name=op.f("fk_stray_mail_settled_by"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stray_mail")),
        sa.UniqueConstraint("source", name=op.f("uq_stray_mail_source")),
    )
    op.create_index("ix_stray_mail_open", "stray_mail", ["settled_at", "at"], unique=False)
    op.create_table(
        "template_version",
        sa.Column("template_id", sa.Uuid(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("published_at", Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["template_id"], ["project_template.id"], name=op.f("fk_template_version_template_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_template_version")),
        sa.UniqueConstraint("template_id", "n", name=op.f("uq_template_version_template_id_n")),
    )
    op.create_table(
        "membership",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=32), nullable=False),
        sa.Column("invited_at", Instant(), nullable=True),
        sa.Column("joined_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_membership_client_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_membership_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("client_id", "person_id", name=op.f("pk_membership")),
    )
    op.create_index(op.f("ix_membership_person_id"), "membership", ["person_id"], unique=False)
    op.create_table(
        "project",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("lead_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("lane", sa.String(length=32), nullable=False),
        sa.Column("slips_on", sa.Date(), nullable=True),
        sa.Column("waiting_since", Instant(), nullable=True),
        sa.Column("waits_client", sa.Integer(), nullable=False),
        sa.Column("waits_us", sa.Integer(), nullable=False),
        sa.Column("naming", sa.String(length=120), nullable=False),
        sa.Column("template_version_id", sa.Uuid(), nullable=True),
        sa.Column("reminders", sa.String(length=40), nullable=False),
        sa.Column("reminders_off", sa.Boolean(), nullable=False),
        sa.Column("reminders_after", Instant(), nullable=True),
        sa.Column("silence", sa.Boolean(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_project_client_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["lead_id"], ["person.id"], name=op.f("fk_project_lead_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["template_version_id"], ["template_version.id"], name=op.f("fk_project_template_version_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
        sa.UniqueConstraint("client_id", "id", name=op.f("uq_project_client_id_id")),
    )
    op.create_index("ix_project_board", "project", ["state", "lane", "slips_on"], unique=False)
    op.create_table(
        "questionnaire_version",
        sa.Column("questionnaire_id", sa.Uuid(), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("published_at", Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["questionnaire_id"], ["questionnaire.id"], name=op.f("fk_questionnaire_version_questionnaire_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_questionnaire_version")),
        sa.UniqueConstraint("questionnaire_id", "n", name=op.f("uq_questionnaire_version_questionnaire_id_n")),
    )
    op.create_table(
        "staff_client",
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_staff_client_client_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_staff_client_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("client_id", "person_id", name=op.f("pk_staff_client")),
    )
    op.create_table(
        "agreement",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("consent", sa.String(length=64), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_agreement_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["client_id", "project_id"],
            ["project.client_id", "project.id"],
            name=op.f("fk_agreement_client_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("client_id", "id", name=op.f("uq_agreement_client_id_id")),
    )
    op.create_index(
        "uq_agreement_open",
        "agreement",
        ["project_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "assumption",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("assume", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("cost", sa.Text(), nullable=False),
        sa.Column("amount", sa.String(length=20), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", Instant(), nullable=False),
        sa.Column("shown_at", Instant(), nullable=True),
        sa.Column("verdict", sa.String(length=32), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["answered_by"], ["person.id"], name=op.f("fk_assumption_answered_by"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_assumption_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["client_id", "project_id"],
            ["project.client_id", "project.id"],
            name=op.f("fk_assumption_client_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assumption")),
        sa.UniqueConstraint("client_id", "id", name=op.f("uq_assumption_client_id_id")),
    )
    op.create_index("ix_assumption_project", "assumption", ["project_id"], unique=False)
    op.create_table(
        "closing",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("made", sa.Text(), nullable=False),
        sa.Column("thanks", sa.Text(), nullable=False),
        sa.Column("next", sa.Text(), nullable=False),
        sa.Column("again_on", sa.Date(), nullable=True),
        sa.Column("again_why", sa.String(length=300), nullable=False),
        sa.Column("met_at", Instant(), nullable=True),
        sa.Column("met_by", sa.Uuid(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("undone_at", Instant(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_closing_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["client_id", "project_id"],
            ["project.client_id", "project.id"],
            name=op.f("fk_closing_client_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(["met_by"], ["person.id"], name=op.f("fk_closing_met_by"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closing")),
        sa.UniqueConstraint("client_id", "id", name=op.f("uq_closing_client_id_id")),
    )
    op.create_index("ix_closing_again", "closing", ["again_on"], unique=False)
    op.create_index(
        "uq_closing_living",
        "closing",
        ["project_id"],
        unique=True,
        sqlite_where=sa.text("undone_at IS NULL"),
        postgresql_where=sa.text("undone_at IS NULL"),
    )
    op.create_table(
        "delivery",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.Column("finished_at", Instant(), nullable=True),
        sa.Column("finished_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "project_id"],
            ["project.client_id", "project.id"],
            name=op.f("fk_delivery_client_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint("client_id", "id", name=op.f("uq_delivery_client_id_id")),
    )
    op.create_index(
        "uq_delivery_open",
        "delivery",
        ["project_id"],
        unique=True,
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "deputy",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("deputy_id", sa.Uuid(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("named_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "deputy_id"],
            ["membership.client_id", "membership.person_id"],
            name=op.f("fk_deputy_client_id_deputy_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "person_id"],
            ["membership.client_id", "membership.person_id"],
            name=op.f("fk_deputy_client_id_person_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deputy")),
    )
    op.create_index("ix_deputy_deputy", "deputy", ["deputy_id"], unique=False)
    op.create_index(
        "uq_deputy_open",
        "deputy",
        ["client_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "goal",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("by_on", sa.Date(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=32), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("written_at", Instant(), nullable=False),
        sa.Column("shown_at", Instant(), nullable=True),
        sa.Column("client_n", sa.Integer(), nullable=False),
        sa.Column("client_by_id", sa.Uuid(), nullable=True),
        sa.Column("client_at", Instant(), nullable=True),
        sa.Column("firm_n", sa.Integer(), nullable=False),
        sa.Column("firm_by_id", sa.Uuid(), nullable=True),
        sa.Column("firm_at", Instant(), nullable=True),
        sa.Column("rank_client", sa.Integer(), nullable=False),
        sa.Column("rank_firm", sa.Integer(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_goal_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["client_by_id"], ["person.id"], name=op.f("fk_goal_client_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["client_id", "project_id"], ["project.client_id", "project.id"], name=op.f("fk_goal_client_id_project_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["firm_by_id"], ["person.id"], name=op.f("fk_goal_firm_by_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal")),
        sa.UniqueConstraint("client_id", "id", name=op.f("uq_goal_client_id_id")),
    )
    op.create_index("ix_goal_project", "goal", ["project_id"], unique=False)
    op.create_table(
        "lesson",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_lesson_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["client_id", "project_id"],
            ["project.client_id", "project.id"],
            name=op.f("fk_lesson_client_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson")),
    )
    op.create_index("ix_lesson_client", "lesson", ["client_id", "at"], unique=False)
    op.create_table(
        "milestone",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.JSON(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("agreed_starts_on", sa.Date(), nullable=True),
        sa.Column("agreed_ends_on", sa.Date(), nullable=True),
        sa.Column("template_key", sa.String(length=64), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "project_id"],
            ["project.client_id", "project.id"],
            name=op.f("fk_milestone_client_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
        sa.UniqueConstraint("client_id", "id", name=op.f("uq_milestone_client_id_id")),
        sa.UniqueConstraint("client_id", "project_id", "id", name=op.f("uq_milestone_client_id_project_id_id")),
    )
    op.create_index("ix_milestone_project_position", "milestone", ["project_id", "position"], unique=False)
    op.create_table(
        "share",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("for_all", sa.Boolean(), nullable=False),
        sa.Column("shared_at", Instant(), nullable=False),
        sa.Column("withdrawn_at", Instant(), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_share_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["client_id", "project_id"],
            ["project.client_id", "project.id"],
            name=op.f("fk_share_client_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_share")),
        sa.UniqueConstraint("client_id", "id", name=op.f("uq_share_client_id_id")),
    )
    op.create_index("ix_share_project", "share", ["project_id", "shared_at"], unique=False)
    op.create_table(
        "weekly_update",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("week", sa.Date(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_weekly_update_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["client_id", "project_id"],
            ["project.client_id", "project.id"],
            name=op.f("fk_weekly_update_client_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_weekly_update")),
        sa.UniqueConstraint("client_id", "id", name=op.f("uq_weekly_update_client_id_id")),
        sa.UniqueConstraint("project_id", "week", name=op.f("uq_weekly_update_project_id_week")),
    )
    op.create_index("ix_weekly_update_client_sent", "weekly_update", ["client_id", "sent_at"], unique=False)
    op.create_table(
        "feedback",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("closing_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("stars BETWEEN 1 AND 5", name=op.f("ck_feedback_ck_feedback_stars")),
        sa.ForeignKeyConstraint(
            ["client_id", "closing_id"],
            ["closing.client_id", "closing.id"],
            name=op.f("fk_feedback_client_id_closing_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "project_id"],
            ["project.client_id", "project.id"],
            name=op.f("fk_feedback_client_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_feedback_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback")),
        sa.UniqueConstraint("closing_id", "person_id", name=op.f("uq_feedback_closing_id_person_id")),
    )
    op.create_index("ix_feedback_at", "feedback", ["at"], unique=False)
    op.create_table(
        "goal_review",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.String(length=32), nullable=False),
        sa.Column("reached", sa.String(length=32), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_goal_review_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["client_id", "goal_id"], ["goal.client_id", "goal.id"], name=op.f("fk_goal_review_client_id_goal_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "project_id"],
            ["project.client_id", "project.id"],
            name=op.f("fk_goal_review_client_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goal_review")),
        sa.UniqueConstraint("goal_id", "side", name=op.f("uq_goal_review_goal_id_side")),
    )
    op.create_index("ix_goal_review_project", "goal_review", ["project_id"], unique=False)
    op.create_table(
        "ground_step",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=True),
        sa.Column("assumption_id", sa.Uuid(), nullable=True),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("did", sa.String(length=32), nullable=False),
        sa.Column("side", sa.String(length=32), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(goal_id IS NULL) <> (assumption_id IS NULL)", name=op.f("ck_ground_step_ground_step_of_one")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_ground_step_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["client_id", "assumption_id"],
            ["assumption.client_id", "assumption.id"],
            name=op.f("fk_ground_step_client_id_assumption_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "goal_id"], ["goal.client_id", "goal.id"], name=op.f("fk_ground_step_client_id_goal_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "project_id"],
            ["project.client_id", "project.id"],
            name=op.f("fk_ground_step_client_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ground_step")),
    )
    op.create_index("ix_ground_step_project_at", "ground_step", ["project_id", "at"], unique=False)
    op.create_table(
        "item",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("milestone_id", sa.Uuid(), nullable=True),
        sa.Column("holds_up_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("spec", sa.JSON(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("lead_days", sa.Integer(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("needs_review", sa.Boolean(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("promised_on", sa.Date(), nullable=True),
        sa.Column("slips_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("state_since", Instant(), nullable=False),
        sa.Column("waiting_on", sa.String(length=32), nullable=False),
        sa.Column("waiting_since", Instant(), nullable=True),
        sa.Column("stuck", sa.Boolean(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reason_by_id", sa.Uuid(), nullable=True),
        sa.Column("questionnaire_version_id", sa.Uuid(), nullable=True),
        sa.Column("template_key", sa.String(length=64), nullable=True),
        sa.Column("reminders", sa.String(length=40), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "project_id", "holds_up_id"],
            ["milestone.client_id", "milestone.project_id", "milestone.id"],
            name=op.f("fk_item_client_id_project_id_holds_up_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "project_id", "milestone_id"],
            ["milestone.client_id", "milestone.project_id", "milestone.id"],
            name=op.f("fk_item_client_id_project_id_milestone_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "project_id"], ["project.client_id", "project.id"], name=op.f("fk_item_client_id_project_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["questionnaire_version_id"], ["questionnaire_version.id"], name=op.f("fk_item_questionnaire_version_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item")),
        sa.UniqueConstraint("client_id", "id", name=op.f("uq_item_client_id_id")),
    )
    op.create_index(
        "ix_item_not_available",
        "item",
        ["project_id"],
        unique=False,
        sqlite_where=sa.text("state = 'not_available'"),
        postgresql_where=sa.text("state = 'not_available'"),
    )
    op.create_index("ix_item_project_position", "item", ["project_id", "position"], unique=False)
    op.create_index("ix_item_waiting_due", "item", ["waiting_on", "due_on"], unique=False)
    op.create_table(
        "share_person",
        sa.Column("share_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "share_id"], ["share.client_id", "share.id"], name=op.f("fk_share_person_client_id_share_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_share_person_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("share_id", "person_id", name=op.f("pk_share_person")),
    )
    op.create_table(
        "update_reply",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("update_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("done_at", Instant(), nullable=True),
        sa.Column("done_by", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "project_id"],
            ["project.client_id", "project.id"],
            name=op.f("fk_update_reply_client_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "update_id"],
            ["weekly_update.client_id", "weekly_update.id"],
            name=op.f("fk_update_reply_client_id_update_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(["done_by"], ["person.id"], name=op.f("fk_update_reply_done_by"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_update_reply_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_update_reply")),
    )
    op.create_index("ix_update_reply_open", "update_reply", ["done_at", "at"], unique=False)
    op.create_table(
        "answer",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("question_key", sa.String(length=64), nullable=False),
        sa.Column("row_key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("source", sa.String(length=32), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "item_id"], ["item.client_id", "item.id"], name=op.f("fk_answer_client_id_item_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("item_id", "question_key", "row_key", name=op.f("pk_answer")),
    )
    op.create_index(op.f("ix_answer_expires_at"), "answer", ["expires_at"], unique=False)
    op.create_table(
        "answer_change",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("question_key", sa.String(length=64), nullable=False),
        sa.Column("row_key", sa.String(length=64), nullable=False),
        sa.Column("rev", sa.Integer(), nullable=False),
        sa.Column("value", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "item_id"], ["item.client_id", "item.id"], name=op.f("fk_answer_change_client_id_item_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_change")),
        sa.UniqueConstraint("item_id", "question_key", "row_key", "rev", name=op.f("uq_answer_change_item_id_question_key_row_key_rev")),
    )
    op.create_table(
        "answer_row",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("question_key", sa.String(length=64), nullable=False),
        sa.Column("row_key", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("removed_at", Instant(), nullable=True),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "item_id"], ["item.client_id", "item.id"], name=op.f("fk_answer_row_client_id_item_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("item_id", "question_key", "row_key", name=op.f("pk_answer_row")),
    )
    op.create_table(
        "answer_verdict",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("question_key", sa.String(length=64), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("said", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("ours", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("reply", sa.String(length=32), nullable=True),
        sa.Column("reply_by", sa.Uuid(), nullable=True),
        sa.Column("reply_at", Instant(), nullable=True),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "item_id"], ["item.client_id", "item.id"], name=op.f("fk_answer_verdict_client_id_item_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("item_id", "question_key", "round", name=op.f("pk_answer_verdict")),
    )
    op.create_table(
        "approval_version",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("snapshot", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("presented_at", Instant(), nullable=False),
        sa.Column("superseded_at", Instant(), nullable=True),
        sa.Column("expires_at", Instant(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_approval_version_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["client_id", "item_id"], ["item.client_id", "item.id"], name=op.f("fk_approval_version_client_id_item_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval_version")),
        sa.UniqueConstraint("client_id", "id", name=op.f("uq_approval_version_client_id_id")),
        sa.UniqueConstraint("client_id", "item_id", "id", name=op.f("uq_approval_version_client_id_item_id_id")),
        sa.UniqueConstraint("item_id", "n", name=op.f("uq_approval_version_item_id_n")),
    )
    op.create_index(
        "uq_approval_version_presented",
        "approval_version",
        ["item_id"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "bad_news",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("said", sa.JSON(), nullable=False),
        sa.Column("asks", sa.Boolean(), nullable=False),
        sa.Column("decider_id", sa.Uuid(), nullable=True),
        sa.Column("decide_by", sa.Date(), nullable=True),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("corrects_id", sa.Uuid(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_bad_news_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["client_id", "corrects_id"],
            ["bad_news.client_id", "bad_news.id"],
            name=op.f("fk_bad_news_client_id_corrects_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "item_id"], ["item.client_id", "item.id"], name=op.f("fk_bad_news_client_id_item_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "project_id"],
            ["project.client_id", "project.id"],
            name=op.f("fk_bad_news_client_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(["decider_id"], ["person.id"], name=op.f("fk_bad_news_decider_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bad_news")),
        sa.UniqueConstraint("client_id", "id", name=op.f("uq_bad_news_client_id_id")),
    )
    op.create_index("ix_bad_news_project_sent", "bad_news", ["project_id", "sent_at"], unique=False)
    op.create_table(
        "basis",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("goal_id", sa.Uuid(), nullable=True),
        sa.Column("assumption_id", sa.Uuid(), nullable=True),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("milestone_id", sa.Uuid(), nullable=True),
        sa.Column("resting_goal_id", sa.Uuid(), nullable=True),
        sa.Column("checked_at", Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(goal_id IS NULL) <> (assumption_id IS NULL)", name=op.f("ck_basis_basis_of_one")),
        sa.ForeignKeyConstraint(
            ["client_id", "assumption_id"],
            ["assumption.client_id", "assumption.id"],
            name=op.f("fk_basis_client_id_assumption_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "goal_id"], ["goal.client_id", "goal.id"], name=op.f("fk_basis_client_id_goal_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "item_id"], ["item.client_id", "item.id"], name=op.f("fk_basis_client_id_item_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "milestone_id"],
            ["milestone.client_id", "milestone.id"],
            name=op.f("fk_basis_client_id_milestone_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "project_id"],
            ["project.client_id", "project.id"],
            name=op.f("fk_basis_client_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "resting_goal_id"],
            ["goal.client_id", "goal.id"],
            name=op.f("fk_basis_client_id_resting_goal_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_basis")),
    )
    op.create_index("ix_basis_item", "basis", ["item_id"], unique=False)
    op.create_index("ix_basis_project", "basis", ["project_id"], unique=False)
    op.create_table(
        "call",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("slots", sa.JSON(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("starts_at", Instant(), nullable=True),
        sa.Column("staff_id", sa.Uuid(), nullable=True),
        sa.Column("fixed_at", Instant(), nullable=True),
        sa.Column("fixed_times", sa.Integer(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "item_id"], ["item.client_id", "item.id"], name=op.f("fk_call_client_id_item_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "project_id"], ["project.client_id", "project.id"], name=op.f("fk_call_client_id_project_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_call_person_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["staff_id"], ["person.id"], name=op.f("fk_call_staff_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call")),
        sa.UniqueConstraint("client_id", "id", name=op.f("uq_call_client_id_id")),
    )
    op.create_index("ix_call_open", "call", ["ended_at", "asked_at"], unique=False)
    op.create_index("ix_call_project", "call", ["project_id"], unique=False)
    op.create_table(
        "hand_over",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("taken_back_at", Instant(), nullable=True),
        sa.Column("verdict", sa.String(length=32), nullable=True),
        sa.Column("verdict_by", sa.Uuid(), nullable=True),
        sa.Column("verdict_at", Instant(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_hand_over_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["client_id", "delivery_id"],
            ["delivery.client_id", "delivery.id"],
            name=op.f("fk_hand_over_client_id_delivery_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "item_id"], ["item.client_id", "item.id"], name=op.f("fk_hand_over_client_id_item_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hand_over")),
        sa.UniqueConstraint("client_id", "id", name=op.f("uq_hand_over_client_id_id")),
        sa.UniqueConstraint("item_id", "round", name=op.f("uq_hand_over_item_id_round")),
    )
    op.create_index(
        "ix_hand_over_unjudged",
        "hand_over",
        ["delivery_id"],
        unique=False,
        sqlite_where=sa.text("verdict IS NULL AND taken_back_at IS NULL"),
        postgresql_where=sa.text("verdict IS NULL AND taken_back_at IS NULL"),
    )
    op.create_table(
        "incoming",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("question_key", sa.String(length=64), nullable=False),
        sa.Column("row_key", sa.String(length=64), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("part_bytes", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("key_in_incoming", sa.String(length=200), nullable=False),
        sa.Column("store_id", sa.String(length=200), nullable=False),
        sa.Column("finding", sa.JSON(), nullable=True),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("upload_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "item_id"], ["item.client_id", "item.id"], name=op.f("fk_incoming_client_id_item_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "project_id"],
            ["project.client_id", "project.id"],
            name=op.f("fk_incoming_client_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_incoming_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incoming")),
        sa.UniqueConstraint("client_id", "id", name=op.f("uq_incoming_client_id_id")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_incoming_idempotency_key")),
        sa.UniqueConstraint("upload_id", name=op.f("uq_incoming_upload_id")),
    )
    op.create_index("ix_incoming_state", "incoming", ["state", "expires_at"], unique=False)
    op.create_table(
        "item_need",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("needs_item_id", sa.Uuid(), nullable=False),
        sa.Column("is_what", sa.String(length=32), nullable=False),
        sa.Column("question_key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.String(length=200), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "item_id"], ["item.client_id", "item.id"], name=op.f("fk_item_need_client_id_item_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "needs_item_id"],
            ["item.client_id", "item.id"],
            name=op.f("fk_item_need_client_id_needs_item_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("item_id", "position", name=op.f("pk_item_need")),
    )
    op.create_index("ix_item_need_needs_item", "item_need", ["needs_item_id"], unique=False)
    op.create_table(
        "item_person",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("part", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("scope", sa.JSON(), nullable=True),
        sa.Column("asked_by", sa.Uuid(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "item_id"], ["item.client_id", "item.id"], name=op.f("fk_item_person_client_id_item_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "person_id"],
            ["membership.client_id", "membership.person_id"],
            name=op.f("fk_item_person_client_id_person_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_person")),
        sa.UniqueConstraint("item_id", "person_id", "part", name=op.f("uq_item_person_item_id_person_id_part")),
    )
    op.create_index("ix_item_person_person", "item_person", ["person_id"], unique=False)
    op.create_table(
        "later_day",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("milestone_id", sa.Uuid(), nullable=True),
        sa.Column("which", sa.String(length=32), nullable=False),
        sa.Column("after_item_id", sa.Uuid(), nullable=True),
        sa.Column("after_milestone_id", sa.Uuid(), nullable=True),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("set_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "after_item_id"],
            ["item.client_id", "item.id"],
            name=op.f("fk_later_day_client_id_after_item_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "after_milestone_id"],
            ["milestone.client_id", "milestone.id"],
            name=op.f("fk_later_day_client_id_after_milestone_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "item_id"], ["item.client_id", "item.id"], name=op.f("fk_later_day_client_id_item_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "milestone_id"],
            ["milestone.client_id", "milestone.id"],
            name=op.f("fk_later_day_client_id_milestone_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "project_id"],
            ["project.client_id", "project.id"],
            name=op.f("fk_later_day_client_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_later_day")),
    )
    op.create_index("ix_later_day_after_item", "later_day", ["after_item_id"], unique=False)
    op.create_index("ix_later_day_project", "later_day", ["project_id"], unique=False)
    op.create_table(
        "reminded",
        sa.Column("rule", sa.String(length=48), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("tone", sa.String(length=32), nullable=False),
        sa.Column("is_last", sa.Boolean(), nullable=False),
        sa.Column("outbox_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "item_id"], ["item.client_id", "item.id"], name=op.f("fk_reminded_client_id_item_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reminded_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("rule", "item_id", "person_id", "local_date", name=op.f("pk_reminded")),
    )
    op.create_index("ix_reminded_outbox", "reminded", ["outbox_id"], unique=False)
    op.create_index("ix_reminded_project", "reminded", ["project_id"], unique=False)
    op.create_table(
        "snag",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "item_id"], ["item.client_id", "item.id"], name=op.f("fk_snag_client_id_item_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_snag_ended_by"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_snag_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snag")),
    )
    op.create_index("ix_snag_item", "snag", ["item_id"], unique=False)
    op.create_table(
        "thread",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", Instant(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "item_id"], ["item.client_id", "item.id"], name=op.f("fk_thread_client_id_item_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "project_id"],
            ["project.client_id", "project.id"],
            name=op.f("fk_thread_client_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_thread")),
        sa.UniqueConstraint("client_id", "id", name=op.f("uq_thread_client_id_id")),
        sa.UniqueConstraint("item_id", name=op.f("uq_thread_item_id")),
    )
    op.create_index("ix_thread_asked", "thread", ["asked_at"], unique=False)
    op.create_index(
        "uq_thread_project",
        "thread",
        ["project_id"],
        unique=True,
        sqlite_where=sa.text("item_id IS NULL"),
        postgresql_where=sa.text("item_id IS NULL"),
    )
    op.create_table(
        "turn",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("n", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("side", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=32), nullable=False),
        sa.Column("began_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "item_id"], ["item.client_id", "item.id"], name=op.f("fk_turn_client_id_item_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("item_id", "n", name=op.f("pk_turn")),
    )
    op.create_index(
        "uq_turn_open",
        "turn",
        ["item_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "upload",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("question_key", sa.String(length=64), nullable=False),
        sa.Column("row_key", sa.String(length=64), nullable=False),
        sa.Column("side", sa.String(length=32), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("type", sa.String(length=120), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("seen", sa.JSON(), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("replaces_id", sa.Uuid(), nullable=True),
        sa.Column("first_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("scan", sa.String(length=32), nullable=False),
        sa.Column("scanned_at", Instant(), nullable=True),
        sa.Column("released_by", sa.Uuid(), nullable=True),
        sa.Column("removed_at", Instant(), nullable=True),
        sa.Column("purging_at", Instant(), nullable=True),
        sa.Column("purged_at", Instant(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_upload_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["client_id", "item_id"], ["item.client_id", "item.id"], name=op.f("fk_upload_client_id_item_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "project_id"],
            ["project.client_id", "project.id"],
            name=op.f("fk_upload_client_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_upload")),
        sa.UniqueConstraint("client_id", "id", name=op.f("uq_upload_client_id_id")),
        sa.UniqueConstraint("key", name=op.f("uq_upload_key")),
    )
    op.create_index("ix_upload_first", "upload", ["first_id"], unique=False)
    op.create_index("ix_upload_item", "upload", ["item_id"], unique=False)
    op.create_index("ix_upload_project", "upload", ["project_id", "received_at"], unique=False)
    op.create_index(
        "ix_upload_purging",
        "upload",
        ["purging_at"],
        unique=False,
        sqlite_where=sa.text("purging_at IS NOT NULL AND purged_at IS NULL"),
        postgresql_where=sa.text("purging_at IS NOT NULL AND purged_at IS NULL"),
    )
    op.create_index("ix_upload_replaces", "upload", ["replaces_id"], unique=False)
    op.create_index("ix_upload_same", "upload", ["project_id", "sha256"], unique=False)
    op.create_table(
        "call_summary",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("call_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.Column("is_right", sa.Boolean(), nullable=True),
        sa.Column("correction", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_call_summary_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["client_id", "call_id"], ["call.client_id", "call.id"], name=op.f("fk_call_summary_client_id_call_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "project_id"],
            ["project.client_id", "project.id"],
            name=op.f("fk_call_summary_client_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_call_summary_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_summary")),
    )
    op.create_index("ix_call_summary_project", "call_summary", ["project_id"], unique=False)
    op.create_table(
        "decision",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("by_id", sa.Uuid(), nullable=True),
        sa.Column("choice", sa.String(length=32), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("beyond", sa.Boolean(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("proof", sa.String(length=16), nullable=False),
        sa.Column("consent", sa.String(length=64), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("taken_back_at", Instant(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(choice = 'deemed') = (person_id IS NULL) AND (choice = 'deemed') = (by_id IS NULL)", name=op.f("ck_decision_decision_by")
        ),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_decision_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["client_id", "item_id", "version_id"],
            ["approval_version.client_id", "approval_version.item_id", "approval_version.id"],
            name=op.f("fk_decision_client_id_item_id_version_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_decision_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
        sa.UniqueConstraint("client_id", "id", name=op.f("uq_decision_client_id_id")),
        sa.UniqueConstraint("idempotency_key", name=op.f("uq_decision_idempotency_key")),
    )
    op.create_index("ix_decision_item", "decision", ["item_id"], unique=False)
    op.create_index(
        "uq_decision_live",
        "decision",
        ["version_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("taken_back_at IS NULL"),
        postgresql_where=sa.text("taken_back_at IS NULL"),
    )
    op.create_table(
        "download",
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "upload_id"], ["upload.client_id", "upload.id"], name=op.f("fk_download_client_id_upload_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_download")),
        sa.UniqueConstraint("upload_id", "person_id", name=op.f("uq_download_upload_id_person_id")),
    )
    op.create_table(
        "message",
        sa.Column("thread_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=True),
        sa.Column("update_id", sa.Uuid(), nullable=True),
        sa.Column("audience", sa.String(length=32), nullable=False),
        sa.Column("side", sa.String(length=32), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("via", sa.String(length=32), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=True),
        sa.Column("kept_at", Instant(), nullable=False),
        sa.Column("at", Instant(), nullable=True),
        sa.Column("changed_at", Instant(), nullable=True),
        sa.Column("removed_at", Instant(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("side = 'firm' OR audience = 'shared'", name=op.f("ck_message_ck_message_side")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_message_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["client_id", "item_id"], ["item.client_id", "item.id"], name=op.f("fk_message_client_id_item_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "project_id"],
            ["project.client_id", "project.id"],
            name=op.f("fk_message_client_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "thread_id"], ["thread.client_id", "thread.id"], name=op.f("fk_message_client_id_thread_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "update_id"],
            ["weekly_update.client_id", "weekly_update.id"],
            name=op.f("fk_message_client_id_update_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("client_id", "id", name=op.f("uq_message_client_id_id")),
        sa.UniqueConstraint("source", name=op.f("uq_message_source")),
    )
    op.create_index("ix_message_item", "message", ["item_id"], unique=False)
    op.create_index("ix_message_project", "message", ["project_id", "at"], unique=False)
    op.create_index("ix_message_thread", "message", ["thread_id", "at"], unique=False)
    op.create_index("ix_message_update", "message", ["update_id"], unique=False)
    op.create_table(
        "news_read",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("news_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "news_id"],
            ["bad_news.client_id", "bad_news.id"],
            name=op.f("fk_news_read_client_id_news_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "project_id"],
            ["project.client_id", "project.id"],
            name=op.f("fk_news_read_client_id_project_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_news_read_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news_read")),
        sa.UniqueConstraint("news_id", "person_id", name=op.f("uq_news_read_news_id_person_id")),
    )
    op.create_table(
        "preview",
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("pages", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("trouble", sa.String(length=20), nullable=False),
        sa.Column("sheets", sa.JSON(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "upload_id"], ["upload.client_id", "upload.id"], name=op.f("fk_preview_client_id_upload_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_preview")),
        sa.UniqueConstraint("upload_id", "page", name=op.f("uq_preview_upload_id_page")),
    )
    op.create_table(
        "share_file",
        sa.Column("share_id", sa.Uuid(), nullable=False),
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "share_id"], ["share.client_id", "share.id"], name=op.f("fk_share_file_client_id_share_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "upload_id"],
            ["upload.client_id", "upload.id"],
            name=op.f("fk_share_file_client_id_upload_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("share_id", "upload_id", name=op.f("pk_share_file")),
        sa.UniqueConstraint("upload_id", name=op.f("uq_share_file_upload_id")),
    )
    op.create_table(
        "silence",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("began_at", Instant(), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("second_on", sa.Date(), nullable=True),
        sa.Column("effect_on", sa.Date(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ending", sa.String(length=32), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "agreement_id"],
            ["agreement.client_id", "agreement.id"],
            name=op.f("fk_silence_client_id_agreement_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "item_id", "version_id"],
            ["approval_version.client_id", "approval_version.item_id", "approval_version.id"],
            name=op.f("fk_silence_client_id_item_id_version_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silence")),
        sa.UniqueConstraint("version_id", name=op.f("uq_silence_version_id")),
    )
    op.create_index("ix_silence_item", "silence", ["item_id"], unique=False)
    op.create_table(
        "version_file",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("alt", sa.JSON(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "upload_id"],
            ["upload.client_id", "upload.id"],
            name=op.f("fk_version_file_client_id_upload_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "version_id"],
            ["approval_version.client_id", "approval_version.id"],
            name=op.f("fk_version_file_client_id_version_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("version_id", "upload_id", name=op.f("pk_version_file")),
        sa.UniqueConstraint("client_id", "version_id", "upload_id", name=op.f("uq_version_file_client_id_version_id_upload_id")),
    )
    op.create_table(
        "heard",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("choice", sa.String(length=32), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("way", sa.String(length=32), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("outcome", sa.String(length=32), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name=op.f("ck_heard_heard_outcome")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_heard_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["client_id", "decision_id"],
            ["decision.client_id", "decision.id"],
            name=op.f("fk_heard_client_id_decision_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "item_id", "version_id"],
            ["approval_version.client_id", "approval_version.item_id", "approval_version.id"],
            name=op.f("fk_heard_client_id_item_id_version_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_heard_person_id"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_heard")),
    )
    op.create_index("ix_heard_item", "heard", ["item_id"], unique=False)
    op.create_index(
        "uq_heard_open",
        "heard",
        ["version_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "message_file",
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id", "message_id"],
            ["message.client_id", "message.id"],
            name=op.f("fk_message_file_client_id_message_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "upload_id"],
            ["upload.client_id", "upload.id"],
            name=op.f("fk_message_file_client_id_upload_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("message_id", "upload_id", name=op.f("pk_message_file")),
        sa.UniqueConstraint("upload_id", name=op.f("uq_message_file_upload_id")),
    )
    op.create_table(
        "pin",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("upload_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("x", sa.Integer(), nullable=False),
        sa.Column("y", sa.Integer(), nullable=False),
        sa.Column("audience", sa.String(length=32), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(length=32), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("fate", sa.String(length=32), nullable=True),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("settled_by", sa.Uuid(), nullable=True),
        sa.Column("settled_at", Instant(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("x BETWEEN 0 AND 1000 AND y BETWEEN 0 AND 1000", name=op.f("ck_pin_ck_pin_spot")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_pin_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["client_id", "item_id", "version_id"],
            ["approval_version.client_id", "approval_version.item_id", "approval_version.id"],
            name=op.f("fk_pin_client_id_item_id_version_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "version_id", "upload_id"],
            ["version_file.client_id", "version_file.version_id", "version_file.upload_id"],
            name=op.f("fk_pin_client_id_version_id_upload_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(["settled_by"], ["person.id"], name=op.f("fk_pin_settled_by"), ondelete="RESTRICT"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pin")),
        sa.UniqueConstraint("client_id", "item_id", "audience", "id", name=op.f("uq_pin_client_id_item_id_audience_id")),
        sa.UniqueConstraint("version_id", "audience", "n", name=op.f("uq_pin_version_id_audience_n")),
    )
    op.create_index("ix_pin_item", "pin", ["item_id"], unique=False)
    op.create_table(
        "pin_reply",
        sa.Column("item_id", sa.Uuid(), nullable=False),
        sa.Column("pin_id", sa.Uuid(), nullable=False),
        sa.Column("audience", sa.String(length=32), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("client_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_pin_reply_by_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["client_id", "item_id", "audience", "pin_id"],
            ["pin.client_id", "pin.item_id", "pin.audience", "pin.id"],
            name=op.f("fk_pin_reply_client_id_item_id_audience_pin_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["client_id", "item_id"], ["item.client_id", "item.id"], name=op.f("fk_pin_reply_client_id_item_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pin_reply")),
    )
    op.create_index("ix_pin_reply_pin", "pin_reply", ["pin_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_pin_reply_pin", table_name="pin_reply")
    op.drop_table("pin_reply")
    op.drop_index("ix_pin_item", table_name="pin")
    op.drop_table("pin")
    op.drop_table("message_file")
    op.drop_index(
        "uq_heard_open", table_name="heard", sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL")
    )
    op.drop_index("ix_heard_item", table_name="heard")
    op.drop_table("heard")
    op.drop_table("version_file")
    op.drop_index("ix_silence_item", table_name="silence")
    op.drop_table("silence")
    op.drop_table("share_file")
    op.drop_table("preview")
    op.drop_table("news_read")
    op.drop_index("ix_message_update", table_name="message")
    op.drop_index("ix_message_thread", table_name="message")
    op.drop_index("ix_message_project", table_name="message")
    op.drop_index("ix_message_item", table_name="message")
    op.drop_table("message")
    op.drop_table("download")
    op.drop_index(
        "uq_decision_live",
        table_name="decision",
        sqlite_where=sa.text("taken_back_at IS NULL"),
        postgresql_where=sa.text("taken_back_at IS NULL"),
    )
    op.drop_index("ix_decision_item", table_name="decision")
    op.drop_table("decision")
    op.drop_index("ix_call_summary_project", table_name="call_summary")
    op.drop_table("call_summary")
    op.drop_index("ix_upload_same", table_name="upload")
    op.drop_index("ix_upload_replaces", table_name="upload")
    op.drop_index(
        "ix_upload_purging",
        table_name="upload",
        sqlite_where=sa.text("purging_at IS NOT NULL AND purged_at IS NULL"),
        postgresql_where=sa.text("purging_at IS NOT NULL AND purged_at IS NULL"),
    )
    op.drop_index("ix_upload_project", table_name="upload")
    op.drop_index("ix_upload_item", table_name="upload")
    op.drop_index("ix_upload_first", table_name="upload")
    op.drop_table("upload")
    op.drop_index("uq_turn_open", table_name="turn", sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL"))
    op.drop_table("turn")
    op.drop_index(
        "uq_thread_project", table_name="thread", sqlite_where=sa.text("item_id IS NULL"), postgresql_where=sa.text("item_id IS NULL")
    )
    op.drop_index("ix_thread_asked", table_name="thread")
    op.drop_table("thread")
    op.drop_index("ix_snag_item", table_name="snag")
    op.drop_table("snag")
    op.drop_index("ix_reminded_project", table_name="reminded")
    op.drop_index("ix_reminded_outbox", table_name="reminded")
    op.drop_table("reminded")
    op.drop_index("ix_later_day_project", table_name="later_day")
    op.drop_index("ix_later_day_after_item", table_name="later_day")
    op.drop_table("later_day")
    op.drop_index("ix_item_person_person", table_name="item_person")
    op.drop_table("item_person")
    op.drop_index("ix_item_need_needs_item", table_name="item_need")
    op.drop_table("item_need")
    op.drop_index("ix_incoming_state", table_name="incoming")
    op.drop_table("incoming")
    op.drop_index(
        "ix_hand_over_unjudged",
        table_name="hand_over",
        sqlite_where=sa.text("verdict IS NULL AND taken_back_at IS NULL"),
        postgresql_where=sa.text("verdict IS NULL AND taken_back_at IS NULL"),
    )
    op.drop_table("hand_over")
    op.drop_index("ix_call_project", table_name="call")
    op.drop_index("ix_call_open", table_name="call")
    op.drop_table("call")
    op.drop_index("ix_basis_project", table_name="basis")
    op.drop_index("ix_basis_item", table_name="basis")
    op.drop_table("basis")
    op.drop_index("ix_bad_news_project_sent", table_name="bad_news")
    op.drop_table("bad_news")
    op.drop_index(
        "uq_approval_version_presented",
        table_name="approval_version",
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.drop_table("approval_version")
    op.drop_table("answer_verdict")
    op.drop_table("answer_row")
    op.drop_table("answer_change")
    op.drop_index(op.f("ix_answer_expires_at"), table_name="answer")
    op.drop_table("answer")
    op.drop_index("ix_update_reply_open", table_name="update_reply")
    op.drop_table("update_reply")
    op.drop_table("share_person")
    op.drop_index("ix_item_waiting_due", table_name="item")
    op.drop_index("ix_item_project_position", table_name="item")
    op.drop_index(
        "ix_item_not_available",
        table_name="item",
        sqlite_where=sa.text("state = 'not_available'"),
        postgresql_where=sa.text("state = 'not_available'"),
    )
    op.drop_table("item")
    op.drop_index("ix_ground_step_project_at", table_name="ground_step")
    op.drop_table("ground_step")
    op.drop_index("ix_goal_review_project", table_name="goal_review")
    op.drop_table("goal_review")
    op.drop_index("ix_feedback_at", table_name="feedback")
    op.drop_table("feedback")
    op.drop_index("ix_weekly_update_client_sent", table_name="weekly_update")
    op.drop_table("weekly_update")
    op.drop_index("ix_share_project", table_name="share")
    op.drop_table("share")
    op.drop_index("ix_milestone_project_position", table_name="milestone")
    op.drop_table("milestone")
    op.drop_index("ix_lesson_client", table_name="lesson")
    op.drop_table("lesson")
    op.drop_index("ix_goal_project", table_name="goal")
    op.drop_table("goal")
    op.drop_index(
        "uq_deputy_open", table_name="deputy", sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL")
    )
    op.drop_index("ix_deputy_deputy", table_name="deputy")
    op.drop_table("deputy")
    op.drop_index(
        "uq_delivery_open",
        table_name="delivery",
        sqlite_where=sa.text("finished_at IS NULL"),
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.drop_table("delivery")
    op.drop_index(
        "uq_closing_living", table_name="closing", sqlite_where=sa.text("undone_at IS NULL"), postgresql_where=sa.text("undone_at IS NULL")
    )
    op.drop_index("ix_closing_again", table_name="closing")
    op.drop_table("closing")
    op.drop_index("ix_assumption_project", table_name="assumption")
    op.drop_table("assumption")
    op.drop_index(
        "uq_agreement_open", table_name="agreement", sqlite_where=sa.text("ended_at IS NULL"), postgresql_where=sa.text("ended_at IS NULL")
    )
    op.drop_table("agreement")
    op.drop_table("staff_client")
    op.drop_table("questionnaire_version")
    op.drop_index("ix_project_board", table_name="project")
    op.drop_table("project")
    op.drop_index(op.f("ix_membership_person_id"), table_name="membership")
    op.drop_table("membership")
    op.drop_table("template_version")
    op.drop_index("ix_stray_mail_open", table_name="stray_mail")
    op.drop_table("stray_mail")
    op.drop_index(op.f("ix_signed_in_person_id"), table_name="signed_in")
    op.drop_table("signed_in")
    op.drop_index("ix_sign_in_request_net", table_name="sign_in_request")
    op.drop_index("ix_sign_in_request_address", table_name="sign_in_request")
    op.drop_table("sign_in_request")
    op.drop_table("reminder_day")
    op.drop_table("questionnaire")
    op.drop_table("event_detail")
    op.drop_table("draft_step")
    op.drop_table("digest_day")
    op.drop_index(op.f("ix_client_sort_key"), table_name="client")
    op.drop_table("client")
    op.drop_table("signing_key")
    op.drop_table("seen")
    op.drop_table("reminder_schedule")
    op.drop_table("reason_snippet")
    op.drop_table("project_template")
    op.drop_table("person")
    op.drop_index(
        "uq_outbox_dedupe_waiting",
        table_name="outbox",
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.drop_index("ix_outbox_project_kind", table_name="outbox")
    op.drop_index("ix_outbox_due", table_name="outbox")
    op.drop_table("outbox")
    op.drop_table("note_picture")
    op.drop_index(op.f("ix_mail_sent_project_id"), table_name="mail_sent")
    op.drop_index("ix_mail_sent_person_at", table_name="mail_sent")
    op.drop_table("mail_sent")
    op.drop_table("firm")
    op.drop_index("ix_event_project_at", table_name="event")
    op.drop_index("ix_event_item", table_name="event")
    op.drop_index("ix_event_client_at", table_name="event")
    op.drop_table("event")
    op.drop_table("chain_head")
    op.drop_index("ix_anchor_day", table_name="anchor")
    op.drop_table("anchor")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS event_append_only()")
