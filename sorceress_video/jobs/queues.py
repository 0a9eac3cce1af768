"""The queues and how work gets into them. RQ carries ids only, as JSON; the row decides what they mean."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Final

import structlog
from redis import Redis
from rq import Queue
from rq.exceptions import DuplicateJobError
from rq.serializers import JSONSerializer

from sorceress_video.generation.lifecycle import ClipStatus
from sorceress_video.jobs.points import Point, reached
from sorceress_video.library import leases
from sorceress_video.library.database import Database
from sorceress_video.library.tables import Clip
from sorceress_video.settings import get_settings

_log = structlog.get_logger(__name__)


class QueueName(StrEnum):
    """One queue each, because a worker that listens on two loses jobs when it is killed."""

    SUBMIT = "submit"
    FETCH = "fetch"
    MEDIA = "media"
    SANDBOX = "sandbox"


JOB_SECONDS: Final = {
    QueueName.SUBMIT: 600,
    QueueName.FETCH: 1800,
    QueueName.MEDIA: 900,
    QueueName.SANDBOX: 900,
}
"""After this long a job is ended by its worker."""

FUNCTIONS: Final = {
    QueueName.SUBMIT: "worker.cloud.engine.submit",
    QueueName.FETCH: "worker.cloud.engine.fetch",
    QueueName.MEDIA: "worker.media.tasks.derive",
    QueueName.SANDBOX: "worker.sandbox.tasks.render_prediction",
}

_STAGES: Final = {
    ClipStatus.QUEUED: QueueName.SUBMIT,
    ClipStatus.WAITING: QueueName.SUBMIT,
    ClipStatus.SUBMITTING: QueueName.SUBMIT,
    ClipStatus.FETCHING: QueueName.FETCH,
}

CLAIM: Final = timedelta(seconds=10)
"""A dispatched clip that no worker took up by then is looked for in its queue, and put back if gone."""


@lru_cache(maxsize=1)
def get_redis() -> Redis:
    """The process's connection pool to Redis.

    Raises:
        RuntimeError: no ``REDIS_URL``; the supervisor sets it for every process that it starts.
    """
    url = get_settings().redis_url
    if url is None:
        raise RuntimeError("REDIS_URL is not set.")
    return Redis.from_url(url, socket_timeout=30, socket_connect_timeout=2, health_check_interval=15)


def queue(name: QueueName, redis: Redis) -> Queue:
    """One queue, with the JSON serializer: a reader of Redis must not be able to run code here."""
    return Queue(name.value, connection=redis, serializer=JSONSerializer)


def enqueue(redis: Redis, name: QueueName, subject: str, dispatch: int) -> None:
    """Put one step of one subject (a clip, an asset, a prediction) into its queue.

    The job's id holds the dispatch number, so the same step cannot be queued twice.
    """
    try:
        queue(name, redis).enqueue(
            FUNCTIONS[name],
            args=(subject, dispatch),
            job_id=_job_id(name, subject, dispatch),
            unique=True,
            job_timeout=JOB_SECONDS[name],
            result_ttl=60,
            failure_ttl=3600,
        )
    except DuplicateJobError:
        _log.debug("already queued", queue=name.value, subject=subject, dispatch=dispatch)


def dispatch_clips(
    db: Database, redis: Redis, clip_ids: Iterable[str] | None = None, *, limit: int = 200
) -> int:
    """Hand clips that are due to their queues. The row is the outbox: what fails here is found again.

    Args:
        clip_ids: only these; all that are due otherwise.

    Returns:
        How many were handed over.

    Raises:
        RedisError: the rows are claimed and not queued; they are found again when the claim runs out.
    """
    wanted = None if clip_ids is None else set(clip_ids)
    with db.read() as session:
        due = leases.due(session, limit, only=wanted)
    if not due:
        return 0
    still_queued = {clip.id for clip in due if is_queued(redis, _stage(clip), clip.id, clip.dispatch)}
    with db.write() as session:
        claims = [
            claimed
            for clip in due
            if (claimed := leases.claim(session, clip, CLAIM, anew=clip.id not in still_queued)) is not None
        ]
    reached(Point.DISPATCH_CLAIMED)
    for claimed in claims:
        if claimed.clip_id not in still_queued:
            enqueue(redis, _STAGES[claimed.status], claimed.clip_id, claimed.dispatch)
    reached(Point.DISPATCH_QUEUED)
    return len(claims) - len(still_queued)


def is_queued(redis: Redis, name: QueueName, subject: str, dispatch: int) -> bool:
    """Whether a step that was queued still waits its turn behind others."""
    if dispatch == 0:
        return False
    return redis.lpos(queue(name, redis).key, _job_id(name, subject, dispatch)) is not None


def _stage(clip: Clip) -> QueueName:
    return _STAGES[ClipStatus(clip.status)]


def _job_id(name: QueueName, subject: str, dispatch: int) -> str:
    return f"{name.value}-{subject}-{dispatch}"


def dispatch_resume(db: Database, redis: Redis, clip_id: str) -> None:
    """Send a stale submit through its queue again, for a provider that knows the attempt's key."""
    with db.read() as session:
        clip = leases.stale_submit(session, clip_id)
    if clip is None:
        return
    waiting = is_queued(redis, QueueName.SUBMIT, clip.id, clip.dispatch)
    with db.write() as session:
        claimed = leases.claim(session, clip, CLAIM, anew=not waiting)
    if claimed is not None and not waiting:
        enqueue(redis, QueueName.SUBMIT, claimed.clip_id, claimed.dispatch)
