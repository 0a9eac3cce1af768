"""What an account chose last: models, their settings, columns. Kept with the account, on every device."""

from __future__ import annotations

from typing import Any

from sqlmodel import select

from sorceress_video.library.database import Database
from sorceress_video.library.tables import Preference, utc_now


def load(db: Database, account_id: str) -> dict[str, Any]:
    """All remembered choices by name; JSON values, as they were saved."""
    with db.read() as session:
        rows = session.exec(select(Preference).where(Preference.account_id == account_id)).all()
        return {row.name: row.value for row in rows}


def save(db: Database, account_id: str, name: str, value: Any) -> None:
    """Remember one choice. ``value`` must be JSON-able; the caller checks its meaning."""
    with db.write() as session:
        session.merge(Preference(account_id=account_id, name=name, value=value, updated_at=utc_now()))
