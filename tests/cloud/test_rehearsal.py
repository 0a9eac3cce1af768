"""What a worker does once, its jobs find done: each is a fork, which would otherwise begin with nothing."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from sorceress_video.jobs.queues import QueueName
from tests.support.deployment import Deployment

# In a fork as RQ makes one: what a job about nobody still imports, and whether it was given a connection.
_WORKER = """
import asyncio, json, os, sys
from pkgutil import resolve_name
from sorceress_video.jobs.queues import FUNCTIONS, QueueName
from sorceress_video.library.database import get_database
from sorceress_video.settings import get_settings
from worker.cloud.providers.registry import open_all
from worker.run import NOBODY, rehearse

name = QueueName(sys.argv[1])
rehearse(name)
if os.fork():
    raise SystemExit(os.waitstatus_to_exitcode(os.wait()[1]))
given, known = get_database().engine.pool.checkedin(), set(sys.modules)
resolve_name(FUNCTIONS[name])(NOBODY, 0)
if name in (QueueName.SUBMIT, QueueName.FETCH):
    asyncio.run(open_all(get_settings()))
print(json.dumps({"connections": given, "imports": sorted(set(sys.modules) - known)}))
"""


@pytest.mark.parametrize("name", QueueName)
def test_a_job_finds_everything_read_and_no_connection(fal_deployment: Deployment, name: QueueName) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _WORKER, name.value],
        env=fal_deployment.env,
        capture_output=True,
        check=True,
        timeout=60,
    )
    assert json.loads(done.stdout) == {"connections": 0, "imports": []}


def test_a_worker_whose_database_is_away_waits_for_jobs_all_the_same(fal_deployment: Deployment) -> None:
    env = {**fal_deployment.env, "DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:1/none"}
    command = "from worker.run import QueueName, rehearse; rehearse(QueueName.SUBMIT)"
    done = subprocess.run(
        [sys.executable, "-c", command], env=env, capture_output=True, text=True, check=True, timeout=60
    )
    assert "the database is not there yet" in done.stdout + done.stderr
