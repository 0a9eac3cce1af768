"""The child's tasks on motion clips: make a short one longer, cut a long one."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain, cycle, islice, pairwise
from math import ceil
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
from av.audio.resampler import AudioResampler
from av.container import InputContainer
from numpy.typing import NDArray

from sorceress_video.media import containers
from sorceress_video.media.decoder import INPUT_NAME
from sorceress_video.media.derive_tasks import upright_image, write_poster
from sorceress_video.media.encode import AudioTrack, H264Writer
from sorceress_video.media.errors import MediaUnreadable
from sorceress_video.media.judge import Judge

_THREADS: Final = 2
_PATH: Final = Path(INPUT_NAME)
_MARGIN: Final = 0.08
"""Seconds beyond the minimum: providers measure a frame more or less than we do."""
_SLOWEST: Final = 1.25
"""More than a quarter slower looks slowed down."""
_HELD_BYTES: Final = 700 * 1024 * 1024
"""Decoded frames that playing backwards may keep in memory."""
_SIGNATURE: Final = (32, 18)
_RATE: Final = 48_000

Signatures = NDArray[np.int16]


def lengthen_video(*, least: float, thumbnail_side: int) -> dict[str, Any]:
    """Write ``clip`` (MP4, without sound) of at least ``least`` seconds, and ``thumbnail`` (WebP).

    Of playing again from the start, playing back and forth, and playing slower, the way whose seam shows the
    least is taken. The answer has the way, the size in pixels, the length in seconds and the frames a second.
    """
    judge = Judge(MediaUnreadable, "The motion video")
    with judge.reading(), containers.open_media(_PATH) as source:
        rate = containers.frame_rate(source.streams.video[0]) or Fraction(24)
        looks = _signatures(source)
        if not len(looks):
            raise judge.no_picture()
        count = ceil((least + _MARGIN) * rate)
        way = _least_visible(looks, count / len(looks), held=_bytes_of(source, len(looks)))
        pace = rate if way != "slower" else rate * len(looks) / count
        frames = _FRAMES[way](source)
        wanted = len(looks) if way == "slower" else count
        return {"way": way} | _write(islice(frames, wanted), pace, thumbnail_side, judge)


def cut_video(*, start: float, seconds: float, thumbnail_side: int) -> dict[str, Any]:
    """Write ``clip`` (MP4, with its sound): so many seconds from ``start`` on, and ``thumbnail`` (WebP)."""
    judge = Judge(MediaUnreadable, "The motion video")
    with judge.reading(), containers.open_media(_PATH) as source:
        rate = containers.frame_rate(source.streams.video[0]) or Fraction(24)
        sound = _sound(source, start, seconds)
        # Up to the limit, not over it: the frame that begins at the end is left out.
        frames = islice(_from(source, start), max(1, int(seconds * rate)))
        return {"way": "cut"} | _write(frames, rate, thumbnail_side, judge, sound)


def _write(
    frames: Iterator[av.VideoFrame],
    rate: Fraction,
    thumbnail_side: int,
    judge: Judge,
    sound: AudioTrack | None = None,
) -> dict[str, Any]:
    first = next(frames, None)
    if first is None:
        raise judge.no_picture()
    shown = containers.display_size(first.width, first.height, int(first.rotation))
    width, height = (max(2, side // 2 * 2) for side in shown)
    with H264Writer(Path("clip"), width, height, rate, crf=18, threads=_THREADS, audio=sound) as writer:
        for frame in chain([first], frames):
            if int(frame.rotation) % 360:
                size = containers.display_size(width, height, int(frame.rotation))
                writer.write_rgb(np.asarray(upright_image(frame, *size)))
            else:
                writer.write_frame(frame)
        written = writer.frames_written
    write_poster(Path("clip"), "thumbnail", thumbnail_side, judge)
    return {
        "width": width,
        "height": height,
        "seconds": round(float(written / rate), 3),
        "fps": round(float(rate), 3),
        "has_audio": sound is not None,
    }


# --- how to make it longer


def _signatures(source: InputContainer) -> Signatures:
    """Every frame as a few hundred grey values, of shape (frames, values)."""
    width, height = _SIGNATURE
    small = [
        frame.reformat(width=width, height=height, format="gray", interpolation="AREA").to_ndarray().ravel()
        for frame in containers.decoded_frames(source, threads=_THREADS)
    ]
    return np.array(small, dtype=np.int16).reshape(len(small), -1)


def _bytes_of(source: InputContainer, frames: int) -> int:
    picture = source.streams.video[0]
    return frames * picture.width * picture.height * 3 // 2


def _least_visible(looks: Signatures, factor: float, *, held: int) -> str:
    """The way whose seam differs least from the motion around it.

    Distances are mean differences of grey values. Jumping from the last frame to the first costs what that
    step is larger than an ordinary one; turning round costs the motion that is reversed; playing slower
    costs the motion that is lost.
    """
    if len(looks) < 2:
        return "loop"
    steps = [_distance(one, other) for one, other in pairwise(looks)]
    usual = float(np.mean(steps))
    costs = {"loop": max(0.0, _distance(looks[-1], looks[0]) - usual)}
    if held <= _HELD_BYTES:
        costs["back and forth"] = (steps[0] + steps[-1]) / 2
    if factor <= _SLOWEST:
        costs["slower"] = 2 * usual * (factor - 1)
    return min(costs, key=lambda way: costs[way])


def _distance(one: Signatures, other: Signatures) -> float:
    return float(np.abs(one - other).mean())


def _again(source: InputContainer) -> Iterator[av.VideoFrame]:
    while True:
        yield from _all(source)


def _back_and_forth(source: InputContainer) -> Iterator[av.VideoFrame]:
    frames = list(_all(source))
    yield from cycle([*frames, *frames[-2:0:-1]])


def _all(source: InputContainer) -> Iterator[av.VideoFrame]:
    source.seek(0)
    yield from containers.decoded_frames(source, threads=_THREADS)


_FRAMES: Final = {"loop": _again, "back and forth": _back_and_forth, "slower": _all}


# --- cutting


def _from(source: InputContainer, start: float) -> Iterator[av.VideoFrame]:
    origin = (source.start_time or 0) / av.time_base
    source.seek(round(max(0.0, origin + start) * av.time_base))
    for frame in containers.decoded_frames(source, threads=_THREADS):
        if (frame.time or 0.0) - origin >= start - 1e-3:
            yield frame


def _sound(source: InputContainer, start: float, seconds: float) -> AudioTrack | None:
    if not source.streams.audio:
        return None
    origin = (source.start_time or 0) / av.time_base
    resampler = AudioResampler(format="fltp", layout="stereo", rate=_RATE)
    source.seek(round(max(0.0, origin + start) * av.time_base))
    parts: list[NDArray[np.float32]] = []
    for frame in source.decode(source.streams.audio[0]):
        begins = (frame.time or 0.0) - origin
        if begins >= start + seconds:
            break
        for part in resampler.resample(frame):
            samples = part.to_ndarray().T.astype(np.float32)
            parts.append(samples[max(0, round((start - begins) * _RATE)) :])
    if not parts:
        return None
    return AudioTrack(np.concatenate(parts)[: round(seconds * _RATE)], _RATE)
