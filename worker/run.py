"""One RQ worker for one queue: ``python -m worker.run submit``.

One queue only: a worker that waits on two takes jobs by a command that loses them when the worker is killed.
"""

from __future__ import annotations

import asyncio
import os
import sys
from pkgutil import resolve_name
from typing import Final

import structlog
from rq import Worker
from rq.serializers import JSONSerializer

from sorceress_video.jobs.queues import FUNCTIONS, QueueName, get_redis, queue
from sorceress_video.library.database import DatabaseError, get_database
from sorceress_video.runtime.logging import configure
from sorceress_video.settings import get_settings
from worker.cloud.providers.registry import open_all

NICENESS: Final = {QueueName.FETCH: 5, QueueName.SANDBOX: 10, QueueName.MEDIA: 10}
"""Pages, watching and sending come first on a busy machine; a film that is decoded can wait for them."""
NOBODY: Final = "nobody"
"""An id that no row has."""

_log = structlog.get_logger(__name__)


def main(arguments: list[str]) -> int:
    """Work until told to stop. Returns the exit code."""
    try:
        name = QueueName(arguments[0])
    except (IndexError, ValueError):
        sys.stderr.write(f"Name one queue: {', '.join(QueueName)}.\n")
        return 2
    os.nice(NICENESS.get(name, 0))
    configure(f"worker-{name.value}")
    rehearse(name)
    redis = get_redis()
    Worker(
        [queue(name, redis)],
        connection=redis,
        serializer=JSONSerializer,
        maintenance_interval=10,
        job_monitoring_interval=5,
        worker_ttl=30,
        log_job_description=False,
    ).work(with_scheduler=False, logging_level="WARNING")
    return 0


def rehearse(name: QueueName) -> None:
    """Do a job about nobody, so that each job, a fork of this process, finds tables mapped and statements
    compiled, modules and certificates read: most of the processor time of a step.
    """
    try:
        resolve_name(FUNCTIONS[name])(NOBODY, 0)
    except DatabaseError:
        _log.warning("the database is not there yet", exc_info=True)
    finally:
        get_database().close()  # A connection must not come into a fork.
    if name in (QueueName.SUBMIT, QueueName.FETCH):
        asyncio.run(open_all(get_settings()))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
