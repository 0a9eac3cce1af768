"""One RQ worker for one queue: ``python -m worker.run submit``.

One queue only: a worker that waits on two takes jobs by a command that loses them when the worker is killed.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Final

from rq import Worker
from rq.serializers import JSONSerializer

from sorceress_video.jobs.queues import FUNCTIONS, QueueName, get_redis, queue
from sorceress_video.runtime.logging import configure

NICENESS: Final = {QueueName.FETCH: 5, QueueName.SANDBOX: 10, QueueName.MEDIA: 10}
"""Pages, watching and sending come first on a busy machine; a film that is decoded can wait for them."""


def main(arguments: list[str]) -> int:
    """Work until told to stop. Returns the exit code."""
    try:
        name = QueueName(arguments[0])
    except (IndexError, ValueError):
        sys.stderr.write(f"Name one queue: {', '.join(QueueName)}.\n")
        return 2
    os.nice(NICENESS.get(name, 0))
    configure(f"worker-{name.value}")
    importlib.import_module(FUNCTIONS[name].rpartition(".")[0])  # Once here, not in every forked job.
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


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
