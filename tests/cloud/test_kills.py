"""``kill -9`` at every named point of a clip's life: no clip is lost, none is paid for twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from sorceress_video.generation.lifecycle import ClipStatus
from sorceress_video.jobs import actions
from sorceress_video.jobs.points import Point
from sorceress_video.jobs.queues import get_redis
from tests.cloud.asking import ask
from tests.cloud.money import assert_promises
from tests.simulators.fal.handle import FalSimulator
from tests.support.deployment import Deployment
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
