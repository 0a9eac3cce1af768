"""Clips as files to take away: with tags that say how they were made, unless the member wants none."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import structlog

from sorceress_video.library import assets, gallery, preferences, upkeep
from sorceress_video.library.database import Database, get_database
from sorceress_video.library.gallery import ClipDetail
from sorceress_video.media.errors import MediaError
from sorceress_video.media.storage import Storage
from sorceress_video.media.tags import ClipTags, write_tagged
from sorceress_video.settings import get_settings

EMBED_METADATA: Final = "embed_metadata"
"""The member's preference: whether downloads carry prompt and settings. On unless they say otherwise."""
TAGGED_FOLDER: Final = "tagged"
"""Of the scratch folder: copies with tags, kept while they are asked for."""

KEPT_BYTES: Final = 2 * 1024**3
"""Copies together; beyond it those go that were asked for longest ago."""

_MP4: Final = "video/mp4"

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Download:
    """A clip's film to take away: a file with tags, or the key of the stored one."""

    key: str
    mime: str
    tag: str
    """Names these very bytes, for caches."""
    clip_id: str
    model_name: str
    path: Path | None = None
    """The copy with tags; None where the stored file itself is what is wanted."""


def wants_tags(db: Database, account_id: str) -> bool:
    """Whether the account's downloads carry prompt and settings."""
    return preferences.load(db, account_id).get(EMBED_METADATA) is not False


def download(account_id: str, clip_id: str, store: Storage) -> Download | None:
    """The film of a finished clip of the account, with tags where wanted; None when it is not theirs.

    A copy that cannot be made is no reason to withhold the film: the stored one is given then. Blocks for the
    copying: call it in a thread.
    """
    db = get_database()
    film = assets.film_of(db, account_id, clip_id)
    if film is None:
        return None
    plain = Download(film.key, film.mime, film.sha256, clip_id, film.model_name)
    detail = gallery.detail(db, account_id, clip_id) if film.mime == _MP4 else None
    if detail is None or not wants_tags(db, account_id):
        return plain
    tags = tags_of(detail)
    tag = f"{film.sha256[:32]}-{tags.digest()[:32]}"
    try:
        return replace(plain, tag=tag, path=tagged_copy(store, film.key, tag, tags))
    except (MediaError, OSError) as error:
        _log.warning("download without tags", clip_id=clip_id, error=type(error).__name__)
        return plain


def tags_of(detail: ClipDetail) -> ClipTags:
    """What a clip's file says of how it was made. Nothing of the account, and no address of an input."""
    card = detail.card
    return ClipTags(
        prompt=card.prompt,
        model_id=card.model_id,
        model_name=card.model_name,
        mode=card.mode,
        settings=detail.settings,
        settings_line=card.settings_line,
        seed=detail.seed,
        made_at=card.created_at,
    )


def tagged_copy(store: Storage, key: str, tag: str, tags: ClipTags) -> Path:
    """A copy of a stored MP4 with tags, made once and kept in the scratch folder while it is asked for.

    Raises:
        MediaError: it cannot be read, or there is no room for it.
        FileNotFoundError: the stored file is gone.
    """
    settings = get_settings()
    folder = settings.scratch_dir / TAGGED_FOLDER
    copy = folder / f"{tag}.mp4"
    with suppress(FileNotFoundError):
        os.utime(copy)  # The upkeep takes what nobody asked for in the last hours.
        return copy
    if upkeep.disk_is_low(settings):
        raise OSError("the disk is nearly full")
    folder.mkdir(parents=True, exist_ok=True)
    _make_room(folder)
    video, fetched = store.local_path(key), folder / f"{secrets.token_hex(8)}.source"
    try:
        if video is None:
            store.fetch_to(key, fetched)
            video = fetched
        # Appears under its name complete or not at all; a second maker only replaces it with the same.
        write_tagged(video, copy, tags)
    finally:
        fetched.unlink(missing_ok=True)
    return copy


def _make_room(folder: Path) -> None:
    """Let copies go, the oldest first, until they are few enough together."""
    copies = []
    for path in folder.glob("*.mp4"):
        with suppress(FileNotFoundError):  # Another process lets it go at this moment.
            found = path.stat()
            copies.append((found.st_mtime, found.st_size, path))
    total = sum(size for _, size, _ in copies)
    for _, size, path in sorted(copies):
        if total <= KEPT_BYTES:
            return
        path.unlink(missing_ok=True)
        total -= size
