"""Clips of the built-in Sandbox, from the click to a film, through real processes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from sorceress_video.catalog import InputRole, MediaKind, Mode
from sorceress_video.generation.lifecycle import ClipStatus
from sorceress_video.jobs import actions
from sorceress_video.library.tables import Asset
from sorceress_video.media.encode import H264Writer
from sorceress_video.media.reader import read_frames
from sorceress_video.media.storage import open_storage
from sorceress_video.settings import get_settings
from tests.cloud.asking import ask, frame
from tests.support.deployment import Deployment
from tests.support.waiting import wait_for

SMALL = {"animatic": {"resolution": "480p", "duration": 3}}
ASSETS = Path(__file__).parents[1] / "assets"


@pytest.mark.spec("J2")
def test_a_prompt_becomes_a_film_with_poster_preview_and_last_frame(running: Deployment) -> None:
    (clip_id,) = ask(running, "animatic", settings=SMALL)
    row = running.wait(clip_id, ClipStatus.COMPLETED)
    assert row.billed == "yes"
    assert row.cost_micro_usd == 0
    assert row.seconds == pytest.approx(3.0, abs=0.1)

    def derived() -> Asset | None:
        with running.db.read() as session:
            asset = session.get(Asset, row.video_id)
        return asset if asset and asset.preview_key and asset.last_frame_key else None

    asset = wait_for(derived, seconds=20, what="the preview")
    storage = open_storage(get_settings())
    for key in (asset.file_key, asset.poster_key, asset.preview_key, asset.last_frame_key):
        assert key is not None
        assert storage.stat(key) is not None
    film = storage.local_path(asset.file_key)
    assert film is not None
    assert sum(1 for _ in read_frames(film)) == 72


def test_a_start_and_an_end_frame_go_along(running: Deployment) -> None:
    inputs = (
        frame(running, ASSETS / "start-frame.jpg"),
        frame(running, ASSETS / "end-frame.jpg", InputRole.END_FRAME),
    )
    (clip_id,) = ask(running, "animatic", mode=Mode.IMAGE, inputs=inputs, settings=SMALL)
    assert running.wait(clip_id).status == "completed"


@pytest.mark.spec("P6", "J1")
def test_a_character_borrows_the_motion_of_a_video(running: Deployment, tmp_path: Path) -> None:
    film = tmp_path / "walk.mp4"
    with H264Writer(film, 320, 180, 24, crf=28) as writer:
        for number in range(30):
            picture = np.full((180, 320, 3), 40, np.uint8)
            picture[60:120, 8 * number : 8 * number + 40] = 220
            writer.write_rgb(picture)
    inputs = (
        frame(running, ASSETS / "portrait.jpg", InputRole.CHARACTER),
        frame(running, film, InputRole.MOTION_CLIP, MediaKind.VIDEO, seconds=1.25),
    )
    (clip_id,) = ask(running, "animatic-motion", prompt="", mode=Mode.MOTION, inputs=inputs)
    row = running.wait(clip_id, ClipStatus.COMPLETED)
    assert row.seconds == pytest.approx(1.25, abs=0.1)
    assert row.width
    assert row.height
    assert row.width > row.height, "the clip has the shape of the character image"


@pytest.mark.spec("J3")
def test_a_rehearsed_shortage_of_capacity_is_waited_out(running: Deployment) -> None:
    (clip_id,) = ask(
        running, "animatic", settings={"animatic": {**SMALL["animatic"], "rehearsal": "wait_for_capacity"}}
    )
    running.wait(clip_id, ClipStatus.WAITING)
    row = running.wait(clip_id, ClipStatus.COMPLETED, seconds=60)
    assert [attempt.state for attempt in running.attempts(clip_id)] == ["returned"] * 3 + ["ended"]
    assert row.waiting_since is None


@pytest.mark.spec("J6")
@pytest.mark.parametrize(("rehearsal", "helps"), [("refuse", False), ("fail", True)])
def test_a_rehearsed_failure_says_why_and_is_free(running: Deployment, rehearsal: str, helps: bool) -> None:
    (clip_id,) = ask(
        running, "animatic", settings={"animatic": {**SMALL["animatic"], "rehearsal": rehearsal}}
    )
    row = running.wait(clip_id)
    assert (row.status, row.billed, row.retry_helps) == ("failed", "no", helps)
    assert row.error_text
    assert row.error_text.endswith(("Not charged.", "may help."))


@pytest.mark.spec("J5")
def test_a_running_clip_is_cancelled_within_a_moment(running: Deployment) -> None:
    (clip_id,) = ask(running, "animatic", settings={"animatic": {"resolution": "1080p", "duration": 10}})
    running.wait(clip_id, ClipStatus.RUNNING)
    actions.cancel(running.account_id, clip_id)
    row = running.wait(clip_id, ClipStatus.CANCELLED, seconds=10)
    assert row.billed == "no"
    assert row.video_id is None
