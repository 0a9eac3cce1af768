"""``kill -9`` at every named point of a clip's life: no clip is lost, none is paid for twice."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from sorceress_video.generation.lifecycle import ClipStatus
from sorceress_video.jobs import actions
from sorceress_video.jobs.points import Point
from sorceress_video.jobs.queues import get_redis
from tests.cloud.asking import ask
from tests.cloud.conftest import QUICK
from tests.cloud.money import assert_promises
from tests.cloud.provider_process import ProviderProcess
from tests.simulators.fal.handle import FalSimulator
from tests.support.deployment import Deployment, run_deployment, settings_of
from tests.support.private_valkey import PrivateValkey
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.faults, pytest.mark.timeout(240)]

PAID = {"kling-3.0-pro": {"duration": "3"}}
FREE = {"animatic": {"resolution": "480p", "duration": 3}}
IN_THE_WEB = {Point.ADMIT_COMMITTED}
CANCELS = {Point.CANCEL_ANSWERED}


@pytest.fixture
def armed(fal_deployment: Deployment, tmp_path: Path) -> Path:
    """The folder in which a file of a point's name arms that point, for the worker processes."""
    folder = tmp_path / "points"
    folder.mkdir()
    fal_deployment.env["SORCERESS_TEST_KILL_AT"] = str(folder)
    return folder


@pytest.mark.spec("J9")
def test_a_kill_at_every_point_loses_nothing_and_pays_nothing_twice(
    fal_deployment: Deployment, fal_simulator: FalSimulator, armed: Path
) -> None:
    points = set(Point) - IN_THE_WEB - CANCELS
    for point in points:
        (armed / point.value).touch()
    fal_deployment.start()
    ids: list[str] = []
    turn = 0

    def all_struck() -> bool:
        nonlocal turn
        fal_deployment.revive()
        resting = [i for i in ids if fal_deployment.clip(i).status in ("completed", "failed", "ambiguous")]
        if len(ids) - len(resting) < 4:  # Clips go on arriving until every point has struck.
            turn += 1
            ids.extend(
                ask(fal_deployment, "kling-3.0-pro", prompt=f"p{turn}", token=f"p{turn}", settings=PAID)
            )
            ids.extend(ask(fal_deployment, "animatic", prompt=f"f{turn}", token=f"f{turn}", settings=FREE))
        return not list(armed.iterdir())

    wait_for(all_struck, seconds=150, what="every point to be reached")
    for clip_id in ids:
        fal_deployment.wait(clip_id, seconds=60)
    assert_promises(fal_deployment, fal_simulator, ids)
    statuses = [fal_deployment.clip(clip_id).status for clip_id in ids]
    doubtful = statuses.count("ambiguous")
    assert doubtful <= 2, "only a death between the written attempt and the stored ticket leaves doubt"
    assert statuses.count("completed") == len(ids) - doubtful


@pytest.mark.spec("J5")
def test_a_watcher_that_dies_after_the_provider_took_the_cancel_still_cancels(
    fal_deployment: Deployment, fal_simulator: FalSimulator, armed: Path
) -> None:
    fal_simulator.pace(queue_s=30, run_s=30)
    (armed / Point.CANCEL_ANSWERED.value).touch()
    fal_deployment.start()
    (clip_id,) = ask(fal_deployment, "kling-3.0-pro", settings=PAID)
    fal_deployment.wait(clip_id, ClipStatus.RUNNING)
    actions.cancel(fal_deployment.account_id, clip_id)
    row = fal_deployment.wait(clip_id, ClipStatus.CANCELLED, seconds=60)
    assert row.video_id is None
    assert not list(armed.iterdir())


@pytest.mark.parametrize("orphan", ["submit", "fetch", "sandbox"])
def test_a_job_whose_worker_died_alone_changes_nothing_twice(
    fal_deployment: Deployment, fal_simulator: FalSimulator, orphan: str
) -> None:
    fal_simulator.pace(queue_s=0.2, run_s=0.5)
    fal_deployment.start()
    ids = [
        *ask(fal_deployment, "kling-3.0-pro", prompt="paid", token="a", settings=PAID),
        *ask(fal_deployment, "animatic", prompt="free", token="b", settings=FREE),
    ]
    fal_deployment.kill(orphan, whole=False)
    for clip_id in ids:
        fal_deployment.wait(clip_id, seconds=90)
    assert_promises(fal_deployment, fal_simulator, ids)


def test_an_emptied_redis_loses_no_clip(fal_deployment: Deployment, fal_simulator: FalSimulator) -> None:
    ids = [
        clip_id
        for n in range(4)
        for clip_id in ask(fal_deployment, "kling-3.0-pro", prompt=f"p{n}", token=f"p{n}", settings=PAID)
    ]
    get_redis().flushall()  # The jobs are gone; the rows are not.
    fal_deployment.start()
    for clip_id in ids:
        fal_deployment.wait(clip_id, seconds=60)
    assert_promises(fal_deployment, fal_simulator, ids)
    assert {fal_deployment.clip(clip_id).status for clip_id in ids} == {"completed"}


def test_two_watchers_do_not_disturb_each_other(
    fal_deployment: Deployment, fal_simulator: FalSimulator
) -> None:
    fal_deployment.start()
    first = fal_deployment.processes.pop("watcher")
    fal_deployment.start("watcher")
    fal_deployment.processes["another watcher"] = first
    ids = [
        clip_id
        for n in range(6)
        for clip_id in ask(fal_deployment, "kling-3.0-pro", prompt=f"p{n}", token=f"p{n}", settings=PAID)
    ]
    for clip_id in ids:
        fal_deployment.wait(clip_id, seconds=60)
    assert_promises(fal_deployment, fal_simulator, ids)
    assert {fal_deployment.clip(clip_id).status for clip_id in ids} == {"completed"}


@pytest.mark.spec("J9")
def test_a_web_process_that_dies_right_after_the_commit_has_not_lost_the_click(
    fal_deployment: Deployment, fal_simulator: FalSimulator, armed: Path
) -> None:
    (armed / Point.ADMIT_COMMITTED.value).touch()
    admission = [sys.executable, "-m", "tests.cloud.one_click", fal_deployment.account_id, "the click"]
    dead = subprocess.run(admission, env=fal_deployment.env, capture_output=True, check=False)
    assert dead.returncode == -signal.SIGKILL
    fal_deployment.start()
    again = subprocess.run(admission, env=fal_deployment.env, capture_output=True, text=True, check=True)
    ids = again.stdout.split()
    assert len(ids) == 1, "the same click gives the clip of before"
    assert fal_deployment.wait(*ids, seconds=60).status == "completed"
    assert_promises(fal_deployment, fal_simulator, ids)


@pytest.mark.spec("J9")
@pytest.mark.parametrize("point", [Point.SUBMIT_PREPARED, Point.SUBMIT_ANSWERED])
def test_a_submit_that_sleeps_past_its_lease_and_wakes_pays_nothing_twice(
    fal_deployment: Deployment, fal_simulator: FalSimulator, armed: Path, point: Point
) -> None:
    (armed / point.value).write_text("stop")
    fal_deployment.start()
    (clip_id,) = ask(fal_deployment, "kling-3.0-pro", settings=PAID)
    (sleeper,) = wait_for(lambda: fal_deployment.sleepers("submit"), what="the submit to fall asleep")
    fal_deployment.start("another submit")
    if point is Point.SUBMIT_PREPARED:
        fal_deployment.wait(clip_id, seconds=40)  # Nothing was sent: another worker sends it.
    else:
        fal_deployment.wait(clip_id, ClipStatus.AMBIGUOUS, seconds=40)  # It was sent, and nobody else knows.
    sleeper.send_signal(signal.SIGCONT)
    wait_for(lambda: not sleeper.is_running(), what="the sleeper to end its job")
    row = fal_deployment.wait(clip_id, ClipStatus.COMPLETED, seconds=40)
    assert len(fal_deployment.attempts(clip_id)) == 1
    assert row.billed == "yes"
    assert_promises(fal_deployment, fal_simulator, [clip_id])


def test_a_killed_valkey_holds_clips_up_and_loses_none(
    data_dir: Path, tmp_path: Path, fal_simulator: FalSimulator
) -> None:
    fal_simulator.pace(queue_s=0.5, run_s=1.0)
    with PrivateValkey() as valkey:
        given = settings_of(data_dir, valkey.url, **QUICK, **fal_simulator.environment)
        with run_deployment(given, tmp_path) as deployment:
            deployment.start()
            ids: list[str] = []
            for stage in (ClipStatus.SUBMITTING, ClipStatus.RUNNING, ClipStatus.FETCHING):
                (paid,) = ask(deployment, "kling-3.0-pro", prompt=f"at {stage}", settings=PAID)
                deployment.wait(paid, stage, ClipStatus.COMPLETED)
                valkey.kill()
                ids += [paid, *ask(deployment, "kling-3.0-pro", prompt=f"after {stage}", settings=PAID)]
                ids += ask(deployment, "animatic", prompt=f"free after {stage}", settings=FREE)
                valkey.start()
            for clip_id in ids:
                deployment.wait(clip_id, seconds=90)
            assert_promises(deployment, fal_simulator, ids)
            assert {deployment.clip(clip_id).status for clip_id in ids} == {"completed"}


def test_an_outage_of_the_provider_is_waited_out(valkey: str, data_dir: Path, tmp_path: Path) -> None:
    with ProviderProcess(tmp_path / "fal", queue_s=0.5, run_s=2.0) as provider:
        given = settings_of(data_dir, valkey, **QUICK, **provider.environment)
        with run_deployment(given, tmp_path) as deployment:
            deployment.start()
            (under_way,) = ask(deployment, "kling-3.0-pro", prompt="under way", settings=PAID)
            deployment.wait(under_way, ClipStatus.RUNNING)
            provider.kill()
            (waiting,) = ask(deployment, "kling-3.0-pro", prompt="waiting", settings=PAID)
            held_up = wait_for(
                lambda: [one for one in deployment.attempts(waiting) if one.state == "returned"],
                seconds=40,
                what="a submit that reached nobody",
            )
            assert held_up[0].request_id is None
            provider.start()
            for clip_id in (under_way, waiting):
                assert deployment.wait(clip_id, seconds=60).status == "completed"
            assert_promises(deployment, provider, [under_way, waiting])
