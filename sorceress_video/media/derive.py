"""Makes what the gallery shows of a stored file: posters, hover previews, last frames, thumbnails."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from sorceress_video.media.limits import MAX_IMAGE_PIXELS, THUMBNAIL_SIDE
from sorceress_video.media.sandbox import Bounds, run_task

Moment = float | Literal["first", "last"]
"""Seconds from the beginning of a video, or one of its ends."""

RECIPE_VERSION: Final = 1
"""Raised whenever a derivative would come out differently, so that old and new ones have different keys."""

POSTER: Final = f".poster-{RECIPE_VERSION}.webp"
PREVIEW: Final = f".preview-{RECIPE_VERSION}.mp4"
LAST_FRAME: Final = f".last-{RECIPE_VERSION}.png"
THUMBNAIL: Final = f".thumbnail-{RECIPE_VERSION}.webp"
"""Key suffixes of the derivatives: `content_key(sha256 of the source, POSTER)`."""

_MIB = 1024 * 1024
_PREVIEW_SHAPE = {"max_width": 360, "max_height": 640, "seconds": 4.0}
_BOUNDS = Bounds(memory=2048 * _MIB, file_size=128 * _MIB, cpu_seconds=60, wall_seconds=90)


def make_poster(video: Path, out: Path) -> None:
    """Write a WebP of at most 512 pixels a side: the first early frame that is neither dark nor plain.

    Raises:
        MediaUnreadable: the video cannot be decoded.
        SandboxFailed: it broke the decoder's bounds.
        StorageFull: no room is left; nothing was written.
    """
    make_derivatives(video, poster=out)


def make_preview(video: Path, out: Path) -> None:
    """Write a muted H.264 MP4 of the first four seconds, at most 360 pixels wide. Errors as `make_poster`."""
    make_derivatives(video, preview=out)


def extract_last_frame(video: Path, out_png: Path) -> None:
    """Write the last frame that is shown, in full size, as PNG. Errors as `make_poster`."""
    make_derivatives(video, last_frame=out_png)


def make_derivatives(
    video: Path, *, poster: Path | None = None, preview: Path | None = None, last_frame: Path | None = None
) -> None:
    """Write several derivatives with one process; all of them or none. Errors as `make_poster`."""
    wanted = {"poster": poster, "preview": preview, "last_frame": last_frame}
    arguments: dict[str, Any] = {
        "poster_side": THUMBNAIL_SIDE if poster else None,
        "preview": _PREVIEW_SHAPE if preview else None,
        "last_frame": last_frame is not None,
    }
    outputs = {name: path for name, path in wanted.items() if path is not None}
    run_task("make_derivatives", video, outputs, arguments, bounds=_BOUNDS)


def make_thumbnail(image: Path, out: Path) -> tuple[int, int]:
    """Write a WebP of at most 512 pixels a side and return its size.

    Raises:
        MediaRefused: the image cannot be read.
        SandboxFailed, StorageFull: as `make_poster`.
    """
    arguments = {"max_pixels": MAX_IMAGE_PIXELS, "side": THUMBNAIL_SIDE}
    answer = run_task("make_thumbnail", image, {"thumbnail": out}, arguments)
    return answer["width"], answer["height"]


@dataclass(frozen=True)
class TakenFrame:
    """A frame of a video as a picture: its size in pixels, and the second from which the video shows it."""

    width: int
    height: int
    seconds: float


def take_frame(video: Path, at: Moment, *, picture: Path, thumbnail: Path) -> TakenFrame:
    """Write the frame that is on screen at a moment as PNG in full size, and a WebP of at most 512 pixels.

    Args:
        video: the file.
        at: seconds from the beginning, or the first or the last frame. Beyond the end it is the last one.
        picture: where the PNG goes.
        thumbnail: where the WebP goes.

    Errors as `make_poster`.
    """
    outputs = {"picture": picture, "thumbnail": thumbnail}
    answer = run_task(
        "take_frame", video, outputs, {"at": at, "thumbnail_side": THUMBNAIL_SIDE}, bounds=_BOUNDS
    )
    return TakenFrame(answer["width"], answer["height"], answer["seconds"])
