"""How fast the Sandbox renders, by kind of clip: seconds of video made in a second.

    python bench/sandbox.py [--size 1280x720] [--seconds 5] [--runs 3] [--at-least 5]

The best of the runs counts, setting up and encoding included. Beside the wall time stands the processor time
of all threads: where the load average says that others are at work too, only that can be compared, and half
of it is what two free cores need at the least. Exits with 1 if any kind is slower than `--at-least` times
real time on the wall.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from worker.sandbox import RenderSpec, render, render_still


def _specs(folder: Path, width: int, height: int, seconds: float) -> dict[str, RenderSpec]:
    size = {"width": width, "height": height}

    def still(name: str, prompt: str, moment: float, **options: str) -> Path:
        path = folder / name
        spec = RenderSpec(prompt=prompt, seconds=5, **size, **options)
        Image.fromarray(render_still(spec, moment)).save(path, quality=92)
        return path

    first = still("first.jpg", "Mountains at dusk", 0.5, camera="pan left")
    later = still("later.jpg", "Mountains at dusk", 3.5, camera="pan left")
    other = still("other.jpg", "A misty pine forest at dawn", 2.0)
    clip = folder / "motion.mp4"
    common = {**size, "seconds": seconds}
    render(
        RenderSpec(prompt="Rolling hills", camera="pan right", **common), clip,
        progress=lambda _: None, cancelled=lambda: False,
    )  # fmt: skip
    return {
        "text: mountains": RenderSpec(
            prompt="A lone rider crosses the ridge at dusk, slow push in", **common
        ),
        "text: water": RenderSpec(prompt="Moonlit lake between mountains at night", **common),
        "text: city": RenderSpec(prompt="Neon city in the rain", **common),
        "text: forest": RenderSpec(prompt="Misty pine forest at dawn, fog", **common),
        "text: light": RenderSpec(prompt="Abstract silk and light", **common),
        "start frame": RenderSpec(start_frame=first, camera="orbit", **common),
        "morph": RenderSpec(start_frame=first, end_frame=later, **common),
        "dissolve": RenderSpec(start_frame=first, end_frame=other, **common),
        "motion clip": RenderSpec(start_frame=other, motion_clip=clip, **common),
        "references": RenderSpec(references=(first, other, later), **common),
    }


def main() -> int:
    """Print one line for each kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--at-least", type=float, default=0.0, metavar="RATIO")
    options = parser.parse_args()
    width, height = (int(side) for side in options.size.split("x"))
    slowest = float("inf")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        print(
            f"{width}x{height}, {options.seconds:g} s, 24 fps, best of {options.runs}, {os.cpu_count()} cores"
        )
        print(f"{'kind':16s} {'wall':>7s} {'processor':>10s} {'x real time':>12s} {'load':>5s} {'file':>9s}")
        for kind, spec in _specs(folder, width, height, options.seconds).items():
            out = folder / "out.mp4"
            wall, processor = (min(times) for times in zip(*_runs(spec, out, options.runs), strict=True))
            ratio = options.seconds / wall
            slowest = min(slowest, ratio)
            print(
                f"{kind:16s} {wall:5.2f} s {processor:8.2f} s {ratio:12.1f} {os.getloadavg()[0]:5.1f}"
                f" {out.stat().st_size / 1024:6.0f} KB",
                flush=True,
            )
    print(f"slowest: {slowest:.1f} x real time")
    return 0 if slowest >= options.at_least else 1


def _runs(spec: RenderSpec, out: Path, count: int) -> Iterator[tuple[float, float]]:
    """Wall and processor time of each run, seconds."""
    for _ in range(count):
        started, used = time.perf_counter(), time.process_time()
        render(spec, out, progress=lambda _: None, cancelled=lambda: False)
        yield time.perf_counter() - started, time.process_time() - used


if __name__ == "__main__":
    sys.exit(main())
