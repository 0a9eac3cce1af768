"""Queries of the upkeep: what may be taken away, what is nobody's, who was seen at work."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, or_
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import Session, col, select

from sorceress_video.catalog.terms import InputRole, MediaKind
from sorceress_video.generation.lifecycle import TERMINAL, ClipStatus
from sorceress_video.library.database import Database
from sorceress_video.library.tables import (
    Asset,
    Clip,
    ClipInput,
    Collection,
    ProcessBeat,
    StoredFile,
    utc_now,
)
from sorceress_video.settings import Settings


def disk_is_low(settings: Settings) -> bool:
    """Whether the data folder's disk has less left than a deployment keeps free."""
    return shutil.disk_usage(settings.data_dir).free < settings.min_free_bytes


def beat(db: Database, name: str) -> None:
    """Write that a process is at work."""
    with db.write() as session:
        session.merge(ProcessBeat(name=name, seen_at=utc_now()))


def last_beat(db: Database, name: str) -> datetime | None:
    """When a process was last seen at work."""
    with db.read() as session:
        row = session.get(ProcessBeat, name)
        return row.seen_at if row else None


def purge_removed(session: Session, before: datetime, *, limit: int = 500) -> int:
    """Delete clips that were removed long enough ago and have ended, with their videos' rows."""
    doomed = session.exec(
        select(Clip.id, Clip.video_id)
        .where(
            col(Clip.removed_at) < before,
            col(Clip.status).in_(["completed", "failed", "cancelled", "ambiguous"]),
        )
        .limit(limit)
    ).all()
    if not doomed:
        return 0
    session.exec(delete(Clip).where(col(Clip.id).in_([clip_id for clip_id, _ in doomed])))
    _drop_assets(session, [video_id for _, video_id in doomed if video_id])
    return len(doomed)


def purge_collections(session: Session, before: datetime) -> int:
    """Delete collections that were removed long enough ago; their clips stay."""
    gone = session.exec(delete(Collection).where(col(Collection.removed_at) < before))
    return int(gone.rowcount)


def _drop_assets(session: Session, asset_ids: Sequence[str]) -> None:
    """Delete results that no other clip uses as an input."""
    if not asset_ids:
        return
    used = set(session.exec(select(ClipInput.asset_id).where(col(ClipInput.asset_id).in_(asset_ids))).all())
    session.exec(delete(Asset).where(col(Asset.id).in_([i for i in asset_ids if i not in used])))


def ownerless_results(session: Session, before: datetime, *, prefix: str = "", limit: int = 500) -> list[str]:
    """Videos that no clip shows and none takes as an input any more, of files whose key begins so."""
    return list(
        session.exec(
            select(Asset.id)
            .where(
                Asset.origin == "result",
                col(Asset.created_at) < before,
                *_within(col(Asset.file_key), prefix),
                ~select(Clip.id).where(col(Clip.video_id) == col(Asset.id)).exists(),
                ~_taken_as_input(),
            )
            .limit(limit)
        )
    )


def unused_frames(session: Session, before: datetime, *, prefix: str = "", limit: int = 500) -> list[str]:
    """Frames taken out of clips, last wanted before a moment, that no clip took as an input."""
    return list(
        session.exec(
            select(Asset.id)
            .where(
                Asset.origin == "frame",
                col(Asset.created_at) < before,
                *_within(col(Asset.file_key), prefix),
                ~_taken_as_input(),
            )
            .limit(limit)
        )
    )


def old_motion_clips(
    session: Session,
    before: datetime,
    *,
    prefix: str = "",
    among: Sequence[str] | None = None,
    limit: int = 500,
) -> list[str]:
    """Motion videos, and what was made out of them, that no clip has used since a moment.

    Videos of the gallery's own clips are none; nor is a file that some clip took in another role, or that a
    clip which has not ended still needs. With ``among``, only these assets are looked at.
    """
    used = select(ClipInput.clip_id).where(col(ClipInput.asset_id) == col(Asset.id))
    as_motion = used.where(col(ClipInput.role) == InputRole.MOTION_CLIP.value)
    version = aliased(Asset)
    versions = select(version.id).where(col(version.source_asset_id) == col(Asset.id))
    unfinished = [status.value for status in ClipStatus if status not in TERMINAL]
    needed = as_motion.join(Clip, col(Clip.id) == col(ClipInput.clip_id)).where(
        or_(col(Clip.created_at) >= before, col(Clip.status).in_(unfinished))
    )
    return list(
        session.exec(
            select(Asset.id)
            .where(
                col(Asset.origin).in_(["upload", "version"]),
                Asset.kind == MediaKind.VIDEO.value,
                col(Asset.created_at) < before,
                *_within(col(Asset.file_key), prefix),
                *(() if among is None else (col(Asset.id).in_(among),)),
                or_(as_motion.exists(), versions.exists(), col(Asset.origin) == "version"),
                ~used.where(col(ClipInput.role) != InputRole.MOTION_CLIP.value).exists(),
                ~needed.exists(),
                ~versions.where(col(version.created_at) >= before).exists(),
            )
            .limit(limit)
        )
    )


def drop_motion_clips(session: Session, asset_ids: Sequence[str], before: datetime) -> list[str]:
    """Delete the rows of :func:`old_motion_clips`, but for those that a clip has taken since; their ids.

    The rows are locked before they are asked about again: on PostgreSQL, too, no clip takes one in between.
    Clips that used them know that they lack their motion.
    """
    rows = select(Asset.id).where(col(Asset.id).in_(asset_ids)).order_by(col(Asset.id))
    session.exec(rows.with_for_update()).all()
    doomed = old_motion_clips(session, before, among=asset_ids)
    session.exec(delete(ClipInput).where(col(ClipInput.asset_id).in_(doomed)))
    session.exec(delete(Asset).where(col(Asset.id).in_(doomed)))
    return doomed


def drop_ownerless(session: Session, asset_ids: Sequence[str]) -> None:
    """Delete the rows of :func:`ownerless_results` and :func:`unused_frames`, but for those taken since."""
    session.exec(delete(Asset).where(col(Asset.id).in_(asset_ids), ~_taken_as_input()))


def unreferenced_files(
    session: Session, before: datetime, *, prefix: str = "", limit: int = 500
) -> list[str]:
    """Keys of stored files that no asset points to any more, old enough not to be in the making.

    Args:
        before: files that were stored, or stored again, later than this stay.
        prefix: only keys that begin so.
        limit: at most so many.
    """
    wanted = select(StoredFile.key).where(
        col(StoredFile.created_at) < before, ~_referenced(), *_within(col(StoredFile.key), prefix)
    )
    return list(session.exec(wanted.limit(limit)))


def forget_unreferenced(session: Session, keys: Sequence[str], before: datetime) -> list[str]:
    """Drop the rows of those files that are still unreferenced; their keys.

    The caller deletes the objects before it commits, while the rows are locked.
    """
    gone = session.exec(
        delete(StoredFile)
        .where(col(StoredFile.key).in_(keys), col(StoredFile.created_at) < before, ~_referenced())
        .returning(col(StoredFile.key))
        .execution_options(synchronize_session=False)
    )
    return list(gone.scalars())


def _taken_as_input() -> ColumnElement[bool]:
    return select(ClipInput.clip_id).where(col(ClipInput.asset_id) == col(Asset.id)).exists()


def _referenced() -> ColumnElement[bool]:
    columns = (Asset.file_key, Asset.poster_key, Asset.preview_key, Asset.last_frame_key)
    return or_(*(select(Asset.id).where(col(column) == col(StoredFile.key)).exists() for column in columns))


def _within(column: Mapped[str], prefix: str) -> list[ColumnElement[bool]]:
    """Conditions that an index can serve, on both databases, unlike a pattern."""
    return [column >= prefix, column < f"{prefix}g"] if prefix else []


def unknown_keys(session: Session, keys: Sequence[str]) -> list[str]:
    """Those keys that have no row."""
    known = set(session.exec(select(StoredFile.key).where(col(StoredFile.key).in_(keys))))
    return [key for key in keys if key not in known]
