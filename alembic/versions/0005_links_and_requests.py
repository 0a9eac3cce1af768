"""Links to join and to set a password, requests for a plan, when members were last seen

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
import sqlmodel

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TEXT = sqlmodel.sql.sqltypes.AutoString
_MOMENT = sqlmodel.sql.sqltypes.UTCDateTime()


def upgrade() -> None:
    op.create_table(
        "access_link",
        sa.Column("id", _TEXT(), nullable=False),
        sa.Column("kind", _TEXT(length=16), nullable=False),
        sa.Column("token_hash", _TEXT(length=64), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.Column("role", _TEXT(length=16), nullable=False),
        sa.Column("plan", _TEXT(length=16), nullable=False),
        sa.Column("email", _TEXT(length=254), nullable=False),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("expires_at", _MOMENT, nullable=False),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.Column("revoked_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_access_link_account_id_account"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["account.id"], name=op.f("fk_access_link_made_by_account"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_link")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_access_link_token_hash")),
    )
    op.create_index(op.f("ix_access_link_account_id"), "access_link", ["account_id"])
    op.create_index(op.f("ix_access_link_made_by"), "access_link", ["made_by"])
    op.create_table(
        "plan_request",
        sa.Column("id", _TEXT(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("note", _TEXT(length=500), nullable=False),
        sa.Column("state", _TEXT(length=16), nullable=False),
        sa.Column("answer", _TEXT(length=500), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("decided_at", _MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"],
            ["account.id"],
            name=op.f("fk_plan_request_account_id_account"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"],
            ["account.id"],
            name=op.f("fk_plan_request_decided_by_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_request")),
    )
    op.create_index(op.f("ix_plan_request_account_id"), "plan_request", ["account_id"])
    op.create_index(op.f("ix_plan_request_decided_by"), "plan_request", ["decided_by"])
    op.create_index(
        "uq_plan_request_open",
        "plan_request",
        ["account_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seen_at", _MOMENT, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.drop_column("seen_at")
    op.drop_table("plan_request")
    op.drop_table("access_link")
