"""The child's task that takes one frame out of a video."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from PIL import WebPImagePlugin

from sorceress_video.media import containers
from sorceress_video.media.decoder import INPUT_NAME
from sorceress_video.media.derive_tasks import last_of, upright_image
from sorceress_video.media.errors import MediaUnreadable
from sorceress_video.media.judge import Judge

_THREADS = 2
# Browsers cut the time of a frame to microseconds, and so would name the frame before it.
_ROUNDING = 1e-3


def take_frame(*, at: float | str, thumbnail_side: int) -> dict[str, Any]:
    """Write ``picture`` (PNG, full size) and ``thumbnail`` (WebP) of the frame that is on screen at a moment.

    The answer has the picture's size in pixels, and the moment in seconds from which the frame is shown.
    """
    judge = Judge(MediaUnreadable, "The video")
    with judge.reading(), containers.open_media(Path(INPUT_NAME)) as source:
        frame = _frame_at(source, at)
        if frame is None:
            raise judge.no_picture()
        picture = upright_image(frame, frame.width, frame.height)
        picture.save("picture", "PNG", compress_level=3)
        small = picture.copy()
        small.thumbnail((thumbnail_side, thumbnail_side))
        small.save("thumbnail", WebPImagePlugin.WebPImageFile.format, quality=80)
        return {
            "width": picture.width,
            "height": picture.height,
            "seconds": round(max(0.0, (frame.time or 0.0) - _origin(source)), 4),
        }


def _frame_at(source: InputContainer, at: float | str) -> av.VideoFrame | None:
    if at == "first":
        return next(containers.decoded_frames(source, threads=_THREADS), None)
    if at == "last":
        return last_of(source, back=1.0) or last_of(source, back=None)
    until = _origin(source) + float(at) + _ROUNDING
    source.seek(round(max(0.0, until) * av.time_base))
    found = _shown_at(source, until)
    if found is None:
        # The index led to a place behind the moment.
        source.seek(0)
        found = _shown_at(source, until)
    if found is None:
        source.seek(0)
        found = next(containers.decoded_frames(source, threads=_THREADS), None)
    return found


def _shown_at(source: InputContainer, until: float) -> av.VideoFrame | None:
    """The last frame that begins before a moment of the file's own clock."""
    shown = None
    for frame in containers.decoded_frames(source, threads=_THREADS):
        if (frame.time or 0.0) > until:
            break
        shown = frame
    return shown


def _origin(source: InputContainer) -> float:
    return (source.start_time or 0) / av.time_base
