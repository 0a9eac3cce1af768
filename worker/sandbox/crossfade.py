"""From one moving picture to another: the light changes all the way, the detail in the middle of it.

A picture's detail is what costs time to sample. While one of the two is faint, only its light is sampled,
which a sixteenth of the pixels carry. That also keeps fine detail from being seen double for long.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from worker.sandbox.easing import smootherstep
from worker.sandbox.grid import COARSE, GridWarp, Texture
from worker.sandbox.planes import Float, Planes, UInt8, mix, to_uint8

_DETAIL_FROM, _DETAIL_UNTIL = 0.3, 0.7  # Shares of the second picture between which the detail changes.
_NO_CHANGE = 128  # Code of zero in a plane of differences.


@dataclass(frozen=True)
class View:
    """A picture and where each cell of the frame looks in it."""

    texture: Texture
    grid: Float


def crossfade(
    warp: GridWarp, first: View, second: View, share: float, weights: Float | None = None
) -> Planes:
    """The picture at `share` (0 … 1) of the way from the first view to the second.

    Args:
        weights: share of the second view's light for each cell of the grid; `share` everywhere if not given.
    """
    if share <= 0.0:
        return warp.sample(first.texture, first.grid)
    if share >= 1.0:
        return warp.sample(second.texture, second.grid)
    detail = smootherstep((share - _DETAIL_FROM) / (_DETAIL_UNTIL - _DETAIL_FROM))
    fine = [
        warp.sample(view.texture, view.grid) if part > 0.0 else None
        for view, part in ((first, 1.0 - detail), (second, detail))
    ]
    before, after = (
        warp.sample_coarse(view.texture, view.grid) if picture is None else _coarse(picture, warp)
        for view, picture in zip((first, second), fine, strict=True)
    )
    if fine[0] is None or fine[1] is None:
        sharp = next(picture for picture in fine if picture is not None)
    else:
        sharp = mix(fine[0], fine[1], detail)
    result = []
    for plane, old, new, step in zip(sharp, before, after, (1, 2, 2), strict=True):
        light = share if weights is None else warp.spread(weights, COARSE * step)
        result.append(_lit(plane, old, new, light - detail))
    return Planes(*result)


def _coarse(picture: Planes, warp: GridWarp) -> Planes:
    """What `GridWarp.sample_coarse` would have given."""
    y, u, v = picture
    # Halving twice is several times faster than going to a quarter at once.
    for step in (2, 4):
        y, u, v = (
            _resized(plane, warp.width // (step * shrink), warp.height // (step * shrink))
            for plane, shrink in ((y, 1), (u, 2), (v, 2))
        )
    return Planes(y, u, v)


def _resized(plane: UInt8, width: int, height: int) -> UInt8:
    return np.asarray(cv2.resize(plane, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _lit(plane: UInt8, old: UInt8, new: UInt8, share: Float | float) -> UInt8:
    """`plane` plus `share` times the coarse difference from `old` to `new`."""
    change = cv2.subtract(new, old, dtype=cv2.CV_32F) * share + _NO_CHANGE
    size = (plane.shape[1], plane.shape[0])
    full = cv2.resize(to_uint8(change), size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.addWeighted(plane, 1.0, full, 1.0, -_NO_CHANGE), np.uint8)
