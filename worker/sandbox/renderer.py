"""From a spec to an MP4: chooses the kind of shot, renders ahead of the encoder, reports and stops."""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np

from sorceress_video.media.encode import H264Writer
from sorceress_video.media.reader import load_image
from worker.sandbox.camera import Camera, choose_move
from worker.sandbox.finish import Finish
from worker.sandbox.grid import GridWarp
from worker.sandbox.montage import MontageShot
from worker.sandbox.morph import join_frames
from worker.sandbox.motion import MotionShot, read_motion
from worker.sandbox.planes import Planes, UInt8, rgb_from_planes
from worker.sandbox.scenery.lightfield import LightField
from worker.sandbox.scenery.scene import Landscape
from worker.sandbox.scenery.theme import read_theme, seeded
from worker.sandbox.spec import RenderCancelled, RenderSpec
from worker.sandbox.stills import StillShot, cover_crop
from worker.sandbox.titles import corner_label, title_card

_PAINTERS = 2  # Threads that paint frames; the encoder, in a third, takes less than one of them.
_AHEAD = 5  # Frames that may be in work or wait for the encoder.
_LARGEST_KEPT = 31 * 2**20  # Bytes; glibc's limits cannot be raised beyond 32 MiB in this way.
_REPORT_EVERY = 0.1  # Seconds between two reports of progress.
_SCENERY_STRENGTH = 2.0  # Scenery knows its depth and bears a longer move than a still.
_METADATA = {"comment": "Animatic preview by the built-in Sandbox; not the output of a video model."}


class Shot(Protocol):
    """What can be filmed."""

    def frame(self, time: float) -> Planes:
        """The picture `time` seconds after the start, the caller's own; safe to call from several threads."""


def render(
    spec: RenderSpec,
    out: Path,
    *,
    progress: Callable[[float], None],
    cancelled: Callable[[], bool],
    crf: int = 21,
    preset: str = "ultrafast",
    grain: float = 0.9,
) -> None:
    """Render `spec` into an MP4 at `out`. Same spec, same frames.

    Args:
        progress: gets 0…1, rising, at most ten times a second; 1 exactly once, after the file is there.
        cancelled: asked before every frame.
        crf, preset: of the encoder; the defaults are for speed.
        grain: deviation of the film grain in codes; compresses badly.

    Raises:
        RenderCancelled: `cancelled` said yes; `out` was not written.
        sorceress_video.media.errors.MediaError: an input cannot be read, or the disk is full.
    """
    report = _Reporter(progress)
    report.tell(0.0)
    _keep_freed_memory()
    with _one_thread_of_opencv():
        _stop_if(cancelled)
        shot, finish = _prepare(spec, grain, lambda: _stop_if(cancelled))
        count = spec.frame_count
        with H264Writer(
            out, spec.width, spec.height, spec.fps, crf=crf, preset=preset, threads=1, metadata=_METADATA
        ) as writer, contextlib.closing(_painted(shot, finish, spec)) as frames:  # fmt: skip
            for index, planes in enumerate(frames):
                _stop_if(cancelled)
                writer.write_yuv420p(planes)
                report.tell(min(0.99, (index + 1) / count))
            _stop_if(cancelled)
    progress(1.0)


def render_still(spec: RenderSpec, time: float) -> UInt8:
    """One frame of a clip without words, grain and vignette, as (H, W, 3) RGB."""
    with _one_thread_of_opencv():
        return rgb_from_planes(_choose_shot(spec, lambda: None).frame(time))


def _prepare(spec: RenderSpec, grain: float, checkpoint: Callable[[], None]) -> tuple[Shot, Finish]:
    generated = not spec.has_pictures
    with ThreadPoolExecutor(1) as finisher:
        finish = finisher.submit(_choose_finish, spec, grain, generated=generated)
        return _choose_shot(spec, checkpoint), finish.result()


def _choose_finish(spec: RenderSpec, grain: float, *, generated: bool) -> Finish:
    size, seconds = (spec.width, spec.height), spec.last_moment
    noise = seeded("grain", spec.seed)
    if generated:
        words = title_card(spec.prompt, *size, seconds) if spec.title else corner_label(*size, seconds)
        return Finish(spec, words, noise, vignette=0.30, grain=grain, ramp=0.0)
    words = corner_label(*size, seconds)
    return Finish(spec, words, noise, vignette=0.13, grain=grain, ramp=min(1.2, seconds / 3))


def _choose_shot(spec: RenderSpec, checkpoint: Callable[[], None]) -> Shot:
    """The shot that the inputs ask for."""
    rng = seeded(spec.prompt, spec.seed)
    aspect = spec.width / spec.height
    move = choose_move(spec.camera, spec.prompt, rng)
    phase = float(rng.uniform(0, 100))
    length = spec.last_moment
    camera = Camera(move, length, aspect, 1.0, phase)
    warp = GridWarp(spec.width, spec.height)
    if spec.motion_clip is not None:
        subject = spec.start_frame or spec.references[0]
        motion = read_motion(spec.motion_clip, spec.frame_count, spec.fps, spec.motion_fps, checkpoint)
        return MotionShot(_picture(subject, spec), warp, motion, spec.fps)
    if spec.start_frame is not None and spec.end_frame is not None:
        first, last = _pictures((spec.start_frame, spec.end_frame), spec)
        return join_frames(first, last, warp, camera)
    if spec.start_frame is not None:
        return StillShot(_picture(spec.start_frame, spec), warp, camera)
    if spec.end_frame is not None:
        return StillShot(_picture(spec.end_frame, spec), warp, camera, backwards=True)
    if spec.references:
        return MontageShot(_pictures(spec.references, spec), warp, length, rng)
    theme = read_theme(spec.prompt, spec.grade, rng)
    strong = Camera(move, length, aspect, _SCENERY_STRENGTH, phase)
    kind = LightField if theme.land == "light" else Landscape
    return kind(theme, spec.width, spec.height, strong, rng)


def _pictures(paths: tuple[Path, ...], spec: RenderSpec) -> list[UInt8]:
    with ThreadPoolExecutor(_PAINTERS) as readers:
        return list(readers.map(lambda path: _picture(path, spec), paths))


def _picture(path: Path, spec: RenderSpec) -> UInt8:
    """An image file cut to the frame's aspect; at least a few pixels in both directions."""
    rgb = load_image(path, max_side=4 * max(spec.width, spec.height))
    if min(rgb.shape[:2]) < 2:
        size = (max(2, rgb.shape[1]), max(2, rgb.shape[0]))
        rgb = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    return cover_crop(rgb, spec.width, spec.height)


def _painted(shot: Shot, finish: Finish, spec: RenderSpec) -> Generator[Planes, None, None]:
    """The finished frames in order, painted side by side a little ahead of whoever asks for them."""

    def paint(index: int) -> Planes:
        return finish.apply(shot.frame(index / spec.fps), index)

    with ThreadPoolExecutor(_PAINTERS, thread_name_prefix="sandbox-painter") as painters:
        waiting: deque[Future[Planes]] = deque()
        try:
            for index in range(spec.frame_count):
                waiting.append(painters.submit(paint, index))
                if len(waiting) == _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


class _Reporter:
    """Passes progress on, not more often than it can be of use."""

    def __init__(self, progress: Callable[[float], None]) -> None:
        self._progress, self._last = progress, -1.0

    def tell(self, share: float) -> None:
        now = time.monotonic()
        if now - self._last >= _REPORT_EVERY:
            self._last = now
            self._progress(share)


def _stop_if(cancelled: Callable[[], bool]) -> None:
    if cancelled():
        raise RenderCancelled


def _keep_freed_memory() -> None:
    """Let the C library use the memory of one frame for the next.

    glibc hands large blocks back to the kernel when they are freed, and has them zeroed page by page when it
    asks again: up to half of the time of a frame. It raises both of its limits (mallopt(3), M_MMAP_THRESHOLD
    and M_TRIM_THRESHOLD) once it has seen a block of this size freed. Elsewhere this does nothing.
    """
    np.empty(_LARGEST_KEPT, np.uint8)


@contextlib.contextmanager
def _one_thread_of_opencv() -> Iterator[None]:
    """OpenCV's own threads cost more than they bring beside the encoder's, and do not survive a fork."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)
