"""Bringing a database to this version's tables: one at a time, with a copy kept, checked afterwards."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import structlog
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, pool, text
from sqlalchemy.engine import make_url

from alembic import command
from sorceress_video.settings import Settings

_log = structlog.get_logger(__name__)

_ROOT: Final = Path(__file__).resolve().parents[2]
_LOCK_NUMBER: Final = 7_305_124_991
"""Of PostgreSQL's advisory locks; any fixed number that nobody else uses."""
_KEPT_BACKUPS: Final = 5


class MigrationRefusedError(Exception):
    """The database cannot be brought to this version. The text is one sentence for whoever starts it."""


def upgrade(settings: Settings) -> str:
    """Bring the settings' database to the newest revision; does nothing where it already is.

    Returns:
        The revision.

    Raises:
        MigrationRefusedError: the database is from a newer version, or is damaged.
    """
    url = make_url(settings.effective_database_url)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, poolclass=pool.NullPool)
    try:
        if url.get_backend_name() == "sqlite":
            return _upgrade_sqlite(engine, Path(url.database or ""))
        return _upgrade_postgres(engine)
    finally:
        engine.dispose()


def current_revision(connection: Connection) -> str | None:
    """The revision that a database is at; None before the first migration."""
    return MigrationContext.configure(connection).get_current_revision()


def _config(connection: Connection) -> Config:
    config = Config(str(_ROOT / "alembic.ini"))
    config.set_main_option("script_location", str(_ROOT / "alembic"))
    config.attributes["connection"] = connection
    return config


def _plan(connection: Connection) -> tuple[str | None, str]:
    """Where the database is and where it has to go."""
    scripts = ScriptDirectory.from_config(_config(connection))
    known = {script.revision for script in scripts.walk_revisions()}
    head = scripts.get_current_head()
    if head is None:
        raise MigrationRefusedError("This copy of the program has no migrations.")
    now = current_revision(connection)
    if now is not None and now not in known:
        raise MigrationRefusedError(
            f"The database is from a newer version of the workspace (revision {now}). "
            "Start that version, or restore the backup that was made before the upgrade."
        )
    return now, head


def _upgrade_sqlite(engine: Engine, path: Path) -> str:
    with _file_lock(path.with_suffix(".migrate.lock")), engine.connect() as connection:
        now, head = _plan(connection)
        connection.commit()
        if now == head:
            return head
        if now is not None:
            _backup(connection, path, now)
        # Batch mode rebuilds tables; with foreign keys on, that would delete the children of each.
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.commit()
        command.upgrade(_config(connection), "head")
        connection.commit()
        _check_sqlite(connection)
        _log.info("database upgraded", before=now, after=head)
        return head


def _upgrade_postgres(engine: Engine) -> str:
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:n)"), {"n": _LOCK_NUMBER})
        connection.commit()
        try:
            now, head = _plan(connection)
            connection.commit()
            if now != head:
                command.upgrade(_config(connection), "head")
                connection.commit()
                _log.info("database upgraded", before=now, after=head)
            return head
        finally:
            connection.rollback()
            connection.execute(text("SELECT pg_advisory_unlock(:n)"), {"n": _LOCK_NUMBER})
            connection.commit()


def _backup(connection: Connection, path: Path, revision: str) -> None:
    folder = path.parent / "backups"
    folder.mkdir(exist_ok=True, mode=0o700)
    target = folder / f"{path.stem}-{revision}.db"
    target.unlink(missing_ok=True)
    connection.execute(text("VACUUM INTO :target"), {"target": str(target)})
    connection.commit()
    target.chmod(0o600)
    kept = sorted(folder.glob(f"{path.stem}-*.db"), key=lambda file: file.stat().st_mtime)
    for old in kept[:-_KEPT_BACKUPS]:
        old.unlink()


def _check_sqlite(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchone()
    health = connection.exec_driver_sql("PRAGMA quick_check").scalar()
    if broken is not None or health != "ok":
        raise MigrationRefusedError(
            "The upgraded database is not whole. The copy from before lies in the folder “backups” beside it."
        )


@contextmanager
def _file_lock(path: Path) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
