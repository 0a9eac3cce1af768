"""The process's storage, opened when it is first asked for: obstore must not be used before a fork."""

from __future__ import annotations

from functools import lru_cache

from sorceress_video.media.storage import Storage, open_storage
from sorceress_video.settings import get_settings


@lru_cache(maxsize=1)
def storage() -> Storage:
    """The deployment's storage."""
    return open_storage(get_settings())
