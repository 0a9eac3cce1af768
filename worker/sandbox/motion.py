"""Motion taken from a clip by optical flow and given to a picture."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from sorceress_video.media.errors import MediaUnreadable
from sorceress_video.media.reader import read_frames
from worker.sandbox.grid import GridWarp, Texture, dense_flow, sample_at
from worker.sandbox.planes import Float, Planes, UInt8

_LONG_SIDE = 192  # Of the frames that are compared.
_FOLLOWERS = 2  # Threads that compare frames.
_FIELD_STEP = 3  # One sample of the local motion for three of their pixels.
_GLOBAL_HOLD, _LOCAL_HOLD = 0.992, 0.95  # What is left of a displacement one frame later.
_LIMITS = (0.13, 0.13, 0.22, 0.20)  # Of shift x and y (frame widths), log scale, turn (radians).
_LOCAL_LIMIT = 0.055  # Frame widths.


@dataclass(frozen=True)
class Motion:
    """Displacement since the first frame, one entry for each output frame.

    Attributes:
        camera: (n, 4): shift x and y in frame widths, log scale, turn in radians, around the middle.
        local: (n, h, w, 2): what moves beside that, in frame widths.
    """

    camera: Float
    local: Float


def read_motion(
    path: Path, frames: int, fps: float, clip_fps: float, checkpoint: Callable[[], None]
) -> Motion:
    """Follow the motion of a clip for `frames` output frames; a shorter clip is played to and fro.

    Args:
        fps, clip_fps: frames a second of the output and of the clip.
        checkpoint: called for each frame; whatever it raises ends the work.

    Raises:
        MediaUnreadable: the clip cannot be decoded or has no frame.
    """
    pictures: list[UInt8] = []
    for picture in _greys(path, math.ceil(frames / fps * clip_fps) + 1):
        checkpoint()
        pictures.append(picture)
    if not pictures:
        raise MediaUnreadable("unreadable", "The motion clip has no frame that can be read.")
    shown = [_to_and_fro(round(index / fps * clip_fps), len(pictures)) for index in range(frames)]
    follower = _Follower(pictures[0].shape)
    cameras, fields = [], []
    with ThreadPoolExecutor(_FOLLOWERS) as followers:
        steps = followers.map(
            lambda before, after: _step(pictures[before], pictures[after]), [0, *shown[:-1]], shown
        )
        for step in steps:
            checkpoint()
            follower.add(step)
            cameras.append(follower.camera)
            fields.append(follower.local)
    return Motion(_over_time(np.stack(cameras)), _over_time(np.stack(fields)))


class MotionShot:
    """A picture that moves as the clip did."""

    def __init__(self, rgb: UInt8, warp: GridWarp, motion: Motion, fps: int) -> None:
        self._warp, self._motion, self._fps = warp, motion, fps
        self._texture = Texture.of(rgb, warp.width, warp.height)
        self._crops = _crops(motion.camera, warp.width / warp.height)

    def frame(self, time: float) -> Planes:
        """The picture `time` seconds after the start."""
        index = min(round(time * self._fps), len(self._crops) - 1)
        shift_x, shift_y, grow, turn = (float(value) for value in self._motion.camera[index])
        warp = self._warp
        middle = np.array([warp.width / 2, warp.height / 2], np.float32)
        scale = math.exp(grow) * float(self._crops[index])
        undo = (
            np.array([[math.cos(turn), math.sin(turn)], [-math.sin(turn), math.cos(turn)]], np.float32)
            / scale
        )
        shift = np.array([shift_x, shift_y], np.float32) * warp.width
        place = (warp.centres - middle - shift) @ undo.T + middle
        local = warp.look_up(self._motion.local[index], warp.centres)
        return warp.sample(self._texture, (place - local * warp.width).astype(np.float32))


@dataclass(frozen=True)
class _Step:
    """Displacement from one frame to the next, as in `Motion`."""

    camera: Float
    local: Float


class _Follower:
    """Adds up what happens from frame to frame, and lets it fade so that errors do not pile up."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        """`shape` (height, width) of the frames that are compared."""
        height, width = shape
        self._raw = np.zeros(4, np.float64)
        self._size = _field_size(height, width)
        self._field = np.zeros((self._size[1], self._size[0], 2), np.float32)
        self._places = np.dstack(np.meshgrid(*(np.arange(n, dtype=np.float32) for n in self._size)))

    @property
    def camera(self) -> Float:
        """Shift x and y, log scale and turn so far, softly limited."""
        limits = np.array(_LIMITS)
        return np.asarray(np.tanh(self._raw / limits) * limits, np.float32)

    @property
    def local(self) -> Float:
        """Local displacement so far, softly limited."""
        length = np.linalg.norm(self._field, axis=2, keepdims=True)
        factor = np.tanh(length / _LOCAL_LIMIT) * _LOCAL_LIMIT / np.maximum(length, 1e-6)
        return np.asarray(self._field * factor, np.float32)

    def add(self, step: _Step) -> None:
        """Take what happened until the next frame."""
        self._raw = self._raw * _GLOBAL_HOLD + step.camera
        carried = sample_at(self._field, self._places - step.local * self._size[0])
        self._field = np.asarray(carried * _LOCAL_HOLD + step.local, np.float32)


def _step(before: UInt8, after: UInt8) -> _Step:
    """What happens between two frames. Safe to call from several threads."""
    height, width = before.shape
    size = _field_size(height, width)
    if after is before:
        return _Step(np.zeros(4), np.zeros((size[1], size[0], 2), np.float32))
    # The estimator keeps buffers: each step has its own.
    flow = dense_flow(cv2.DISOPTICAL_FLOW_PRESET_FAST).calc(before, after, None)
    matrix = _similarity(flow)
    scale, turn = math.hypot(matrix[0, 0], matrix[1, 0]), math.atan2(matrix[1, 0], matrix[0, 0])
    middle = np.array([width / 2, height / 2, 1.0])
    shift = (matrix @ middle - middle[:2]) / width
    # Being affine, the camera's flow has its mean over a sample at the sample's centre.
    x, y = (
        (np.arange(n, dtype=np.float32) + 0.5) * (side / n) - 0.5
        for n, side in zip(size, (width, height), strict=True)
    )
    shared = cv2.transform(np.dstack(np.meshgrid(x, y)), matrix - np.eye(2, 3))
    rest = (cv2.resize(flow, size, interpolation=cv2.INTER_AREA) - shared) / np.float32(width)
    local = cv2.GaussianBlur(rest.astype(np.float32), (0, 0), 1.4)
    return _Step(np.array([*shift, math.log(scale), turn]), np.asarray(local, np.float32))


def _field_size(height: int, width: int) -> tuple[int, int]:
    """Samples of the local motion across and down."""
    return max(2, width // _FIELD_STEP), max(2, height // _FIELD_STEP)


def _similarity(flow: Float) -> np.ndarray:
    """The camera's part of a flow, as a matrix (2, 3) of shift, turn and scale that maps pixels."""
    height, width = flow.shape[:2]
    step = 8
    x, y = np.meshgrid(np.arange(step // 2, width, step), np.arange(step // 2, height, step))
    start = np.column_stack([x.ravel(), y.ravel()]).astype(np.float32)
    end = start + flow[y.ravel(), x.ravel()]
    cv2.setRNGSeed(7)  # RANSAC draws from OpenCV's own source: same clip, same frames.
    matrix, _ = cv2.estimateAffinePartial2D(start, end, method=cv2.RANSAC, ransacReprojThreshold=0.6)
    if matrix is None or not 0.5 < math.hypot(matrix[0, 0], matrix[1, 0]) < 2.0:
        matrix = np.array([[1, 0, 0], [0, 1, 0]], np.float64)
    return np.asarray(matrix)


def _greys(path: Path, most: int) -> Iterator[UInt8]:
    for index, frame in enumerate(read_frames(path, max_side=_LONG_SIDE)):
        if index >= most:
            return
        yield np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.uint8)


def _to_and_fro(index: int, count: int) -> int:
    if count == 1:
        return 0
    place = index % (2 * count - 2)
    return place if place < count else 2 * count - 2 - place


def _over_time(values: Float) -> Float:
    """Smooth along the first axis: clips of fewer frames a second would move in steps."""
    flat = values.reshape(len(values), -1)
    smooth = cv2.GaussianBlur(flat, (1, 7), sigmaX=0.1, sigmaY=1.2, borderType=cv2.BORDER_REPLICATE)
    # The first frame is the picture itself, and stays so.
    return np.asarray((smooth - smooth[:1]).reshape(values.shape), np.float32)


def _crops(camera: Float, aspect: float) -> Float:
    """Magnification of each frame that keeps the picture's edges out of sight; grows gently."""
    shift = np.maximum(np.abs(camera[:, 0]), aspect * np.abs(camera[:, 1]))
    turned = np.abs(np.sin(camera[:, 3])) * max(aspect, 1 / aspect)
    needed = np.maximum(1.0, (1.0 + 2.0 * shift + turned) / np.exp(camera[:, 2])).astype(np.float32)
    window = 25
    ahead = cv2.dilate(needed[:, None], np.ones((window, 1), np.uint8))
    smooth = cv2.GaussianBlur(ahead, (1, window), sigmaX=0.1, sigmaY=window / 4).ravel()
    ramp = np.clip(np.arange(len(needed)) / 12, 0, 1)
    return np.asarray(1.0 + (smooth - 1.0) * ramp * ramp * (3 - 2 * ramp), np.float32)
