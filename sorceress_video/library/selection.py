"""Many clips at once: what a person selected, as conditions instead of lists, and what they do with it.

Ids sort like the gallery, so a stretch of it is two ids, however many clips lie between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, and_, false, func, or_, update
from sqlmodel import Session, col, select

from sorceress_video.generation.lifecycle import ACTIVE, ClipStatus
from sorceress_video.library.gallery import GalleryFilter, shown_by
from sorceress_video.library.tables import Clip, utc_now

MOST_IDS: Final = 5_000
"""Clips that can be picked or left out one by one; stretches hold any number."""
MOST_STRETCHES: Final = 200


@dataclass(frozen=True, slots=True)
class Selection:
    """Completed clips of what the gallery shows."""

    shown: GalleryFilter
    stretches: tuple[tuple[str, str], ...] = ()
    """Pairs of ids, (newest, oldest), both within; "" as the oldest is the end of the gallery."""
    picked: frozenset[str] = frozenset()
    left_out: frozenset[str] = frozenset()
    """Clips of the stretches that do not belong to it."""


@dataclass(frozen=True, slots=True)
class Whole:
    """Everything that can be selected of what the gallery shows, as it is at this moment."""

    count: int
    newest: str
    unfinished: tuple[str, ...]
    """Clips that are still being made: they do not belong to it, even once they are finished."""


def whole(session: Session, account_id: str, shown: GalleryFilter) -> Whole:
    """What “Select All” selects."""
    mine = _mine(session, account_id, shown)
    completed = col(Clip.status) == ClipStatus.COMPLETED.value
    count, newest = session.exec(select(func.count(), func.max(Clip.id)).where(*mine, completed)).one()
    unfinished = session.exec(
        select(Clip.id).where(*mine, col(Clip.status).in_([status.value for status in ACTIVE]))
    ).all()
    return Whole(count, newest or "", tuple(unfinished))


def count(session: Session, account_id: str, selection: Selection) -> int:
    """How many clips it holds now."""
    return session.exec(
        select(func.count()).select_from(Clip).where(*selected(session, account_id, selection))
    ).one()


def ids(session: Session, account_id: str, selection: Selection, limit: int) -> Sequence[str]:
    """The newest ``limit`` clips of it, newest first."""
    wanted = select(Clip.id).where(*selected(session, account_id, selection)).order_by(col(Clip.id).desc())
    return session.exec(wanted.limit(limit)).all()


def remove(session: Session, account_id: str, selection: Selection) -> tuple[datetime, int]:
    """Take all of it out of the gallery; the moment, by which :func:`restore` knows them, and how many."""
    moment = utc_now()
    done = session.exec(
        update(Clip)
        .where(*selected(session, account_id, selection))
        .values(removed_at=moment)
        .execution_options(synchronize_session=False)
    )
    return moment, int(done.rowcount)


def restore(session: Session, account_id: str, moment: datetime) -> int:
    """Undo :func:`remove`: how many came back, 0 once the upkeep has taken them."""
    done = session.exec(
        update(Clip)
        .where(col(Clip.account_id) == account_id, col(Clip.removed_at) == moment)
        .values(removed_at=None)
        .execution_options(synchronize_session=False)
    )
    return int(done.rowcount)


def mark(session: Session, account_id: str, selection: Selection, *, favorite: bool) -> Sequence[str]:
    """Mark all of it as favourites, or unmark it; the ids of those that were otherwise before."""
    changed = session.exec(
        update(Clip)
        .where(*selected(session, account_id, selection), col(Clip.favorite).is_not(favorite))
        .values(favorite=favorite)
        .returning(col(Clip.id))
        .execution_options(synchronize_session=False)
    )
    return list(changed.scalars())


def selected(session: Session, account_id: str, selection: Selection) -> tuple[ColumnElement[bool], ...]:
    """Conditions on a clip: the account's own, completed, shown, and selected."""
    stretches = [
        and_(col(Clip.id) <= newest, col(Clip.id) >= oldest) for newest, oldest in selection.stretches
    ]
    within = or_(*stretches) if stretches else false()
    if selection.left_out:
        within = and_(within, col(Clip.id).not_in(selection.left_out))
    picked = col(Clip.id).in_(selection.picked) if selection.picked else false()
    completed = col(Clip.status) == ClipStatus.COMPLETED.value
    return (*_mine(session, account_id, selection.shown), completed, or_(within, picked))


def _mine(session: Session, account_id: str, shown: GalleryFilter) -> tuple[ColumnElement[bool], ...]:
    return (col(Clip.account_id) == account_id, *shown_by(session, account_id, shown))
