"""Colours for outlines: distance, light from the sky, and mist between the ridges."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass

import cv2
import numpy as np

from worker.sandbox.planes import Float
from worker.sandbox.scenery.layers import Lamps, Layer, Stage
from worker.sandbox.scenery.noise import Rng, fractal
from worker.sandbox.scenery.outlines import DRAW
from worker.sandbox.scenery.theme import Theme

_SHRINK = 4  # Colour changes slowly: it is painted at a quarter of the size.


@dataclass(frozen=True)
class LightSource:
    """Where the light comes from: texture pixels, and the disc's radius."""

    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Ridge:
    """One ridge of a plan.

    Attributes:
        kind: of outline.
        base: mean row, share of the frame's height.
        depth: 0 far … 1 near, for the camera.
        tone: 0 far … 1 near, for the colours.
    """

    kind: str
    base: float
    depth: float
    tone: float


def build_ridges(
    painters: Executor, plan: list[Ridge], *, theme: Theme, light: LightSource, stage: Stage, rng: Rng
) -> Iterator[Layer]:
    """The ridges of a plan as layers, in the plan's order (farthest first); all are begun at once."""
    # Each ridge has a source of chance of its own, so that they can be painted side by side.
    return painters.map(
        lambda ridge, own: _build(ridge, theme, light, stage, own), plan, rng.spawn(len(plan))
    )


def _build(ridge: Ridge, theme: Theme, light: LightSource, stage: Stage, rng: Rng) -> Layer:
    outline = DRAW[ridge.kind](rng, stage, ridge.base, ridge.tone)
    covered = np.flatnonzero(outline.coverage.max(axis=1) > 0.002)
    # A few empty rows stay, so that the edge is sampled against nothing and not against itself.
    first_row = min(max(0, int(covered[0]) - 8), stage.full_height - 32) // _SHRINK * _SHRINK
    coverage = outline.coverage[first_row:]
    colour = _colour(outline.top, first_row, ridge=ridge, theme=theme, light=light, stage=stage, rng=rng)
    if outline.lights is None:
        return Layer.cut(colour, coverage, ridge.depth, rng, first_row=first_row)
    lamps = _lamps(outline.lights[first_row:], ridge, theme, rng)
    _add_spill(colour, lamps)
    return Layer.cut(colour, coverage, ridge.depth, rng, first_row=first_row, lamps=lamps)


def _colour(
    outline_top: Float,
    first_row: int,
    *,
    ridge: Ridge,
    theme: Theme,
    light: LightSource,
    stage: Stage,
    rng: Rng,
) -> Float:
    """RGB 0…255 of a ridge from `first_row` down, at a quarter of the size."""
    palette, tone = theme.palette, ridge.tone
    height, width = (stage.full_height - first_row) // _SHRINK, stage.full_width // _SHRINK
    top = cv2.resize(outline_top[None], (width, 1), interpolation=cv2.INTER_AREA)[0]
    rows = (np.arange(height, dtype=np.float32)[:, None] + 0.5) * _SHRINK + first_row
    columns = (np.arange(width, dtype=np.float32)[None] + 0.5) * _SHRINK
    below = np.maximum(rows - top, 0) / stage.height

    base = _between(palette.far, palette.near, tone**0.8)
    horizon = np.array(palette.horizon, np.float32)
    glow = np.array(palette.glow, np.float32)
    colour = np.broadcast_to(base, (height, width, 3)).copy()

    # Faces of the slope that look towards the light are brighter, in gullies that run down askew.
    slope = cv2.GaussianBlur(np.gradient(top)[None].astype(np.float32), (0, 0), max(1.0, width / 240))[0]
    towards = np.tanh((light.x - columns[0]) / (0.10 * stage.full_width))
    facing = np.clip(slope * towards * -1.5 + 0.38, 0, 1)
    lean = 2.2 * (fractal(rng, height, width, cells=(2, 7), octaves=3) - 0.5)
    along = columns / _SHRINK - 0.5 + lean * below * stage.height / _SHRINK
    gullies = cv2.remap(
        facing[None].astype(np.float32), along.astype(np.float32), np.zeros_like(along, dtype=np.float32),
        cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101,
    )  # fmt: skip
    distance = np.abs(columns - light.x) / stage.full_width
    crest = np.exp(-below / (0.030 + 0.06 * (1 - tone))) * gullies * np.exp(-((distance / 0.45) ** 2))
    colour += (glow - colour) * (crest * 0.34 * (1 - 0.5 * tone))[..., None]

    grain = fractal(rng, height, width, cells=(7, 22), octaves=3) - 0.5
    colour *= (1 + 0.16 * grain * np.exp(-below / 0.2))[..., None]

    # Mist gathers at the foot of a ridge and takes the colour of the sky behind it.
    mist = horizon * (0.80 - 0.45 * tone) + base * (0.20 + 0.45 * tone)
    thickness = _smoothstep(below / (0.20 + 0.10 * tone)) * theme.haze * (1 - tone) ** 0.7 * 0.85
    drifting = 0.75 + 0.5 * (fractal(rng, height, width, cells=(3, 5), octaves=3) - 0.5)
    colour += (mist - colour) * np.clip(thickness * drifting, 0, 1)[..., None]

    halo = np.exp(-(((columns - light.x) ** 2 + (rows - light.y) ** 2) / (0.34 * stage.unit) ** 2))
    colour += (glow - colour) * (halo * 0.34 * (1 - tone) ** 1.2)[..., None]

    # The ground at the camera's feet falls into shadow and carries the title.
    colour *= (1 - 0.55 * tone * _smoothstep(below / 0.35))[..., None]
    return np.asarray(colour, np.float32)


def _lamps(lights: Float, ridge: Ridge, theme: Theme, rng: Rng) -> Lamps:
    warm = np.array((255.0, 196.0, 120.0), np.float32)
    cool = np.array(theme.palette.glow, np.float32)
    share = float(rng.uniform(0, 0.55))
    strength = (0.30 + 0.6 * ridge.tone) * (1.0 if theme.palette.dark else 0.5)
    return Lamps(lights * np.float32(strength), (warm * (1 - share) + cool * share).astype(np.float32))


def _add_spill(colour: Float, lamps: Lamps) -> None:
    """Light of the lamps on the air around them."""
    height, width = colour.shape[:2]
    spill = cv2.resize(lamps.strength, (width, height), interpolation=cv2.INTER_AREA)
    spill = cv2.GaussianBlur(spill, (0, 0), max(1.0, height / 90))
    colour += (255 - colour) * (lamps.colour / 255) * (0.5 * np.minimum(spill, 1))[..., None]


def _between(a: tuple[float, float, float], b: tuple[float, float, float], share: float) -> Float:
    return np.asarray(np.array(a) * (1 - share) + np.array(b) * share, np.float32)


def _smoothstep(x: Float) -> Float:
    x = np.clip(x, 0, 1)
    return np.asarray(x * x * (3 - 2 * x), np.float32)
