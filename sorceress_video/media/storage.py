"""Where media files are kept, by the hash of their content: a folder, or an object store by URL.

A file's key never comes from a person: ``ab/cd/<sha256><suffix>``, with a suffix for what was derived
from it. What has a key is complete, because it gets it by one atomic step after it was written.

The folder is reached with plain system calls and not through obstore: obstore's runtime does not survive
a fork (a call in a forked worker hangs once its parent has made one), and it neither syncs to the disk
nor refuses symbolic links.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import stat as stat_module
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import urlsplit
from urllib.request import url2pathname

import obstore
from obstore.exceptions import BaseError as ObstoreError
from obstore.store import ObjectStore, from_url

from sorceress_video.media.errors import StorageError, StorageFull, is_no_space
from sorceress_video.settings import Settings

_KEY = re.compile(r"([0-9a-f]{2})/([0-9a-f]{2})/(\1\2[0-9a-f]{60})((?:\.[a-z0-9-]{1,24}){0,3})")
_PREFIX = re.compile(r"|[0-9a-f]{2}|[0-9a-f]{2}/[0-9a-f]{2}|[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{64}")
_INCOMING = ".incoming"
_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class StoredFile:
    """A file in the storage: its key, its size in bytes and when it was stored (UTC)."""

    key: str
    size: int
    stored_at: datetime


@dataclass(frozen=True)
class StoredContent:
    """What was stored under the hash of its content: hexadecimal SHA-256, size in bytes, key."""

    sha256: str
    bytes: int
    key: str


def content_key(sha256: str, suffix: str = "") -> str:
    """The key of a file with that content, or of something derived from it.

    Args:
        sha256: 64 hexadecimal digits in lower case.
        suffix: empty, or up to three parts such as ``.poster-1.webp``.

    Raises:
        StorageError: the key would not have the one shape that keys have.
    """
    return _checked(f"{sha256[:2]}/{sha256[2:4]}/{sha256}{suffix}")


def hash_file(path: Path) -> tuple[str, int]:
    """SHA-256 (hexadecimal) and size in bytes of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), file.tell()


def copy_file(source: Path, target: Path) -> None:
    """Copy a file; the copy appears complete or not at all.

    Raises:
        StorageFull: no room is left at the target.
    """
    with _partial_file(target.parent) as (partial, descriptor):
        with source.open("rb") as file, os.fdopen(os.dup(descriptor), "wb") as copy:
            shutil.copyfileobj(file, copy, _CHUNK)
        partial.replace(target)


class Storage(Protocol):
    """What the workspace asks of its storage. Every method raises `StorageError` for a malformed key."""

    def put_file(self, path: Path, key: str, content_type: str) -> None:
        """Store a copy of a file; complete or not at all. Storing a key again replaces it.

        Raises:
            StorageFull: no room is left; nothing of the file remains.
        """

    def store_file(self, path: Path, content_type: str, suffix: str = "") -> StoredContent:
        """Store a file under the hash of its content."""

    def open_range(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """The bytes from `start` up to, not including, `end`, in pieces of at most a few MiB.

        Raises:
            FileNotFoundError: nothing is stored under the key.
            StorageError: the range does not lie within the file.
        """

    def stat(self, key: str) -> StoredFile | None:
        """Size and age of a stored file, or nothing."""

    def delete(self, key: str) -> None:
        """Remove a file. Nothing happens if it is not there."""

    def list(self, prefix: str = "") -> Iterator[StoredFile]:
        """All stored files, or those under ``ab``, ``ab/cd`` or ``ab/cd/<sha256>``."""

    def fetch_to(self, key: str, path: Path) -> None:
        """Copy a stored file to a path; complete or not at all.

        Raises:
            FileNotFoundError: nothing is stored under the key.
            StorageFull: no room is left at the path.
        """

    def local_path(self, key: str) -> Path | None:
        """The file itself, for reading only, if the storage is a folder and has it."""

    def free_bytes(self) -> int | None:
        """Room that is left in bytes; nothing if the storage has no such limit."""


def open_storage(settings: Settings) -> Storage:
    """The deployment's storage: the media folder, or what ``SORCERESS_STORAGE_URL`` names.

    ``file://`` is a folder; ``s3://``, ``gs://``, ``az://`` and obstore's other URLs are object stores,
    whose credentials obstore reads from the environment.
    """
    if settings.storage_url is None:
        return LocalStorage(settings.media_dir)
    parts = urlsplit(settings.storage_url)
    if parts.scheme == "file":
        return LocalStorage(Path(url2pathname(parts.path)))
    try:
        return ObjectStorage(from_url(settings.storage_url))
    except ObstoreError as error:
        raise StorageError(
            "storage_unavailable", "SORCERESS_STORAGE_URL does not name a storage that can be opened."
        ) from error


class LocalStorage:
    """A folder. Files are synced to the disk before they get their name, and links are never followed."""

    def __init__(self, root: Path) -> None:
        self._root = Path(os.path.realpath(root))
        self._incoming = self._root / _INCOMING
        self._incoming.mkdir(parents=True, exist_ok=True, mode=0o700)

    def put_file(self, path: Path, key: str, content_type: str) -> None:  # noqa: ARG002  (no such label here)
        """See `Storage.put_file`."""
        target = self._path(key)
        with _partial_file(self._incoming) as (partial, descriptor):
            with path.open("rb") as source, os.fdopen(os.dup(descriptor), "wb") as copy:
                shutil.copyfileobj(source, copy, _CHUNK)
            os.fsync(descriptor)
            self._make_folders(target.parent)
            partial.replace(target)
            _sync_folder(target.parent)

    def store_file(self, path: Path, content_type: str, suffix: str = "") -> StoredContent:
        """See `Storage.store_file`."""
        return _store_by_content(self, path, content_type, suffix)

    def open_range(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """See `Storage.open_range`. The file is opened at once, so that errors come before the first byte."""
        descriptor = self._open(key)
        size = os.fstat(descriptor).st_size
        try:
            _check_range(start, end, size)
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
        parts = _checked_prefix(prefix).split("/") if prefix else []
        for first in _folders(self._root, parts[:1]):
            for second in _folders(first, parts[1:2]):
                for path in sorted(second.iterdir()):
                    key = path.relative_to(self._root).as_posix()
                    found = self._lstat(path) if key.startswith(prefix) and _KEY.fullmatch(key) else None
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
        return self._root / _checked(key)

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


class ObjectStorage:
    """An object store (S3, Google, Azure, memory) through obstore.

    A process that forks must not use it before the fork: obstore's runtime belongs to one process.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def put_file(self, path: Path, key: str, content_type: str) -> None:
        """See `Storage.put_file`. An object appears when its upload is complete."""
        with _storage_errors():
            obstore.put(self._store, _checked(key), path, attributes={"Content-Type": content_type})

    def store_file(self, path: Path, content_type: str, suffix: str = "") -> StoredContent:
        """See `Storage.store_file`."""
        return _store_by_content(self, path, content_type, suffix)

    def open_range(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """See `Storage.open_range`."""
        found = self.stat(key)
        if found is None:
            raise FileNotFoundError(key)
        _check_range(start, end, found.size)
        if start == end:
            return iter(())
        with _storage_errors():
            return self._stream(obstore.get(self._store, key, options={"range": (start, end)}))

    def stat(self, key: str) -> StoredFile | None:
        """See `Storage.stat`."""
        with _storage_errors():
            try:
                found = obstore.head(self._store, _checked(key))
            except FileNotFoundError:
                return None
        return StoredFile(key, found["size"], found["last_modified"])

    def delete(self, key: str) -> None:
        """See `Storage.delete`."""
        with _storage_errors():
            try:
                obstore.delete(self._store, _checked(key))
            except FileNotFoundError:
                return

    def list(self, prefix: str = "") -> Iterator[StoredFile]:
        """See `Storage.list`."""
        # Object stores list whole path segments, so that one hash is found through its folder.
        folder = "/".join(_checked_prefix(prefix).split("/")[:2])
        with _storage_errors():
            for page in obstore.list(self._store, folder or None):
                for found in page:
                    key = found["path"]
                    if key.startswith(prefix) and _KEY.fullmatch(key):
                        yield StoredFile(key, found["size"], found["last_modified"])

    def fetch_to(self, key: str, path: Path) -> None:
        """See `Storage.fetch_to`."""
        with _storage_errors(), _partial_file(path.parent) as (partial, descriptor):
            with os.fdopen(os.dup(descriptor), "wb") as copy:
                for chunk in self._stream(obstore.get(self._store, _checked(key))):
                    copy.write(chunk)
            partial.replace(path)

    def local_path(self, key: str) -> Path | None:
        """See `Storage.local_path`."""
        _checked(key)
        return None

    def free_bytes(self) -> int | None:
        """See `Storage.free_bytes`."""
        return None

    @staticmethod
    def _stream(answer: Any) -> Iterator[bytes]:
        with _storage_errors():
            for chunk in answer.stream(min_chunk_size=_CHUNK):
                yield bytes(chunk)


def _folders(parent: Path, wanted: list[str]) -> list[Path]:
    names = wanted or sorted(path.name for path in parent.iterdir() if len(path.name) == 2)
    folders = [parent / name for name in names]
    return [path for path in folders if path.is_dir() and not path.is_symlink()]


def _store_by_content(storage: Storage, path: Path, content_type: str, suffix: str) -> StoredContent:
    digest, size = hash_file(path)
    key = content_key(digest, suffix)
    known = storage.stat(key)
    if known is None or known.size != size:
        storage.put_file(path, key, content_type)
    return StoredContent(digest, size, key)


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise StorageError("bad_key", "This is not the key of a stored file.")
    return key


def _checked_prefix(prefix: str) -> str:
    if not _PREFIX.fullmatch(prefix):
        raise StorageError("bad_key", "This is not the beginning of a stored file's key.")
    return prefix


def _check_range(start: int, end: int, size: int) -> None:
    if not 0 <= start <= end <= size:
        raise StorageError("bad_range", f"Bytes {start} to {end} do not lie within a file of {size} bytes.")


def _stored(key: str, found: os.stat_result) -> StoredFile:
    return StoredFile(key, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))


def _read(descriptor: int, start: int, end: int) -> Iterator[bytes]:
    with os.fdopen(descriptor, "rb", buffering=0) as file:
        file.seek(start)
        left = end - start
        while left > 0 and (chunk := file.read(min(_CHUNK, left))):
            left -= len(chunk)
            yield chunk


@contextmanager
def _partial_file(folder: Path) -> Iterator[tuple[Path, int]]:
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


@contextmanager
def _storage_errors() -> Iterator[None]:
    try:
        yield
    except ObstoreError as error:
        raise StorageError("storage_unavailable", "The storage did not answer as it should.") from error
