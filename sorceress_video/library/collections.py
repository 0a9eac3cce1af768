"""Collections: clips that a member put together under a name, for themselves or to be looked at by the team.

Whoever asks sees their own and what others share; only the owner changes anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, delete, func, insert, literal, update
from sqlmodel import Session, col, select

from sorceress_video.generation.lifecycle import ClipStatus
from sorceress_video.library.selection import Selection, selected
from sorceress_video.library.sharing import open_collection
from sorceress_video.library.tables import (
    Account,
    Asset,
    Clip,
    Collection,
    CollectionClip,
    utc_now,
)

LONGEST_NAME: Final = 80
MOST_COLLECTIONS: Final = 200
"""Of one member; as many of those that others share are listed."""


class CollectionRefusedError(Exception):
    """A collection could not be made or named so. The text is for the person."""


@dataclass(frozen=True, slots=True)
class CollectionCard:
    """A collection as it is listed."""

    id: str
    name: str
    mine: bool
    shared: bool
    owner: str
    """Name of the member whose it is."""
    count: int
    cover_url: str | None
    """Poster of its cover, else of its newest clip; None while it is empty."""


def listed(session: Session, account_id: str) -> list[CollectionCard]:
    """The account's own collections by name, then those that others share with the team."""
    rows = session.exec(
        select(Collection, Account)
        .join(Account, col(Account.id) == col(Collection.account_id))
        .where(open_collection(account_id))
        .order_by(
            (col(Collection.account_id) == account_id).desc(),
            func.lower(Collection.name),
            col(Collection.id),
        )
        .limit(2 * MOST_COLLECTIONS)
    ).all()
    return _cards(session, account_id, rows)


def find(session: Session, account_id: str, collection_id: str) -> CollectionCard | None:
    """A collection that the account may look at."""
    rows = session.exec(
        select(Collection, Account)
        .join(Account, col(Account.id) == col(Collection.account_id))
        .where(open_collection(account_id), col(Collection.id) == collection_id)
    ).all()
    found = _cards(session, account_id, rows)
    return found[0] if found else None


def holding(session: Session, account_id: str, clip_id: str) -> Sequence[str]:
    """Ids of the account's collections that hold a clip."""
    return session.exec(
        select(CollectionClip.collection_id)
        .join(Collection, col(Collection.id) == col(CollectionClip.collection_id))
        .where(_own(account_id), col(CollectionClip.clip_id) == clip_id)
    ).all()


def make(session: Session, account_id: str, name: str) -> str:
    """A new, empty collection; its id.

    Raises:
        CollectionRefusedError: no name, or too many collections.
    """
    name = _checked(name)
    many = session.exec(select(func.count()).select_from(Collection).where(_own(account_id))).one()
    if many >= MOST_COLLECTIONS:
        raise CollectionRefusedError(f"You have {many} collections, and that is the limit. Delete one first.")
    made = Collection(account_id=account_id, name=name)
    session.add(made)
    session.flush()
    return made.id


def rename(session: Session, account_id: str, collection_id: str, name: str) -> bool:
    """Give it another name; False when it is not there.

    Raises:
        CollectionRefusedError: no name.
    """
    return _change(session, account_id, collection_id, name=_checked(name))


def remove(session: Session, account_id: str, collection_id: str) -> bool:
    """Delete a collection; its clips stay. Can be undone."""
    return _change(session, account_id, collection_id, removed_at=utc_now())


def restore(session: Session, account_id: str, collection_id: str) -> bool:
    """Undo :func:`remove`; False once the upkeep has taken it."""
    done = session.exec(
        update(Collection)
        .where(col(Collection.id) == collection_id, col(Collection.account_id) == account_id)
        .values(removed_at=None)
    )
    return bool(done.rowcount == 1)


def share(session: Session, account_id: str, collection_id: str, *, shared: bool) -> bool:
    """Let the team look at it, or stop that at once."""
    return _change(session, account_id, collection_id, shared_at=utc_now() if shared else None)


def use_as_cover(session: Session, account_id: str, collection_id: str, clip_id: str) -> bool:
    """Give it the picture of one of its clips; False when the clip is not in it."""
    inside = session.exec(
        select(CollectionClip).where(
            CollectionClip.collection_id == collection_id, CollectionClip.clip_id == clip_id
        )
    ).first()
    return inside is not None and _change(session, account_id, collection_id, cover_id=clip_id)


def add(session: Session, account_id: str, collection_id: str, selection: Selection) -> int | None:
    """Put clips in; how many were not in it before, None when the collection is not there."""
    if _locked(session, account_id, collection_id) is None:
        return None
    known = select(CollectionClip.clip_id).where(CollectionClip.collection_id == collection_id)
    moment = literal(utc_now(), CollectionClip.__table__.c.added_at.type)  # type: ignore[attr-defined]
    wanted = select(literal(collection_id), col(Clip.id), moment).where(
        *selected(session, account_id, selection), col(Clip.id).not_in(known)
    )
    done = session.exec(
        insert(CollectionClip)
        .from_select(["collection_id", "clip_id", "added_at"], wanted)
        .execution_options(preserve_rowcount=True)
    )
    return int(done.rowcount)


def take_out(session: Session, account_id: str, collection_id: str, selection: Selection) -> Sequence[str]:
    """Take clips out, which stay in the gallery; their ids."""
    if _locked(session, account_id, collection_id) is None:
        return []
    wanted = select(Clip.id).where(*selected(session, account_id, selection))
    gone = session.exec(
        delete(CollectionClip)
        .where(col(CollectionClip.collection_id) == collection_id, col(CollectionClip.clip_id).in_(wanted))
        .returning(col(CollectionClip.clip_id))
        .execution_options(synchronize_session=False)
    )
    return list(gone.scalars())


def _own(account_id: str) -> ColumnElement[bool]:
    return (col(Collection.account_id) == account_id) & col(Collection.removed_at).is_(None)


def _checked(name: str) -> str:
    name = " ".join(name.split())[:LONGEST_NAME]
    if not name:
        raise CollectionRefusedError("A collection needs a name.")
    return name


def _change(session: Session, account_id: str, collection_id: str, **changes: object) -> bool:
    done = session.exec(
        update(Collection).where(_own(account_id), col(Collection.id) == collection_id).values(**changes)
    )
    return bool(done.rowcount == 1)


def _locked(session: Session, account_id: str, collection_id: str) -> str | None:
    """The collection's id, with its row held, so that two tabs do not put the same clip in."""
    return session.exec(
        select(Collection.id).where(_own(account_id), col(Collection.id) == collection_id).with_for_update()
    ).first()


def _cards(
    session: Session, account_id: str, rows: Sequence[tuple[Collection, Account]]
) -> list[CollectionCard]:
    ids = [collection.id for collection, _ in rows]
    counts = _counts(session, ids)
    covers = _covers(session, [collection for collection, _ in rows], counts)
    return [
        CollectionCard(
            id=collection.id,
            name=collection.name,
            mine=collection.account_id == account_id,
            shared=collection.shared_at is not None,
            owner=account.name or account.email.partition("@")[0],
            count=counts.get(collection.id, (0, ""))[0],
            cover_url=covers.get(collection.id),
        )
        for collection, account in rows
    ]


def _counts(session: Session, ids: Sequence[str]) -> dict[str, tuple[int, str]]:
    """Clips of each collection, and its newest one."""
    if not ids:
        return {}
    rows = session.exec(
        select(CollectionClip.collection_id, func.count(), func.max(Clip.id))
        .join(Clip, col(Clip.id) == col(CollectionClip.clip_id))
        .where(
            col(CollectionClip.collection_id).in_(ids),
            col(Clip.removed_at).is_(None),
            col(Clip.status) == ClipStatus.COMPLETED.value,
        )
        .group_by(col(CollectionClip.collection_id))
    ).all()
    return {collection_id: (many, newest) for collection_id, many, newest in rows}


def _covers(
    session: Session, collections: Sequence[Collection], counts: dict[str, tuple[int, str]]
) -> dict[str, str]:
    """Addresses of posters: of the chosen cover while it is in the collection, else of the newest clip."""
    chosen = {one.id: one.cover_id for one in collections if one.cover_id and one.id in counts}
    inside = set()
    if chosen:
        inside = set(
            session.exec(
                select(CollectionClip.collection_id, CollectionClip.clip_id)
                .join(Clip, col(Clip.id) == col(CollectionClip.clip_id))
                .where(
                    col(CollectionClip.collection_id).in_(chosen),
                    col(CollectionClip.clip_id).in_([cover for cover in chosen.values() if cover]),
                    col(Clip.removed_at).is_(None),
                )
            ).all()
        )
    wanted = {
        one: cover if (cover := chosen.get(one)) and (one, cover) in inside else newest
        for one, (_, newest) in counts.items()
    }
    posters = dict(
        session.exec(
            select(Clip.id, Asset.id)
            .join(Asset, col(Asset.id) == col(Clip.video_id))
            .where(col(Clip.id).in_(wanted.values()), col(Asset.poster_key).is_not(None))
        ).all()
    )
    return {one: f"/media/{posters[clip_id]}/poster" for one, clip_id in wanted.items() if clip_id in posters}
