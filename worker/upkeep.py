"""Keeping the house: removed clips leave for good, files that belong to nobody go."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final

import structlog

from sorceress_video.library import results, upkeep
from sorceress_video.library.database import Database
from sorceress_video.library.tables import utc_now
from sorceress_video.media.storage import Storage, StoredFile, open_storage
from sorceress_video.settings import Settings

_log = structlog.get_logger(__name__)

FILE_GRACE: Final = timedelta(hours=1)
"""A stored file may be this old before it needs a row: its row is written after it."""
SCRATCH_GRACE: Final = timedelta(hours=6)
"""Work in progress is younger than this; what is older was left by a process that died."""
REMOVED_GRACE: Final = timedelta(minutes=10)
"""A removed clip can be brought back at least this long, however short the undo on the page is."""


def run(db: Database, settings: Settings) -> None:
    """One turn; cheap where there is nothing to do."""
    storage = open_storage(settings)
    purge_removed(db, utc_now() - max(REMOVED_GRACE, timedelta(seconds=settings.undo_seconds)))
    collect_unreferenced(db, storage, utc_now() - FILE_GRACE)
    collect_orphans(db, storage, utc_now() - FILE_GRACE)
    sweep_scratch(settings.scratch_dir, SCRATCH_GRACE)


def purge_removed(db: Database, before: datetime) -> int:
    """Delete the rows of clips removed before a moment; their files follow as unreferenced ones."""
    with db.write() as session:
        gone = upkeep.purge_removed(session, before)
    if gone:
        _log.info("purged", clips=gone)
    return gone


def collect_unreferenced(db: Database, storage: Storage, before: datetime) -> int:
    """Delete files that no asset uses any more: first their rows, then the objects."""
    with db.write() as session:
        keys = upkeep.unreferenced_files(session, before)
        upkeep.forget_files(session, keys)
    for key in keys:
        storage.delete(key)
    return len(keys)


def collect_orphans(db: Database, storage: Storage, before: datetime) -> int:
    """Delete files that never got a row, because their process died in between."""
    gone = 0
    for files in _groups(storage.list(), 500):
        old = [file.key for file in files if file.stored_at < before]
        with db.read() as session:
            orphans = upkeep.unknown_keys(session, old)
        for key in orphans:
            storage.delete(key)
        gone += len(orphans)
    return gone


def sweep_scratch(folder: Path, grace: timedelta) -> None:
    """Remove work that was left behind."""
    if not folder.is_dir():
        return
    oldest = time.time() - grace.total_seconds()
    for path in [*folder.iterdir(), *(folder / "sandbox").glob("*.mp4")]:
        if path.name == "sandbox" or path.stat().st_mtime > oldest:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def missing_previews(db: Database, limit: int = 50) -> list[str]:
    """Videos whose preview was never made, because a queue lost its job."""
    with db.read() as session:
        return list(results.without_preview(session, limit))


def _groups(files: Iterator[StoredFile], size: int) -> Iterator[list[StoredFile]]:
    while group := list(islice(files, size)):
        yield group
