"""Where media files are kept, by the hash of their content: a folder, or an object store by URL.

A file's key never comes from a person: ``ab/cd/<sha256><suffix>``, with a suffix for what was derived
from it. What has a key is complete, because it gets it by one atomic step after it was written.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from sorceress_video.media.errors import StorageError
from sorceress_video.media.storage.contract import Storage, StoredContent, StoredFile, content_key, hash_file
from sorceress_video.media.storage.local import LocalStorage, copy_file
from sorceress_video.settings import Settings

__all__ = [
    "LocalStorage",
    "Storage",
    "StoredContent",
    "StoredFile",
    "content_key",
    "copy_file",
    "hash_file",
    "open_storage",
]


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
    # The default deployment neither needs obstore nor pays for its import.
    from obstore.exceptions import BaseError  # noqa: PLC0415
    from obstore.store import from_url  # noqa: PLC0415

    from sorceress_video.media.storage.objects import ObjectStorage  # noqa: PLC0415

    try:
        return ObjectStorage(from_url(settings.storage_url))
    except BaseError as error:
        raise StorageError(
            "storage_unavailable", "SORCERESS_STORAGE_URL does not name a storage that can be opened."
        ) from error
