"""Who may look at a clip that is not theirs. The one answer, for pages, media and lists alike."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_
from sqlmodel import col, select

from sorceress_video.generation.lifecycle import ClipStatus
from sorceress_video.library.tables import Clip, Collection, CollectionClip


def open_collection(account_id: str) -> ColumnElement[bool]:
    """Condition on a collection: it is there, and the account's own or shared with the team."""
    return col(Collection.removed_at).is_(None) & or_(
        col(Collection.account_id) == account_id, col(Collection.shared_at).is_not(None)
    )


def may_look(account_id: str) -> ColumnElement[bool]:
    """Condition on a clip: it is there, and the account's own, or finished and in a shared collection."""
    shared = (
        select(CollectionClip.clip_id)
        .join(Collection, col(Collection.id) == col(CollectionClip.collection_id))
        .where(
            col(CollectionClip.clip_id) == col(Clip.id),
            col(Collection.account_id) == col(Clip.account_id),
            col(Collection.shared_at).is_not(None),
            col(Collection.removed_at).is_(None),
        )
        .exists()
    )
    finished = col(Clip.status) == ClipStatus.COMPLETED.value
    return col(Clip.removed_at).is_(None) & or_(col(Clip.account_id) == account_id, finished & shared)
