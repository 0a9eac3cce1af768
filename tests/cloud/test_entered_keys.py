"""A key that an admin enters while everything runs: who talks to providers has it with the next clip."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from sorceress_video.accounts import provider_keys
from sorceress_video.generation.lifecycle import ClipStatus
from sorceress_video.jobs import actions
from tests.cloud.asking import ask
from tests.cloud.money import charges
from tests.simulators.fal.handle import FalSimulator
from tests.support.deployment import Deployment, run_deployment, settings_of
from tests.support.waiting import wait_for

SHORT = {"kling-3.0-pro": {"duration": "3"}}


@pytest.fixture
def keyless(
    valkey: str, data_dir: Path, tmp_path: Path, fal_simulator: FalSimulator, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Deployment]:
    """A running deployment without a key."""
    monkeypatch.delenv("FAL_KEY", raising=False)
    elsewhere = {name: value for name, value in fal_simulator.environment.items() if name != "FAL_KEY"}
    given = settings_of(data_dir, valkey, SORCERESS_LEASE_SECONDS="3", **elsewhere)
    with run_deployment(given, tmp_path) as deployment:
        deployment.start("watcher", "submit", "fetch", "media")
        yield deployment


def enter(deployment: Deployment, key: str) -> None:
    provider_keys.keep(deployment.account_id, "fal", key)


@pytest.mark.spec("M2")
def test_clips_are_made_with_an_entered_key_and_with_the_one_that_takes_its_place(
    keyless: Deployment, fal_simulator: FalSimulator
) -> None:
    enter(keyless, "stranger-id:stranger-secret")
    (clip_id,) = ask(keyless, "kling-3.0-pro", settings=SHORT)
    refused = keyless.wait(clip_id)
    assert (refused.status, refused.error_code) == ("failed", "bad_key")
    assert refused.billed == "no"

    enter(keyless, fal_simulator.key)
    actions.retry(keyless.account_id, clip_id)
    assert keyless.wait(clip_id, seconds=60).status == "completed"
    assert charges(fal_simulator) == 1
    assert fal_simulator.key not in keyless.logs()
    assert "stranger-secret" not in keyless.logs()


@pytest.mark.spec("J9")
def test_a_finished_clip_waits_for_a_key_that_was_taken_away(
    keyless: Deployment, fal_simulator: FalSimulator
) -> None:
    keyless.kill("fetch")
    del keyless.processes["fetch"]
    enter(keyless, fal_simulator.key)
    (clip_id,) = ask(keyless, "kling-3.0-pro", settings=SHORT)
    keyless.wait(clip_id, ClipStatus.FETCHING)
    provider_keys.remove(keyless.account_id, "fal")
    keyless.start("fetch")
    wait_for(lambda: keyless.clip(clip_id).failures, seconds=30, what="a fetch without a key")
    assert keyless.clip(clip_id).status == "fetching"
    enter(keyless, fal_simulator.key)
    assert keyless.wait(clip_id, seconds=60).status == "completed"
    assert charges(fal_simulator) == 1
