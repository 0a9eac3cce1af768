"""A folder as storage.

It is reached with plain system calls and not through obstore: obstore's runtime does not survive a fork (a
call in a forked worker hangs once its parent has made one), and it neither syncs to the disk nor refuses
symbolic links.
"""

from __future__ import annotations

import os
import secrets
import shutil
import stat as stat_module
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from sorceress_video.media.errors import StorageError, StorageFull, is_no_space
from sorceress_video.media.storage.contract import (
    CHUNK,
    KEY_SHAPE,
    Storage,
    StoredFile,
    check_range,
    checked_key,
    checked_prefix,
)

_INCOMING = ".incoming"


def copy_file(source: Path, target: Path) -> None:
    """Copy a file; the copy appears complete or not at all.

    Raises:
        StorageFull: no room is left at the target.
    """
    with partial_file(target.parent) as (partial, descriptor):
        with source.open("rb") as file, os.fdopen(os.dup(descriptor), "wb") as copy:
            shutil.copyfileobj(file, copy, CHUNK)
        partial.replace(target)


class LocalStorage(Storage):
    """A folder. Files are synced to the disk before they get their name, and links are never followed."""

    def __init__(self, root: Path) -> None:
        self._root = Path(os.path.realpath(root))
        self._incoming = self._root / _INCOMING
        self._incoming.mkdir(parents=True, exist_ok=True, mode=0o700)

    def put_file(self, path: Path, key: str, content_type: str) -> None:  # noqa: ARG002  (no such label here)
        """See `Storage.put_file`."""
        target = self._path(key)
        with partial_file(self._incoming) as (partial, descriptor):
            with path.open("rb") as source, os.fdopen(os.dup(descriptor), "wb") as copy:
                shutil.copyfileobj(source, copy, CHUNK)
            os.fsync(descriptor)
            self._make_folders(target.parent)
            partial.replace(target)
            _sync_folder(target.parent)

    def open_range(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """See `Storage.open_range`. The file is opened at once, so that errors come before the first byte."""
        descriptor = self._open(key)
        size = os.fstat(descriptor).st_size
        try:
            check_range(start, end, size)
        except StorageError:
            os.close(descriptor)
            raise
        return _read(descriptor, start, end)

    def stat(self, key: str) -> StoredFile | None:
        """See `Storage.stat`."""
        found = self._lstat(self._path(key))
        return None if found is None else _stored(key, found)

    def delete(self, key: str) -> None:
        """See `Storage.delete`."""
        path = self._path(key)
        if self._lstat(path) is not None:
            path.unlink(missing_ok=True)

    def list(self, prefix: str = "") -> Iterator[StoredFile]:
        """See `Storage.list`."""
        parts = checked_prefix(prefix).split("/") if prefix else []
        for first in _folders(self._root, parts[:1]):
            for second in _folders(first, parts[1:2]):
                for path in sorted(second.iterdir()):
                    key = path.relative_to(self._root).as_posix()
                    found = self._lstat(path) if key.startswith(prefix) and KEY_SHAPE.fullmatch(key) else None
                    if found is not None:
                        yield _stored(key, found)

    def fetch_to(self, key: str, path: Path) -> None:
        """See `Storage.fetch_to`."""
        found = self.local_path(key)
        if found is None:
            raise FileNotFoundError(key)
        copy_file(found, path)

    def local_path(self, key: str) -> Path | None:
        """See `Storage.local_path`."""
        path = self._path(key)
        return None if self._lstat(path) is None else path

    def free_bytes(self) -> int | None:
        """See `Storage.free_bytes`."""
        return shutil.disk_usage(self._root).free

    def _path(self, key: str) -> Path:
        return self._root / checked_key(key)

    def _lstat(self, path: Path) -> os.stat_result | None:
        """Status of a regular file that is reached without any link; nothing for all else."""
        try:
            found = path.lstat()
        except (FileNotFoundError, NotADirectoryError):
            return None
        if not stat_module.S_ISREG(found.st_mode) or os.path.realpath(path.parent) != str(path.parent):
            return None
        return found

    def _open(self, key: str) -> int:
        path = self._path(key)
        if self._lstat(path) is None:
            raise FileNotFoundError(key)
        return os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)

    def _make_folders(self, folder: Path) -> None:
        for path in (folder.parent, folder):
            if not path.is_dir():
                path.mkdir(exist_ok=True)
                _sync_folder(path.parent)
        if os.path.realpath(folder) != str(folder):
            raise StorageError("storage_link", "The media folder contains a link where it must not have one.")


def _folders(parent: Path, wanted: list[str]) -> list[Path]:
    names = wanted or sorted(path.name for path in parent.iterdir() if len(path.name) == 2)
    folders = [parent / name for name in names]
    return [path for path in folders if path.is_dir() and not path.is_symlink()]


def _stored(key: str, found: os.stat_result) -> StoredFile:
    return StoredFile(key, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))


def _read(descriptor: int, start: int, end: int) -> Iterator[bytes]:
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        file.seek(start)
        left = end - start
        while left > 0 and (chunk := file.read(min(CHUNK, left))):
            left -= len(chunk)
            yield chunk


@contextmanager
def partial_file(folder: Path) -> Iterator[tuple[Path, int]]:
    """A new file in the folder as (path, descriptor); gone afterwards unless it was renamed."""
    partial = folder / f".{secrets.token_hex(12)}.partial"
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            yield partial, descriptor
        finally:
            os.close(descriptor)
    except OSError as error:
        if is_no_space(error):
            raise StorageFull from error
        raise
    finally:
        partial.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
