"""PostgreSQL keeps the words as it compares them, rather than computing them at every look at a row

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_WORDS = "array_to_tsvector(string_to_array(btrim(words), ' '))"


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(
        f"ALTER TABLE clip_search ADD COLUMN lexemes tsvector NOT NULL GENERATED ALWAYS AS ({_WORDS}) STORED"
    )
    op.execute("DROP INDEX ix_clip_search_words")
    op.execute("CREATE INDEX ix_clip_search_lexemes ON clip_search USING gin (lexemes)")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("ALTER TABLE clip_search DROP COLUMN lexemes")
    op.execute(f"CREATE INDEX ix_clip_search_words ON clip_search USING gin ({_WORDS})")
