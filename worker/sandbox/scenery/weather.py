"""What falls, drifts and glows between the camera and the land."""

from __future__ import annotations

from typing import Protocol

import cv2
import numpy as np

from worker.sandbox.planes import Planes, UInt8, to_uint8, yuv_values
from worker.sandbox.scenery.layers import Stage, lay_over
from worker.sandbox.scenery.noise import Rng, fractal
from worker.sandbox.scenery.theme import Colour, Theme

_UNSEEN = 1 / 300  # Coverage that changes no code.
_PHASES = 4  # Positions within a pixel that a small light can take.


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
        found.append(Motes(stage, rng, (255, 150, 60), count=110, rise=0.10, size=0.0044, flicker=5.0))
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
            _dot(
                tile,
                rng.uniform(0, stage.width),
                rng.uniform(0, stage.height),
                radius * rng.uniform(0.7, 1.3),
                1.0,
            )
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
    """Small lights that wander upwards: embers, fireflies, dust in a beam."""

    def __init__(
        self, stage: Stage, rng: Rng, colour: Colour, *, count: int, rise: float, size: float, flicker: float
    ) -> None:
        """`rise` in frame heights and `flicker` in radians a second, `size` in shares of the stage's unit."""
        self._flicker = flicker
        self._x, self._y = rng.uniform(-0.05, 1.05, count), rng.uniform(0, 1.15, count)
        near = rng.random(count)
        self._rise = rise * (0.5 + near) * rng.uniform(0.7, 1.3, count)
        self._phase = rng.uniform(0, 6.283, (2, count))
        self._wander = rng.uniform(0.006, 0.022, count)
        self._strength = rng.uniform(0.3, 1.0, count) * (0.35 + 0.65 * near)
        yuv = yuv_values(np.array([[colour]], np.float32))[0, 0]
        self._gains = (float(yuv[0] - 16) / 255, float(yuv[1] - 128) / 255, float(yuv[2] - 128) / 255)
        levels = [max(1.1, stage.unit * size * share) for share in (0.5, 0.75, 1.1, 1.6)]
        self._full = [_glows(radius) for radius in levels]
        self._half = [_glows(max(0.8, radius / 2)) for radius in levels]
        self._level = np.minimum((near**2 * len(levels)).astype(int), len(levels) - 1)

    def paint(self, canvas: Planes, time: float) -> None:
        """Add each light where it is now."""
        y = (self._y - self._rise * time) % 1.15 - 0.08
        x = self._x + self._wander * np.sin(0.8 * time + self._phase[0]) + 0.012 * time
        shine = self._strength * (0.6 + 0.4 * np.sin(self._flicker * time + self._phase[1]))
        # Fading at the top and bottom hides the wrap.
        shine *= np.clip((y + 0.06) / 0.25, 0, 1) * np.clip((1.04 - y) / 0.1, 0, 1)
        height, width = canvas.u.shape
        for level, left, top, light in zip(
            self._level.tolist(), (x * width).tolist(), (y * height).tolist(), shine.tolist(), strict=True
        ):
            if light > 0.03:
                _add_sprite(canvas.y, self._full[level], left * 2, top * 2, self._gains[0] * light)
                _add_sprite(canvas.u, self._half[level], left, top, self._gains[1] * light)
                _add_sprite(canvas.v, self._half[level], left, top, self._gains[2] * light)


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
        thick = np.flatnonzero(self._alpha.max(axis=1) > _UNSEEN)
        self._first_row = int(thick[0]) // 2 * 2 * self._SHRINK if len(thick) else 0
        colour = (
            np.array(theme.palette.horizon, np.float32) * 0.85
            + np.array(theme.palette.far, np.float32) * 0.15
        )
        self._colour = yuv_values(colour[None, None])[0, 0]

    def paint(self, canvas: Planes, time: float) -> None:
        """Blend the fog over the canvas."""
        width = canvas.y.shape[1]
        wide = width // self._SHRINK + 1
        shift = self._stage.width / self._SHRINK * 0.016 * time
        matrix = np.array([[1, 0, shift], [0, 1, 0]], np.float32)
        alpha = cv2.warpAffine(
            self._alpha, matrix, (wide, self._alpha.shape[0]), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        )
        clear = to_uint8(255 - 255 * alpha)
        for planes, values in ((canvas[:1], self._colour[:1]), (canvas[1:], self._colour[1:])):
            rows, columns = planes[0].shape
            first = self._first_row * rows // self._stage.height
            gap = cv2.resize(clear, (columns, rows), interpolation=cv2.INTER_LINEAR)[first:]
            for plane, value in zip(planes, values.tolist(), strict=True):
                own = cv2.convertScaleAbs(gap, alpha=-value / 255, beta=value)
                lay_over(plane[first:], np.asarray(own, np.uint8), np.asarray(gap, np.uint8))


def _dot(target: np.ndarray, x: float, y: float, radius: float, value: float) -> None:
    centre = (round(x * 16), round(y * 16))
    cv2.circle(target, centre, max(8, round(radius * 16)), value, -1, cv2.LINE_AA, 4)


def _glows(radius: float) -> list[list[UInt8]]:
    """A soft light with a bright core, at each of `_PHASES` x `_PHASES` positions within a pixel."""
    reach = max(3, int(np.ceil(radius * 3.2)))
    axis = np.arange(-reach, reach + 1, dtype=np.float32)

    def glow(phase_x: int, phase_y: int) -> UInt8:
        x, y = axis[None] - phase_x / _PHASES, axis[:, None] - phase_y / _PHASES
        square = (x * x + y * y) / radius**2
        return to_uint8(
            (255 * (0.72 * np.exp(-square / 0.3) + 0.28 * np.exp(-square / 1.9))).astype(np.float32)
        )

    return [[glow(x, y) for x in range(_PHASES)] for y in range(_PHASES)]


def _add_sprite(plane: UInt8, phases: list[list[UInt8]], x: float, y: float, gain: float) -> None:
    """Add `gain` times a sprite, centred at a position between pixels; not at the plane's edge."""
    column, row = int(x * _PHASES), int(y * _PHASES)
    sprite = phases[row % _PHASES][column % _PHASES]
    side = len(sprite)
    left, top = column // _PHASES - side // 2, row // _PHASES - side // 2
    if left < 0 or top < 0 or left + side > plane.shape[1] or top + side > plane.shape[0]:
        return
    window = plane[top : top + side, left : left + side]
    cv2.addWeighted(window, 1.0, sprite, gain, 0.0, dst=window)
