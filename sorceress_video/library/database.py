"""The door to the database: one engine a process, sessions that read and sessions that write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from sorceress_video.settings import get_settings

__all__ = ["Database", "DatabaseError", "Session", "get_database"]

DatabaseError = SQLAlchemyError
"""What other rooms catch where the database is away; they have no SQL of their own."""


class Database:
    """One database, SQLite or PostgreSQL.

    Writing sessions of SQLite begin IMMEDIATE: the driver's default lets two read-modify-write transactions
    lose each other's updates without an error.
    """

    def __init__(self, url: str) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self.engine = _sqlite_engine(url) if self.is_sqlite else _postgres_engine(url)
        self._reader = self.engine.execution_options(sorceress_read=True)
        self._durable = self.engine.execution_options(sorceress_durable=True)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only reads; others go on writing meanwhile."""
        with Session(self._reader, expire_on_commit=False) as session:
            yield session

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[Session]:
        """A session that commits at the end and rolls back on an error.

        Args:
            durable: survive a power cut too (SQLite syncs the log before it answers). For the two facts that
                guard money: that a submit is about to happen, and what the provider called it.
        """
        with Session(self._durable if durable else self.engine, expire_on_commit=False) as session:
            try:
                yield session
                session.commit()
            except BaseException:
                session.rollback()
                raise

    def close(self) -> None:
        """Give all connections back. A forked child calls this before it opens its own."""
        self.engine.dispose()


def _sqlite_engine(url: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": 15}, pool_size=8, max_overflow=24)

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # The begin event below opens every transaction.
        for pragma in ("journal_mode=WAL", "busy_timeout=15000", "foreign_keys=ON", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get("sorceress_read"):
            connection.exec_driver_sql("BEGIN")
            return
        level = "FULL" if options.get("sorceress_durable") else "NORMAL"
        connection.exec_driver_sql(f"PRAGMA synchronous={level}")
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


def _postgres_engine(url: str) -> Engine:
    return create_engine(url, pool_size=8, max_overflow=8, pool_pre_ping=True)


@lru_cache(maxsize=1)
def get_database() -> Database:
    """The process's database, by its settings."""
    return Database(get_settings().effective_database_url)
