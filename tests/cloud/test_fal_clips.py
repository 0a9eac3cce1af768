"""Clips of a paid provider, through real processes and real HTTP, with everything that can go wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from sorceress_video.catalog import Mode
from sorceress_video.generation.lifecycle import ClipStatus
from sorceress_video.jobs import actions
from sorceress_video.jobs.queues import QueueName, enqueue, get_redis
from tests.cloud.asking import ask, frame
from tests.cloud.money import charges
from tests.simulators.fal.handle import FalSimulator
from tests.support.deployment import Deployment

ASSETS = Path(__file__).parents[1] / "assets"
MODELS = ("seedance-2.0", "kling-3.0-pro", "veo-3.1-fast")
SHORT = {
    "seedance-2.0": {"duration": "4", "resolution": "480p"},
    "kling-3.0-pro": {"duration": "3"},
    "veo-3.1-fast": {"duration": "4s"},
}


@pytest.mark.spec("J1")
def test_three_models_with_a_start_frame_become_three_films_each_charged_once(
    running: Deployment, fal_simulator: FalSimulator
) -> None:
    start = frame(running, ASSETS / "start-frame.jpg")
    ids = ask(running, *MODELS, mode=Mode.IMAGE, inputs=(start,), settings=SHORT)
    rows = [running.wait(clip_id, seconds=60) for clip_id in ids]
    assert [row.status for row in rows] == ["completed"] * 3
    assert [row.model_id for row in rows] == list(MODELS)
    assert charges(fal_simulator) == 3
    assert all(row.billed == "yes" and row.cost_micro_usd for row in rows)


@pytest.mark.spec("J6")
def test_a_refusal_says_why_and_that_a_retry_does_not_help(
    running: Deployment, fal_simulator: FalSimulator
) -> None:
    (clip_id,) = ask(
        running,
        "veo-3.1-fast",
        prompt="A rider [[fault:error:content_policy_violation]]",
        settings=SHORT,
    )
    row = running.wait(clip_id)
    assert (row.status, row.retry_helps) == ("failed", False)
    assert row.error_text
    assert "Veo 3.1 Fast" in row.error_text


@pytest.mark.spec("J9")
def test_an_accepted_submit_whose_answer_never_arrives_is_asked_and_never_sent_again(
    running: Deployment, fal_simulator: FalSimulator
) -> None:
    (clip_id,) = ask(running, "kling-3.0-pro", prompt="A rider [[fault:submit_hang]]", settings=SHORT)
    row = running.wait(clip_id)
    assert row.status == "ambiguous"
    assert row.billed == "maybe"
    assert row.error_text
    assert charges(fal_simulator) == 1
    assert len(running.attempts(clip_id)) == 1
    actions.dismiss(running.account_id, clip_id)
    assert running.clip(clip_id).status == "failed"
    assert charges(fal_simulator) == 1


@pytest.mark.spec("J3")
def test_a_busy_provider_is_asked_again_until_it_has_room(
    running: Deployment, fal_simulator: FalSimulator
) -> None:
    fal_simulator.arm("submit_429", times=2)
    (clip_id,) = ask(running, "kling-3.0-pro", settings=SHORT)
    row = running.wait(clip_id, seconds=40)
    assert row.status == "completed"
    assert charges(fal_simulator) == 1


@pytest.mark.spec("J5")
def test_a_cancel_is_told_to_the_provider(running: Deployment, fal_simulator: FalSimulator) -> None:
    fal_simulator.pace(queue_s=20, run_s=20)
    (clip_id,) = ask(running, "kling-3.0-pro", settings=SHORT)
    running.wait(clip_id, ClipStatus.RUNNING)
    actions.cancel(running.account_id, clip_id)
    row = running.wait(clip_id, ClipStatus.CANCELLED)
    assert row.video_id is None
    request_id = running.attempts(clip_id)[0].request_id
    assert request_id
    assert "cancel" in str(fal_simulator.request(request_id)).lower()


def test_a_delivered_file_that_is_no_film_is_not_a_success(
    running: Deployment, fal_simulator: FalSimulator
) -> None:
    faults = ("output_html", "output_short", "output_empty")
    ids = [ask(running, "kling-3.0-pro", prompt=f"[[fault:{name}]]", settings=SHORT)[0] for name in faults]
    for clip_id in ids:
        row = running.wait(clip_id, seconds=60)
        assert (row.status, row.error_code, row.billed) == ("failed", "result_unusable", "yes")
    assert charges(fal_simulator) == 3, "a broken download is never answered by another generation"


def test_a_download_that_breaks_once_is_repeated(running: Deployment, fal_simulator: FalSimulator) -> None:
    fal_simulator.arm("output_reset", times=1, uses=1)
    (clip_id,) = ask(running, "kling-3.0-pro", settings=SHORT)
    row = running.wait(clip_id, seconds=40)
    assert row.status == "completed"
    assert charges(fal_simulator) == 1


def test_a_broken_file_after_troubles_of_the_network_is_fetched_again(
    running: Deployment, fal_simulator: FalSimulator
) -> None:
    faults = "[[fault:output_502_nginx*3]] [[fault:output_html*1]]"
    (clip_id,) = ask(running, "kling-3.0-pro", prompt=faults, settings=SHORT)
    assert running.wait(clip_id, seconds=60).status == "completed"
    assert charges(fal_simulator) == 1


def test_an_address_that_is_no_longer_good_is_asked_for_anew(
    running: Deployment, fal_simulator: FalSimulator
) -> None:
    (clip_id,) = ask(running, "kling-3.0-pro", prompt="[[fault:output_expired*2]]", settings=SHORT)
    assert running.wait(clip_id, seconds=60).status == "completed"
    assert charges(fal_simulator) == 1


@pytest.mark.spec("J9")
def test_jobs_that_the_queue_runs_again_find_nothing_to_do(
    running: Deployment, fal_simulator: FalSimulator
) -> None:
    (clip_id,) = ask(running, "kling-3.0-pro", settings=SHORT)
    for stray in range(900, 905):  # Beside the one that the click queued.
        enqueue(get_redis(), QueueName.SUBMIT, clip_id, stray)
        enqueue(get_redis(), QueueName.FETCH, clip_id, stray)
    row = running.wait(clip_id, seconds=40)
    assert row.status == "completed"
    for stray in range(905, 907):
        enqueue(get_redis(), QueueName.SUBMIT, clip_id, stray)
        enqueue(get_redis(), QueueName.FETCH, clip_id, stray)
    # One that is queued behind them: when it is home, they have run.
    (after,) = ask(running, "kling-3.0-pro", settings=SHORT)
    running.wait(after, seconds=40)
    assert running.clip(clip_id).version == row.version
    assert len(running.attempts(clip_id)) == 1
    assert charges(fal_simulator) == 2
