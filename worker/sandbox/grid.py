"""Warping of pictures by coarse grids: displacement is smooth, so it is computed for one pixel in 256."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from worker.sandbox.planes import Float, Planes, UInt8, yuv_codes

CELL = 16  # Output pixels that a grid cell spans; chroma and coarse views share the grid.
_SEEN, _SEEN_SHARE = 5, 0.002  # A difference in chroma, codes, and the share of pixels that may have it.
COARSE = 4  # A coarse view is this many times smaller than the frame, each way.


@dataclass(frozen=True)
class Texture:
    """A picture to sample from, finer than the output so that bilinear sampling keeps its sharpness.

    Attributes:
        planes: the picture.
        coarse: the same, `COARSE` times smaller, for coarse views.
        chroma_step: chroma is sampled for one pixel of the frame in so many, each way: 2, or 4 where the
            picture's colours are so soft that nobody sees the difference.
    """

    planes: Planes
    coarse: Planes
    chroma_step: int

    @classmethod
    def of(cls, rgb: UInt8, width: int, height: int) -> Texture:
        """Prepare a picture that already has the aspect of the output, shape (H, W, 3)."""
        scale = 1.5 if width * height <= 1_100_000 else 1.25
        # Detail beyond what a push-in can show would only alias.
        useful = 1.12
        if rgb.shape[1] > width * useful:
            size = (round(width * useful), round(height * useful))
            rgb = np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)
        fine = (_even(width * scale), _even(height * scale))
        half = (fine[0] // 2, fine[1] // 2)
        y, u, v = yuv_codes(rgb)
        planes = Planes(_resized(y, fine), _resized(u, half), _resized(v, half))
        coarse = Planes(*(_shrunk(plane, COARSE) for plane in planes))
        softer = [_shrunk(plane, 2) for plane in planes[1:]]
        if all(_is_close(small, plane) for small, plane in zip(softer, planes[1:], strict=True)):
            return cls(Planes(planes.y, *softer), coarse, 4)
        return cls(planes, coarse, 2)


class GridWarp:
    """Samples textures for frames of one size through coarse grids.

    A grid has the shape (rows, columns, 2) and holds, for the centre of each cell, the position to sample in
    output pixels (x, y), pixel centres at .5. One ring of cells lies outside the frame, so that nothing is
    extrapolated at the borders.
    """

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.columns, self.rows = -(-width // CELL) + 2, -(-height // CELL) + 2
        x = (np.arange(self.columns, dtype=np.float32) - 0.5) * CELL
        y = (np.arange(self.rows, dtype=np.float32) - 0.5) * CELL
        self.centres: Float = np.dstack(np.meshgrid(x, y)).astype(np.float32)

    def sample(self, texture: Texture, grid: Float) -> Planes:
        """The texture seen through the grid."""
        return self._view(texture.planes, grid, 1, texture.chroma_step)

    def sample_coarse(self, texture: Texture, grid: Float) -> Planes:
        """The same, `COARSE` times smaller: a sixteenth of the work."""
        return self._view(texture.coarse, grid, COARSE, 2)

    def look_up(self, field: Float, grid: Float) -> Float:
        """Values of a coarse map of the whole frame, shape (h, w) or (h, w, n), at the grid's positions."""
        return np.asarray(sample_at(field, self._in_pixels(field, grid)), np.float32)

    def spread(self, cells: Float, step: int) -> Float:
        """Values of the grid's cells (rows, columns) for each pixel of a frame `step` times smaller."""
        cell = CELL // step
        size = (self.columns * cell, self.rows * cell)
        full = cv2.resize(cells, size, interpolation=cv2.INTER_LINEAR)
        rows, columns = self.height // step, self.width // step
        return np.asarray(full[cell : cell + rows, cell : cell + columns], np.float32)

    def _view(self, planes: Planes, grid: Float, step: int, chroma_step: int) -> Planes:
        luma = self._positions(planes.y, grid, step)
        chroma = self._positions(planes.u, grid, chroma_step * step)
        u, v = (_mirrored(plane, *chroma) for plane in planes[1:])
        if chroma_step > 2:
            size = (self.width // (2 * step), self.height // (2 * step))
            u, v = (
                np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR), np.uint8)
                for plane in (u, v)
            )
        return Planes(_mirrored(planes.y, *luma), u, v)

    def _positions(self, plane: UInt8, grid: Float, step: int) -> tuple[Float, Float]:
        # Enlarging x and y apart takes two thirds of the time that both at once take.
        x, y = cv2.split(self._in_pixels(plane, grid))
        return self.spread(x, step), self.spread(y, step)

    def _in_pixels(self, picture: Float, grid: Float) -> Float:
        """The grid's positions in the pixels of a picture of the whole frame, centres at whole numbers."""
        height, width = picture.shape[:2]
        scale = np.array([width / self.width, height / self.height], np.float32)
        return np.asarray(grid * scale - np.float32(0.5), np.float32)


def dense_flow(preset: int) -> Any:
    """OpenCV's DIS optical flow, which its type stubs leave out."""
    return cv2.DISOpticalFlow_create(preset)  # type: ignore[attr-defined]


def sample_at(picture: Float, positions: Float) -> Any:
    """Values of a picture at positions (h, w, 2) of x and y in its pixels, centres at whole numbers."""
    where = positions.astype(np.float32, copy=False)
    return cv2.remap(picture, where, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)  # type: ignore[call-overload]


def _mirrored(plane: UInt8, x: Float, y: Float) -> UInt8:
    """A plane sampled, reflected beyond its edge."""
    sampled = cv2.remap(plane, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(sampled, np.uint8)


def _resized(plane: UInt8, size: tuple[int, int]) -> UInt8:
    shrinking = size[0] < plane.shape[1]
    kind = cv2.INTER_AREA if shrinking else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(plane, size, interpolation=kind), np.uint8)


def _shrunk(plane: UInt8, factor: int) -> UInt8:
    size = (max(1, plane.shape[1] // factor), max(1, plane.shape[0] // factor))
    return np.asarray(cv2.resize(plane, size, interpolation=cv2.INTER_AREA), np.uint8)


def _is_close(small: UInt8, plane: UInt8) -> bool:
    """Whether a plane can be had back from a smaller copy without a loss that can be seen."""
    back = cv2.resize(small, (plane.shape[1], plane.shape[0]), interpolation=cv2.INTER_LINEAR)
    visible = cv2.threshold(cv2.absdiff(plane, back), _SEEN, 1, cv2.THRESH_BINARY)[1]
    return cv2.countNonZero(visible) <= _SEEN_SHARE * plane.size


def _even(value: float) -> int:
    return max(2, 2 * round(value / 2))
