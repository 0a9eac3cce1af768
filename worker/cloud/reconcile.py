"""Attempts that nobody answered, decided by what their provider can do."""

from __future__ import annotations

import asyncio
from typing import Final

import structlog
from redis import Redis

from sorceress_video.generation.lifecycle import ClipStatus
from sorceress_video.jobs.hints import hint_of, publish
from sorceress_video.jobs.queues import dispatch_resume
from sorceress_video.library import moves
from sorceress_video.library.database import Database
from sorceress_video.library.moves import Moved
from sorceress_video.settings import Settings
from worker.cloud.providers.registry import open_provider

_log = structlog.get_logger(__name__)

_DOUBT: Final = (
    "The workspace stopped while {model} was being asked. It may have been accepted and charged; "
    "its provider offers no way to look that up."
)


class Reconciler:
    """Moves stale submits on: the same call again where that is safe, a question to the person where not."""

    def __init__(self, db: Database, redis: Redis, settings: Settings) -> None:
        self._db = db
        self._redis = redis
        self._settings = settings
        self._capability: dict[str, str] = {}

    async def run(self) -> None:
        """One turn over all stale submits."""
        with self._db.read() as session:
            stale = [(clip.id, clip.provider) for clip in moves.stale_submits(session, 200)]
        for clip_id, provider in stale:
            if await self._resubmission(provider) == "idempotent":
                await asyncio.to_thread(dispatch_resume, self._db, self._redis, clip_id)
            else:
                await asyncio.to_thread(self._doubt, clip_id)

    async def _resubmission(self, name: str) -> str:
        if name not in self._capability:
            provider = open_provider(name, self._settings)
            self._capability[name] = provider.resubmission
            await provider.aclose()
        return self._capability[name]

    def _doubt(self, clip_id: str) -> None:
        done: Moved | None = None
        with self._db.write(durable=True) as session:
            clip = moves.stale_submit(session, clip_id)
            if clip is not None and clip.status == ClipStatus.SUBMITTING.value:
                done = moves.doubt(
                    session, clip, code="interrupted", sentence=_DOUBT.format(model=clip.model_name)
                )
        if done is not None:
            _log.warning("an attempt is in doubt", clip_id=clip_id)
            publish(self._redis, hint_of(done))
