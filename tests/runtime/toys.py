"""Small processes for the supervisor's tests, and a supervisor that runs them beside a real Valkey.

``python -m tests.runtime.toys supervise`` or one of the roles below. Each process writes its id into a file
of the data folder, so that a test can find it.
"""

from __future__ import annotations

import asyncio
import http.server
import os
import signal
import sys

import structlog

from sorceress_video.runtime import valkey
from sorceress_video.runtime.environment import child_environment
from sorceress_video.runtime.logging import configure
from sorceress_video.runtime.output import Terminal
from sorceress_video.runtime.page_build import ROOT
from sorceress_video.runtime.process import ProcessSpec
from sorceress_video.runtime.supervisor import Supervisor
from sorceress_video.settings import get_settings


def note(name: str) -> None:
    """Write this process's id where the test looks for it."""
    folder = get_settings().data_dir / "pids"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.new").write_text(str(os.getpid()))
    (folder / f"{name}.new").rename(folder / name)


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


def page() -> None:
    note("page")
    http.server.ThreadingHTTPServer(("127.0.0.1", get_settings().port), Page).serve_forever()


def worker() -> None:
    """Like an RQ worker: the job is a child in a process group of its own."""
    configure("worker")
    structlog.get_logger().warning("hello from the worker", clip_id="clip-7")
    print("calling with Authorization: Bearer abc123def456ghi789", flush=True)
    if os.fork() == 0:
        os.setpgrp()
        note("job")
        signal.pause()
    note("worker")
    signal.pause()


def stubborn() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    note("stubborn")
    while True:
        signal.pause()


def supervise() -> None:
    settings = get_settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    (settings.data_dir / "logs").mkdir(exist_ok=True)
    planned = valkey.plan(settings.data_dir)
    lock = valkey.DataLock(planned.data_dir)
    names = os.environ["TOYS"].split()
    toys = tuple(
        ProcessSpec(
            name=name,
            argv=(sys.executable, "-m", "tests.runtime.toys", name),
            env=child_environment(os.environ, secrets=(), extra={"SORCERESS_LOG_FORMAT": "json"}),
            cwd=ROOT,
        )
        for name in names
    )
    server = planned.process(lock.acquire())
    terminal = Terminal("console")
    asyncio.run(Supervisor(settings, terminal).run(server=server, redis_url=planned.url, others=toys))
    lock.release()
    valkey.remove_socket(planned)


if __name__ == "__main__":
    {"page": page, "worker": worker, "stubborn": stubborn, "supervise": supervise}[sys.argv[1]]()
