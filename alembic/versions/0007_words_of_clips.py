"""Words of clips, to be searched; indexes for states and usual times

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

from types import SimpleNamespace

import sqlalchemy as sa
import sqlmodel

from alembic import op
from sorceress_video.library.search_line import line_of, number_at

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_CHUNK = 2000
_SEARCH = {
    "sqlite": (
        "CREATE VIRTUAL TABLE clip_search_fts USING fts5("
        "words, content='clip_search', content_rowid='number', tokenize='ascii', detail='none', "
        "prefix='2 3')",
        "CREATE TRIGGER clip_search_insert AFTER INSERT ON clip_search BEGIN "
        "INSERT INTO clip_search_fts (rowid, words) VALUES (new.number, new.words); END",
        "CREATE TRIGGER clip_search_delete AFTER DELETE ON clip_search BEGIN "
        "INSERT INTO clip_search_fts (clip_search_fts, rowid, words) "
        "VALUES ('delete', old.number, old.words); END",
    ),
    "postgresql": (
        "CREATE INDEX ix_clip_search_words ON clip_search "
        "USING gin (array_to_tsvector(string_to_array(btrim(words), ' ')))",
    ),
}


def upgrade() -> None:
    op.create_table(
        "clip_search",
        sa.Column(
            "number",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("clip_id", sqlmodel.sql.sqltypes.AutoString(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clip_id"], ["clip.id"], name=op.f("fk_clip_search_clip_id_clip"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_clip_search")),
        sa.UniqueConstraint("clip_id", name=op.f("uq_clip_search_clip_id")),
    )
    for statement in _SEARCH[op.get_bind().dialect.name]:
        op.execute(statement)
    _add_lines(op.get_bind())
    with op.batch_alter_table("clip", schema=None) as batch_op:
        batch_op.create_index("ix_clip_states", ["account_id", "removed_at", "status", "id"], unique=False)
        batch_op.create_index("ix_clip_usual", ["model_id", "status", "id"], unique=False)


def _add_lines(connection: sa.Connection) -> None:
    """The lines of the clips that are there already."""
    clip = sa.table(
        "clip",
        *(sa.column(name) for name in ("id", "account_id", "mode", "model_id", "model_name", "prompt")),
    )
    search = sa.table("clip_search", sa.column("number"), sa.column("clip_id"), sa.column("words"))
    last_id, last_number = "", -1
    while True:
        rows = connection.execute(
            sa.select(clip).where(clip.c.id > last_id).order_by(clip.c.id).limit(_CHUNK)
        ).all()
        if not rows:
            return
        lines = []
        for row in rows:
            last_number = max(number_at(row.id), last_number + 1)
            words = line_of(SimpleNamespace(**row._mapping))
            lines.append({"number": last_number, "clip_id": row.id, "words": words})
        connection.execute(sa.insert(search), lines)
        last_id = rows[-1].id


def downgrade() -> None:
    with op.batch_alter_table("clip", schema=None) as batch_op:
        batch_op.drop_index("ix_clip_usual")
        batch_op.drop_index("ix_clip_states")
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE clip_search_fts")
    op.drop_table("clip_search")
