"""Seeded noise, made by enlarging small random grids."""

from __future__ import annotations

import cv2
import numpy as np

from worker.sandbox.planes import Float

Rng = np.random.Generator
_DITHER_TILE = 192  # Pixels after which it repeats; nobody sees a pattern in one code.


def fractal(rng: Rng, height: int, width: int, *, cells: tuple[float, float], octaves: int = 4) -> Float:
    """Cloud-like noise (H, W), about 0…1; `cells` is the number of blobs down and across."""
    total = np.zeros((height, width), np.float32)
    weight, weights = 1.0, 0.0
    down, across = cells
    for _ in range(octaves):
        grid = rng.random((max(2, round(down) + 2), max(2, round(across) + 2))).astype(np.float32)
        total += weight * cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
        weights += weight
        weight *= 0.5
        down, across = down * 2, across * 2
    return np.asarray(np.clip(0.5 + (total / weights - 0.5) * 1.9, 0, 1), np.float32)


def profile(rng: Rng, width: int, *, peaks: float, octaves: int, roughness: float, smooth: bool) -> Float:
    """A skyline (W,), about -1…1: angular like rock, or rounded like hills and dunes when `smooth`."""
    x = np.linspace(0.0, 1.0, width, dtype=np.float32)
    total = np.zeros(width, np.float32)
    amplitude, frequency = 1.0, peaks
    for _ in range(octaves):
        knots = int(frequency) + 3
        positions = (np.arange(knots) + rng.uniform(-0.32, 0.32, knots)) / frequency - rng.uniform(
            0, 1
        ) / frequency
        heights = rng.uniform(-1, 1, knots)
        if smooth:
            total += amplitude * _cosine_interpolation(x, positions, heights)
        else:
            total += amplitude * np.interp(x, positions, heights).astype(np.float32)
        amplitude *= roughness
        frequency *= 2.07
    return np.asarray(total / max(float(np.abs(total).max()), 1e-3), np.float32)


def dither(rng: Rng, height: int, width: int) -> Float:
    """Triangular noise of ±1 code, in tiles: hides the steps of a gradient in 8 bits."""
    noise = rng.random((2, _DITHER_TILE, _DITHER_TILE), np.float32)
    copies = (-(-height // _DITHER_TILE), -(-width // _DITHER_TILE))
    return np.tile(noise[0] - noise[1], copies)[:height, :width]


def _cosine_interpolation(x: Float, positions: np.ndarray, heights: np.ndarray) -> Float:
    index = np.clip(np.searchsorted(positions, x) - 1, 0, len(positions) - 2)
    share = np.clip((x - positions[index]) / (positions[index + 1] - positions[index]), 0, 1)
    eased = 0.5 - 0.5 * np.cos(np.pi * share)
    return np.asarray(heights[index] * (1 - eased) + heights[index + 1] * eased, np.float32)
