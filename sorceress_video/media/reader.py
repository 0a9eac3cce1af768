"""Pixels of files that the workspace keeps, as arrays, for renderers and tools in the workers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray
from PIL import Image

from sorceress_video.media import containers
from sorceress_video.media.errors import MediaRefused, MediaUnreadable
from sorceress_video.media.image_tasks import open_image, upright_image
from sorceress_video.media.limits import MAX_IMAGE_PIXELS

Uint8Array = NDArray[np.uint8]


def read_frames(path: Path, *, max_side: int | None = None) -> Iterator[Uint8Array]:
    """All frames of a stored video in order, upright, as (H, W, 3) uint8 RGB.

    Only for files that were accepted or inspected: they are decoded in this process.

    Args:
        path: the video.
        max_side: frames are scaled down to fit; nothing leaves them as they are.

    Raises:
        MediaUnreadable: the file cannot be decoded.
    """
    try:
        with containers.open_media(path) as source:
            for frame in containers.decoded_frames(source, threads=2):
                side = max_side or max(frame.width, frame.height)
                size = containers.fit(frame.width, frame.height, side, side)
                array = containers.rgb_frame(frame, *size).to_ndarray()
                yield np.ascontiguousarray(np.rot90(array, int(frame.rotation) // 90), dtype=np.uint8)
    except FFmpegError as error:
        raise MediaUnreadable("unreadable", "The video is damaged and cannot be read.") from error


def load_image(path: Path, *, max_side: int | None = None) -> Uint8Array:
    """A stored image, upright, as (H, W, 3) uint8 RGB; see-through parts lie on black.

    Args:
        path: the image.
        max_side: the image is scaled down to fit; nothing leaves it as it is.

    Raises:
        MediaUnreadable: the file cannot be decoded.
    """
    try:
        with open_image(path, MAX_IMAGE_PIXELS) as image:
            if max_side is not None:
                image.draft("RGB", (max_side, max_side))
            upright = upright_image(image)
    except MediaRefused as error:
        raise MediaUnreadable(error.code, error.sentence) from error
    if max_side is not None:
        width, height = containers.fit(upright.width, upright.height, max_side, max_side)
        upright = upright.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)
    if upright.mode == "RGBA":
        black = Image.new("RGBA", upright.size, (0, 0, 0, 255))
        upright = Image.alpha_composite(black, upright).convert("RGB")
    return np.array(upright, dtype=np.uint8)
