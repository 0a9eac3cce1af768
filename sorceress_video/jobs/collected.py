"""What a person asks of their collections, with a hint to their other open pages.

The account comes from the signed-in session. They block on the database and on Redis: call them in a thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sorceress_video.jobs.hints import changed, publish
from sorceress_video.jobs.queues import get_redis
from sorceress_video.library import collections
from sorceress_video.library.collections import CollectionCard
from sorceress_video.library.database import get_database
from sorceress_video.library.selection import Selection


@dataclass(frozen=True, slots=True)
class Collected:
    """Clips went into a collection."""

    collection_id: str
    name: str
    added: int
    """Clips that were not in it before."""


def listed(account_id: str) -> list[CollectionCard]:
    """The account's own collections and those that others share."""
    with get_database().read() as session:
        return collections.listed(session, account_id)


def find(account_id: str, collection_id: str) -> CollectionCard | None:
    """A collection that the account may look at."""
    with get_database().read() as session:
        return collections.find(session, account_id, collection_id)


def holding(account_id: str, clip_id: str) -> Sequence[str]:
    """Ids of the account's collections that hold a clip."""
    with get_database().read() as session:
        return collections.holding(session, account_id, clip_id)


def make(account_id: str, name: str) -> str:
    """A new, empty collection; its id.

    Raises:
        CollectionRefusedError: no name, or too many collections.
    """
    with get_database().write() as session:
        made = collections.make(session, account_id, name)
    _tell(account_id)
    return made


def collect(account_id: str, collection_id: str, name: str, chosen: Selection) -> Collected | None:
    """Put clips into a collection, or into a new one of that name; None where it is not there any more.

    Raises:
        CollectionRefusedError: the new one has no name, or there are too many.
    """
    with get_database().write() as session:
        into = collection_id or collections.make(session, account_id, name)
        added = collections.add(session, account_id, into, chosen)
        card = collections.find(session, account_id, into)
    _tell(account_id)
    return None if added is None or card is None else Collected(into, card.name, added)


def rename(account_id: str, collection_id: str, name: str) -> bool:
    """Give a collection another name; False when it is not there.

    Raises:
        CollectionRefusedError: no name.
    """
    with get_database().write() as session:
        done = collections.rename(session, account_id, collection_id, name)
    _tell(account_id)
    return done


def share(account_id: str, collection_id: str, *, shared: bool) -> bool:
    """Let the team look at a collection, or stop that at once; False when it is not there."""
    with get_database().write() as session:
        done = collections.share(session, account_id, collection_id, shared=shared)
    _tell(account_id)
    return done


def use_as_cover(account_id: str, collection_id: str, clip_id: str) -> bool:
    """Give a collection the picture of one of its clips; False when that is not in it."""
    with get_database().write() as session:
        done = collections.use_as_cover(session, account_id, collection_id, clip_id)
    _tell(account_id)
    return done


def remove(account_id: str, collection_id: str) -> bool:
    """Delete a collection; its clips stay."""
    with get_database().write() as session:
        done = collections.remove(session, account_id, collection_id)
    _tell(account_id)
    return done


def restore(account_id: str, collection_id: str) -> bool:
    """Undo :func:`remove`; False once it is gone for good."""
    with get_database().write() as session:
        done = collections.restore(session, account_id, collection_id)
    _tell(account_id)
    return done


def _tell(account_id: str) -> None:
    publish(get_redis(), changed(account_id, ""))
