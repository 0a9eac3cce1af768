"""Makes the clips that signed-out visitors see and the still pictures of the tests, with the Sandbox.

    python scripts/make_demo_clips.py [--only demo|test-images]

The same files come out each time. Every clip stays under 350 KB: its quality is lowered until it fits.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from sorceress_video.media.reader import read_frames  # noqa: E402
from worker.sandbox import CameraMove, RenderSpec, render, render_still  # noqa: E402

WIDTH, HEIGHT = 960, 540
MAX_BYTES = 350_000
CRF_BEST, CRF_WORST = 22, 42
MAX_TEST_IMAGE_BYTES = 150_000
DEMO = ROOT / "assets" / "demo"
TEST_IMAGES = ROOT / "tests" / "assets"


@dataclass(frozen=True)
class Demo:
    """One clip of the signed-out gallery."""

    id: str
    prompt: str
    camera: CameraMove
    seed: int
    seconds: float = 4.5


DEMOS = (
    Demo("ridge-at-dusk", "A lone rider crosses the ridge at dusk, slow dolly in, last light on the peaks",
         "push in", 4),
    Demo("forest-in-mist", "Mist drifts through an emerald pine forest, the camera glides past the trees",
         "pan right", 2),
    Demo("moonlit-lake", "Moonlit lake between mountains at night, the water barely moves", "push in", 3),
    Demo("neon-rain", "Neon city in the rain, the skyline mirrored in the harbour", "pan left", 5),
    Demo("golden-dunes", "Golden hour over endless desert dunes, dust hangs in the light", "rise", 7),
    Demo("first-snow", "First snow falls over alpine peaks, pale winter morning", "orbit", 6),
)  # fmt: skip


def make_demo(demo: Demo) -> dict[str, object]:
    """Write a demo's clip and poster; returns its entry of `clips.json`."""
    video, poster = DEMO / f"{demo.id}.mp4", DEMO / f"{demo.id}.webp"
    spec = RenderSpec(
        prompt=demo.prompt, width=WIDTH, height=HEIGHT, seconds=demo.seconds, seed=demo.seed,
        camera=demo.camera, title=False,
    )  # fmt: skip
    for crf in range(CRF_BEST, CRF_WORST, 2):
        render(
            spec,
            video,
            progress=lambda _: None,
            cancelled=lambda: False,
            crf=crf,
            preset="medium",
            grain=0.3,
        )
        if video.stat().st_size <= MAX_BYTES:
            break
    else:
        raise SystemExit(f"{demo.id} does not fit into {MAX_BYTES} bytes.")
    frames = list(read_frames(video))
    Image.fromarray(frames[len(frames) // 2]).save(poster, quality=82, method=6)
    _say(f"{video.name}: {video.stat().st_size / 1000:.0f} KB at crf {crf}")
    return {
        "id": demo.id, "prompt": demo.prompt, "model": "Animatic", "video": f"/demo/{video.name}",
        "poster": f"/demo/{poster.name}", "width": WIDTH, "height": HEIGHT, "seconds": demo.seconds,
    }  # fmt: skip


def make_test_images() -> None:
    """Write a start frame, an end frame that can be morphed from it, and a portrait."""
    TEST_IMAGES.mkdir(parents=True, exist_ok=True)
    ridge = RenderSpec(
        prompt="Mountains at dusk, last light", width=1280, height=720, seconds=5, seed=11, camera="pan right"
    )
    forest = RenderSpec(prompt="A misty pine forest at dawn", width=720, height=1280, seconds=5, seed=3)
    for name, spec, moment in (
        ("start-frame.jpg", ridge, 0.8), ("end-frame.jpg", ridge, 4.2), ("portrait.jpg", forest, 2.0),
    ):  # fmt: skip
        picture = render_still(spec, moment).astype(np.float32)
        noise = np.random.default_rng(5).normal(0, 2.2, picture.shape[:2])
        photo = Image.fromarray(np.clip(picture + noise[..., None], 0, 255).astype(np.uint8))
        for quality in (90, 84, 78, 70):
            photo.save(TEST_IMAGES / name, quality=quality, optimize=True)
            if (TEST_IMAGES / name).stat().st_size <= MAX_TEST_IMAGE_BYTES:
                break
        _say(f"{name}: {(TEST_IMAGES / name).stat().st_size / 1000:.0f} KB")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def main() -> None:
    """Make what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=("demo", "test-images"))
    only = parser.parse_args().only
    if only != "demo":
        make_test_images()
    if only != "test-images":
        DEMO.mkdir(parents=True, exist_ok=True)
        entries = [make_demo(demo) for demo in DEMOS]
        (DEMO / "clips.json").write_text(json.dumps(entries, indent=2, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
