"""A new file on its way into a library: stored first, then written down, then looked after once more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sorceress_video.library.results import KeptFile
from sorceress_video.library.tables import Asset
from sorceress_video.media.derive import THUMBNAIL
from sorceress_video.media.storage import Storage, content_key


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that was made or taken in, and its small picture (WebP), where it has one."""

    path: Path
    mime: str
    thumbnail: Path | None


def keep(store: Storage, new: NewFile, write_down: Callable[[KeptFile, KeptFile | None], Asset]) -> Asset:
    """Store a file and its picture, and have the asset written for them.

    Raises:
        StorageError: they cannot be stored.
    """
    file, poster = _store(store, new)
    asset = write_down(file, poster)
    # The upkeep may have taken an unused file of the same content between the two steps.
    if any(kept and store.stat(kept.key) is None for kept in (file, poster)):
        _store(store, new)
    return asset


def _store(store: Storage, new: NewFile) -> tuple[KeptFile, KeptFile | None]:
    content = store.store_file(new.path, new.mime)
    file = KeptFile(content.key, content.sha256, content.bytes, new.mime)
    if new.thumbnail is None:
        return file, None
    poster_key = content_key(content.sha256, THUMBNAIL)
    store.put_file(new.thumbnail, poster_key, "image/webp")
    return file, KeptFile(poster_key, content.sha256, new.thumbnail.stat().st_size, "image/webp")
