"""The library's rooms are tested on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sorceress_video.library.database import Database
from sorceress_video.library.tables import Account, Asset, StoredFile, metadata


@pytest.fixture(params=["sqlite", "postgresql"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty database with all tables."""
    url = (
        f"sqlite:///{tmp_path / 'library.db'}"
        if request.param == "sqlite"
        else request.getfixturevalue("postgres_url")
    )
    database = Database(url)
    metadata.create_all(database.engine)
    yield database
    database.close()


@pytest.fixture
def member(db: Database) -> str:
    """Id of an account."""
    return add_account(db, "mara@example.com")


@pytest.fixture
def other(db: Database) -> str:
    """Id of another account."""
    return add_account(db, "otto@example.com")


def add_account(db: Database, email: str, budget: int | None = None) -> str:
    """An account with a budget in micro-dollars; its id."""
    with db.write() as session:
        account = Account(email=email, password_hash="-", budget_micro_usd=budget)
        session.add(account)
        return account.id


def add_image(db: Database, account_id: str, name: str = "frame.png") -> str:
    """An uploaded picture; its id. No file lies behind it."""
    with db.write() as session:
        asset = Asset(
            account_id=account_id,
            origin="upload",
            kind="image",
            name=name,
            mime="image/png",
            sha256="0" * 64,
            bytes=10,
            file_key=f"00/00/{name}",
            poster_key=f"00/00/{name}",
        )
        if session.get(StoredFile, asset.file_key) is None:
            session.add(StoredFile(key=asset.file_key, bytes=10, mime="image/png"))
            session.flush()
        session.add(asset)
        return asset.id
