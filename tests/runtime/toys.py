"""Small processes for the supervisor's tests, and the supervisor with them in place of web and workers.

``python -m tests.runtime.toys supervise`` or one of the roles below. Each process writes its id into a file
of the data folder, so that a test can find it.
"""

from __future__ import annotations

import http.server
import os
import signal
import sys

import structlog

from sorceress_video.runtime.errors import StartupError
from sorceress_video.runtime.logging import configure
from sorceress_video.runtime.output import Terminal
from sorceress_video.runtime.roles import Role
from sorceress_video.runtime.supervisor import run
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
    roles = tuple(Role(name, ("tests.runtime.toys", name)) for name in os.environ["TOYS"].split())
    try:
        run(settings, Terminal(settings.log_format), roles=roles)
    except StartupError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    {"page": page, "worker": worker, "stubborn": stubborn, "supervise": supervise}[sys.argv[1]]()
