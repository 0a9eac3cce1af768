"""Keeping the house: removed clips leave for good, files that belong to nobody go, scratch stays empty.

What costs more the longer the history is goes by shares: one turn looks at the files of one of 256 prefixes,
so that a few hours see all of them, and no turn sees many.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Final, TypeVar

import structlog

from sorceress_video.jobs.downloads import TAGGED_FOLDER
from sorceress_video.library import results, sandbox, upkeep
from sorceress_video.library.database import Database
from sorceress_video.library.results import KeptFile
from sorceress_video.library.tables import utc_now
from sorceress_video.media.storage import Storage, open_storage
from sorceress_video.settings import Settings

_log = structlog.get_logger(__name__)

FILE_GRACE: Final = timedelta(hours=1)
"""A stored file may be this old before it needs a row: its row is written after it."""
SCRATCH_GRACE: Final = timedelta(hours=6)
"""Work in progress is younger than this; what is older was left by a process that died."""
UPLOAD_GRACE: Final = timedelta(hours=1)
"""So with a file on its way from a browser, which is watched more closely."""
FILM_GRACE: Final = timedelta(minutes=10)
"""A rendered film stays this long after its clip came to rest, for whoever still copies it."""
REMOVED_GRACE: Final = timedelta(minutes=10)
"""A removed clip can be brought back at least this long, however short the undo on the page is."""
FRAME_GRACE: Final = timedelta(days=7)
"""A frame that was taken out of a clip waits this long in the prompt panel for the clip that it is for."""
SHARES: Final = 256
_DELETED_AT_ONCE: Final = 20
"""Objects that go within one transaction; a slow object store must not hold the writers up for long."""

T = TypeVar("T")


class Housekeeper:
    """The upkeep of one deployment, a turn at a time."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self._db = db
        self._settings = settings
        self._share = time.time_ns() // 60_000_000_000  # Not from the start again after each restart.
        self._last_video = ""

    def run(self) -> None:
        """One turn, whose cost does not grow with the history."""
        db, settings, now = self._db, self._settings, utc_now()
        purge_removed(db, now - max(REMOVED_GRACE, timedelta(seconds=settings.undo_seconds)))
        storage = open_storage(settings)
        self._share = (self._share + 1) % SHARES
        prefix = f"{self._share:02x}"
        forget_motion(db, now - timedelta(days=settings.motion_clip_days), prefix=prefix)
        collect(db, storage, now - FILE_GRACE, prefix=prefix)
        sweep_films(db, settings.scratch_dir / "sandbox", now - FILM_GRACE)
        sweep_scratch(settings.scratch_dir)
        sweep_scratch(settings.scratch_dir / "uploads", UPLOAD_GRACE)
        sweep_scratch(settings.scratch_dir / TAGGED_FOLDER)
        sweep_scratch(settings.media_dir / ".incoming")  # Copies whose process was killed in the middle.

    def missing_previews(self, limit: int = 50) -> Sequence[str]:
        """The next videos whose preview was never made, because a queue lost its job or the video resists.

        In turns through all of them, so that some that cannot be made never keep the others waiting.
        """
        with self._db.read() as session:
            found = results.without_preview(session, limit, after=self._last_video)
        self._last_video = found[-1] if len(found) == limit else ""
        return found


def purge_removed(db: Database, before: datetime) -> int:
    """Delete the rows of clips and collections removed before a moment; files follow as unreferenced ones."""
    with db.write() as session:
        gone = upkeep.purge_removed(session, before)
        upkeep.purge_collections(session, before)
    if gone:
        _log.info("purged", clips=gone)
    return gone


def forget_motion(db: Database, before: datetime, *, prefix: str = "") -> None:
    """Drop the motion videos that nobody has used since a moment; their files follow as unreferenced ones."""
    with db.read() as session:
        old = upkeep.old_motion_clips(session, before, prefix=prefix)
    if old:
        with db.write() as session:
            gone = upkeep.drop_motion_clips(session, old, before)
        _log.info("motion videos let go", files=len(gone))


def collect(db: Database, storage: Storage, before: datetime, *, prefix: str = "") -> None:
    """Take away everything that nobody uses, of the keys that begin with ``prefix``; of all without one."""
    with db.read() as session:
        ownerless = upkeep.ownerless_results(session, before, prefix=prefix)
        ownerless += upkeep.unused_frames(session, before - FRAME_GRACE, prefix=prefix)
    if ownerless:
        with db.write() as session:
            upkeep.drop_ownerless(session, ownerless)
    collect_unreferenced(db, storage, before, prefix=prefix)
    collect_orphans(db, storage, before, prefix=prefix)


def collect_unreferenced(db: Database, storage: Storage, before: datetime, *, prefix: str = "") -> int:
    """Delete files that no asset uses any more, object and row together.

    The object goes while the transaction holds the row: whoever wants to use the file again either has its
    row before, and it stays, or finds afterwards that the object is gone and stores it anew.
    """
    with db.read() as session:
        keys = upkeep.unreferenced_files(session, before, prefix=prefix)
    gone = 0
    for group in _groups(iter(keys), _DELETED_AT_ONCE):
        with db.write() as session:
            forgotten = upkeep.forget_unreferenced(session, group, before)
            for key in forgotten:
                storage.delete(key)
        gone += len(forgotten)
    return gone


def collect_orphans(db: Database, storage: Storage, before: datetime, *, prefix: str = "") -> int:
    """Give files a row that never got one, because their process died in between.

    They are unreferenced then, and go as such, unless somebody stores the same content until then.
    """
    found = 0
    for files in _groups(storage.list(prefix), 500):
        old = {file.key: file for file in files if file.stored_at < before}
        with db.read() as session:
            orphans = upkeep.unknown_keys(session, list(old))
        if not orphans:
            continue
        with db.write() as session:
            for key in orphans:
                digest = key.split("/")[2][:64]
                results.keep_file(session, KeptFile(key, digest, old[key].size, "application/octet-stream"))
        found += len(orphans)
    return found


def sweep_films(db: Database, folder: Path, before: datetime) -> None:
    """Remove the Sandbox's predictions that no clip waits for, and films without a prediction."""
    with db.write() as session:
        for prediction_id in sandbox.forget_settled(session, before):
            (folder / f"{prediction_id}.mp4").unlink(missing_ok=True)
    if not folder.is_dir():
        return
    for films in _groups(folder.glob("*.mp4"), 500):
        with db.read() as session:
            known = sandbox.known(session, [film.stem for film in films])
        for film in films:
            if film.stem not in known:
                film.unlink(missing_ok=True)


def sweep_scratch(folder: Path, grace: timedelta = SCRATCH_GRACE) -> None:
    """Remove work that was left behind. Folders that others sweep by rules of their own stay."""
    if not folder.is_dir():
        return
    oldest = time.time() - grace.total_seconds()
    for path in folder.iterdir():
        if path.name in ("sandbox", "uploads", TAGGED_FOLDER) or _last_touched(path) > oldest:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def _last_touched(path: Path) -> float:
    """When the file, or anything in the folder, was last written; now, if it vanishes meanwhile."""
    try:
        times = [path.stat().st_mtime, *(inner.stat().st_mtime for inner in path.rglob("*"))]
    except FileNotFoundError:
        return time.time()
    return max(times)


def _groups(things: Iterator[T], size: int) -> Iterator[list[T]]:
    while group := list(islice(things, size)):
        yield group
