"""The bounded child's side: sets its limits, runs one task, answers with one line of JSON.

Nothing but the standard library is imported before the limits hold.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import resource
import signal
import sys
import traceback
from typing import Any

from sorceress_video.media.errors import MediaError, SandboxFailed, StorageFull, is_no_space

INPUT_NAME = "input"
TASKS = {
    "accept_image": "sorceress_video.media.image_tasks",
    "make_thumbnail": "sorceress_video.media.image_tasks",
    "accept_video": "sorceress_video.media.video_tasks",
    "accept_audio": "sorceress_video.media.video_tasks",
    "inspect_result": "sorceress_video.media.video_tasks",
    "make_derivatives": "sorceress_video.media.derive_tasks",
    "tagged_copy": "sorceress_video.media.tag_tasks",
    "take_frame": "sorceress_video.media.frame_tasks",
    "lengthen_video": "sorceress_video.media.motion_tasks",
    "cut_video": "sorceress_video.media.motion_tasks",
    "faststart_copy": "sorceress_video.media.video_tasks",
}


def main() -> None:
    """Run the task of the last argument. Ends the process without the interpreter's slow goodbye."""
    request = json.loads(sys.argv[2])
    # What a C library prints must not mix with the answer.
    answer_to = os.dup(1)
    os.dup2(2, 1)
    set_limits(request["bounds"])
    found = answer(request["task"], request["arguments"])
    os.write(answer_to, json.dumps(found).encode() + b"\n")
    sys.stderr.flush()
    os._exit(0)


def set_limits(bounds: dict[str, int]) -> None:
    """Bind this process, for good, to the fields of `sandbox.Bounds`."""
    cpu = bounds["cpu_seconds"]
    for limit, soft, hard in (
        (resource.RLIMIT_AS, bounds["memory"], bounds["memory"]),
        # The soft limit's signal tells the parent why; the hard one kills.
        (resource.RLIMIT_CPU, cpu, cpu + 1),
        (resource.RLIMIT_FSIZE, bounds["file_size"], bounds["file_size"]),
        (resource.RLIMIT_NOFILE, bounds["open_files"], bounds["open_files"]),
        (resource.RLIMIT_CORE, 0, 0),
    ):
        # macOS refuses some of them; the wall clock holds everywhere.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(limit, (soft, hard))
    # If the parent is killed, nobody is left to watch the clock.
    signal.alarm(bounds["wall_seconds"] + 1)


def answer(task: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Run a task in the current folder: its result and the files that it made, or its error as data."""
    try:
        module = importlib.import_module(TASKS[task])
        before = {entry.name for entry in os.scandir()}
        result = getattr(module, task)(**arguments)
        made = sorted({entry.name for entry in os.scandir() if entry.is_file()} - before)
    except MediaError as error:
        return _failed(error)
    except MemoryError:
        return _failed(SandboxFailed("decoder_memory", "The file needs more memory than it may have."))
    except Exception as error:  # noqa: BLE001  (the boundary of the process: all goes to the log and the parent)
        traceback.print_exc()
        if is_no_space(error):
            return _failed(StorageFull())
        return _failed(SandboxFailed("decoder_crashed", "The file could not be read: it broke the decoder."))
    return {"result": result, "made": made}


def _failed(error: MediaError) -> dict[str, Any]:
    return {"error": {"type": type(error).__name__, "code": error.code, "sentence": error.sentence}}
