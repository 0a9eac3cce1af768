"""What a person may do to many clips at once. Row first, then a hint to their open pages.

Every function takes the account from the signed-in session. They block on the database and on Redis: call
them in a thread.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sorceress_video.jobs import tickets
from sorceress_video.jobs.hints import changed, publish
from sorceress_video.jobs.queues import get_redis
from sorceress_video.library import collections, selection
from sorceress_video.library.database import get_database
from sorceress_video.library.gallery import GalleryFilter
from sorceress_video.library.selection import Selection

MOST_FILES: Final = 10_000
"""Clips in one ZIP."""
ZIP_SECONDS: Final = 600.0
"""How long a ZIP may be begun after it was asked for."""

_EVERYTHING: Final = GalleryFilter()


def remove(account_id: str, chosen: Selection) -> tuple[datetime, int]:
    """Take clips out of the gallery; the moment for :func:`restore`, and how many they were."""
    with get_database().write() as session:
        moment, gone = selection.remove(session, account_id, chosen)
    _tell(account_id)
    return moment, gone


def restore(account_id: str, moment: datetime) -> int:
    """Undo :func:`remove`; how many came back."""
    with get_database().write() as session:
        back = selection.restore(session, account_id, moment)
    _tell(account_id)
    return back


def mark(account_id: str, chosen: Selection, *, favorite: bool) -> Sequence[str]:
    """Mark clips as favourites, or unmark them; the ids of those that were otherwise before."""
    with get_database().write() as session:
        other = selection.mark(session, account_id, chosen, favorite=favorite)
    _tell(account_id)
    return other


def mark_again(account_id: str, ticket: str) -> int:
    """Undo an unmarking by its ticket; how many got their heart back."""
    ids = tickets.redeem("unmark", account_id, ticket) or []
    return len(mark(account_id, _just(ids), favorite=True))


def collect(account_id: str, collection_id: str, chosen: Selection) -> int | None:
    """Put clips into a collection; how many were not in it before, None where it is not there."""
    with get_database().write() as session:
        new = collections.add(session, account_id, collection_id, chosen)
    _tell(account_id)
    return new


def take_out(account_id: str, collection_id: str, chosen: Selection) -> Sequence[str]:
    """Take clips out of a collection; their ids."""
    with get_database().write() as session:
        out = collections.take_out(session, account_id, collection_id, chosen)
    _tell(account_id)
    return out


def put_back(account_id: str, ticket: str) -> int:
    """Undo :func:`take_out` by its ticket, which names the collection first; how many are in it again."""
    kept = tickets.redeem("put-back", account_id, ticket)
    return (collect(account_id, kept[0], _just(kept[1:])) or 0) if kept else 0


def zip_ticket(account_id: str, chosen: Selection) -> tuple[str, int]:
    """A ticket for a ZIP of at most ``MOST_FILES`` clips, and how many it will hold.

    Raises:
        RedisError: the ticket could not be kept.
    """
    with get_database().read() as session:
        ids = selection.ids(session, account_id, chosen, MOST_FILES)
    return (tickets.issue("zip", account_id, ids, ZIP_SECONDS) if ids else ""), len(ids)


def _just(ids: Sequence[str]) -> Selection:
    return Selection(_EVERYTHING, picked=frozenset(ids))


def _tell(account_id: str) -> None:
    publish(get_redis(), changed(account_id, ""))
