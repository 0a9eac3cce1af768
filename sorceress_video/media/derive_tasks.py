"""The child's tasks that derive pictures and previews from a video."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import islice
from math import ceil
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from PIL import Image, WebPImagePlugin

from sorceress_video.media import containers
from sorceress_video.media.decoder import INPUT_NAME
from sorceress_video.media.errors import MediaUnreadable
from sorceress_video.media.judge import Judge

_POSTER_SECONDS = 3.0
_DARK = 20.0  # Mean luma of 0…255 under which a frame says nothing.
_FLAT = 4.0  # Mean distance from the mean luma under which a frame is one colour.
_PREVIEW_FPS = 16
_THREADS = 2
_PATH = Path(INPUT_NAME)


def make_derivatives(
    *,
    poster_side: int | None,
    preview: dict[str, float] | None,
    last_frame: bool,
) -> dict[str, Any]:
    """Write any of ``poster`` (WebP), ``preview`` (MP4) and ``last_frame`` (PNG) of a stored video."""
    judge = Judge(MediaUnreadable, "The video")
    with judge.reading():
        if poster_side is not None:
            write_poster(_PATH, "poster", poster_side, judge)
        if preview is not None:
            _write_preview(int(preview["max_width"]), int(preview["max_height"]), preview["seconds"], judge)
        if last_frame:
            _write_last_frame(judge)
    return {}


def write_poster(path: Path, name: str, side: int, judge: Judge) -> None:
    with containers.open_media(path) as source:
        frame = _telling_frame(_early_frames(source))
        if frame is None:
            raise judge.no_picture()
        width, height = containers.fit(frame.width, frame.height, side, side)
        upright_image(frame, width, height).save(name, WebPImagePlugin.WebPImageFile.format, quality=80)


def _early_frames(source: InputContainer) -> Iterator[av.VideoFrame]:
    """Frames of the first seconds, the first one and then about six a second."""
    step = max(1, round(float(containers.frame_rate(source.streams.video[0]) or 24) / 6))
    start: float | None = None
    for frame in islice(containers.decoded_frames(source, threads=_THREADS), 0, 600, step):
        time = frame.time or 0.0
        start = time if start is None else start
        if time - start > _POSTER_SECONDS:
            return
        yield frame


def _telling_frame(frames: Iterable[av.VideoFrame]) -> av.VideoFrame | None:
    """The first frame that is neither dark nor of one colour; else the brightest; nothing of nothing."""
    best: tuple[float, av.VideoFrame] | None = None
    for frame in frames:
        mean, contrast = _luma(frame)
        if mean >= _DARK and contrast >= _FLAT:
            return frame
        if best is None or mean > best[0]:
            best = (mean, frame)
    return best[1] if best is not None else None


def _luma(frame: av.VideoFrame) -> tuple[float, float]:
    """Mean luma (0…255) and the mean distance from it, on a small copy."""
    small = frame.reformat(width=32, height=32, format="gray", interpolation="AREA")
    plane = small.planes[0]
    data = bytes(plane)
    values = b"".join(data[row * plane.line_size : row * plane.line_size + 32] for row in range(32))
    mean = sum(values) / len(values)
    return mean, sum(abs(value - mean) for value in values) / len(values)


def upright_image(frame: av.VideoFrame, width: int, height: int) -> Image.Image:
    """The frame as a picture, turned as players turn it. The size is meant before turning."""
    image: Image.Image = containers.rgb_frame(frame, width, height).to_image()  # type: ignore[no-untyped-call]
    turn = _TURNS.get(int(frame.rotation) % 360)
    return image.transpose(turn) if turn is not None else image


# FFmpeg and Pillow both count counter-clockwise.
_TURNS = {90: Image.Transpose.ROTATE_90, 180: Image.Transpose.ROTATE_180, 270: Image.Transpose.ROTATE_270}


def _write_preview(max_width: int, max_height: int, seconds: float, judge: Judge) -> None:
    """A muted, small MP4 of the beginning: whole divisions of the frame rate, so that motion stays even."""
    # Only this task needs arrays; their import costs the others a tenth of a second.
    import numpy as np  # noqa: PLC0415

    from sorceress_video.media.encode import H264Writer  # noqa: PLC0415

    with containers.open_media(_PATH) as source:
        rate = containers.frame_rate(source.streams.video[0]) or Fraction(24)
        frames = containers.decoded_frames(source, threads=_THREADS)
        first = next(frames, None)
        if first is None:
            raise judge.no_picture()
        fps = rate / ceil(rate / _PREVIEW_FPS)
        turned = containers.display_size(first.width, first.height, int(first.rotation))
        width, height = (max(2, side // 2 * 2) for side in containers.fit(*turned, max_width, max_height))
        with H264Writer(Path("preview"), width, height, fps, crf=30, threads=_THREADS) as writer:
            for frame in _paced(first, frames, fps, seconds):
                if int(frame.rotation) % 360:
                    size = containers.display_size(width, height, int(frame.rotation))
                    writer.write_rgb(np.asarray(upright_image(frame, *size)))
                else:
                    writer.write_frame(frame)


def _paced(
    first: av.VideoFrame, rest: Iterator[av.VideoFrame], fps: Fraction, seconds: float
) -> Iterator[av.VideoFrame]:
    """One frame for each tick of a steady clock, whatever the pace of the source."""
    start, shown, ticks = first.time or 0.0, first, max(1, round(seconds * fps))
    tick = 0
    for frame in rest:
        time = (frame.time or 0.0) - start
        while tick < ticks and float(tick / fps) < time - 1e-3:
            yield shown
            tick += 1
        if tick >= ticks:
            return
        shown = frame
    if float(tick / fps) <= (shown.time or 0.0) - start + 1e-3:
        yield shown


def _write_last_frame(judge: Judge) -> None:
    with containers.open_media(_PATH) as source:
        frame = last_of(source, back=1.0) or last_of(source, back=None)
        if frame is None:
            raise judge.no_picture()
        image = upright_image(frame, frame.width, frame.height)
        image.save("last_frame", "PNG", compress_level=3)


def last_of(source: InputContainer, *, back: float | None) -> av.VideoFrame | None:
    """The last frame that the decoder gives, from the key frame before the last `back` seconds."""
    duration = source.duration or 0
    source.seek(max(0, duration - round(back * av.time_base)) if back is not None else 0)
    last = None
    for frame in containers.decoded_frames(source, threads=_THREADS):
        last = frame
    return last
