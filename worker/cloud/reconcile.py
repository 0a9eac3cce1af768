"""Attempts that nobody answered, decided by what their provider can do."""

from __future__ import annotations

from typing import Final

import structlog
from redis import Redis

from sorceress_video.generation.lifecycle import ClipStatus
from sorceress_video.jobs.hints import hint_of, publish
from sorceress_video.jobs.queues import dispatch_resume
from sorceress_video.library import leases, moves
from sorceress_video.library.database import Database
from sorceress_video.library.moves import Moved
from worker.cloud.providers.registry import UnknownProviderError, resubmission_of

_log = structlog.get_logger(__name__)

_DOUBT: Final = (
    "The workspace stopped while {model} was being asked. It may have been accepted and charged; "
    "its provider offers no way to look that up."
)


class Reconciler:
    """Moves stale submits on: the same call again where that is safe, a question to the person where not."""

    def __init__(self, db: Database, redis: Redis) -> None:
        self._db = db
        self._redis = redis

    def run(self) -> None:
        """One turn over all stale submits."""
        with self._db.read() as session:
            stale = [(clip.id, clip.provider) for clip in leases.stale_submits(session, 200)]
        for clip_id, provider in stale:
            if _may_be_sent_again(provider):
                dispatch_resume(self._db, self._redis, clip_id)
            else:
                self._doubt(clip_id)

    def _doubt(self, clip_id: str) -> None:
        done: Moved | None = None
        with self._db.write(durable=True) as session:
            clip = leases.stale_submit(session, clip_id)
            if clip is not None and clip.status == ClipStatus.SUBMITTING.value:
                done = moves.doubt(
                    session, clip, code="interrupted", sentence=_DOUBT.format(model=clip.model_name)
                )
        if done is not None:
            _log.warning("an attempt is in doubt", clip_id=clip_id)
            publish(self._redis, hint_of(done))


def _may_be_sent_again(provider: str) -> bool:
    try:
        return resubmission_of(provider) == "idempotent"
    except UnknownProviderError:
        return False  # Of a version that knew it; only a person can look there now.
