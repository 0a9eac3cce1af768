"""Outlines of land: what stands against what lies behind it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from worker.sandbox.planes import Float
from worker.sandbox.scenery.layers import Stage
from worker.sandbox.scenery.noise import Rng, profile


@dataclass(frozen=True)
class Outline:
    """One cut-out before it has colours.

    Attributes:
        top: the ground's first row for each column (W,), texture pixels.
        coverage: what is covered, ground and what stands on it, (H, W), 0…1.
        lights: small lights on it (windows), (H, W), 0…1, or None.
    """

    top: Float
    coverage: Float
    lights: Float | None = None


Draw = Callable[[Rng, Stage, float, float], Outline]


def mountains(rng: Rng, stage: Stage, base: float, near: float) -> Outline:
    """Rock: angular, taller in the distance. `base` is the mean row as a share of the frame's height."""
    shape = profile(rng, stage.full_width, peaks=2.6 + 1.6 * near, octaves=7, roughness=0.5, smooth=False)
    height = (0.155 - 0.055 * near) * _relief(stage)
    return _ground(stage, _row(stage, base) - shape * height)


def hills(rng: Rng, stage: Stage, base: float, near: float) -> Outline:
    """Rounded land with a trace of grass."""
    shape = profile(rng, stage.full_width, peaks=1.7 + 0.9 * near, octaves=3, roughness=0.42, smooth=True)
    grass = profile(rng, stage.full_width, peaks=240, octaves=2, roughness=0.6, smooth=False)
    height = (0.085 - 0.02 * near) * _relief(stage)
    return _ground(stage, _row(stage, base) - shape * height + grass * 0.0022 * near * stage.height)


def dunes(rng: Rng, stage: Stage, base: float, near: float) -> Outline:
    """Sand: long slopes to one side that break off at a sharp crest."""
    swell = profile(rng, stage.full_width, peaks=1.3 + 0.5 * near, octaves=2, roughness=0.4, smooth=True)
    crests = 0.5 - np.abs(profile(rng, stage.full_width, peaks=1.9, octaves=1, roughness=0.5, smooth=True))
    height = (0.11 - 0.02 * near) * _relief(stage)
    return _ground(stage, _row(stage, base) - (0.7 * swell + crests) * height)


def forest(rng: Rng, stage: Stage, base: float, near: float) -> Outline:
    """Hills under conifers, which are larger and further apart near the camera."""
    ground = hills(rng, stage, base, near)
    mask = np.round(ground.coverage * 255).astype(np.uint8)
    size = stage.unit * (0.030 + 0.17 * near**1.8)
    x = rng.uniform(-0.5, 0.5) * size
    while x < stage.full_width + size:
        height = size * rng.uniform(0.55, 1.25)
        column = int(np.clip(x, 0, stage.full_width - 1))
        _conifer(mask, rng, x, float(ground.top[column]) + 0.12 * height, height)
        x += size * rng.uniform(0.10, 0.34)
    return Outline(ground.top, mask.astype(np.float32) / 255)


def city(rng: Rng, stage: Stage, base: float, near: float) -> Outline:
    """Towers with lit windows; the far rows are lower, narrower and dimmer."""
    height, width = stage.full_height, stage.full_width
    coverage = np.zeros((height, width), np.float32)
    lights = np.zeros((height, width), np.float32)
    top = np.full(width, float(height), np.float32)
    ground = round(_row(stage, base))
    unit = stage.unit * (0.032 + 0.035 * near)
    mass = profile(rng, width, peaks=2.2, octaves=3, roughness=0.6, smooth=True)
    x = -int(unit * rng.uniform(0, 1))
    while x < width:
        wide = max(3, round(unit * rng.uniform(0.55, 1.7)))
        lift = float(mass[int(np.clip(x + wide // 2, 0, width - 1))])
        tower = 2.6 * rng.random() ** 4
        tall = unit * (1.9 - near) * (1.0 + 2.4 * max(0.0, lift + 0.2) + rng.random() ** 2 + tower)
        roof = max(2, round(ground - tall))
        left, right = max(0, x), min(width, x + wide)
        coverage[roof:, left:right] = 1
        top[left:right] = np.minimum(top[left:right], roof)
        _roof_detail(coverage, rng, x, wide, roof=roof, unit=unit)
        _windows(lights, rng, (left, right, roof, ground), unit)
        x += wide + (round(unit * rng.uniform(0.2, 1.1)) if rng.random() < 0.35 else 0)
    coverage[ground:] = 1
    return Outline(np.minimum(top, ground).astype(np.float32), coverage, lights)


def _row(stage: Stage, base: float) -> float:
    return stage.margin_y + base * stage.height


def _relief(stage: Stage) -> float:
    """Height of land, pixels: portrait frames are not stretched into needles."""
    return min(float(stage.height), 1.25 * stage.width)


def _ground(stage: Stage, top: Float) -> Outline:
    top = top.astype(np.float32)
    steep = np.sqrt(1 + np.gradient(top) ** 2).astype(np.float32)
    coverage = np.zeros((stage.full_height, stage.full_width), np.float32)
    # The edge is nowhere softer than six rows.
    first, last = (int(np.clip(row, 0, stage.full_height)) for row in (top.min() - 4, top.max() + 5))
    rows = np.arange(first, last, dtype=np.float32)[:, None]
    coverage[first:last] = np.clip((rows - top) / np.minimum(steep, 6) + 0.5, 0, 1)
    coverage[last:] = 1
    return Outline(top, coverage)


def _conifer(mask: np.ndarray, rng: Rng, x: float, foot: float, height: float) -> None:
    tiers = int(rng.integers(5, 9))
    half = height * rng.uniform(0.15, 0.22)
    lean = rng.uniform(-0.02, 0.02) * height
    left: list[tuple[float, float]] = []
    right: list[tuple[float, float]] = []
    for tier, wide in enumerate(rng.uniform(0.78, 1.12, (tiers, 2)).tolist(), start=1):
        share = tier / tiers
        y = foot - height * (1 - 0.92 * share)
        trunk, reach = x + lean * (1 - share), half * share**0.9
        # Out to the tip of the bough and back half way, where the next tier begins.
        for side, points, longer in ((-reach, left, wide[0]), (reach, right, wide[1])):
            points.append((trunk + side * longer, y + 0.02 * height))
            points.append((trunk + side * longer * 0.48, y - 0.012 * height))
    outline = [
        (x + lean, foot - height), *right, (x + half * 0.15, foot), (x - half * 0.15, foot), *left[::-1],
    ]  # fmt: skip
    polygon = np.round(np.array(outline) * 16).astype(np.int32)
    cv2.fillPoly(mask, [polygon], 255, lineType=cv2.LINE_AA, shift=4)


def _roof_detail(coverage: Float, rng: Rng, x: int, wide: int, *, roof: int, unit: float) -> None:
    width = coverage.shape[1]
    kind = rng.random()
    if kind < 0.22:  # A mast.
        column = int(np.clip(x + wide // 2, 0, width - 1))
        thick = max(1, round(unit * 0.03))
        coverage[max(0, roof - round(unit * rng.uniform(0.5, 1.3))) : roof, column : column + thick] = 1
    elif kind < 0.5:  # A stepped crown.
        inset = max(1, round(wide * 0.2))
        left, right = max(0, x + inset), min(width, max(0, x + wide - inset))
        coverage[max(0, roof - round(unit * rng.uniform(0.2, 0.45))) : roof, left:right] = 1


def _windows(lights: Float, rng: Rng, box: tuple[int, int, int, int], unit: float) -> None:
    left, right, roof, ground = box
    pitch = max(3, round(unit * 0.13))
    pane = max(1, round(pitch * 0.45))
    share = rng.uniform(0.12, 0.5)
    top, first = roof + pitch, left + pitch // 2
    floors, across = len(range(top, ground - pane, pitch)), len(range(first, right - pane, pitch))
    if not floors or not across:
        return
    # On some floors hardly anybody is at home.
    busy = np.where(rng.random((floors, 1)) < 0.25, 0.3 * share, share)
    lit = (rng.random((floors, across)) < busy) * rng.uniform(0.35, 1.0, (floors, across))
    for row in range(top, top + pane):
        for column in range(first, first + pane):
            lights[
                row : ground - pane + row - top : pitch, column : right - pane + column - first : pitch
            ] = lit


DRAW: dict[str, Draw] = {
    "mountains": mountains, "hills": hills, "dunes": dunes, "forest": forest, "city": city,
}  # fmt: skip
