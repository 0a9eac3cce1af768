"""The sky: gradient, sun or moon, drifting clouds, stars."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from worker.sandbox.camera import Pose
from worker.sandbox.planes import Float, Planes, UInt8, to_uint8, yuv_values
from worker.sandbox.scenery.land import LightSource
from worker.sandbox.scenery.layers import Placement, PlaneTuple, Stage, lay_over
from worker.sandbox.scenery.noise import Rng, dither, fractal
from worker.sandbox.scenery.theme import Theme

_SKY_DEPTH, _CLOUD_DEPTH = -0.35, -0.1  # Beyond the farthest ridge: almost at rest.
_CLOUD_SPEED = 0.004  # Frame widths a second.


@dataclass(frozen=True)
class _Clouds:
    luma: UInt8  # Premultiplied, like the chroma.
    clear: UInt8
    chroma: PlaneTuple  # u, v and clear at half size.

    def paint(self, canvas: Planes, stage: Stage, pose: Pose, time: float, rows: int) -> None:
        still = Placement.of(stage, pose, _CLOUD_DEPTH)
        place = Placement(still.scale, still.x + time * _CLOUD_SPEED * stage.width, still.y)
        band = canvas.y[:rows]
        luma, clear = place.sample((self.luma, self.clear), 1, stage.width, (0, rows))
        lay_over(band, luma, clear)
        u, v, thin = place.sample(self.chroma, 2, stage.width // 2, (0, rows // 2))
        lay_over(canvas.u[: rows // 2], u, thin)
        lay_over(canvas.v[: rows // 2], v, thin)


class Sky:
    """Worked out at half size: nothing in it is sharp but the stars, which are set frame by frame.

    It is too far away to grow when the camera moves forward.
    """

    def __init__(self, theme: Theme, light: LightSource, horizon: float, stage: Stage, rng: Rng) -> None:
        """`horizon` is the row (texture pixels) at which the gradient ends."""
        self._stage = stage
        height, width = stage.full_height // 2, stage.full_width // 2
        colour = _gradient(theme, horizon / 2, height, width)
        if theme.land == "space":
            _add_nebula(colour, theme, rng)
        if theme.body != "none":
            _add_body(colour, theme, light, stage, rng)
        if theme.weather & {"fog"}:
            colour = cv2.GaussianBlur(colour, (0, 0), height / 60)
        self._planes = _planes(colour, rng)
        self._clouds = _paint_clouds(colour, theme, light, horizon / 2, rng) if theme.clouds > 0.05 else None
        self._stars = _Stars(theme, horizon, stage, rng) if theme.stars > 0 else None

    def paint(self, canvas: Planes, pose: Pose, time: float, rows: int) -> None:
        """Fill the canvas's first `rows` rows (even)."""
        if rows <= 0:
            return
        stage = self._stage
        place = Placement.of(stage, pose, _SKY_DEPTH)
        half = rows // 2
        (canvas.y[:rows],) = place.sample(self._planes.y, 1, stage.width, (0, rows))
        chroma = (self._planes.u, self._planes.v)
        canvas.u[:half], canvas.v[:half] = place.sample(chroma, 2, stage.width // 2, (0, half))
        if self._clouds is not None:
            self._clouds.paint(canvas, stage, pose, time, rows)
        if self._stars is not None:
            self._stars.paint(canvas.y[:rows], place, time)


class _Stars:
    def __init__(self, theme: Theme, horizon: float, stage: Stage, rng: Rng) -> None:
        count = int(theme.stars * 260 * (1.8 if theme.land == "space" else 1))
        self.x = rng.uniform(0, stage.full_width, count)
        share = rng.random(count) if theme.land == "space" else rng.random(count) ** 1.4
        self.y = share * min(horizon * 0.92, stage.full_height - 1)
        self.light = (38 + 190 * rng.random(count) ** 4) * (1 - 0.75 * self.y / stage.full_height)
        self.speed = rng.uniform(1.2, 4.2, count)
        self.phase = rng.uniform(0, 6.283, count)
        self.size = max(1, round(stage.unit / 900))

    def paint(self, luma: UInt8, place: Placement, time: float) -> None:
        x = self.x * place.scale + place.x
        y = self.y * place.scale + place.y
        left, top = np.floor(x).astype(int), np.floor(y).astype(int)
        light = self.light * (0.78 + 0.22 * np.sin(self.speed * time + self.phase))
        height, width = luma.shape
        for dy in range(self.size + 1):
            for dx in range(self.size + 1):
                share = _tent(x - left, dx, self.size) * _tent(y - top, dy, self.size)
                column, row = left + dx, top + dy
                seen = (column >= 0) & (column < width) & (row >= 0) & (row < height)
                column, row = column[seen], row[seen]
                value = luma[row, column] + light[seen] * share[seen]
                luma[row, column] = np.minimum(value, 235).astype(np.uint8)


def _tent(fraction: Float, step: int, size: int) -> Float:
    """Coverage of pixel `step` by a box of `size` pixels that begins at `fraction`."""
    return np.asarray(np.clip(np.minimum(step + 1, fraction + size) - np.maximum(step, fraction), 0, 1))


def _gradient(theme: Theme, horizon: float, height: int, width: int) -> Float:
    palette = theme.palette
    rows = np.clip(np.arange(height, dtype=np.float32) / max(horizon, 1), 0, 1.15)
    knots = [0.0, 0.55, 1.0, 1.15]
    stops = np.array([palette.zenith, palette.middle, palette.horizon, palette.horizon], np.float32)
    # Smoothed, so that no seam shows at a stop.
    columns = [np.interp(rows, knots, stops[:, channel]) for channel in range(3)]
    ramp: Float = np.stack(columns, axis=1).astype(np.float32)[:, None]
    sigma = height * 0.06
    ramp = cv2.GaussianBlur(ramp, (1, 2 * round(3 * sigma) + 1), sigmaX=0.1, sigmaY=sigma)
    return np.repeat(ramp.reshape(height, 1, 3), width, axis=1)


def _add_body(colour: Float, theme: Theme, light: LightSource, stage: Stage, rng: Rng) -> None:
    height, width = colour.shape[:2]
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    dx, dy = (x + 0.5) * 2 - light.x, (y + 0.5) * 2 - light.y
    distance = np.sqrt(dx * dx + dy * dy)
    glow = np.array(theme.palette.glow, np.float32)
    strong = 1.0 if theme.body == "sun" else 0.62
    wide = np.exp(-((dx / (0.62 * stage.unit)) ** 2 + (dy / (0.30 * stage.unit)) ** 2))
    close = np.exp(-distance / (light.radius * 2.4))
    colour += (glow - colour) * (strong * (0.50 * wide + 0.55 * close)).clip(0, 0.97)[..., None]
    disc = np.clip((light.radius - distance) / 2.2 + 0.5, 0, 1)
    face = glow * 0.35 + 255 * 0.65
    if theme.body == "moon":
        spots = fractal(rng, height, width, cells=(9 / light.radius * stage.unit * 0.05, 12), octaves=3)
        limb = 1 - 0.22 * np.clip(distance / light.radius, 0, 1) ** 3
        face = face * (limb * (0.86 + 0.16 * spots))[..., None]
    colour += (face - colour) * disc[..., None]


def _add_nebula(colour: Float, theme: Theme, rng: Rng) -> None:
    height, width = colour.shape[:2]
    gas = fractal(rng, height, width, cells=(2.5, 4), octaves=5) ** 2.2
    dust = fractal(rng, height, width, cells=(4, 6), octaves=5)
    colour *= 0.42
    colour += np.array(theme.palette.horizon, np.float32) * (gas * 0.75 * dust)[..., None]
    other = fractal(rng, height, width, cells=(2, 3), octaves=4) ** 3
    colour += np.array(theme.palette.glow, np.float32) * (other * gas * 0.6)[..., None]
    np.minimum(colour, 250, out=colour)


def _paint_clouds(colour: Float, theme: Theme, light: LightSource, horizon: float, rng: Rng) -> _Clouds:
    height, width = colour.shape[:2]
    density = fractal(rng, height, width, cells=(7, 3.2), octaves=5)
    cover = np.clip((density - (0.72 - 0.34 * theme.clouds)) / 0.42, 0, 1)
    rows = np.arange(height, dtype=np.float32) / max(horizon, 1)
    band = np.exp(-(((rows - 0.62) / 0.42) ** 2))
    alpha = (cover * band[:, None] * (0.62 if theme.land != "space" else 0.15)).astype(np.float32)
    x = (np.arange(width, dtype=np.float32) + 0.5) * 2
    y = (np.arange(height, dtype=np.float32)[:, None] + 0.5) * 2
    lit = np.exp(-(((x - light.x) ** 2 + (y - light.y) ** 2) / (width * 0.9) ** 2))
    sunny = (
        np.array(theme.palette.glow, np.float32) * 0.55 + np.array(theme.palette.horizon, np.float32) * 0.45
    )
    shade = np.array(theme.palette.middle, np.float32) * 0.8 + np.array(theme.palette.far, np.float32) * 0.2
    weight = np.clip(lit * 1.1 + 0.25 - 0.35 * cover, 0, 1)[..., None]
    planes = yuv_values((shade + (sunny - shade) * weight).astype(np.float32)) * alpha[..., None]
    size = (width * 2, height * 2)
    luma = cv2.resize(np.ascontiguousarray(planes[..., 0]), size, interpolation=cv2.INTER_LINEAR)
    clear = cv2.resize(255 - 255 * alpha, size, interpolation=cv2.INTER_LINEAR)
    u, v = (to_uint8(np.ascontiguousarray(planes[..., index])) for index in (1, 2))
    return _Clouds(to_uint8(luma), to_uint8(clear), (u, v, to_uint8(255 - 255 * alpha)))


def _planes(colour: Float, rng: Rng) -> Planes:
    """From half size: luma at full size, dithered so that its gradients do not step."""
    yuv = yuv_values(colour)
    height, width = colour.shape[:2]
    size = (width * 2, height * 2)
    luma = cv2.resize(np.ascontiguousarray(yuv[..., 0]), size, interpolation=cv2.INTER_LINEAR)
    luma += dither(rng, size[1], size[0])
    return Planes(to_uint8(luma), *(to_uint8(np.ascontiguousarray(yuv[..., index])) for index in (1, 2)))
