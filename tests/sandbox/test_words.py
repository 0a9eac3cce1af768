"""What prompts turn into: places, lights, moves and lettering."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from sorceress_video.media.reader import read_frames
from worker.sandbox import RenderSpec, render, render_still
from worker.sandbox.camera import choose_move
from worker.sandbox.scenery.theme import PALETTES, read_theme, seeded
from worker.sandbox.titles import readable, title_card

SIZE = {"width": 256, "height": 144}
PROMPTS = {
    "emoji": "🔥🐉 a dragon over the ridge 🏔️👩‍👩‍👧‍👦",
    "right to left": "فارس وحيد يعبر التلال عند الغسق",
    "hebrew and latin": "רוכב a rider בדידות at dusk",
    "chinese": "黄昏时分,孤独的骑手穿过山脊",
    "100 kB": "A lone rider crosses the ridge. " * 3200,
    "one long word": "a" * 100_000,
    "control characters": "dusk\x00\x1b[31m\u202e ridge\ud800\n\n\tend",
    "nothing": "",
    "combining marks": "Z̸̡̛a̵͔l̷g̴o over the hills" * 20,
}


@pytest.mark.parametrize("prompt", PROMPTS.values(), ids=PROMPTS.keys())
@pytest.mark.parametrize(("width", "height"), [(256, 144), (144, 256)])
def test_any_prompt_becomes_a_clip(tmp_path: Path, prompt: str, width: int, height: int) -> None:
    spec = RenderSpec(prompt=prompt, width=width, height=height, seconds=0.3, fps=10)
    render(spec, tmp_path / "clip.mp4", progress=lambda _: None, cancelled=lambda: False)
    assert len(list(read_frames(tmp_path / "clip.mp4"))) == 3


@pytest.mark.parametrize(
    ("prompt", "land", "light"),
    [
        ("A lone rider crosses the ridge at dusk", "mountains", "dusk"),
        ("misty pine forest at dawn", "forest", "dawn"),
        ("Neon city in the rain", "city", "neon"),
        ("stormy sea at sunset", "ocean", "dusk"),
        ("desert dunes at golden hour", "dunes", "golden"),
        ("moonlit lake, night", "lake", "midnight"),
        ("snow on alpine peaks", "mountains", "alpine"),
        ("a burning volcano", "mountains", "ember"),
    ],
)
def test_words_choose_the_place_and_its_light(prompt: str, land: str, light: str) -> None:
    for seed in range(3):
        theme = read_theme(prompt, "auto", seeded(prompt, seed))
        assert theme.land == land
        assert theme.palette is PALETTES[light]


def test_a_grade_overrules_the_words() -> None:
    theme = read_theme("ridge at dusk", "storm", seeded("", 0))
    assert theme.palette is PALETTES["storm"]


def test_snow_rain_embers_and_fog_are_read_from_the_prompt() -> None:
    theme = read_theme("rain, then snow over foggy embers", "auto", seeded("", 0))
    assert {"rain", "snow", "embers", "fog"} <= theme.weather


@pytest.mark.parametrize(
    ("prompt", "move"),
    [
        ("Slow dolly in, long lens", "push in"),
        ("zoom out to reveal the valley", "pull out"),
        ("pan left along the wall", "pan left"),
        ("the camera rises past the bell tower", "rise"),
        ("static shot of a door", "hold"),
    ],
)
def test_the_prompt_names_the_camera_move(prompt: str, move: str) -> None:
    assert choose_move("auto", prompt, np.random.default_rng(0)) == move


def test_a_chosen_move_overrules_the_prompt() -> None:
    assert choose_move("orbit", "zoom out", np.random.default_rng(0)) == "orbit"


@pytest.mark.parametrize("land", ["city", "lake", "forest fog snow", "ocean rain embers"])
@pytest.mark.parametrize(("width", "height"), [(642, 362), (358, 638)])
def test_scenery_fills_frames_of_any_even_size_for_any_seed(land: str, width: int, height: int) -> None:
    for seed in range(6):
        frame = render_still(RenderSpec(prompt=land, width=width, height=height, seconds=3, seed=seed), 1.0)
        assert frame.shape == (height, width, 3)
        # Nothing was left black at the edges of planes whose sizes do not divide by that of a chroma pixel.
        for edge in (frame[-2:], frame[:, -2:]):
            assert edge.max(axis=2).mean() > 4


def test_letters_without_a_glyph_are_left_out_and_latin_stays_whole() -> None:
    assert readable("🔥 Ein Ritt über die Höhe – “jetzt”") == "Ein Ritt über die Höhe – “jetzt”"
    assert (
        readable("Žluťoučký kůň, naïve façade, Привет, Ελλάδα")
        == "Žluťoučký kůň, naïve façade, Привет, Ελλάδα"
    )
    assert readable("黄昏时分 孤独的骑手") == ""


def test_long_prompts_end_at_a_word_with_an_ellipsis() -> None:
    shown = readable("wander " * 500)
    assert len(shown) <= 221
    assert shown.endswith("wander…")


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (720, 1280), (1920, 1080), (320, 180), (32, 32)])
def test_the_lettering_stays_inside_the_frame(width: int, height: int) -> None:
    card = title_card("The camera rises past the bell tower. " * 10, width, height, 5.0)
    rows, columns = card.ink.shape
    assert card.top >= 0
    assert card.top + rows <= height
    assert card.left + columns <= width
    if width >= 320:
        inked = np.flatnonzero(card.ink.max(axis=0))
        assert inked[0] >= 0.02 * width
        assert inked[-1] <= 0.93 * width


def test_the_title_is_seen_in_the_middle_and_gone_at_both_ends(tmp_path: Path) -> None:
    spec = RenderSpec(
        prompt="The last light on the ridge at dusk", width=640, height=360, seconds=3, camera="hold"
    )
    render(spec, tmp_path / "clip.mp4", progress=lambda _: None, cancelled=lambda: False)
    frames = list(read_frames(tmp_path / "clip.mp4"))

    def white(frame: np.ndarray) -> int:
        return int((cv2.cvtColor(frame[220:], cv2.COLOR_RGB2GRAY) > 190).sum())

    assert white(frames[len(frames) // 2]) > 150
    assert white(frames[0]) == 0
    assert white(frames[-1]) == 0


LANDS = ("mountains", "forest", "lake", "ocean", "city", "desert dunes", "hills", "nebula in outer space")


@pytest.mark.parametrize("land", LANDS)
@pytest.mark.parametrize("camera", ["pan left", "rise", "pull out", "orbit"])
def test_no_move_shows_the_edge_of_a_landscape(land: str, camera: str) -> None:
    """Beyond its edge a texture repeats its last column or row: those would be copies of each other."""
    spec = RenderSpec.model_validate({**SIZE, "prompt": land, "seconds": 6, "camera": camera, "seed": 2})
    for moment in (0.0, 6.0):
        frame = render_still(spec, moment).astype(int)
        for edge in (frame[:, :4], frame[:, -4:]):
            assert np.abs(np.diff(edge, axis=1)).max() > 0
