"""Soft fields of coloured light, for prompts that name no place."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from worker.sandbox.camera import Camera
from worker.sandbox.planes import Float, Planes, yuv_values
from worker.sandbox.scenery.layers import Stage
from worker.sandbox.scenery.noise import Rng
from worker.sandbox.scenery.theme import Theme
from worker.sandbox.scenery.weather import build_weather

_CELLS = 56  # Along the long side: light this soft needs no more.


@dataclass(frozen=True)
class _Lamp:
    colour: Float
    x: float
    y: float
    reach: float
    strength: float
    depth: float
    speed: float
    phase: float


class LightField:
    """Large lamps out of focus, drifting past a veil of folds; a few discs of bokeh before them."""

    def __init__(self, theme: Theme, width: int, height: int, camera: Camera, rng: Rng) -> None:
        self._width, self._height, self._camera = width, height, camera
        cell = max(width, height) / _CELLS
        self._cells = (max(4, round(width / cell)), max(4, round(height / cell)))
        palette = theme.palette
        self._ground = np.array(palette.near, np.float32) * 0.7 + np.array(palette.zenith, np.float32) * 0.3
        if not palette.dark:
            self._ground = self._ground * 0.6
        colours = [
            palette.horizon,
            palette.glow,
            palette.middle,
            palette.far,
            palette.horizon,
            palette.middle,
        ]
        self._lamps = [
            _Lamp(
                np.array(colour, np.float32), float(rng.uniform(-0.05, 1.05)), float(rng.uniform(0.0, 0.85)),
                float(rng.uniform(0.22, 0.52)), float(rng.uniform(0.45, 0.85)), float(rng.random()),
                float(rng.uniform(0.12, 0.3)), float(rng.uniform(0, 6.283)),
            )
            for colour in colours
        ]  # fmt: skip
        self._folds = (
            float(rng.uniform(1.4, 2.6)),
            float(rng.uniform(-0.9, 0.9)),
            float(rng.uniform(0, 6.283)),
        )
        stage = Stage.around(width, height)
        self._bokeh = _Bokeh(theme, stage, rng)
        self._weather = build_weather(theme, stage, rng)

    def frame(self, time: float) -> Planes:
        """The field `time` seconds after the start."""
        columns, rows = self._cells
        pose = self._camera.pose(time)
        aspect = self._height / self._width
        x = np.linspace(0, 1, columns, dtype=np.float32)[None]
        y = np.linspace(0, 1, rows, dtype=np.float32)[:, None] * aspect
        colour = np.broadcast_to(self._ground, (rows, columns, 3)).copy()
        for lamp in self._lamps:
            dx, dy = pose.shift(lamp.depth)
            scale = pose.scale(lamp.depth)
            wander = 0.05 * math.sin(lamp.speed * time * 2 + lamp.phase)
            centre_x = 0.5 + (lamp.x - 0.5 + wander) * scale + dx
            centre_y = (
                (0.5 + (lamp.y - 0.5) * scale) * aspect + dy + 0.03 * math.cos(lamp.speed * time + lamp.phase)
            )
            light = np.exp(-((x - centre_x) ** 2 + (y - centre_y) ** 2) / (lamp.reach * scale * 0.62) ** 2)
            # Screen, so that overlapping lamps never clip.
            colour += (255 - colour) * (lamp.colour / 255) * (light * lamp.strength)[..., None]
        colour *= self._veil(x, y, time)[..., None]
        return self._finish(colour, time)

    def _veil(self, x: Float, y: Float, time: float) -> Float:
        pitch, lean, phase = self._folds
        bend = np.sin(2.6 * y + 1.7 * x + 0.35 * time + phase) + 0.5 * np.sin(5.1 * x - 3.3 * y - 0.27 * time)
        wave = np.sin(6.283 * pitch * (0.7 * x + lean * y) + 1.5 * bend + 0.22 * time)
        return np.asarray(0.82 + 0.18 * wave, np.float32)

    def _finish(self, colour: Float, time: float) -> Planes:
        yuv = yuv_values(colour)
        size = (self._width // 2, self._height // 2)
        half = [
            cv2.resize(np.ascontiguousarray(yuv[..., index]), size, interpolation=cv2.INTER_CUBIC)
            for index in range(3)
        ]
        self._bokeh.paint(half, time)
        # Fractions of a code survive until the luma has its full size: the grain then hides every step.
        luma = cv2.resize(half[0], (self._width, self._height), interpolation=cv2.INTER_LINEAR)
        canvas = Planes(*(np.asarray(cv2.convertScaleAbs(plane), np.uint8) for plane in (luma, *half[1:])))
        for weather in self._weather:
            weather.paint(canvas, time)
        return canvas


class _Bokeh:
    """Discs of light far out of focus, slowly rising, at half size."""

    def __init__(self, theme: Theme, stage: Stage, rng: Rng) -> None:
        count = 18
        self._x, self._y = rng.random(count), rng.random(count)
        near = rng.random(count)
        self._speed = 0.005 + 0.012 * near
        self._shine = 0.20 - 0.13 * near
        self._phase = rng.uniform(0, 6.283, count)
        yuv = yuv_values(np.array([[theme.palette.glow]], np.float32))[0, 0]
        self._yuv = (float(yuv[0] - 16), float(yuv[1] - 128), float(yuv[2] - 128))
        self._discs = [
            _disc(stage.unit / 2 * (0.008 + 0.06 * float(size) ** 1.5), float(size)) for size in near
        ]

    def paint(self, planes: list[Float], time: float) -> None:
        """Add the discs to float planes of one size."""
        height, width = planes[0].shape
        for index, disc in enumerate(self._discs):
            x = (self._x[index] + 0.02 * math.sin(0.4 * time + self._phase[index])) * width
            y = (self._y[index] - self._speed[index] * time) % 1.0
            edge = min(1.0, y / 0.12, (1 - y) / 0.12)
            shine = self._shine[index] * edge * (0.75 + 0.25 * math.sin(0.9 * time + self._phase[index]))
            _add(planes, disc, float(x), float(y * height), [value * shine for value in self._yuv])


def _disc(radius: float, near: float) -> Float:
    """A disc with a faint rim; large ones, which are further out of focus, have softer edges."""
    soft = 1.2 + 0.18 * radius * near
    reach = math.ceil(radius + soft) + 2
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1].astype(np.float32)
    distance = np.sqrt(x * x + y * y)
    rim = 0.72 + 0.28 * np.clip(distance / radius, 0, 1) ** 4
    edge = np.clip((radius - distance) / soft + 0.5, 0, 1)
    return np.asarray(edge * edge * (3 - 2 * edge) * rim, np.float32)


def _add(planes: list[Float], sprite: Float, x: float, y: float, gains: list[float]) -> None:
    """Add a sprite at a position between pixels; what lies outside the planes is left out."""
    side = sprite.shape[0] + 1
    left, top = math.floor(x) - sprite.shape[1] // 2, math.floor(y) - sprite.shape[0] // 2
    shift = np.array([[1, 0, x - math.floor(x)], [0, 1, y - math.floor(y)]], np.float32)
    moved = cv2.warpAffine(sprite, shift, (side, side), flags=cv2.INTER_LINEAR)
    height, width = planes[0].shape
    first_y, first_x = max(0, top), max(0, left)
    last_y, last_x = min(height, top + side), min(width, left + side)
    if first_y >= last_y or first_x >= last_x:
        return
    part = moved[first_y - top : last_y - top, first_x - left : last_x - left]
    for plane, gain in zip(planes, gains, strict=True):
        plane[first_y:last_y, first_x:last_x] += part * np.float32(gain)
