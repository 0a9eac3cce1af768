"""An object store as storage: S3, Google, Azure, or memory, through obstore."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import obstore
from obstore.exceptions import BaseError as ObstoreError
from obstore.store import ObjectStore

from sorceress_video.media.errors import StorageError
from sorceress_video.media.storage.contract import (
    CHUNK,
    KEY_SHAPE,
    Storage,
    StoredFile,
    check_range,
    checked_key,
    checked_prefix,
)
from sorceress_video.media.storage.local import partial_file


class ObjectStorage(Storage):
    """Objects under the same keys.

    A process that forks must not use it before the fork: obstore's runtime belongs to one process.
    """

    def __init__(self, store: ObjectStore) -> None:
        self._store = store

    def put_file(self, path: Path, key: str, content_type: str) -> None:
        """See `Storage.put_file`. An object appears when its upload is complete."""
        with _storage_errors():
            obstore.put(self._store, checked_key(key), path, attributes={"Content-Type": content_type})

    def open_range(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """See `Storage.open_range`."""
        found = self.stat(key)
        if found is None:
            raise FileNotFoundError(key)
        check_range(start, end, found.size)
        if start == end:
            return iter(())
        with _storage_errors():
            return self._stream(obstore.get(self._store, key, options={"range": (start, end)}))

    def stat(self, key: str) -> StoredFile | None:
        """See `Storage.stat`."""
        with _storage_errors():
            try:
                found = obstore.head(self._store, checked_key(key))
            except FileNotFoundError:
                return None
        return StoredFile(key, found["size"], found["last_modified"])

    def delete(self, key: str) -> None:
        """See `Storage.delete`."""
        with _storage_errors():
            try:
                obstore.delete(self._store, checked_key(key))
            except FileNotFoundError:
                return

    def list(self, prefix: str = "") -> Iterator[StoredFile]:
        """See `Storage.list`."""
        # Object stores list whole path segments, so that one hash is found through its folder.
        folder = "/".join(checked_prefix(prefix).split("/")[:2])
        with _storage_errors():
            for page in obstore.list(self._store, folder or None):
                for found in page:
                    key = found["path"]
                    if key.startswith(prefix) and KEY_SHAPE.fullmatch(key):
                        yield StoredFile(key, found["size"], found["last_modified"])

    def fetch_to(self, key: str, path: Path) -> None:
        """See `Storage.fetch_to`."""
        with _storage_errors(), partial_file(path.parent) as (partial, descriptor):
            with os.fdopen(os.dup(descriptor), "wb") as copy:
                for chunk in self._stream(obstore.get(self._store, checked_key(key))):
                    copy.write(chunk)
            partial.replace(path)

    def local_path(self, key: str) -> Path | None:
        """See `Storage.local_path`."""
        checked_key(key)
        return None

    def free_bytes(self) -> int | None:
        """See `Storage.free_bytes`."""
        return None

    @staticmethod
    def _stream(answer: Any) -> Iterator[bytes]:
        with _storage_errors():
            for chunk in answer.stream(min_chunk_size=CHUNK):
                yield bytes(chunk)


@contextmanager
def _storage_errors() -> Iterator[None]:
    try:
        yield
    except ObstoreError as error:
        raise StorageError("storage_unavailable", "The storage did not answer as it should.") from error
