"""What an account has in the making, in the order in which it goes on."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, select

from sorceress_video.generation.lifecycle import ACTIVE, ClipStatus
from sorceress_video.library.database import Database
from sorceress_video.library.tables import Clip

_UNDECIDED = ACTIVE | {ClipStatus.AMBIGUOUS}


@dataclass(frozen=True, slots=True)
class Queued:
    """A clip that has not ended."""

    id: str
    status: ClipStatus
    batch_id: str


def queued(db: Database, account_id: str) -> list[Queued]:
    """The account's clips that have not ended, oldest first; those that ask for a decision before all."""
    with db.read() as session:
        rows = session.exec(
            select(Clip.id, Clip.status, Clip.batch_id)
            .where(*_unfinished(account_id), col(Clip.status).in_([str(status) for status in _UNDECIDED]))
            .order_by(col(Clip.id))
        ).all()
    found = [Queued(clip_id, ClipStatus(status), batch_id) for clip_id, status, batch_id in rows]
    return sorted(found, key=lambda clip: clip.status is not ClipStatus.AMBIGUOUS)


def active_ids(session: Session, account_id: str, batch_id: str = "") -> list[str]:
    """Ids of the account's clips to which something will still happen; of one batch, or of all."""
    where = [*_unfinished(account_id), col(Clip.status).in_([str(status) for status in ACTIVE])]
    if batch_id:
        where.append(col(Clip.batch_id) == batch_id)
    return list(session.exec(select(Clip.id).where(*where).order_by(col(Clip.id))).all())


def _unfinished(account_id: str) -> tuple[ColumnElement[bool], ...]:
    # The few clips with such a status are found by it. Compared as it is, the account would lead SQLite
    # through everything that the account ever made.
    return (func.coalesce(col(Clip.account_id), "") == account_id, col(Clip.removed_at).is_(None))
