"""A surface of water that mirrors what is painted above it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from worker.sandbox.grid import sample_at
from worker.sandbox.planes import Float, Planes, UInt8, to_uint8, yuv_values
from worker.sandbox.scenery.layers import CHROMA, Stage, chroma_row
from worker.sandbox.scenery.noise import Rng
from worker.sandbox.scenery.theme import Theme

_WAVES = 7
_STEP = 4  # One sample of the waves for four pixels, down and across.


@dataclass(frozen=True)
class _Tint:
    """What water does to one plane of the mirrored light, at a size `shrink` times smaller than the frame.

    Attributes:
        keep: what is left of the light, 255 = all.
        add: the water's own colour on top.
    """

    shrink: int
    keep: UInt8
    add: UInt8

    @classmethod
    def of(cls, value: float, rows: int, width: int, shrink: int) -> _Tint:
        """For a plane in which the water's own colour has the code `value`."""
        size = (-(-rows // shrink), -(-width // shrink))
        near = np.linspace(0, 1, size[0], dtype=np.float32)[:, None]
        keep = np.repeat(0.86 - 0.44 * near**0.8, size[1], axis=1).astype(np.float32)
        return cls(shrink, to_uint8(keep * 255), to_uint8((1 - keep) * np.float32(value)))


class Water:
    """Mirrors the canvas's rows above the shore into the rows below it, broken by waves in perspective."""

    def __init__(self, theme: Theme, rows: int, stage: Stage, rng: Rng, *, rough: float) -> None:
        """`rows` is the most that the water can cover; `rough` is 0.3 for a lake, 1 for the sea."""
        self._width, self._rows = stage.width, rows
        height, width = max(2, rows // _STEP + 1), stage.width // _STEP + 1
        near = (np.arange(height, dtype=np.float32)[:, None] + 0.8) / height  # 0 at the shore, 1 at the feet.
        across = (np.arange(width, dtype=np.float32)[None] - width / 2) / height
        self._waves: list[tuple[Float, Float, float]] = []
        for index in range(_WAVES):
            angle = rng.normal(0, 0.5)
            pitch = (5.0 + 5.5 * index) * rng.uniform(0.85, 1.15)
            # Waves on a plane: distance goes as 1 / row below the horizon.
            phase = pitch * (np.sin(angle) * across / (near + 0.05) + np.cos(angle) * 1.1 / (near + 0.05))
            # Crests closer than three samples would flicker.
            fine = np.clip(near**2 * height / (pitch * 0.9), 0, 1)
            size = (rough * stage.height * 0.016 * near**0.9 * fine / (1 + 0.35 * index)).astype(np.float32)
            self._waves.append(
                ((np.sin(phase) * size).astype(np.float32), (np.cos(phase) * size).astype(np.float32),
                 0.9 * np.sqrt(pitch) * rng.uniform(0.9, 1.1))
            )  # fmt: skip
        x = (np.arange(width, dtype=np.float32) * _STEP)[None].repeat(height, 0)
        y = (np.arange(height, dtype=np.float32) * _STEP)[:, None].repeat(width, 1)
        self._x, self._y = x, y
        deep = (
            np.array(theme.palette.near, np.float32) * 0.6 + np.array(theme.palette.zenith, np.float32) * 0.4
        )
        own = yuv_values((deep * 0.8).reshape(1, 1, 3)).ravel().tolist()
        self._light = _Tint.of(own[0], rows, stage.width, 2)
        self._colours = [_Tint.of(value, rows, stage.width, CHROMA) for value in own[1:]]

    def paint(self, canvas: Planes, shore: int, bottom: int, time: float) -> None:
        """Paint the rows `shore` … `bottom` (both even) from the rows above `shore`."""
        rows = min(bottom - shore, self._rows)
        if rows <= 0 or shore <= 4:
            return
        lift = np.zeros_like(self._x)
        sway = np.zeros_like(self._x)
        for sine, cosine, speed in self._waves:
            a, b = float(np.cos(speed * time)), float(np.sin(speed * time))
            cv2.scaleAdd(sine, a, lift, dst=lift)
            cv2.scaleAdd(cosine, b, lift, dst=lift)
            cv2.scaleAdd(cosine, a * 0.35, sway, dst=sway)
            cv2.scaleAdd(sine, -b * 0.35, sway, dst=sway)
        source_y = np.clip(shore - 1 - 0.82 * self._y + 1.6 * lift, 0, shore - 1)
        # At half size: nothing in broken water is sharp.
        small = cv2.resize(canvas.y[:shore], (self._width // 2, shore // 2), interpolation=cv2.INTER_AREA)
        positions = cv2.merge([self._x + sway, source_y])
        y = self._mirrored(np.asarray(small, np.uint8), positions, rows, self._light)
        # Faces of the waves that look away from the light are darker, the others lighter.
        for change, side in ((cv2.add, lift), (cv2.subtract, -lift)):
            change(y, self._spread(to_uint8(side * 1.1), rows, 2), dst=y)
        canvas.y[shore : shore + rows] = cv2.resize(y, (self._width, rows), interpolation=cv2.INTER_LINEAR)
        first, last = chroma_row(shore), chroma_row(shore + rows)
        for plane, tint in zip((canvas.u, canvas.v), self._colours, strict=True):
            plane[first:last] = self._mirrored(plane[:first], positions, rows, tint)[: last - first]

    def _spread(self, waves: Float, rows: int, shrink: int) -> Float:
        """Samples of the waves for each pixel of the water's first `rows` rows, `shrink` times smaller."""
        size = (waves.shape[1] * _STEP // shrink, waves.shape[0] * _STEP // shrink)
        full = cv2.resize(waves, size, interpolation=cv2.INTER_LINEAR)
        return np.asarray(full[: -(-rows // shrink), : -(-self._width // shrink)])

    def _mirrored(self, plane: UInt8, positions: Float, rows: int, tint: _Tint) -> UInt8:
        where = self._spread(positions * np.float32(1 / tint.shrink), rows, tint.shrink)
        mirrored = np.asarray(sample_at(plane, where), np.uint8)
        cv2.multiply(mirrored, tint.keep[: len(where)], dst=mirrored, scale=1 / 255)
        return np.asarray(cv2.add(mirrored, tint.add[: len(where)], dst=mirrored), np.uint8)
