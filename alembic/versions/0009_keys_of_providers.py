"""Keys of providers

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

import sqlalchemy as sa

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "provider_key",
        sa.Column("provider", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("ending", sa.String(length=4), nullable=False),
        sa.Column("set_by", sa.String(), nullable=True),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["set_by"], ["account.id"], ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("provider"),
    )
    with op.batch_alter_table("provider_key", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_provider_key_set_by"), ["set_by"], unique=False)


def downgrade() -> None:
    op.drop_table("provider_key")
