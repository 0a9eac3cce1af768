"""What must hold before anything is started. Each check has one sentence for the person at the terminal."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from sorceress_video.runtime.errors import StartupError
from sorceress_video.runtime.valkey import MIN_VERSION
from sorceress_video.settings import Settings

LEAST_FREE = 256 * 1024 * 1024  # bytes; with less, the database and the queues could not be written for long.


@contextmanager
def data_folder(settings: Settings) -> Iterator[Path]:
    """Make the data folder and hold it: one supervisor at a time.

    Raises:
        StartupError: it cannot be made or written, or another copy holds it.
    """
    folder = settings.data_dir
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = (folder / "lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise StartupError(
            f"The data folder {folder} cannot be written ({error.strerror}): allow it, or name another one "
            "with SORCERESS_DATA_DIR."
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            owner = lock.read().strip() or "unknown"
            raise StartupError(
                f"Another copy (process {owner}) already runs on the data folder {folder}: stop it first, or "
                "give this one a folder of its own with SORCERESS_DATA_DIR."
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield folder


def enough_disk(settings: Settings, least: int = LEAST_FREE) -> None:
    """Refuse to start on a full disk: ``least`` is in bytes."""
    free = shutil.disk_usage(settings.data_dir).free
    if free < least:
        raise StartupError(
            f"The disk of the data folder {settings.data_dir} is nearly full ({free / 2**20:.0f} MiB free): "
            f"free at least {least / 2**20:.0f} MiB."
        )


def free_port(settings: Settings) -> None:
    """Refuse to start where somebody listens already, or where we may not."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except socket.gaierror as error:
        raise StartupError(
            f"SORCERESS_HOST is {settings.host}, which is no address of this machine."
        ) from error
    with socket.socket(family, kind, protocol) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen(1)
        except OSError as error:
            raise StartupError(_why_not_bound(settings, error)) from error


def _why_not_bound(settings: Settings, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {settings.port} is in use by another program: choose another one with SORCERESS_PORT."
    if error.errno == errno.EACCES:
        return f"Port {settings.port} needs special rights: choose one above 1023 with SORCERESS_PORT."
    if error.errno == errno.EADDRNOTAVAIL:
        return f"SORCERESS_HOST is {settings.host}, which is no address of this machine."
    return f"Port {settings.port} on {settings.host} cannot be opened: {error.strerror}."


def usable_redis(url: str) -> None:
    """Refuse a ``REDIS_URL`` that does not answer, is too old, or drops what it holds when it is full."""
    try:
        with redis.Redis.from_url(url, socket_connect_timeout=5, socket_timeout=5) as client:
            server = client.info("server")
            policy = client.info("memory").get("maxmemory_policy", "noeviction")
    except (redis.RedisError, OSError, ValueError) as error:
        raise StartupError(f"The server of REDIS_URL does not answer ({type(error).__name__}).") from error
    version = str(server["redis_version"])
    if tuple(int(part) for part in version.split(".")[:2]) < MIN_VERSION:
        wanted = ".".join(map(str, MIN_VERSION))
        raise StartupError(f"The server of REDIS_URL has version {version}; it must be {wanted} or newer.")
    if policy != "noeviction":
        raise StartupError(
            f"The server of REDIS_URL drops jobs when it is full (maxmemory-policy is {policy}): set it to "
            "noeviction."
        )


def advice(settings: Settings) -> Iterator[str]:
    """Sentences about settings that work, but perhaps not as meant."""
    if settings.host not in ("127.0.0.1", "::1", "localhost") and settings.public_url is None:
        yield (
            "SORCERESS_HOST opens the port to the network: set SORCERESS_PUBLIC_URL to the address that "
            f"people use. Until then only http://localhost:{settings.port} on this machine is answered."
        )
    free = shutil.disk_usage(settings.data_dir).free
    if free < settings.min_free_bytes:
        yield (
            f"Only {free / 2**30:.1f} GiB are free for {settings.data_dir}: new clips are refused below "
            f"{settings.min_free_bytes / 2**30:.1f} GiB."
        )
