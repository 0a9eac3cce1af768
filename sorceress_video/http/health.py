"""``/healthz``: the process is alive. ``/readyz``: everything that a clip needs is there."""

from __future__ import annotations

import asyncio
import os
import tempfile
from collections.abc import Callable
from datetime import timedelta
from functools import lru_cache
from typing import Final

import structlog
from redis import Redis
from redis.exceptions import RedisError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sorceress_video.http.storage import storage
from sorceress_video.library.assets import database_answers
from sorceress_video.library.database import DatabaseError, get_database
from sorceress_video.library.tables import utc_now
from sorceress_video.library.upkeep import last_beat
from sorceress_video.media.errors import MediaError
from sorceress_video.media.storage import content_key
from sorceress_video.settings import get_settings

WATCHER_SILENCE: Final = timedelta(seconds=30)
_DEADLINE: Final = 5.0  # seconds for each part

_log = structlog.get_logger(__name__)


async def alive(_request: Request) -> Response:
    """``GET /healthz``."""
    return JSONResponse({"alive": True}, headers={"Cache-Control": "no-store"})


async def ready(_request: Request) -> Response:
    """``GET /readyz``: 200 or 503 with ``{"ready": bool, "parts": {name: "ok" or "down"}}``."""
    states = await asyncio.gather(*(_is_up(name, check) for name, check in PARTS.items()))
    parts = {name: "ok" if up else "down" for name, up in zip(PARTS, states, strict=True)}
    return JSONResponse(
        {"ready": all(states), "parts": parts},
        200 if all(states) else 503,
        headers={"Cache-Control": "no-store"},
    )


async def _is_up(name: str, check: Callable[[], bool]) -> bool:
    try:
        async with asyncio.timeout(_DEADLINE):
            return await asyncio.to_thread(check)
    except (DatabaseError, RedisError, OSError, MediaError, TimeoutError) as error:
        # Strangers may ask; what went wrong is for the log.
        _log.warning("part_down", part=name, error=type(error).__name__)
        return False


def _database() -> bool:
    return database_answers(get_database())


def _valkey() -> bool:
    client = _redis()
    return client is not None and bool(client.ping())


def _storage() -> bool:
    """Uploads can be written, and the storage answers."""
    settings = get_settings()
    scratch = settings.scratch_dir
    scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=scratch) as probe:
        probe.write(b"ready")
        probe.flush()
        os.fsync(probe.fileno())
    storage().stat(content_key("0" * 64))
    return settings.storage_url is not None or os.access(settings.media_dir, os.W_OK)


def _watcher() -> bool:
    seen = last_beat(get_database(), "watcher")
    return seen is not None and utc_now() - seen <= WATCHER_SILENCE


@lru_cache(maxsize=1)
def _redis() -> Redis | None:
    url = get_settings().redis_url
    return Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2) if url else None


PARTS: Final[dict[str, Callable[[], bool]]] = {
    "database": _database,
    "valkey": _valkey,
    "storage": _storage,
    "watcher": _watcher,
}
