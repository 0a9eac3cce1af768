"""A real PostgreSQL from the system's packages as an ordinary process, with a new database for each test."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from sorceress_video.runtime.process import dies_with_parent
from tests.support.machine import missing, unused_port
from tests.support.waiting import wait_for

_USER = "sorceress"
# The cluster lives for minutes: what makes it survive a power cut would only slow the tests.
_FOR_SPEED = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "shared_buffers=32MB")


@contextmanager
def open_server() -> Iterator[str]:
    """A new cluster; its address (``postgresql://user@host:port``), without a database name."""
    programs = _programs()
    account = _account()
    folder = Path(tempfile.mkdtemp(prefix="sorceress-pg-"))
    if account is not None:
        shutil.chown(folder, account)
    port = unused_port()
    cluster = folder / "cluster"
    subprocess.run(
        [programs / "initdb", "-D", cluster, "-U", _USER, "--auth=trust", "--encoding=UTF8", "--no-sync"],
        check=True,
        capture_output=True,
        cwd=folder,
        **_as(account),
    )
    options = [word for option in _FOR_SPEED for word in ("-c", option)]
    process = subprocess.Popen(
        [programs / "postgres", "-D", cluster, "-p", str(port), "-k", folder, "-h", "127.0.0.1", *options],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
        preexec_fn=dies_with_parent(signal.SIGINT),
        **_as(account),
    )
    address = f"postgresql://{_USER}@127.0.0.1:{port}"
    try:
        wait_for(lambda: _answers(address), seconds=30, what="PostgreSQL to answer")
        yield address
    finally:
        process.send_signal(signal.SIGINT)  # Ends sessions at once; SIGTERM would wait for forgotten ones.
        process.wait(timeout=20)
        shutil.rmtree(folder)


@contextmanager
def open_database(server: str) -> Iterator[str]:
    """SQLAlchemy URL (psycopg) of a new, empty database of a cluster; it is dropped afterwards."""
    name = f"test_{uuid4().hex}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    yield f"{server.replace('postgresql://', 'postgresql+psycopg://')}/{name}"
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Address of the run's cluster, without a database name."""
    with open_server() as address:
        yield address


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """SQLAlchemy URL (psycopg) of a new, empty database that is dropped after the test."""
    with open_database(postgres_server) as url:
        yield url


def _programs() -> Path:
    on_path = shutil.which("initdb")
    if on_path is not None:
        return Path(on_path).parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not versions:
        missing("PostgreSQL", "`apt-get install postgresql` on Debian.")
    return versions[-1].parent


def _account() -> str | None:
    """PostgreSQL refuses to run as root: the account it runs as instead, if we are root."""
    if os.getuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _as(account: str | None) -> dict[str, object]:
    if account is None:
        return {}
    entry = pwd.getpwnam(account)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _answers(address: str) -> bool:
    try:
        psycopg.connect(f"{address}/postgres", connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True
