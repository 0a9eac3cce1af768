"""A real Valkey on a unix socket, one for the whole run, emptied for each test."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from sorceress_video.runtime import valkey as bundled
from tests.support.waiting import wait_for


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[str]:
    """URL of the run's server, database 0. Take ``valkey`` unless a test needs one that is never emptied."""
    folder = Path(tempfile.mkdtemp(prefix="sorceress-tests-"))
    planned = bundled.ValkeyPlan(bundled.find_binary(), socket=folder / "v.sock", data_dir=folder / "data")
    lock = bundled.DataLock(planned.data_dir)
    spec = planned.process(lock.acquire())
    process = subprocess.Popen(spec.argv, stdout=subprocess.DEVNULL, **spec.options)
    try:
        wait_for(lambda: bundled.answers(planned.url), what="Valkey to answer")
        yield planned.url
    finally:
        process.terminate()
        process.wait(timeout=10)
        lock.release()
        shutil.rmtree(folder)


@pytest.fixture
def valkey(valkey_server: str) -> str:
    """URL of a real, empty server (``unix://…?db=0``)."""
    with redis.Redis.from_url(valkey_server) as client:
        client.flushall()
    return valkey_server
