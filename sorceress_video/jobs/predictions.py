"""Handing the Sandbox's predictions to its renderers; the row is the outbox here too."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

import structlog
from redis import Redis
from redis.exceptions import RedisError

from sorceress_video.jobs.queues import QueueName, enqueue
from sorceress_video.library import sandbox
from sorceress_video.library.database import Database

_log = structlog.get_logger(__name__)

CLAIM: Final = timedelta(minutes=5)
"""A dispatched prediction waits in the queue behind others at most this long before it is queued again."""


def dispatch_predictions(db: Database, redis: Redis, *, only: str | None = None, limit: int = 100) -> int:
    """Queue predictions that no renderer holds; how many."""
    with db.write() as session:
        claims = [
            (prediction.id, number)
            for prediction in sandbox.due(session, limit, only=only)
            if (number := sandbox.claim(session, prediction, CLAIM)) is not None
        ]
    for prediction_id, number in claims:
        try:
            enqueue(redis, QueueName.SANDBOX, prediction_id, number)
        except RedisError as error:
            _log.warning("not queued, will be again", prediction=prediction_id, error=type(error).__name__)
            return 0
    return len(claims)
