"""The videos behind clips, as files to hand over."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from sqlmodel import Session, col, select

from sorceress_video.generation.lifecycle import ClipStatus
from sorceress_video.library.tables import Asset, Clip

_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Film:
    """The video of a finished clip."""

    clip_id: str
    model_name: str
    mime: str
    key: str
    """Of the file in storage."""
    bytes: int


def films(session: Session, account_id: str, clip_ids: Sequence[str]) -> Iterator[Film]:
    """The videos of those clips that are the account's own, finished and still there, in that order."""
    for start in range(0, len(clip_ids), _AT_ONCE):
        some = clip_ids[start : start + _AT_ONCE]
        rows = session.exec(
            select(Clip, Asset)
            .join(Asset, col(Asset.id) == col(Clip.video_id))
            .where(
                col(Clip.id).in_(some),
                Clip.account_id == account_id,
                Clip.status == ClipStatus.COMPLETED.value,
                col(Clip.removed_at).is_(None),
            )
        ).all()
        known = {
            clip.id: Film(clip.id, clip.model_name, video.mime, video.file_key, video.bytes)
            for clip, video in rows
        }
        yield from (known[one] for one in some if one in known)
