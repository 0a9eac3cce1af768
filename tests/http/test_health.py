"""Alive, and ready."""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sorceress_video.http.health import WATCHER_SILENCE
from sorceress_video.library.tables import ProcessBeat, utc_now
from tests.http.workspace import Workspace


@pytest.fixture
def ready(workspace: Workspace, valkey: str) -> Workspace:
    """A workspace in which everything is there."""
    workspace.configure(REDIS_URL=valkey)
    beat(workspace, timedelta(0))
    return workspace


def beat(workspace: Workspace, ago: timedelta) -> None:
    with workspace.db.write() as session:
        session.merge(ProcessBeat(name="watcher", seen_at=utc_now() - ago))


async def ask(workspace: Workspace) -> tuple[int, dict[str, Any]]:
    async with workspace.browser() as browser:
        answer = await browser.get("/readyz")
    return answer.status_code, answer.json()


async def test_it_is_ready_when_all_parts_are(ready: Workspace) -> None:
    parts = dict.fromkeys(("database", "valkey", "storage", "watcher"), "ok")

    assert await ask(ready) == (200, {"ready": True, "parts": parts})
    assert ready.scratch_files() == []


async def test_a_silent_watcher_is_named(ready: Workspace) -> None:
    beat(ready, WATCHER_SILENCE + timedelta(seconds=1))
    status, body = await ask(ready)

    assert (status, body["ready"]) == (503, False)
    assert [name for name, state in body["parts"].items() if state == "down"] == ["watcher"]


async def test_a_valkey_that_is_away_is_named_and_nothing_more(ready: Workspace, tmp_path: Path) -> None:
    ready.configure(REDIS_URL=f"unix://{tmp_path}/none.sock")
    status, body = await ask(ready)

    assert status == 503
    assert body["parts"]["valkey"] == "down"
    assert str(tmp_path) not in repr(body)


async def test_a_storage_that_is_away_is_named(ready: Workspace) -> None:
    await ask(ready)
    shutil.rmtree(ready.settings.media_dir)

    assert (await ask(ready))[1]["parts"]["storage"] == "down"


async def test_a_database_that_is_away_is_named(ready: Workspace, tmp_path: Path) -> None:
    ready.configure(DATABASE_URL=f"sqlite:///{tmp_path}/no/such/folder.db")
    status, body = await ask(ready)

    assert status == 503
    assert body["parts"]["database"] == "down"
    assert body["parts"]["valkey"] == "ok"


async def test_alive_asks_nothing(workspace: Workspace, tmp_path: Path) -> None:
    workspace.configure(DATABASE_URL=f"sqlite:///{tmp_path}/no/such/folder.db")
    async with workspace.browser() as browser:
        answer = await browser.get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"alive": True})
