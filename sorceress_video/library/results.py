"""Rows of what a clip brought home: its video, and what was derived from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from sorceress_video.generation.lifecycle import ClipStatus
from sorceress_video.library.tables import Asset, Attempt, Clip, ClipInput, StoredFile, utc_now


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that already lies in storage."""

    key: str
    sha256: str
    bytes: int
    mime: str


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What inspection found out about a video. Pixels, seconds, frames a second."""

    width: int
    height: int
    seconds: float
    fps: float
    has_audio: bool


def keep_file(session: Session, file: KeptFile) -> None:
    """The row of a stored file, locked, and as young as if it were new, so that the upkeep lets it be.

    Who stored the file before looks again afterwards, in the same transaction: the upkeep may have taken an
    unused file of the same content in between.
    """
    row = session.get(StoredFile, file.key, with_for_update=True)
    if row is None:
        row = StoredFile(key=file.key, bytes=file.bytes, mime=file.mime)
        try:
            with session.begin_nested():
                session.add(row)
        except IntegrityError:  # Somebody else stores the same content, a moment earlier.
            row = session.get_one(StoredFile, file.key, with_for_update=True)
    row.created_at = utc_now()
    session.add(row)
    session.flush()


def keep_files(session: Session, *files: KeptFile | None) -> None:
    """:func:`keep_file` for several, in one order for everybody, so that nobody waits in a ring."""
    for file in sorted(filter(None, files), key=lambda kept: kept.key):
        keep_file(session, file)


def add_result(
    session: Session, clip: Clip, video: KeptFile, poster: KeptFile | None, facts: VideoFacts
) -> Asset:
    """The asset of a finished clip, with the rows of its files."""
    keep_files(session, video, poster)
    asset = Asset(
        account_id=clip.account_id,
        origin="result",
        kind="video",
        name=clip.model_name,
        mime=video.mime,
        sha256=video.sha256,
        bytes=video.bytes,
        file_key=video.key,
        poster_key=poster.key if poster else None,
        width=facts.width,
        height=facts.height,
        seconds=facts.seconds,
        fps=facts.fps,
        has_audio=facts.has_audio,
    )
    session.add(asset)
    session.flush()
    return asset


def add_derived(session: Session, asset_id: str, *, preview: KeptFile, last_frame: KeptFile) -> bool:
    """Preview and last frame of a video; False when the video is gone meanwhile."""
    asset = session.get(Asset, asset_id)
    if asset is None:
        return False
    keep_files(session, preview, last_frame)
    session.exec(
        update(Asset)
        .where(col(Asset.id) == asset_id)
        .values(preview_key=preview.key, last_frame_key=last_frame.key)
    )
    return True


def without_preview(session: Session, limit: int, *, after: str = "") -> Sequence[str]:
    """Videos of finished clips that still lack a preview, oldest first, from an id on."""
    return session.exec(
        select(Asset.id)
        .join(Clip, col(Clip.video_id) == col(Asset.id))
        .where(
            Clip.status == ClipStatus.COMPLETED.value, col(Asset.preview_key).is_(None), col(Asset.id) > after
        )
        .order_by(col(Asset.id))
        .limit(limit)
    ).all()


def clip_of(session: Session, asset_id: str) -> Clip | None:
    """The clip that made a video."""
    return session.exec(select(Clip).where(Clip.video_id == asset_id)).first()


def inputs_with_files(session: Session, clip_id: str) -> list[tuple[ClipInput, Asset]]:
    """The frozen inputs of a clip with their files, by role and position."""
    rows = session.exec(
        select(ClipInput, Asset)
        .join(Asset, col(Asset.id) == col(ClipInput.asset_id))
        .where(ClipInput.clip_id == clip_id)
        .order_by(col(ClipInput.role), col(ClipInput.position))
    ).all()
    return list(rows)


def attempt_of(session: Session, clip: Clip) -> Attempt | None:
    """The present attempt of a clip."""
    return session.get(Attempt, (clip.id, clip.attempt))
