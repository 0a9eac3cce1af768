"""What the workspace takes from people, as data: sizes in bytes and pixels, lengths in seconds."""

from __future__ import annotations

from dataclasses import dataclass

MAX_IMAGE_PIXELS = 40_000_000
THUMBNAIL_SIDE = 512


@dataclass(frozen=True)
class UploadLimits:
    """Limits of one upload; the caller takes them from the model that the file is for.

    Attributes:
        max_bytes: size of the file.
        min_side: shorter side of an image or video in pixels.
        max_pixels: width × height of an image.
        min_seconds, max_seconds: length of a video or of a sound.
        max_fps: frames a second of a video.
    """

    max_bytes: int = 200 * 1024 * 1024
    min_side: int = 32
    max_pixels: int = MAX_IMAGE_PIXELS
    min_seconds: float = 0.0
    max_seconds: float = 600.0
    max_fps: float = 240.0
