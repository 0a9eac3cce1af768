"""The upkeep's turns over real files."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from sorceress_video.library import results, sandbox
from sorceress_video.library.results import KeptFile
from sorceress_video.library.tables import StoredFile, utc_now
from sorceress_video.media.storage import Storage, open_storage
from sorceress_video.settings import get_settings
from tests.support.deployment import Deployment, run_deployment, settings_of
from worker import upkeep

HOUR = 3600.0


@pytest.fixture
def rows(valkey: str, data_dir: Path, tmp_path: Path) -> Iterator[Deployment]:
    """A deployment without processes."""
    with run_deployment(settings_of(data_dir, valkey), tmp_path) as deployment:
        yield deployment


def age(path: Path, hours: float) -> Path:
    """Make a file or folder, and everything in it, look older."""
    for one in [*path.rglob("*"), path]:
        os.utime(one, (time.time() - hours * HOUR,) * 2)
    return path


def leftover(folder: Path, name: str, hours: float) -> Path:
    made = folder / name
    made.mkdir(parents=True)
    (made / ".film.mp4.0a0b.partial").write_bytes(b"half a film")
    return age(made, hours)


def test_scratch_of_dead_processes_goes_and_work_in_progress_stays(rows: Deployment) -> None:
    settings = get_settings()
    scratch, uploads = settings.scratch_dir, settings.scratch_dir / "uploads"
    dead = [
        leftover(scratch, "render-dead", 7),
        leftover(scratch, "fetch-dead", 7),
        leftover(uploads, "dead", 2),
        leftover(settings.media_dir, ".incoming", 0) / ".film.mp4.0a0b.partial",
    ]
    age(dead[-1], 7)
    alive = [leftover(scratch, "render-alive", 2), leftover(uploads, "alive", 0.5)]
    slow = leftover(uploads, "slow", 2)
    (slow / "upload").write_bytes(b"still growing")
    upkeep.Housekeeper(rows.db, settings).run()
    assert [path.exists() for path in dead] == [False] * 4
    assert all(path.exists() for path in [*alive, slow])


def test_films_go_when_no_clip_waits_for_them(rows: Deployment) -> None:
    folder = get_settings().scratch_dir / "sandbox"
    folder.mkdir(parents=True)
    settled = sandbox.submit(rows.db, f"{'0' * 32}-1", {"prompt": "p"}).id
    for name in (settled, "f" * 32):
        (folder / f"{name}.mp4").write_bytes(b"film")
    upkeep.sweep_films(rows.db, folder, utc_now() - timedelta(hours=1))
    assert [film.stem for film in folder.iterdir()] == [settled], "young enough to be copied still"
    upkeep.sweep_films(rows.db, folder, utc_now() + timedelta(seconds=1))
    assert list(folder.iterdir()) == []


def stored(storage: Storage, tmp_path: Path, content: bytes) -> KeptFile:
    path = tmp_path / "content"
    path.write_bytes(content)
    found = storage.store_file(path, "video/mp4")
    return KeptFile(found.key, found.sha256, found.bytes, "video/mp4")


def test_one_turn_looks_at_one_share_of_the_files_and_all_turns_at_all(
    rows: Deployment, tmp_path: Path
) -> None:
    storage, moment = open_storage(get_settings()), utc_now() + timedelta(hours=1)
    kept = [stored(storage, tmp_path, bytes([n])) for n in range(8)]
    with rows.db.write() as session:
        results.keep_file(session, kept[0])  # The others are orphans.
    share = kept[0].key[:2]
    upkeep.collect(rows.db, storage, moment, prefix=share)
    left = {file.key for file in storage.list()}
    assert left == {file.key for file in kept if not file.key.startswith(share)}
    for _ in range(2):  # An orphan gets a row first, and goes as an unreferenced file after it.
        for number in range(upkeep.SHARES):
            upkeep.collect(rows.db, storage, moment, prefix=f"{number:02x}")
    assert list(storage.list()) == []
    with rows.db.read() as session:
        assert session.exec(select(StoredFile.key)).all() == []


def test_a_file_that_is_stored_again_is_as_good_as_new(rows: Deployment, tmp_path: Path) -> None:
    storage = open_storage(get_settings())
    file = stored(storage, tmp_path, b"again")
    with rows.db.write() as session:
        results.keep_file(session, file)
    between = utc_now()
    with rows.db.write() as session:
        results.keep_file(session, file)
    upkeep.collect(rows.db, storage, between)
    assert storage.stat(file.key) is not None
