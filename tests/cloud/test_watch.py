"""The watch of running clips, in this process: what it holds it asks about, and what it loses it lets go."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from sorceress_video.jobs.hints import CHANNEL, Hint
from sorceress_video.jobs.queues import get_redis
from sorceress_video.library import clips, moves, sandbox
from sorceress_video.library.clips import NewClip
from sorceress_video.library.database import Database, Session
from sorceress_video.library.tables import Clip, utc_now
from sorceress_video.settings import get_settings
from tests.support.deployment import Deployment, run_deployment, settings_of
from worker.cloud.notices import Notices
from worker.cloud.watch import Watch


class FailingDatabase(Database):
    """A database whose next writes fail, as with a full disk."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.failures = 0

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[Session]:
        """See `Database.write`."""
        if self.failures:
            self.failures -= 1
            raise OperationalError("UPDATE clip", {}, Exception("database or disk is full"))
        with super().write(durable=durable) as session:
            yield session


@pytest.fixture
def rows(valkey: str, data_dir: Path, tmp_path: Path) -> Iterator[Deployment]:
    """A deployment without processes."""
    with run_deployment(settings_of(data_dir, valkey), tmp_path) as deployment:
        yield deployment


@pytest.fixture
async def watch(rows: Deployment) -> AsyncIterator[Watch]:
    """One watch, running."""
    async for one in watching(rows.db, "one"):
        yield one


async def watching(db: Database, owner: str) -> AsyncIterator[Watch]:
    one = Watch(db, get_redis(), get_settings(), owner)
    loops = [asyncio.create_task(loop()) for loop in (one.lease_loop, one.poll_loop, one.notices.run)]
    yield one
    for loop in loops:
        loop.cancel()
    await asyncio.gather(*loops, return_exceptions=True)
    await one.aclose()


def running_clip(deployment: Deployment, prediction: str = "running") -> str:
    """A clip whose prediction the Sandbox has accepted and not begun, or has ended as said."""
    new = NewClip(
        model_id="animatic",
        model_name="Animatic",
        provider="sandbox",
        endpoint="animatic",
        mode="text",
        prompt="A lone rider",
        settings={},
        settings_line="",
        expected_seconds=3.0,
        estimate_micro_usd=None,
    )
    (clip_id,) = clips.admit(deployment.db, deployment.account_id, "click", [new], max_active=9).clip_ids
    known = sandbox.submit(deployment.db, f"{clip_id}-1", {"prompt": "p"})
    with deployment.db.write() as session:
        moves.begin_attempt(session, session.get_one(Clip, clip_id), timedelta(seconds=9))
        moves.accept(
            session, clip_id, 1, request_id=known.id, status_url=None, response_url=None, cancel_url=None
        )
    end(deployment, known.id, prediction)
    return clip_id


def end(deployment: Deployment, prediction_id: str, status: str) -> None:
    with deployment.db.write() as session:
        taken = sandbox.take(session, prediction_id, timedelta(minutes=5))
        assert taken is not None
        if status != "running":
            assert sandbox.end(session, prediction_id, taken.dispatch, status, result_path="film.mp4")


async def until(condition: Callable[[], bool], seconds: float = 15.0) -> None:
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - a row changes, nobody tells
            await asyncio.sleep(0.02)


async def test_a_move_that_could_not_be_written_is_made_later(rows: Deployment) -> None:
    clip_id = running_clip(rows)
    db = FailingDatabase(str(rows.db.url))
    async for _ in watching(db, "one"):
        await until(lambda: rows.clip(clip_id).lease_owner == "one")
        db.failures = 5
        request_id = rows.attempts(clip_id)[0].request_id
        assert request_id
        with rows.db.write() as session:
            sandbox.end(session, request_id, 1, "done", result_path="film.mp4")
        await until(lambda: rows.clip(clip_id).status == "fetching", seconds=40)
    db.close()


async def test_a_cancel_that_nobody_told_about_is_noticed(rows: Deployment, watch: Watch) -> None:
    clip_id = running_clip(rows)
    await until(lambda: rows.clip(clip_id).lease_owner == "one")
    with rows.db.write() as session:
        clips.cancel(session, rows.account_id, clip_id)
    await until(lambda: rows.clip(clip_id).status == "cancelled")


async def test_a_watch_that_ends_lets_go_of_its_clips_at_once(rows: Deployment) -> None:
    clip_id = running_clip(rows)
    async for _ in watching(rows.db, "one"):
        await until(lambda: rows.clip(clip_id).lease_owner == "one")
    assert rows.clip(clip_id).lease_owner is None


async def test_a_clip_that_another_watcher_has_taken_over_is_forgotten(
    rows: Deployment, watch: Watch
) -> None:
    clip_id = running_clip(rows)
    await until(lambda: watch.pace().clips == 1)
    with rows.db.write() as session:
        row = session.get_one(Clip, clip_id)
        row.lease_owner, row.lease_until = "another", utc_now() + timedelta(minutes=5)
    await watch.refresh()
    assert watch.pace().clips == 0


async def test_a_limit_counts_from_the_acceptance_and_not_from_the_first_try(
    rows: Deployment, watch: Watch
) -> None:
    clip_id = running_clip(rows)
    with rows.db.write() as session:
        session.get_one(Clip, clip_id).started_at = utc_now() - timedelta(days=1)  # It waited for capacity.
    await until(lambda: watch.pace().asked > 0)
    await until(lambda: watch.pace().asked > 0)
    assert rows.clip(clip_id).status == "running"


async def test_of_a_clips_progress_only_the_latest_is_told(rows: Deployment) -> None:
    notices = Notices(rows.db, get_redis())
    heard = get_redis().pubsub(ignore_subscribe_messages=True)
    heard.subscribe(CHANNEL)
    heard.get_message(timeout=1)
    for step in range(50):
        notices.tell(
            Hint(kind="progress", account="a", clip="c", version=1, status="running", progress=step / 50)
        )
    notices.tell(Hint(kind="moved", account="a", clip="d", version=2, status="completed"))
    await notices.flush()
    told = [message for _ in range(4) if (message := heard.get_message(timeout=0.5))]
    hints = {hint.clip: hint for hint in (Hint.model_validate_json(one["data"]) for one in told)}
    assert len(told) == 2
    assert hints["c"].progress == 49 / 50
    heard.close()


def test_a_watcher_brings_in_nothing_heavy() -> None:
    heavy = ("av", "cv2", "numpy", "PIL", "torch", "reflex")
    code = (
        "import sys, worker.watcher, worker.cloud.providers.fal, worker.cloud.providers.sandbox;"
        f"sys.exit(', '.join(name for name in {heavy} if name in sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.strip() == ""
