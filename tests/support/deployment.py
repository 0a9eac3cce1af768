"""A deployment of real processes without the web: Valkey, watcher, workers, a simulated provider."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil
from sqlmodel import col, select

from sorceress_video.catalog import get_catalog
from sorceress_video.generation.lifecycle import TERMINAL, ClipStatus
from sorceress_video.jobs.queues import get_redis
from sorceress_video.library.database import Database, get_database
from sorceress_video.library.migrate import upgrade
from sorceress_video.library.tables import Account, Attempt, Clip
from sorceress_video.runtime.process import dies_with_parent
from sorceress_video.settings import get_settings
from tests.support.waiting import wait_for

ROLES: Mapping[str, tuple[str, ...]] = {
    "watcher": ("worker.watcher",),
    "submit": ("worker.run", "submit"),
    "another submit": ("worker.run", "submit"),
    "fetch": ("worker.run", "fetch"),
    "another fetch": ("worker.run", "fetch"),
    "media": ("worker.run", "media"),
    "sandbox": ("worker.run", "sandbox"),
}
USUAL = tuple(role for role in ROLES if not role.startswith("another"))

ASKED = {ClipStatus.AMBIGUOUS, *TERMINAL}
"""Where a clip may rest: it ended, or it waits for a person's answer."""


@dataclass
class Deployment:
    """Processes by name, and short ways to what they do."""

    env: dict[str, str]
    folder: Path
    account_id: str = ""
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    orphans: list[psutil.Process] = field(default_factory=list)
    """Jobs whose worker was killed alone."""

    @property
    def db(self) -> Database:
        """The deployment's database, from the test's own process."""
        return get_database()

    def start(self, *roles: str) -> None:
        """Start processes; all of them without names."""
        for role in roles or USUAL:
            log = (self.folder / f"{role}.log").open("ab")
            self.processes[role] = subprocess.Popen(
                [sys.executable, "-m", *ROLES[role]],
                env=self.env,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=dies_with_parent(signal.SIGKILL),
            )
            log.close()

    def kill(self, role: str, *, whole: bool = True) -> None:
        """End a process as by ``kill -9``, with the jobs that it forked, or alone."""
        process = self.processes[role]
        children = psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []
        process.kill()
        process.wait()
        if whole:
            _end(children)
        else:
            self.orphans += children

    def revive(self) -> list[str]:
        """Start again what has ended; its names."""
        ended = [role for role, process in self.processes.items() if process.poll() is not None]
        self.start(*ended) if ended else None
        return ended

    def sleepers(self, role: str) -> list[psutil.Process]:
        """Jobs of a worker that a signal put to sleep."""
        jobs = psutil.Process(self.processes[role].pid).children(recursive=True)
        return [job for job in jobs if job.status() == psutil.STATUS_STOPPED]

    def stop(self) -> None:
        """End everything."""
        for role in list(self.processes):
            self.kill(role)
        _end(self.orphans)
        self.orphans.clear()

    def clip(self, clip_id: str) -> Clip:
        """The row as it is now."""
        with self.db.read() as session:
            found = session.get(Clip, clip_id)
        assert found is not None
        return found

    def attempts(self, clip_id: str) -> list[Attempt]:
        """All attempts at a clip."""
        with self.db.read() as session:
            return list(
                session.exec(
                    select(Attempt).where(Attempt.clip_id == clip_id).order_by(col(Attempt.number))
                ).all()
            )

    def wait(self, clip_id: str, *statuses: ClipStatus, seconds: float = 30) -> Clip:
        """The clip once it rests, or is in one of ``statuses``."""
        wanted = set(statuses) or ASKED

        def there() -> Clip | None:
            self.revive()
            row = self.clip(clip_id)
            return row if ClipStatus(row.status) in wanted else None

        try:
            return wait_for(there, seconds=seconds, what=f"{clip_id} to be {sorted(wanted)}")
        except AssertionError as error:
            raise AssertionError(f"{error}; {self.clip(clip_id)!r}\n{self.logs()}") from None

    def logs(self) -> str:
        """The last lines of every process."""
        tails = []
        for path in sorted(self.folder.glob("*.log")):
            lines = path.read_text(errors="replace").splitlines()[-15:]
            tails.append(f"--- {path.name}\n" + "\n".join(lines))
        return "\n".join(tails)


def _end(processes: Iterable[psutil.Process]) -> None:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()


def settings_of(data_dir: Path, redis_url: str, **more: str) -> dict[str, str]:
    """What every deployment of the tests is given; quick turns, so that nobody waits."""
    return {
        "SORCERESS_DATA_DIR": str(data_dir),
        "REDIS_URL": redis_url,
        "SORCERESS_POLL_INTERVAL": "0.3",
        "SORCERESS_MIN_FREE_BYTES": "0",
        "SORCERESS_LOG_FORMAT": "json",
        **more,
    }


@contextmanager
def run_deployment(given: Mapping[str, str], folder: Path) -> Iterator[Deployment]:
    """A migrated deployment with one account and these settings, in this process too; ended afterwards.

    Its processes are started by the caller; what they say goes to ``folder``.
    """
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    forget_settings()
    try:
        upgrade(get_settings())
        with get_database().write() as session:
            account = Account(email="owner@example.com", password_hash="-", role="owner", plan="pro")
            session.add(account)
        running = Deployment(env={**os.environ}, folder=folder, account_id=account.id)
        try:
            yield running
        finally:
            running.stop()
            get_database().close()
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        forget_settings()


def forget_settings() -> None:
    """Make this process read its settings anew."""
    for cached in (get_settings, get_database, get_redis, get_catalog):
        cached.cache_clear()
