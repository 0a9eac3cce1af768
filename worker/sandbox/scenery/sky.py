"""The sky: gradient, sun or moon, drifting clouds, stars."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from worker.sandbox.camera import Pose
from worker.sandbox.planes import Float, Planes, UInt8, to_uint8, yuv_values
from worker.sandbox.scenery.land import LightSource
from worker.sandbox.scenery.layers import CHROMA, Placement, PlaneTuple, Stage, chroma_row, lay_over
from worker.sandbox.scenery.noise import Rng, dither, fractal
from worker.sandbox.scenery.theme import Theme

_SKY_DEPTH, _CLOUD_DEPTH = -0.35, -0.1  # Beyond the farthest ridge: almost at rest.
_GLOW_SHRINK, _CLOUD_SHRINK = 4, 4  # Glow: of half size. Clouds: of full size.
_CLOUD_SPEED = 0.004  # Frame widths a second.


@dataclass(frozen=True)
class _Clouds:
    luma: UInt8  # Premultiplied, like the chroma.
    clear: UInt8
    chroma: PlaneTuple  # u, v and clear, `CHROMA` times smaller.

    def paint(self, canvas: Planes, stage: Stage, pose: Pose, time: float, rows: int) -> None:
        still = Placement.of(stage, pose, _CLOUD_DEPTH)
        place = Placement(still.scale, still.x + time * _CLOUD_SPEED * stage.width, still.y)
        band = canvas.y[:rows]
        luma, clear = place.sample((self.luma, self.clear), 1, stage.width, (0, rows))
        lay_over(band, luma, clear)
        last = chroma_row(rows)
        u, v, thin = place.sample(self.chroma, CHROMA, canvas.u.shape[1], (0, last))
        lay_over(canvas.u[:last], u, thin)
        lay_over(canvas.v[:last], v, thin)


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
        whole = (stage.full_height, stage.full_width)
        self._clouds = _paint_clouds(whole, theme, light, horizon, rng) if theme.clouds > 0.05 else None
        self._stars = _Stars(theme, horizon, stage, rng) if theme.stars > 0 else None

    def paint(self, canvas: Planes, pose: Pose, time: float, rows: int) -> None:
        """Fill the canvas's first `rows` rows."""
        if rows <= 0:
            return
        stage = self._stage
        place = Placement.of(stage, pose, _SKY_DEPTH)
        last = chroma_row(rows)
        (canvas.y[:rows],) = place.sample(self._planes.y, 1, stage.width, (0, rows))
        chroma = (self._planes.u, self._planes.v)
        canvas.u[:last], canvas.v[:last] = place.sample(chroma, CHROMA, canvas.u.shape[1], (0, last))
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
    """Sun or moon with its glow, onto half-size colour; the glow is worked out smaller still."""
    height, width = colour.shape[:2]
    dx, dy, distance = _offsets(light, height // _GLOW_SHRINK, width // _GLOW_SHRINK, 2 * _GLOW_SHRINK)
    glow = np.array(theme.palette.glow, np.float32)
    strong = 1.0 if theme.body == "sun" else 0.62
    wide = np.exp(-((dx / (0.62 * stage.unit)) ** 2 + (dy / (0.30 * stage.unit)) ** 2))
    close = np.exp(-distance / (light.radius * 2.4))
    halo = (strong * (0.50 * wide + 0.55 * close)).clip(0, 0.97).astype(np.float32)
    colour += (glow - colour) * cv2.resize(halo, (width, height), interpolation=cv2.INTER_LINEAR)[..., None]
    _add_disc(colour, theme, light, stage, rng)


def _add_disc(colour: Float, theme: Theme, light: LightSource, stage: Stage, rng: Rng) -> None:
    height, width = colour.shape[:2]
    reach = light.radius + 4
    top, left = (max(0, int((centre - reach) / 2)) for centre in (light.y, light.x))
    bottom, right = int((light.y + reach) / 2) + 1, int((light.x + reach) / 2) + 1
    part = colour[top:bottom, left:right]
    _, _, distance = _offsets(light, part.shape[0], part.shape[1], 2, top=top, left=left)
    disc = np.clip((light.radius - distance) / 2.2 + 0.5, 0, 1)
    face = np.array(theme.palette.glow, np.float32) * 0.35 + 255 * 0.65
    if theme.body == "moon":
        spots = fractal(rng, height, width, cells=(9 / light.radius * stage.unit * 0.05, 12), octaves=3)
        limb = 1 - 0.22 * np.clip(distance / light.radius, 0, 1) ** 3
        face = face * (limb * (0.86 + 0.16 * spots[top:bottom, left:right]))[..., None]
    part += (face - part) * disc[..., None]


def _offsets(
    light: LightSource, height: int, width: int, step: int, *, top: int = 0, left: int = 0
) -> tuple[Float, Float, Float]:
    """Way from the light across and down, and distance, in full-size pixels, for pixels of `step`."""
    dx = (np.arange(left, left + width, dtype=np.float32)[None] + 0.5) * step - light.x
    dy = (np.arange(top, top + height, dtype=np.float32)[:, None] + 0.5) * step - light.y
    return dx, dy, np.sqrt(dx * dx + dy * dy)


def _add_nebula(colour: Float, theme: Theme, rng: Rng) -> None:
    height, width = colour.shape[:2]
    gas = fractal(rng, height, width, cells=(2.5, 4), octaves=5) ** 2.2
    dust = fractal(rng, height, width, cells=(4, 6), octaves=5)
    colour *= 0.42
    colour += np.array(theme.palette.horizon, np.float32) * (gas * 0.75 * dust)[..., None]
    other = fractal(rng, height, width, cells=(2, 3), octaves=4) ** 3
    colour += np.array(theme.palette.glow, np.float32) * (other * gas * 0.6)[..., None]
    np.minimum(colour, 250, out=colour)


def _paint_clouds(
    size: tuple[int, int], theme: Theme, light: LightSource, horizon: float, rng: Rng
) -> _Clouds:
    """For a sky of `size` (height, width) and its horizon at full size; worked out at a quarter of it."""
    height, width = size[0] // _CLOUD_SHRINK, size[1] // _CLOUD_SHRINK
    density = fractal(rng, height, width, cells=(7, 3.2), octaves=5)
    cover = np.clip((density - (0.72 - 0.34 * theme.clouds)) / 0.42, 0, 1)
    rows = np.arange(height, dtype=np.float32) * (_CLOUD_SHRINK / max(horizon, 1))
    band = np.exp(-(((rows - 0.62) / 0.42) ** 2))
    alpha = (cover * band[:, None] * (0.62 if theme.land != "space" else 0.15)).astype(np.float32)
    _, _, distance = _offsets(light, height, width, _CLOUD_SHRINK)
    lit = np.exp(-((distance / (size[1] * 0.45)) ** 2))
    sunny = (
        np.array(theme.palette.glow, np.float32) * 0.55 + np.array(theme.palette.horizon, np.float32) * 0.45
    )
    shade = np.array(theme.palette.middle, np.float32) * 0.8 + np.array(theme.palette.far, np.float32) * 0.2
    weight = np.clip(lit * 1.1 + 0.25 - 0.35 * cover, 0, 1)[..., None]
    y, u, v = cv2.split(yuv_values((shade + (sunny - shade) * weight).astype(np.float32)) * alpha[..., None])
    gap = 255 - 255 * alpha

    def enlarged(plane: Float, shrink: int) -> UInt8:
        whole = (size[1] // shrink, size[0] // shrink)
        return to_uint8(np.asarray(cv2.resize(plane, whole, interpolation=cv2.INTER_CUBIC)))

    return _Clouds(
        enlarged(y, 1), enlarged(gap, 1), (enlarged(u, CHROMA), enlarged(v, CHROMA), enlarged(gap, CHROMA))
    )


def _planes(colour: Float, rng: Rng) -> Planes:
    """From half size: luma at full size, dithered so that its gradients do not step; chroma smaller."""
    yuv = yuv_values(colour)
    height, width = colour.shape[:2]
    size = (width * 2, height * 2)
    luma = cv2.resize(np.ascontiguousarray(yuv[..., 0]), size, interpolation=cv2.INTER_LINEAR)
    luma += dither(rng, size[1], size[0])
    small = (size[0] // CHROMA, size[1] // CHROMA)
    u, v = cv2.split(cv2.resize(yuv[..., 1:], small, interpolation=cv2.INTER_AREA))
    return Planes(to_uint8(luma), to_uint8(u), to_uint8(v))
