"""What the workspace asks of its storage, and the one shape that the keys of stored files have."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from sorceress_video.media.errors import StorageError

KEY_SHAPE = re.compile(r"([0-9a-f]{2})/([0-9a-f]{2})/(\1\2[0-9a-f]{60})((?:\.[a-z0-9-]{1,24}){0,3})")
_PREFIX_SHAPE = re.compile(r"|[0-9a-f]{2}|[0-9a-f]{2}/[0-9a-f]{2}|[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{64}")
CHUNK = 1024 * 1024
"""Bytes that are read or copied at once."""


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
    return checked_key(f"{sha256[:2]}/{sha256[2:4]}/{sha256}{suffix}")


def hash_file(path: Path) -> tuple[str, int]:
    """SHA-256 (hexadecimal) and size in bytes of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest(), file.tell()


class Storage(Protocol):
    """What the workspace asks of its storage. Every method raises `StorageError` for a malformed key."""

    def put_file(self, path: Path, key: str, content_type: str) -> None:
        """Store a copy of a file; complete or not at all. Storing a key again replaces it.

        Raises:
            StorageFull: no room is left; nothing of the file remains.
        """

    def store_file(self, path: Path, content_type: str, suffix: str = "") -> StoredContent:
        """Store a file under the hash of its content. Errors as `put_file`."""
        digest, size = hash_file(path)
        key = content_key(digest, suffix)
        known = self.stat(key)
        if known is None or known.size != size:
            self.put_file(path, key, content_type)
        return StoredContent(digest, size, key)

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


def checked_key(key: str) -> str:
    """The key itself, if it has the shape of a key."""
    if not KEY_SHAPE.fullmatch(key):
        raise StorageError("bad_key", "This is not the key of a stored file.")
    return key


def checked_prefix(prefix: str) -> str:
    """The prefix itself, if keys can begin with it."""
    if not _PREFIX_SHAPE.fullmatch(prefix):
        raise StorageError("bad_key", "This is not the beginning of a stored file's key.")
    return prefix


def check_range(start: int, end: int, size: int) -> None:
    """Refuse a range of bytes that a file of that size does not have."""
    if not 0 <= start <= end <= size:
        raise StorageError("bad_range", f"Bytes {start} to {end} do not lie within a file of {size} bytes.")
