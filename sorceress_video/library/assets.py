"""Queries for assets and the stored files behind them. Always within one account."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import text
from sqlmodel import Session, col, select

from sorceress_video.generation.lifecycle import ClipStatus
from sorceress_video.library.database import Database
from sorceress_video.library.results import KeptFile, keep_files
from sorceress_video.library.sharing import may_look
from sorceress_video.library.tables import Asset, Clip, StoredFile, utc_now

Variant = Literal["video", "image", "audio", "poster", "preview", "last-frame"]

_ORIGINALS: Final = frozenset({"video", "image", "audio"})
_SHARED: Final = frozenset({"video", "poster", "preview"})
"""What looking at a clip needs."""


@dataclass(frozen=True, slots=True)
class NewUpload:
    """A cleaned upload whose files lie in storage. Pixels, seconds, frames a second."""

    kind: str
    name: str
    file: KeptFile
    poster: KeptFile | None
    width: int | None
    height: int | None
    seconds: float | None
    fps: float | None
    has_audio: bool


@dataclass(frozen=True, slots=True)
class ReadableFile:
    """A stored file that an account may read."""

    key: str
    bytes: int
    mime: str
    name: str
    """What the person called the asset that the file belongs to."""
    own: bool = True
    """False where a member shares the clip: it may be gone at any moment."""


def add_upload(db: Database, account_id: str, new: NewUpload) -> Asset:
    """The asset of an upload, with the rows of its files. The same content again gives the same asset."""
    return _add(db, account_id, new, origin="upload")


def add_frame(db: Database, account_id: str, new: NewUpload, *, clip_id: str, seconds: float) -> Asset:
    """The asset of a picture taken out of a clip of the account; the same frame again gives the same asset.

    Args:
        db: the database.
        account_id: whose clip it is.
        new: the picture.
        clip_id: where it was taken.
        seconds: when it comes onto the screen.
    """
    return _add(db, account_id, new, origin="frame", clip_id=clip_id, seconds=seconds)


def add_version(db: Database, account_id: str, new: NewUpload, *, source_id: str, recipe: str) -> Asset:
    """The asset of a file that was made out of another one; see :func:`version_of`."""
    return _add(db, account_id, new, origin="version", source_id=source_id, recipe=recipe)


def version_of(db: Database, account_id: str, source_id: str, recipe: str) -> Asset | None:
    """What was made out of an asset of the account by a recipe, if it was made before."""
    with db.read() as session:
        return session.exec(
            select(Asset).where(
                Asset.source_asset_id == source_id,
                Asset.recipe == recipe,
                Asset.account_id == account_id,
                col(Asset.deleted_at).is_(None),
            )
        ).first()


def _add(
    db: Database,
    account_id: str,
    new: NewUpload,
    *,
    origin: str,
    clip_id: str | None = None,
    seconds: float | None = None,
    source_id: str | None = None,
    recipe: str | None = None,
) -> Asset:
    with db.write() as session:
        keep_files(session, new.file, new.poster)
        known = session.exec(
            select(Asset)
            .where(
                Asset.account_id == account_id,
                Asset.sha256 == new.file.sha256,
                Asset.origin == origin,
                Asset.kind == new.kind,
                Asset.source_clip_id == clip_id,
                Asset.source_seconds == seconds,
                Asset.source_asset_id == source_id,
                Asset.recipe == recipe,
                col(Asset.deleted_at).is_(None),
            )
            .order_by(col(Asset.id))
        ).first()
        if known is not None:
            if origin == "frame":
                known.created_at = utc_now()  # Wanted again: the upkeep lets it be for another while.
            return known
        asset = Asset(
            account_id=account_id,
            origin=origin,
            kind=new.kind,
            name=new.name,
            mime=new.file.mime,
            sha256=new.file.sha256,
            bytes=new.file.bytes,
            file_key=new.file.key,
            poster_key=new.poster.key if new.poster else None,
            width=new.width,
            height=new.height,
            seconds=new.seconds,
            fps=new.fps,
            has_audio=new.has_audio,
            source_clip_id=clip_id,
            source_seconds=seconds,
            source_asset_id=source_id,
            recipe=recipe,
        )
        session.add(asset)
        return asset


@dataclass(frozen=True, slots=True)
class ClipFilm:
    """The video of a finished clip: the storage's key of it, and what made it."""

    key: str
    sha256: str
    mime: str
    model_name: str
    asset_id: str


def film_of(db: Database, account_id: str, clip_id: str) -> ClipFilm | None:
    """The video of a finished clip of this very account; nothing for all else, whatever the reason."""
    with db.read() as session:
        found = session.exec(
            select(Asset, Clip.model_name)
            .join(Clip, col(Clip.video_id) == col(Asset.id))
            .where(
                Clip.id == clip_id,
                Clip.account_id == account_id,
                Clip.status == ClipStatus.COMPLETED.value,
                col(Clip.removed_at).is_(None),
            )
        ).first()
    if found is None:
        return None
    video, model_name = found
    return ClipFilm(video.file_key, video.sha256, video.mime, model_name, video.id)


def owned_asset(db: Database, account_id: str, asset_id: str) -> Asset | None:
    """An asset of this very account; nothing for all else, whatever the reason."""
    with db.read() as session:
        return _owned(session, account_id, asset_id)


def readable_file(db: Database, account_id: str, asset_id: str, variant: Variant) -> ReadableFile | None:
    """A file that an account may read: of its own asset, or of the video of a clip that a member shares.

    Nothing for all else, whatever the reason.
    """
    with db.read() as session:
        asset = _owned(session, account_id, asset_id)
        own = asset is not None
        if asset is None and variant in _SHARED:
            asset = _shared(session, account_id, asset_id)
        key = None if asset is None else _key_of(asset, variant)
        if asset is None or key is None:
            return None
        file = session.get_one(StoredFile, key)
        return ReadableFile(file.key, file.bytes, file.mime, asset.name, own)


def _owned(session: Session, account_id: str, asset_id: str) -> Asset | None:
    return session.exec(
        select(Asset).where(
            Asset.id == asset_id, Asset.account_id == account_id, col(Asset.deleted_at).is_(None)
        )
    ).first()


def _shared(session: Session, account_id: str, asset_id: str) -> Asset | None:
    return session.exec(
        select(Asset)
        .join(Clip, col(Clip.video_id) == col(Asset.id))
        .where(col(Asset.id) == asset_id, col(Asset.deleted_at).is_(None), may_look(account_id))
    ).first()


def database_answers(db: Database) -> bool:
    """Ask the database for the least that it can say; its errors are the caller's."""
    with db.read() as session:
        return bool(session.connection().execute(text("SELECT 1")).scalar_one())


def _key_of(asset: Asset, variant: Variant) -> str | None:
    if variant in _ORIGINALS:
        return asset.file_key if asset.kind == variant else None
    return {
        "poster": asset.poster_key,
        "preview": asset.preview_key,
        "last-frame": asset.last_frame_key,
    }[variant]
