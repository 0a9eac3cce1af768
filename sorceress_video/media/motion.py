"""Motion clips made to measure: long enough for a model, or short enough."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from sorceress_video.media.limits import THUMBNAIL_SIDE
from sorceress_video.media.sandbox import Bounds, run_task

_MIB = 1024 * 1024
_BOUNDS: Final = Bounds(memory=2048 * _MIB, file_size=512 * _MIB, cpu_seconds=240, wall_seconds=240)


@dataclass(frozen=True)
class MadeToMeasure:
    """A new version of a motion clip. Pixels, seconds, frames a second.

    ``way`` is how it was made: ``loop``, ``back and forth``, ``slower`` or ``cut``.
    """

    way: str
    width: int
    height: int
    seconds: float
    fps: float
    has_audio: bool


def lengthen(video: Path, least: float, *, out: Path, thumbnail: Path) -> MadeToMeasure:
    """Write an MP4 of at least ``least`` seconds out of a shorter video; its sound stays behind.

    Args:
        video: the file.
        least: seconds that are needed.
        out: where the MP4 goes.
        thumbnail: where a WebP of at most 512 pixels a side goes.

    Raises:
        MediaUnreadable: the video cannot be decoded.
        SandboxFailed: it broke the decoder's bounds.
        StorageFull: no room is left; nothing was written.
    """
    return _run("lengthen_video", video, out, thumbnail, {"least": least})


def cut(video: Path, start: float, seconds: float, *, out: Path, thumbnail: Path) -> MadeToMeasure:
    """Write so many seconds of a video from ``start`` on. Arguments and errors as :func:`lengthen`."""
    return _run("cut_video", video, out, thumbnail, {"start": start, "seconds": seconds})


def _run(task: str, video: Path, out: Path, thumbnail: Path, arguments: dict[str, Any]) -> MadeToMeasure:
    outputs = {"clip": out, "thumbnail": thumbnail}
    arguments = {**arguments, "thumbnail_side": THUMBNAIL_SIDE}
    return MadeToMeasure(**run_task(task, video, outputs, arguments, bounds=_BOUNDS))
