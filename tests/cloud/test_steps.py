"""Steps that break for reasons of our own: no clip waits for ever, none is left with money set aside."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from sorceress_video.generation.lifecycle import DISPATCHED
from sorceress_video.library import clips, leases, moves, sandbox
from sorceress_video.library.clips import NewClip, NewInput
from sorceress_video.library.database import Session
from sorceress_video.library.tables import Asset, Clip, StoredFile, utc_now
from tests.cloud.asking import ask
from tests.cloud.money import assert_promises
from tests.simulators.fal.handle import FalSimulator
from tests.support.deployment import Deployment, run_deployment, settings_of
from worker.cloud import engine, fetching, sending


@pytest.fixture
def rows(valkey: str, data_dir: Path, tmp_path: Path) -> Iterator[Deployment]:
    """A deployment without processes."""
    with run_deployment(settings_of(data_dir, valkey), tmp_path) as deployment:
        yield deployment


def admit(rows: Deployment, **changes: Any) -> str:
    facts: dict[str, Any] = {
        "model_id": "animatic",
        "model_name": "Animatic",
        "provider": "sandbox",
        "endpoint": "animatic",
        "mode": "text",
        "prompt": "A lone rider",
        "settings": {"resolution": "480p", "duration": 3},
        "settings_line": "",
        "expected_seconds": 3.0,
        "estimate_micro_usd": 500_000,
    }
    new = NewClip(**{**facts, **changes})
    return clips.admit(rows.db, rows.account_id, "click", [new], max_active=9).clip_ids[0]


def make_due(rows: Deployment, clip_id: str) -> None:
    with rows.db.write() as session:
        session.get_one(Clip, clip_id).due_at = utc_now()


def lost_file(rows: Deployment) -> str:
    """An uploaded picture whose file has vanished from the storage."""
    key = f"ab/cd/abcd{'0' * 60}"
    with rows.db.write() as session:
        session.add(StoredFile(key=key, bytes=1, mime="image/png"))
        session.flush()
        asset = Asset(
            account_id=rows.account_id,
            origin="upload",
            kind="image",
            mime="image/png",
            sha256=f"abcd{'0' * 60}",
            bytes=1,
            file_key=key,
        )
        session.add(asset)
    return asset.id


def test_a_clip_of_a_provider_that_this_version_lacks_fails_uncharged(rows: Deployment) -> None:
    clip_id = admit(rows, provider="gone")
    engine.submit(clip_id, 1)
    row = rows.clip(clip_id)
    assert (row.status, row.error_code, row.billed, row.retry_helps) == ("failed", "no_provider", "no", False)
    assert_promises(rows, None, [clip_id])


def test_an_error_of_our_own_is_tried_again_some_times_and_then_ends_the_clip(rows: Deployment) -> None:
    clip_id = admit(rows, inputs=(NewInput("start_frame", 0, lost_file(rows)),), mode="image")
    for _ in range(sending.STUMBLES):
        assert rows.clip(clip_id).status == "queued"
        make_due(rows, clip_id)
        engine.submit(clip_id, 1)
    row = rows.clip(clip_id)
    assert (row.status, row.error_code, row.billed) == ("failed", "own_error", "no")
    assert rows.attempts(clip_id) == []


def test_a_step_that_keeps_killing_its_process_is_given_up(rows: Deployment) -> None:
    clip_id = admit(rows)
    for _ in range(sending.CRASHES):
        with rows.db.write() as session:
            leases.take(session, clip_id, tuple(DISPATCHED), "dead", timedelta(seconds=-1))
        with rows.db.write() as session:
            (clip,) = leases.due(session, 5)
            assert leases.claim(session, clip, timedelta(seconds=-1)) is not None
    engine.submit(clip_id, 1)
    assert rows.clip(clip_id).error_code == "own_error"


def test_a_ticket_that_cannot_be_stored_at_once_is_stored_later(
    rows: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    clip_id, accept, full = admit(rows), moves.accept, [True, True]

    def disk_full(session: Session, *arguments: Any, **named: Any) -> Any:
        if full:
            full.pop()
            raise OperationalError("UPDATE attempt", {}, Exception("database or disk is full"))
        return accept(session, *arguments, **named)

    monkeypatch.setattr(moves, "accept", disk_full)
    monkeypatch.setattr(sending, "TICKET_PAUSE", 0.05)
    engine.submit(clip_id, 1)
    (attempt,) = rows.attempts(clip_id)
    assert rows.clip(clip_id).status == "running"
    assert attempt.request_id is not None
    with rows.db.read() as session:
        assert sandbox.get(session, attempt.request_id) is not None


def test_a_dripping_download_lets_others_pass_and_is_tried_again(
    valkey: str,
    data_dir: Path,
    tmp_path: Path,
    fal_simulator: FalSimulator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fal_simulator.pace(queue_s=0, run_s=0)
    fal_simulator.arm("output_drip_header", times=1, uses=1)
    monkeypatch.setattr(fetching, "FIRST_LIMIT", 1.0)
    with run_deployment(settings_of(data_dir, valkey, **fal_simulator.environment), tmp_path) as rows:
        (clip_id,) = ask(rows, "kling-3.0-pro", settings={"kling-3.0-pro": {"duration": "3"}})
        engine.submit(clip_id, 1)
        with rows.db.write() as session:
            assert moves.finish(session, clip_id, rows.clip(clip_id).version) is not None
        engine.fetch(clip_id, 1)
        row = rows.clip(clip_id)
        assert (row.status, row.failures, row.error_code) == ("fetching", 1, "slow_download")
        monkeypatch.setattr(fetching, "FIRST_LIMIT", 30.0)
        make_due(rows, clip_id)
        engine.fetch(clip_id, 2)
        assert rows.clip(clip_id).status == "completed"
        assert_promises(rows, fal_simulator, [clip_id])
