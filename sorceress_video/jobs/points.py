"""Named points in a clip's life at which a test may end the process, to prove that nothing is lost there."""

from __future__ import annotations

import os
import signal
from enum import StrEnum
from pathlib import Path
from typing import Final

_ENV: Final = "SORCERESS_TEST_KILL_AT"


class Point(StrEnum):
    """Every place where dying is interesting. The names say what was just done, or is about to be."""

    ADMIT_COMMITTED = "admit.committed"
    DISPATCH_CLAIMED = "dispatch.claimed"
    DISPATCH_QUEUED = "dispatch.queued"
    SUBMIT_TAKEN = "submit.taken"
    SUBMIT_PREPARED = "submit.prepared"
    SUBMIT_ATTEMPT_WRITTEN = "submit.attempt_written"
    SUBMIT_ANSWERED = "submit.answered"
    SUBMIT_TICKET_STORED = "submit.ticket_stored"
    WATCH_LEASED = "watch.leased"
    WATCH_ANSWERED = "watch.answered"
    WATCH_FINISHED = "watch.finished"
    CANCEL_ANSWERED = "cancel.answered"
    FETCH_TAKEN = "fetch.taken"
    FETCH_DOWNLOADED = "fetch.downloaded"
    FETCH_INSPECTED = "fetch.inspected"
    FETCH_FILE_STORED = "fetch.file_stored"
    FETCH_POSTER_STORED = "fetch.poster_stored"
    FETCH_COMMITTED = "fetch.committed"
    DERIVE_MADE = "derive.made"
    DERIVE_FILE_STORED = "derive.file_stored"
    RENDER_STARTED = "render.started"
    RENDER_DONE = "render.done"
    RENDER_COMMITTED = "render.committed"


def reached(point: Point) -> None:
    """Do nothing, unless a test armed this point: then this process ends as by ``kill -9``, once.

    Armed is a point when ``SORCERESS_TEST_KILL_AT`` names a folder that holds a file of the point's name; the
    file is removed first, so that whoever comes next passes. A file that says ``stop`` lets the process sleep
    instead, until somebody sends SIGCONT.
    """
    folder = os.environ.get(_ENV)
    if folder is None:
        return
    armed = Path(folder) / point.value
    try:
        wanted = armed.read_text(encoding="utf-8")
        armed.unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGSTOP if wanted == "stop" else signal.SIGKILL)
