"""Handing the Sandbox's predictions to its renderers; the row is the outbox here too."""

from __future__ import annotations

from redis import Redis

from sorceress_video.jobs.queues import CLAIM, QueueName, enqueue, is_queued
from sorceress_video.library import sandbox
from sorceress_video.library.database import Database


def dispatch_predictions(db: Database, redis: Redis, *, only: str | None = None, limit: int = 100) -> int:
    """Queue predictions that no renderer holds; how many.

    Raises:
        RedisError: what was claimed is found again when the claim runs out.
    """
    with db.read() as session:
        due = sandbox.due(session, limit, only=only)
    if not due:
        return 0
    waiting = {one.id for one in due if is_queued(redis, QueueName.SANDBOX, one.id, one.dispatch)}
    with db.write() as session:
        claims = [
            (one.id, number)
            for one in due
            if (number := sandbox.claim(session, one, CLAIM, anew=one.id not in waiting)) is not None
        ]
    for prediction_id, number in claims:
        if prediction_id not in waiting:
            enqueue(redis, QueueName.SANDBOX, prediction_id, number)
    return len(claims) - len(waiting)
