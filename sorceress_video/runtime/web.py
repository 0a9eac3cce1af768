"""The web process: pages, sockets, HTTP routes and media on one port, served by granian."""

from __future__ import annotations

import multiprocessing
import os
import signal
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from sorceress_video.runtime.logging import configure
from sorceress_video.runtime.process import tie_to_parent
from sorceress_video.settings import get_settings

# Reflex's own switches: the pages are compiled already, and this process serves them.
_REFLEX = {
    "REFLEX_ENV_MODE": "prod",
    "REFLEX_CHECK_LATEST_VERSION": "false",
    "__REFLEX_SKIP_COMPILE": "true",
    "__REFLEX_MOUNT_FRONTEND_COMPILED_APP": "true",
}
_GRACE = 4  # seconds for open requests when the process is told to stop
# Granian's lines join ours instead of being printed in a format of their own.
_LOGGERS = {
    "loggers": {
        "_granian": {"handlers": [], "level": "INFO", "propagate": True},
        "granian.access": {"handlers": [], "level": "WARNING", "propagate": True},
    }
}


def application() -> Any:
    """The ASGI application; granian calls this once in each of its worker processes."""
    parent = multiprocessing.parent_process()
    if parent is not None and parent.pid is not None:
        tie_to_parent(parent.pid, signal.SIGKILL)
    configure("web")
    from sorceress_video.sorceress_video import app  # noqa: PLC0415 - Only where the switches are set.

    return app()


def main() -> None:
    """Serve until SIGTERM."""
    os.environ.update(_REFLEX)
    configure("web")
    settings = get_settings()
    Server(
        target="sorceress_video.runtime.web:application",
        factory=True,
        interface=Interfaces.ASGI,
        address=settings.host,
        port=settings.port,
        log_level=LogLevels.info,
        log_dictconfig=_LOGGERS,
        workers_kill_timeout=_GRACE,
    ).serve()


if __name__ == "__main__":
    main()
