"""The Sandbox renders real clips of the asked size and length, the same each time, and stops when told."""

from __future__ import annotations

import itertools
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from sorceress_video.media.errors import MediaError
from sorceress_video.media.reader import read_frames
from worker.sandbox import CAMERA_MOVES, RenderCancelled, RenderSpec, render, render_still

ASSETS = Path(__file__).resolve().parents[1] / "assets"
START, END, PORTRAIT = ASSETS / "start-frame.jpg", ASSETS / "end-frame.jpg", ASSETS / "portrait.jpg"
SIZE = {"width": 256, "height": 144}


def film(spec: RenderSpec, out: Path) -> list[np.ndarray]:
    render(spec, out, progress=lambda _: None, cancelled=lambda: False)
    return list(read_frames(out))


def picture(path: Path, width: int, height: int) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB").resize((width, height), Image.Resampling.LANCZOS))


def likeness(a: np.ndarray, b: np.ndarray) -> float:
    """Correlation of the luma, after a little blur that takes grain and resampling out."""
    x, y = (cv2.GaussianBlur(cv2.cvtColor(p, cv2.COLOR_RGB2GRAY), (0, 0), 1.2).ravel() for p in (a, b))
    return float(np.corrcoef(x, y)[0, 1])


def changes(frames: list[np.ndarray]) -> list[float]:
    return [float(cv2.absdiff(a, b).mean()) for a, b in itertools.pairwise(frames)]


@pytest.fixture(scope="module")
def motion_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip whose picture slides steadily to the left."""
    out = tmp_path_factory.mktemp("motion") / "clip.mp4"
    film(RenderSpec(start_frame=START, camera="pan right", seconds=2, **SIZE), out)
    return out


@pytest.mark.parametrize(("width", "height"), [(256, 144), (144, 256), (192, 192), (336, 144)])
@pytest.mark.parametrize("fps", [24, 30])
def test_a_clip_has_the_size_and_length_that_were_asked_for(
    tmp_path: Path, width: int, height: int, fps: int
) -> None:
    spec = RenderSpec(prompt="forest at dawn", width=width, height=height, fps=fps, seconds=0.75)
    frames = film(spec, tmp_path / "clip.mp4")
    assert len(frames) == spec.frame_count == round(0.75 * fps)
    assert {frame.shape for frame in frames} == {(height, width, 3)}


@pytest.mark.parametrize(
    "inputs",
    [
        {"prompt": "Neon city in the rain"},
        {"prompt": "embers over a burning ridge"},
        {"start_frame": START},
        {"start_frame": START, "end_frame": PORTRAIT},
        {"references": (START, PORTRAIT)},
    ],
    ids=["city", "embers", "still", "dissolve", "references"],
)
def test_the_same_spec_gives_the_same_file(tmp_path: Path, inputs: dict[str, object]) -> None:
    spec = RenderSpec.model_validate({**SIZE, "seconds": 0.5, "seed": 5, **inputs})
    for name in ("a.mp4", "b.mp4"):
        film(spec, tmp_path / name)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_motion_taken_from_a_clip_is_the_same_each_time(tmp_path: Path, motion_clip: Path) -> None:
    spec = RenderSpec(start_frame=PORTRAIT, motion_clip=motion_clip, seconds=0.5, **SIZE)
    for name in ("a.mp4", "b.mp4"):
        film(spec, tmp_path / name)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_another_seed_gives_another_landscape(tmp_path: Path) -> None:
    one, other = (
        film(
            RenderSpec(prompt="mountains at dusk", seed=seed, seconds=0.1, **SIZE), tmp_path / f"{seed}.mp4"
        )[0]
        for seed in (1, 2)
    )
    assert cv2.absdiff(one, other).mean() > 4


@pytest.mark.parametrize("camera", [move for move in CAMERA_MOVES if move != "pull out"])
def test_a_clip_begins_on_its_start_frame(tmp_path: Path, camera: str) -> None:
    spec = RenderSpec.model_validate({**SIZE, "seconds": 1, "start_frame": START, "camera": camera})
    frames = film(spec, tmp_path / "clip.mp4")
    wanted = picture(START, 256, 144)
    assert likeness(frames[0], wanted) > 0.995
    assert cv2.absdiff(frames[0], wanted).mean() < 4
    # Every move but a locked-off camera goes somewhere.
    assert likeness(frames[-1], wanted) < (1.0 if camera == "hold" else 0.995)


def test_an_end_frame_alone_is_where_the_clip_arrives(tmp_path: Path) -> None:
    frames = film(RenderSpec(end_frame=END, seconds=1, camera="push in", **SIZE), tmp_path / "clip.mp4")
    assert likeness(frames[-1], picture(END, 256, 144)) > 0.995


@pytest.mark.parametrize("end", [END, PORTRAIT], ids=["related", "unrelated"])
def test_a_clip_leads_from_its_start_frame_to_its_end_frame(tmp_path: Path, end: Path) -> None:
    size = {"width": 256, "height": 144}
    target = tmp_path / "end.png"
    Image.fromarray(picture(end, 256, 144)).save(target)
    frames = film(RenderSpec(start_frame=START, end_frame=target, seconds=1, **size), tmp_path / "clip.mp4")
    assert likeness(frames[0], picture(START, 256, 144)) > 0.995
    assert likeness(frames[-1], picture(target, 256, 144)) > 0.99


def test_related_frames_are_bent_into_each_other_and_not_faded(tmp_path: Path) -> None:
    """A disc that moves is one disc half way; a cross-fade would show two pale ones."""
    paths = []
    for name, x in (("a.png", 100), ("b.png", 130)):
        canvas = picture(START, 256, 144) // 4
        cv2.circle(canvas, (x, 72), 22, (255, 255, 255), -1, cv2.LINE_AA)
        paths.append(tmp_path / name)
        Image.fromarray(canvas).save(paths[-1])
    frames = film(
        RenderSpec(start_frame=paths[0], end_frame=paths[1], seconds=1, **SIZE), tmp_path / "clip.mp4"
    )
    middle = cv2.cvtColor(frames[len(frames) // 2], cv2.COLOR_RGB2GRAY)
    bright = np.flatnonzero(middle[72] > 180)
    assert 91 <= bright.min() <= 97
    assert 40 <= np.ptp(bright) <= 48


def test_a_dissolve_passes_evenly_through_every_share_of_both_frames(tmp_path: Path) -> None:
    paths = []
    for name, grey in (("dark.png", 40), ("light.png", 200)):
        paths.append(tmp_path / name)
        Image.new("RGB", (256, 144), (grey, grey, grey)).save(paths[-1])
    spec = RenderSpec(start_frame=paths[0], end_frame=paths[1], seconds=2, **SIZE)
    levels = [render_still(spec, index / 24) for index in range(48)]
    means = [float(level.mean()) for level in levels]
    assert means == sorted(means)
    assert abs(means[0] - 40) < 2
    assert abs(means[-1] - 200) < 2
    assert max(np.diff(means)) < 25
    # A flat picture stays flat: the coarse and the fine part of a crossfade make up one whole.
    assert max(int(np.ptp(level)) for level in levels) <= 2


def test_motion_follows_the_clip(tmp_path: Path, motion_clip: Path) -> None:
    """The clip slides to the left, and so does the picture that borrows its motion."""
    frames = film(
        RenderSpec(start_frame=END, motion_clip=motion_clip, seconds=2, **SIZE), tmp_path / "clip.mp4"
    )
    first, later = (cv2.cvtColor(f, cv2.COLOR_RGB2GRAY) for f in (frames[0], frames[30]))
    flow = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM).calc(first, later, None)
    assert likeness(frames[0], picture(END, 256, 144)) > 0.99
    assert np.median(flow[40:110, 100:156, 0]) < -0.8


def test_references_are_all_seen(tmp_path: Path) -> None:
    colours = [(200, 30, 30), (30, 200, 30), (30, 30, 200)]
    paths = []
    for index, colour in enumerate(colours):
        paths.append(tmp_path / f"{index}.png")
        Image.new("RGB", (160, 90), colour).save(paths[-1])
    frames = film(RenderSpec(references=tuple(paths), seconds=6, fps=8, **SIZE), tmp_path / "clip.mp4")
    means = np.array([frame.reshape(-1, 3).mean(axis=0) for frame in frames])
    for channel in range(3):
        assert means[:, channel].max() > 150
    # The last frame shows the three of them together.
    last = frames[-1].reshape(-1, 3)
    assert all(np.any(last[:, channel] > 150) for channel in range(3))


def test_the_picture_moves_smoothly(tmp_path: Path) -> None:
    steps = changes(
        film(RenderSpec(start_frame=START, seconds=2, camera="push in", **SIZE), tmp_path / "clip.mp4")
    )
    assert max(steps) < 4 * (np.median(steps) + 0.3)


def test_cancelling_stops_within_a_frame_and_leaves_nothing(tmp_path: Path) -> None:
    asked = itertools.count()
    with pytest.raises(RenderCancelled):
        render(
            RenderSpec(prompt="ocean", seconds=30, **SIZE), tmp_path / "clip.mp4",
            progress=lambda _: None, cancelled=lambda: next(asked) >= 5,
        )  # fmt: skip
    assert next(asked) == 6
    assert list(tmp_path.iterdir()) == []


def test_a_clip_that_was_cancelled_before_it_began_is_never_rendered(tmp_path: Path) -> None:
    with pytest.raises(RenderCancelled):
        render(
            RenderSpec(prompt="ocean", seconds=30, **SIZE), tmp_path / "clip.mp4",
            progress=lambda _: None, cancelled=lambda: True,
        )  # fmt: skip
    assert list(tmp_path.iterdir()) == []


def test_an_unreadable_start_frame_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(START.read_bytes()[:200])
    with pytest.raises(MediaError):
        film(RenderSpec(start_frame=broken, seconds=1, **SIZE), tmp_path / "clip.mp4")
    assert list(tmp_path.iterdir()) == [broken]


def test_progress_rises_to_one(tmp_path: Path) -> None:
    seen: list[float] = []
    render(
        RenderSpec(prompt="dunes", seconds=2, **SIZE), tmp_path / "clip.mp4",
        progress=seen.append, cancelled=lambda: False,
    )  # fmt: skip
    assert seen[0] == 0
    assert seen[-1] == 1
    assert seen == sorted(set(seen))


@pytest.mark.parametrize("size", [(1, 400), (400, 1), (1, 1), (3, 2000)])
def test_odd_pictures_are_animated_all_the_same(tmp_path: Path, size: tuple[int, int]) -> None:
    odd = tmp_path / "odd.png"
    Image.new("RGB", size, (90, 140, 200)).save(odd)
    frames = film(RenderSpec(start_frame=odd, seconds=0.25, **SIZE), tmp_path / "clip.mp4")
    assert np.abs(frames[0].reshape(-1, 3).mean(axis=0) - (90, 140, 200)).max() < 6


def test_a_single_frame_is_a_clip(tmp_path: Path) -> None:
    assert len(film(RenderSpec(start_frame=START, seconds=0.01, **SIZE), tmp_path / "clip.mp4")) == 1


def test_a_motion_clip_needs_a_picture_to_move() -> None:
    with pytest.raises(ValueError, match="start frame or a reference"):
        RenderSpec(motion_clip=START, seconds=1, **SIZE)
