"""From a start frame to an end frame: a morph where one picture can become the other, else a dissolve."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from worker.sandbox.camera import Camera
from worker.sandbox.crossfade import View, crossfade
from worker.sandbox.easing import clamp01, glide, smootherstep
from worker.sandbox.grid import GridWarp, Texture, dense_flow, sample_at
from worker.sandbox.planes import Float, Planes, UInt8
from worker.sandbox.stills import StillShot

_FLOW_LONG_SIDE = 384
_CONSISTENT_SHARE = 0.55  # Of the pixels that must find their way there and back …
_RESIDUAL_SHARE = 0.62  # … and what of the difference may be left after warping.
_LIKE = 4.0  # Mean difference in codes below which two pictures are alike in any case.


@dataclass(frozen=True)
class FlowPair:
    """Flow both ways between two pictures, small, in shares of the frame's width.

    Attributes:
        forward, backward: (h, w, 2), displacement of what is at a pixel of the first (second) picture.
        trust_forward, trust_backward: (h, w) 0…1, whether the way back leads home.
        related: whether the pictures show one scene.
    """

    forward: Float
    backward: Float
    trust_forward: Float
    trust_backward: Float
    related: bool


def join_frames(first: UInt8, second: UInt8, warp: GridWarp, camera: Camera) -> MorphShot | DissolveShot:
    """The shot that leads from one picture to the other; both have the frame's aspect."""
    flow = estimate_flow(first, second)
    if flow.related:
        return MorphShot(first, second, flow, warp, camera.seconds)
    return DissolveShot(first, second, warp, camera)


def estimate_flow(first: UInt8, second: UInt8) -> FlowPair:
    """Dense flow (DIS) both ways at a small size, cleaned, with the verdict whether it can be believed."""
    factor = _FLOW_LONG_SIDE / max(first.shape[:2])
    size = (max(16, round(first.shape[1] * factor)), max(16, round(first.shape[0] * factor)))
    a, b = (_grey(picture, size) for picture in (first, second))
    estimator = dense_flow(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    forward = np.asarray(estimator.calc(a, b, None), np.float32)
    backward = np.asarray(estimator.calc(b, a, None), np.float32)
    trust_forward, trust_backward = _trust(forward, backward), _trust(backward, forward)
    before = float(cv2.absdiff(a, b).mean())
    after = float(cv2.absdiff(a, _pull(b, forward)).mean())
    consistent = float(min(trust_forward.mean(), trust_backward.mean()))
    related = consistent >= _CONSISTENT_SHARE and after <= max(_RESIDUAL_SHARE * before, _LIKE)
    return FlowPair(
        _smooth(forward) / size[0], _smooth(backward) / size[0],
        _smooth(trust_forward), _smooth(trust_backward), related,
    )  # fmt: skip


class MorphShot:
    """Both pictures bend towards each other along the flow while one gives way to the other."""

    def __init__(self, first: UInt8, second: UInt8, flow: FlowPair, warp: GridWarp, seconds: float) -> None:
        self._warp, self._seconds, self._flow = warp, seconds, flow
        self._first = Texture.of(first, warp.width, warp.height)
        self._second = Texture.of(second, warp.width, warp.height)

    def frame(self, time: float) -> Planes:
        """The picture `time` seconds after the start; exactly the pictures themselves at both ends."""
        progress = glide(time / self._seconds, shoulder=0.35)
        if progress <= 0.0:
            return self._warp.sample(self._first, self._warp.centres)
        if progress >= 1.0:
            return self._warp.sample(self._second, self._warp.centres)
        from_first = self._carried(self._flow.forward, progress)
        from_second = self._carried(self._flow.backward, 1.0 - progress)
        return crossfade(
            self._warp, View(self._first, from_first), View(self._second, from_second),
            smootherstep(progress), self._weight(from_first, from_second, progress),
        )  # fmt: skip

    def _carried(self, flow: Float, share: float) -> Float:
        """Where to look in a picture that has gone `share` of its way: solved by repetition."""
        place = self._warp.centres
        for _ in range(3):
            place = self._warp.centres - self._warp.look_up(flow, place) * (share * self._warp.width)
        return np.asarray(place, np.float32)

    def _weight(self, from_first: Float, from_second: Float, progress: float) -> Float:
        """Share of the second picture for each cell; the one whose flow can be trusted counts more."""
        eased = smootherstep(progress)
        a = (0.12 + self._warp.look_up(self._flow.trust_forward, from_first)) * (1.0 - eased)
        b = (0.12 + self._warp.look_up(self._flow.trust_backward, from_second)) * eased
        return np.asarray(b / np.maximum(a + b, 1e-6), np.float32)


class DissolveShot:
    """The camera goes into the first picture and comes to rest out of the second."""

    def __init__(self, first: UInt8, second: UInt8, warp: GridWarp, camera: Camera) -> None:
        pushing = replace(camera, move="push in" if camera.move in ("hold", "pull out") else camera.move)
        self._warp, self._seconds = warp, camera.seconds
        self._first = StillShot(first, warp, pushing)
        self._second = StillShot(second, warp, replace(pushing, phase=camera.phase + 17), backwards=True)

    def frame(self, time: float) -> Planes:
        """The picture `time` seconds after the start."""
        weight = smootherstep(clamp01((time / self._seconds - 0.3) / 0.4))
        if weight <= 0.0:
            return self._first.frame(time)
        if weight >= 1.0:
            return self._second.frame(time)
        return crossfade(self._warp, self._first.view(time), self._second.view(time), weight)


def _grey(rgb: UInt8, size: tuple[int, int]) -> UInt8:
    small = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_RGB2GRAY), np.uint8)


def _pull(picture: Float, flow: Float) -> Float:
    """What the flow points to, brought to where the flow starts."""
    rows, columns = flow.shape[:2]
    x, y = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
    where = np.dstack([x, y]) + flow
    return np.asarray(sample_at(picture, where))


def _trust(there: Float, back: Float) -> Float:
    """1 where going there and back ends within a pixel or a few percent of the way, falling to 0."""
    error = np.linalg.norm(there + _pull(back, there), axis=2)
    allowed = 0.8 + 0.06 * (np.linalg.norm(there, axis=2) + np.linalg.norm(back, axis=2))
    return np.asarray(np.clip(2.0 - error / allowed, 0, 1), np.float32)


def _smooth(field: Float) -> Float:
    return np.asarray(cv2.GaussianBlur(field, (0, 0), 2.5), np.float32)
