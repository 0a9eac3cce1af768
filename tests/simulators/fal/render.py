"""Real H.264 clips that fit a request, made once for each shape and told apart by a trailing box."""

from __future__ import annotations

import struct
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.video.frame import VideoFrame
from PIL import Image

FPS: Final = 24
_SAMPLE_RATE: Final = 48_000
_SHORT_SIDE: Final = {"4k": 2160, "2160p": 2160}
_RATIOS: Final = ("16:9", "9:16", "1:1", "4:3", "3:4", "21:9", "3:2", "2:3")


@dataclass(frozen=True)
class Shape:
    """What a clip looks like from outside: pixels, seconds, and whether it sounds."""

    width: int
    height: int
    seconds: float
    audio: bool

    @property
    def name(self) -> str:
        """A file name that is the same for the same shape."""
        return f"{self.width}x{self.height}-{self.seconds:g}s-{'a' if self.audio else 'm'}.mp4"


def shape_of(
    params: Mapping[str, Any], body: Mapping[str, Any], image: Path | None, video: Path | None
) -> Shape:
    """The shape that a request asks for, from its fields, the model's defaults and its uploaded files."""

    def value(name: str) -> Any:
        given = body.get(name)
        return given if given is not None else params.get(name, {}).get("default")

    short = _short_side(str(value("resolution") or "720p"))
    across, down = _ratio(str(value("aspect_ratio") or "auto"), image)
    scale = short / min(across, down)
    width, height = (2 * round(side * scale / 2) for side in (across, down))
    return Shape(width, height, _seconds(value, params, video), bool(value("generate_audio")))


def _short_side(resolution: str) -> int:
    digits = "".join(ch for ch in resolution if ch.isdigit())
    return _SHORT_SIDE.get(resolution.lower(), int(digits) if digits else 720)


def _ratio(named: str, image: Path | None) -> tuple[int, int]:
    across, _, down = named.partition(":")
    if across.isdigit() and down.isdigit():
        return int(across), int(down)
    if image is None:
        return 16, 9
    with Image.open(image) as picture:
        wanted = picture.width / picture.height
    pairs = [(int(a), int(b)) for a, b in (ratio.split(":") for ratio in _RATIOS)]
    return min(pairs, key=lambda pair: abs(pair[0] / pair[1] - wanted))


def _seconds(value: Any, params: Mapping[str, Any], video: Path | None) -> float:
    if "duration" not in params and video is not None:
        with av.open(str(video)) as container:
            return round((container.duration or 5_000_000) / 1_000_000, 2)
    frames = value("num_frames")
    if isinstance(frames, int):
        return frames / float(value("fps") or value("frames_per_second") or 16)
    digits = str(value("duration") or "").removesuffix("s")
    return float(digits) if digits.isdigit() and int(digits) else 5.0


class Renderer:
    """Renders each shape once and keeps it in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._locks: dict[Shape, threading.Lock] = {}

    def clip(self, shape: Shape, mark: str) -> bytes:
        """The clip of this shape, made unique by ``mark``. Blocks while it renders for the first time."""
        path = self._folder / shape.name
        with self._locks.setdefault(shape, threading.Lock()):
            if not path.exists():
                scratch = path.with_suffix(".part")
                _render(shape, scratch)
                scratch.rename(path)
        return path.read_bytes() + _free_box(mark)


def _free_box(mark: str) -> bytes:
    """An MP4 box that every reader skips."""
    payload = mark.encode()
    return struct.pack(">I", 8 + len(payload)) + b"free" + payload


def _render(shape: Shape, path: Path) -> None:
    with av.open(str(path), "w", format="mp4", options={"movflags": "faststart"}) as container:
        video = container.add_stream("libx264", rate=FPS, options={"preset": "ultrafast", "crf": "30"})
        video.width, video.height, video.pix_fmt = shape.width, shape.height, "yuv420p"
        video.codec_context.thread_count = 1
        tone = container.add_stream("aac", rate=_SAMPLE_RATE, layout="mono") if shape.audio else None
        plane = _background(shape)
        for index in range(round(shape.seconds * FPS)):
            frame = VideoFrame.from_ndarray(_with_ball(plane, shape, index), format="yuv420p")
            frame.pts, frame.time_base = index, Fraction(1, FPS)
            container.mux(video.encode(frame))
        container.mux(video.encode())
        if tone is not None:
            for sound in _hum(shape.seconds):
                container.mux(tone.encode(sound))
            container.mux(tone.encode())


def _background(shape: Shape) -> np.ndarray[Any, np.dtype[np.uint8]]:
    plane = np.full((shape.height * 3 // 2, shape.width), 128, np.uint8)
    plane[: shape.height] = np.linspace(40, 160, shape.height, dtype=np.uint8)[:, None]
    return plane


def _with_ball(
    plane: np.ndarray[Any, np.dtype[np.uint8]], shape: Shape, index: int
) -> np.ndarray[Any, np.dtype[np.uint8]]:
    side = min(shape.width, shape.height) // 6
    left = int((shape.width - side) * (index / max(1.0, shape.seconds * FPS - 1)))
    top = (shape.height - side) // 2
    picture = plane.copy()
    picture[top : top + side, left : left + side] = 230
    return picture


def _hum(seconds: float) -> list[AudioFrame]:
    wave = np.sin(np.arange(int(seconds * _SAMPLE_RATE)) * (2 * np.pi * 220 / _SAMPLE_RATE)) * 0.05
    frames = []
    for start in range(0, len(wave), 1024):
        frame = AudioFrame.from_ndarray(
            wave[None, start : start + 1024].astype(np.float32), format="fltp", layout="mono"
        )
        frame.sample_rate, frame.pts, frame.time_base = _SAMPLE_RATE, start, Fraction(1, _SAMPLE_RATE)
        frames.append(frame)
    return frames
