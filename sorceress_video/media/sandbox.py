"""Runs one decoding task in a bounded child process, because decoders of foreign files can be made to hang,
to take all memory, or worse.

The child is a fresh interpreter: no secrets in its environment, a folder of its own with nothing but its
input, limits on memory, processor time, file size and open files, and a wall clock after which its whole
process group is killed. It answers with one line of JSON. A fresh process costs 0.1 s for images and 0.2 s
for video; a resident fork server would save most of that, but would have to be kept in every web process and
in every forked worker, where nothing waits for those milliseconds.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import stat
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from sorceress_video.media.decoder import INPUT_NAME
from sorceress_video.media.errors import (
    MediaError,
    MediaRefused,
    MediaUnreadable,
    ResultUnusable,
    SandboxFailed,
    StorageFull,
)

_PROJECT = Path(__file__).resolve().parents[2]
_BOOTSTRAP = (
    "import sys; sys.path.insert(0, sys.argv[1]); from sorceress_video.media.decoder import main; main()"
)
_VERDICTS: dict[str, type[MediaError]] = {
    kind.__name__: kind for kind in (MediaRefused, MediaUnreadable, ResultUnusable, SandboxFailed)
}
_ANSWER_BYTES = 64 * 1024
_LOG_BYTES = 4096
_MIB = 1024 * 1024


@dataclass(frozen=True)
class Bounds:
    """What one child may use: address space and size of a file (bytes), processor and wall time (s)."""

    memory: int = 1024 * _MIB
    file_size: int = 64 * _MIB
    cpu_seconds: int = 10
    wall_seconds: int = 30
    open_files: int = 32


def run_task(
    task: str,
    source: Path,
    outputs: dict[str, Path],
    arguments: dict[str, Any],
    *,
    bounds: Bounds | None = None,
    scratch: Path | None = None,
) -> dict[str, Any]:
    """Run a task of `sorceress_video.media.decoder` on one file and return its answer.

    Args:
        task: the task's name in `decoder.TASKS`.
        source: the file to open; a regular file, not a link.
        outputs: the task's name of each file that it may make → where it goes. Each one appears complete or
            not at all; those that the task did not make are left as they were.
        arguments: passed to the task as JSON.
        bounds: what the child may use.
        scratch: folder for the child's own folder, on the disk of the outputs; by default the first
            output's folder, else the source's.

    Raises:
        MediaError: the very error that the task raised.
        SandboxFailed: `decoder_timeout`, `decoder_memory` or `decoder_crashed`.
        FileNotFoundError: there is no such regular file.
    """
    bounds = bounds or Bounds()
    if not stat.S_ISREG(source.lstat().st_mode):
        raise FileNotFoundError(source)
    parent = scratch or (next(iter(outputs.values())).parent if outputs else source.parent)
    with tempfile.TemporaryDirectory(prefix=".decode-", dir=parent) as name:
        folder = Path(name)
        (folder / INPUT_NAME).symlink_to(source.absolute())
        answer = _run_child(folder, task, arguments, bounds)
        for made in outputs.keys() & set(answer["made"]):
            if stat.S_ISREG((folder / made).lstat().st_mode):
                (folder / made).replace(outputs[made])
    return dict(answer["result"])


def _run_child(folder: Path, task: str, arguments: dict[str, Any], bounds: Bounds) -> dict[str, Any]:
    # An argument of a process has room for 128 KiB; escapes would make tags of long prompts too long for it.
    request = json.dumps({"task": task, "arguments": arguments, "bounds": vars(bounds)}, ensure_ascii=False)
    with (folder / ".log").open("w+b") as log:
        child = subprocess.Popen(
            [sys.executable, "-I", "-c", _BOOTSTRAP, str(_PROJECT), request],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            cwd=folder,
            env={},
            start_new_session=True,
        )
        try:
            answer = _read_answer(child.stdout, time.monotonic() + bounds.wall_seconds)  # type: ignore[arg-type]
        finally:
            # The group is killed before the child is waited for, while its number cannot be reused.
            os.killpg(child.pid, signal.SIGKILL)
            status = child.wait()
            child.stdout.close()  # type: ignore[union-attr]
        return _judge(answer, status, _tail(log))


def _read_answer(pipe: IO[bytes], deadline: float) -> bytes:
    """Everything the child says until it closes its end.

    Raises:
        SandboxFailed: the deadline passed, or the child talks without end.
    """
    answer = b""
    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while len(answer) <= _ANSWER_BYTES:
            if not selector.select(max(0.0, deadline - time.monotonic())):
                raise _timed_out()
            chunk = os.read(pipe.fileno(), _ANSWER_BYTES)
            if not chunk:
                return answer
            answer += chunk
    raise SandboxFailed("decoder_crashed", "The file could not be read: it broke the decoder.")


def _judge(answer: bytes, status: int, log: str) -> dict[str, Any]:
    if not answer.endswith(b"\n"):
        if status in (-signal.SIGXCPU, -signal.SIGALRM):
            raise _timed_out()
        error = SandboxFailed("decoder_crashed", "The file could not be read: it broke the decoder.")
        error.add_note(f"exit status {status}: {log}")
        raise error
    found: dict[str, Any] = json.loads(answer)
    if "error" in found:
        raise _typed_error(found["error"], log)
    return found


def _typed_error(found: dict[str, str], log: str) -> MediaError:
    if found["type"] == StorageFull.__name__:
        return StorageFull()
    kind = _VERDICTS.get(found["type"], SandboxFailed)
    error = kind(found["code"], found["sentence"])
    if log:
        error.add_note(log)
    return error


def _timed_out() -> SandboxFailed:
    return SandboxFailed("decoder_timeout", "The file took too long to read.")


def _tail(log: IO[bytes]) -> str:
    size = log.seek(0, 2)
    log.seek(max(0, size - _LOG_BYTES))
    return log.read().decode("utf-8", "replace").strip()
