"""What falls, drifts and glows between the camera and the land."""

from __future__ import annotations

from typing import Protocol

import cv2
import numpy as np

from worker.sandbox.planes import Planes, UInt8, to_uint8, yuv_values
from worker.sandbox.scenery.layers import Stage
from worker.sandbox.scenery.noise import Rng, fractal
from worker.sandbox.scenery.theme import Colour, Theme


class Weather(Protocol):
    """Something that is painted over a finished landscape."""

    def paint(self, canvas: Planes, time: float) -> None:
        """Paint onto the canvas, `time` seconds after the start."""


def build_weather(theme: Theme, stage: Stage, rng: Rng) -> list[Weather]:
    """The weather of a theme, in the order of painting."""
    found: list[Weather] = []
    if "fog" in theme.weather:
        found.append(Fog(theme, stage, rng))
    if "snow" in theme.weather:
        found += [Falling.snow(stage, rng, near=near) for near in (0.25, 0.6, 1.0)]
    if "rain" in theme.weather:
        found += [Falling.rain(stage, rng, near=near) for near in (0.45, 1.0)]
    if "embers" in theme.weather:
        found.append(Motes(stage, rng, (255, 150, 60), count=170, rise=0.10, size=0.0044, flicker=5.0))
    if "fireflies" in theme.weather:
        found.append(Motes(stage, rng, theme.accent, count=50, rise=0.018, size=0.0085, flicker=1.8))
    if "dust" in theme.weather:
        found.append(Motes(stage, rng, theme.palette.glow, count=70, rise=0.012, size=0.0042, flicker=0.8))
    return found


class Falling:
    """Snow or rain: a tile of flakes or streaks that scrolls and wraps, added to the luma."""

    def __init__(self, tile: UInt8, stage: Stage, *, fall: float, wind: float, sway: float) -> None:
        """`fall` and `wind` in pixels a second, `sway` in pixels."""
        height, width = tile.shape
        # Doubled downwards and sideways, so that each frame is one slice of it.
        self._tile = np.tile(tile, (2, 2))
        self._height, self._width = height, width
        self._stage, self._fall, self._wind, self._sway = stage, fall, wind, sway

    @classmethod
    def snow(cls, stage: Stage, rng: Rng, *, near: float) -> Falling:
        """Flakes at one distance; near ones are larger, softer, faster and fewer."""
        tile = np.zeros((stage.height, stage.width), np.float32)
        radius = stage.unit * (0.0008 + 0.0028 * near**1.6)
        for _ in range(int(230 * (1.25 - near))):
            _dot(tile, rng.uniform(0, stage.width), rng.uniform(0, stage.height), radius * rng.uniform(0.7, 1.3), 1.0)
        soft = cv2.GaussianBlur(tile, (0, 0), 0.5 + radius * 0.45)
        speed = stage.height * (0.06 + 0.22 * near)
        return cls(
            to_uint8(np.minimum(soft, 1) * (150 - 40 * near)), stage,
            fall=speed, wind=-0.22 * speed, sway=stage.unit * 0.006 * near,
        )  # fmt: skip

    @classmethod
    def rain(cls, stage: Stage, rng: Rng, *, near: float) -> Falling:
        """Streaks at one distance."""
        tile = np.zeros((stage.height, stage.width), np.uint8)
        length = stage.height * (0.03 + 0.07 * near)
        for _ in range(int(330 * (1.3 - near))):
            x, y = rng.uniform(0, stage.width), rng.uniform(0, stage.height - length)
            ends = np.round(np.array([x, y, x - 0.07 * length, y + length]) * 16).astype(int)
            light = int(rng.uniform(14, 34) * (0.7 + 0.5 * near))
            cv2.line(tile, (ends[0], ends[1]), (ends[2], ends[3]), light, 1, cv2.LINE_AA, 4)
        tile = np.asarray(cv2.GaussianBlur(tile, (1, 7), sigmaX=0.1, sigmaY=2.0), np.uint8)
        speed = stage.height * (1.6 + 1.2 * near)
        return cls(tile, stage, fall=speed, wind=-0.07 * speed, sway=0)

    def paint(self, canvas: Planes, time: float) -> None:
        """Add the tile at its place of this moment."""
        top = round(-self._fall * time) % self._height
        left = round(-self._wind * time + self._sway * np.sin(0.9 * time)) % self._width
        height, width = canvas.y.shape
        cv2.add(canvas.y, self._tile[top : top + height, left : left + width], dst=canvas.y)


class Motes:
    """Small lights that wander upwards: embers, fireflies, dust in a beam.

    All are set as points into one half-size field, which is then blurred: a glow costs nothing per light.
    """

    def __init__(
        self, stage: Stage, rng: Rng, colour: Colour, *, count: int, rise: float, size: float, flicker: float
    ) -> None:
        """`rise` in frame heights a second, `size` in shares of the stage's unit, `flicker` in radians a second."""
        self._stage, self._flicker = stage, flicker
        self._x, self._y = rng.uniform(-0.05, 1.05, count), rng.uniform(0, 1.15, count)
        near = rng.random(count)
        self._rise = rise * (0.5 + near) * rng.uniform(0.7, 1.3, count)
        self._phase = rng.uniform(0, 6.283, (2, count))
        self._wander = rng.uniform(0.006, 0.022, count)
        self._strength = rng.uniform(0.15, 1.0, count) * (0.35 + near**2)
        yuv = yuv_values(np.array([[colour]], np.float32))[0, 0]
        self._yuv = (float(yuv[0] - 16), float(yuv[1] - 128), float(yuv[2] - 128))
        self._core = max(0.7, stage.unit * size * 0.22)

    def paint(self, canvas: Planes, time: float) -> None:
        """Add each light where it is now."""
        y = (self._y - self._rise * time) % 1.15 - 0.08
        x = self._x + self._wander * np.sin(0.8 * time + self._phase[0]) + 0.012 * time
        shine = self._strength * (0.6 + 0.4 * np.sin(self._flicker * time + self._phase[1]))
        # Fading at the top and bottom hides the wrap.
        shine *= np.clip((y + 0.06) / 0.25, 0, 1) * np.clip((1.04 - y) / 0.1, 0, 1)
        height, width = canvas.u.shape
        field = np.zeros((height, width), np.float32)
        _set_points(field, x * width, y * height, shine)
        core = cv2.GaussianBlur(field, (0, 0), self._core)
        glow = cv2.GaussianBlur(field, (0, 0), self._core * 3.2)
        # A blurred point is 1 / (2 pi sigma squared) high; the core comes out as bright as the light itself.
        light = (core + 2.4 * glow) * (6.283 * self._core**2)
        luma = to_uint8(np.minimum(light, 1.2) * self._yuv[0])
        cv2.add(canvas.y, cv2.resize(luma, canvas.y.shape[::-1], interpolation=cv2.INTER_LINEAR), dst=canvas.y)
        tinted = np.minimum(light, 1.0)
        for plane, tint in zip((canvas.u, canvas.v), self._yuv[1:], strict=True):
            cv2.scaleAdd(tinted, tint, plane.astype(np.float32), dst=field)
            plane[...] = field


class Fog:
    """Banks of fog in the lower half that drift past each other."""

    _SHRINK = 4

    def __init__(self, theme: Theme, stage: Stage, rng: Rng) -> None:
        self._stage = stage
        height, width = stage.height // self._SHRINK + 1, stage.width // self._SHRINK + 1
        density = fractal(rng, height, width * 2, cells=(3.5, 5), octaves=4)
        rows = np.linspace(0, 1, height, dtype=np.float32)[:, None]
        band = np.exp(-(((rows - 0.66) / 0.20) ** 2))
        self._alpha = (np.clip(density * 1.25 - 0.3, 0, 1) * band * 0.62).astype(np.float32)
        colour = np.array(theme.palette.horizon, np.float32) * 0.85 + np.array(theme.palette.far, np.float32) * 0.15
        self._colour = yuv_values(colour[None, None])[0, 0]

    def paint(self, canvas: Planes, time: float) -> None:
        """Blend the fog over the canvas."""
        height, width = canvas.y.shape
        wide = width // self._SHRINK + 1
        shift = self._stage.width / self._SHRINK * 0.016 * time
        matrix = np.array([[1, 0, shift], [0, 1, 0]], np.float32)
        alpha = cv2.warpAffine(
            self._alpha, matrix, (wide, self._alpha.shape[0]), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        )
        for plane, value in zip(canvas, self._colour, strict=True):
            rows, columns = plane.shape
            clear = cv2.resize(to_uint8(255 - 255 * alpha), (columns, rows), interpolation=cv2.INTER_LINEAR)
            own = cv2.resize(to_uint8(alpha * float(value)), (columns, rows), interpolation=cv2.INTER_LINEAR)
            cv2.multiply(plane, clear, dst=plane, scale=1 / 255)
            cv2.add(plane, own, dst=plane)


def _dot(target: np.ndarray, x: float, y: float, radius: float, value: float) -> None:
    centre = (round(x * 16), round(y * 16))
    cv2.circle(target, centre, max(8, round(radius * 16)), value, -1, cv2.LINE_AA, 4)


def _set_points(field: np.ndarray, x: np.ndarray, y: np.ndarray, value: np.ndarray) -> None:
    """Add points at positions between pixels to the four pixels around each."""
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    part_x, part_y = x - left, y - top
    height, width = field.shape
    for dy, share_y in ((0, 1 - part_y), (1, part_y)):
        for dx, share_x in ((0, 1 - part_x), (1, part_x)):
            column, row = left + dx, top + dy
            seen = (column >= 0) & (column < width) & (row >= 0) & (row < height)
            np.add.at(field, (row[seen], column[seen]), (value * share_x * share_y)[seen])
