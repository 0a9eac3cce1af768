"""What the media room costs: uploads, inspection, posters, previews, last frames, each with its own process.

    python bench/media.py [--runs 5]

Prints the median of the runs, in milliseconds of wall time and of processor time (children included).
On a busy machine processor time says more.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sorceress_video.media.derive import extract_last_frame, make_derivatives, make_poster, make_preview
from sorceress_video.media.encode import H264Writer
from sorceress_video.media.filetype import MediaKind
from sorceress_video.media.results import faststart_copy, inspect_result
from sorceress_video.media.storage import LocalStorage
from sorceress_video.media.uploads import accept_upload


def _texture(width: int, height: int) -> np.ndarray:
    chance = np.random.default_rng(0)
    coarse = chance.integers(0, 255, (height // 40 + 1, width // 40 + 1, 3), dtype=np.uint8)
    smooth = Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC)
    grain = chance.integers(-5, 6, (height, width, 3))
    return (np.asarray(smooth, np.int16) + grain).clip(0, 255).astype(np.uint8)


def _clip(path: Path, width: int, height: int) -> Path:
    texture = _texture(width, height)
    with H264Writer(path, width, height, 24) as writer:
        for index in range(120):
            writer.write_rgb(np.roll(texture, index * 4, axis=1))
    return path


def _processor_ms() -> float:
    used = (resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used) * 1000


def _measure(name: str, runs: int, work: Callable[[], object]) -> None:
    wall, processor = [], []
    for _ in range(runs):
        began, used = time.perf_counter(), _processor_ms()
        work()
        wall.append((time.perf_counter() - began) * 1000)
        processor.append(_processor_ms() - used)
    print(f"{name:44} {statistics.median(wall):7.0f} ms {statistics.median(processor):7.0f} ms of processor")


def main() -> None:
    """Make the files, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for width, height in ((1920, 1080), (4032, 3024)):
            photo = folder / f"{height}.jpg"
            Image.fromarray(_texture(width, height)).save(photo, quality=90)
            _measure(
                f"accept a JPEG of {width}×{height}",
                runs,
                lambda photo=photo: accept_upload(photo, kinds=frozenset({MediaKind.IMAGE})),
            )
        storage = LocalStorage(folder / "media")
        for width, height in ((1280, 720), (1920, 1080)):
            clip = _clip(folder / f"{height}.mp4", width, height)
            poster, preview, last = folder / "poster.webp", folder / "preview.mp4", folder / "last.png"
            tasks: dict[str, Callable[[], object]] = {
                "accept": lambda clip=clip: accept_upload(clip, kinds=frozenset({MediaKind.VIDEO})),
                "inspect": lambda clip=clip: inspect_result(clip, expected_seconds=5, tolerance=0.5),
                "inspect with poster": lambda clip=clip, poster=poster: inspect_result(
                    clip, expected_seconds=5, tolerance=0.5, poster=poster
                ),
                "faststart copy": lambda clip=clip: faststart_copy(clip, folder / "copy.mp4"),
                "store": lambda clip=clip: storage.put_file(
                    clip, storage.store_file(clip, "video/mp4").key, "video/mp4"
                ),
                "poster": lambda clip=clip, poster=poster: make_poster(clip, poster),
                "preview": lambda clip=clip, preview=preview: make_preview(clip, preview),
                "last frame": lambda clip=clip, last=last: extract_last_frame(clip, last),
                "preview and last frame together": lambda clip=clip, preview=preview, last=last: (
                    make_derivatives(clip, preview=preview, last_frame=last)
                ),
            }
            for task, work in tasks.items():
                _measure(f"{task}, 5 s of {width}×{height}", runs, work)
            print(f"  clip {clip.stat().st_size // 1024} KiB, preview {preview.stat().st_size // 1024} KiB")


if __name__ == "__main__":
    main()
