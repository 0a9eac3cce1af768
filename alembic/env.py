"""Runs migrations on the connection that :mod:`sorceress_video.library.migrate` hands over, or by URL."""

from __future__ import annotations

from sqlalchemy import Connection, create_engine, pool

from alembic import context
from sorceress_video.library.tables import is_compared, metadata
from sorceress_video.settings import get_settings


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
        include_object=is_compared,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    engine = create_engine(get_settings().effective_database_url, poolclass=pool.NullPool)
    with engine.connect() as own:
        if own.dialect.name == "sqlite":
            # Batch mode rebuilds tables; with foreign keys on, that would delete the children of each.
            own.exec_driver_sql("PRAGMA foreign_keys=OFF")
            own.commit()
        _run(own)
        own.commit()
