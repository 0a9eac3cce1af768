"""Judges what a provider delivered, before it counts as a clip."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sorceress_video.media.containers import is_faststart
from sorceress_video.media.errors import ResultUnusable, SandboxFailed
from sorceress_video.media.filetype import EMPTY, MediaKind, file_type_of
from sorceress_video.media.limits import THUMBNAIL_SIDE
from sorceress_video.media.sandbox import Bounds, run_task
from sorceress_video.media.storage import copy_file

_MIB = 1024 * 1024
_BOUNDS = Bounds(memory=1536 * _MIB, file_size=64 * _MIB, cpu_seconds=20)


@dataclass(frozen=True)
class VideoInfo:
    """A whole video: codec, size in pixels as shown, length in seconds, pace, number of frames, sound."""

    codec: str
    width: int
    height: int
    seconds: float
    fps: float
    frames: int
    has_audio: bool


def inspect_result(
    path: Path, *, expected_seconds: float | None, tolerance: float, poster: Path | None = None
) -> VideoInfo:
    """Make sure that a file is a whole video of the length that was asked for.

    Args:
        path: the downloaded file.
        expected_seconds: the length that was asked for; nothing if any length is right.
        tolerance: how far the length may be off, in seconds.
        poster: where to write a poster (WebP) in the same go, which saves a process.

    Raises:
        ResultUnusable: `empty`, `not_video`, `unreadable`, `truncated`, `no_video`, `no_frames`, `codec`,
            `too_many_streams`, `too_many_pixels`, `wrong_length`, or `decoder_…` for what broke its bounds.
    """
    found = file_type_of(path)
    if found is EMPTY:
        raise ResultUnusable("empty", "The provider delivered an empty file.")
    if found.kind is not MediaKind.VIDEO:
        raise ResultUnusable("not_video", f"The provider delivered {found.name} instead of a video.")
    try:
        answer = run_task(
            "inspect_result",
            path,
            {} if poster is None else {"poster": poster},
            {
                "expected_seconds": expected_seconds,
                "tolerance": tolerance,
                "poster_side": None if poster is None else THUMBNAIL_SIDE,
            },
            bounds=_BOUNDS,
        )
    except SandboxFailed as error:
        raise ResultUnusable(error.code, error.sentence) from error
    return VideoInfo(**answer)


def faststart_copy(source: Path, target: Path) -> None:
    """Write an MP4 with the same frames and its index in front, so that it plays while it loads.

    A source that is like that already is copied as it is; any other is remuxed, never encoded anew.

    Raises:
        MediaUnreadable: the source cannot be read.
        StorageFull: no room is left; nothing was written.
    """
    if is_faststart(source):
        copy_file(source, target)
        return
    size = source.stat().st_size
    bounds = Bounds(file_size=size + size // 4 + 16 * _MIB, cpu_seconds=60, wall_seconds=90)
    run_task("faststart_copy", source, {"copy": target}, {}, bounds=bounds)
