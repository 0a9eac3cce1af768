"""How a child process is described and started: its environment, and its life tied to its parent's."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

_PROC = Path("/proc")
_PR_SET_PDEATHSIG = 1
# Loaded at import: between fork and exec only calls that take no lock are safe.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """One child process of the supervisor, as data.

    Attributes:
        name: unique among the children; names the log file as well.
        argv: command line; the program is an absolute path.
        env: the whole environment of the child, nothing is inherited.
        cwd: working folder.
        pass_fds: descriptors that the child inherits besides its output.
        death_signal: what the kernel sends to the child when its parent ends without stopping it.
    """

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path
    pass_fds: tuple[int, ...] = ()
    death_signal: signal.Signals = signal.SIGKILL

    @property
    def options(self) -> dict[str, Any]:
        """Keyword arguments for ``subprocess.Popen`` and for asyncio's counterpart.

        The child leads a session of its own: Ctrl+C at the terminal reaches the supervisor alone, and
        whatever the child forks can be killed with it as one group.
        """
        return {
            "env": dict(self.env),
            "cwd": self.cwd,
            "pass_fds": self.pass_fds,
            "stdin": subprocess.DEVNULL,
            "stderr": subprocess.STDOUT,
            "start_new_session": True,
            "preexec_fn": dies_with_parent(self.death_signal),
        }


def dies_with_parent(sent: signal.Signals) -> Callable[[], None]:
    """A function for the child's side of a fork: the kernel sends ``sent`` when the parent ends.

    The kernel ties it to the *thread* that forked, so fork from the main thread. It survives ``exec`` and is
    not passed on to grandchildren: a child that forks ties its own with ``tie_to_parent``. Only
    Linux has it; elsewhere the children of a supervisor that was killed with SIGKILL are stopped by hand.
    """
    return partial(tie_to_parent, os.getpid(), sent)


def tie_to_parent(parent: int, sent: signal.Signals) -> None:
    """Have the kernel send ``sent`` to this process when ``parent``, which forked it, ends."""
    if _libc is None:
        return
    _libc.prctl(_PR_SET_PDEATHSIG, int(sent), 0, 0, 0)
    if os.getppid() != parent:  # The parent ended before the call above took hold.
        os.kill(os.getpid(), signal.SIGKILL)


def kill_session(leader: int) -> None:
    """SIGKILL to every process of the session that ``leader`` began, itself included.

    By session, not by process group: RQ gives each job a group of its own.
    """
    if not _PROC.is_dir():
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)
        return
    for pid in _session_members(leader):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _session_members(session: int) -> Iterator[int]:
    for entry in _PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            # "pid (name) state parent group session …"; the name may hold blanks and brackets.
            fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[3]) == session:
            yield int(entry.name)
