"""Opaque cut-outs of a landscape and the painting of them, nearest last, rows that are hidden left out."""

from __future__ import annotations

import math
from dataclasses import dataclass

import cv2
import numpy as np

from worker.sandbox.camera import Pose
from worker.sandbox.planes import BLACK_Y, NEUTRAL, Float, Planes, UInt8, to_uint8, yuv_values
from worker.sandbox.scenery.noise import Rng, dither

_SPAN_CHOICES = 24
CHROMA = 4  # Scenery's chroma is painted this many times smaller than its luma; hazy air hides it.
_LAMP_GAIN = 1.7  # Lamps are smaller than a pixel of chroma, which would wash their colour out.
_EDGE_SLACK = 64  # Rows of zeros that sampling may read below the last gap.
_DISTANT = 0.2  # Depth up to which a layer is too far away to grow when the camera moves forward.
PlaneTuple = tuple[UInt8, ...]


@dataclass(frozen=True)
class Stage:
    """Size of the frame and of what is painted around it for the camera to move into.

    Attributes:
        width, height: the frame, pixels.
        margin_x, margin_y: painted beyond each side, pixels, even.
    """

    width: int
    height: int
    margin_x: int
    margin_y: int

    @classmethod
    def around(cls, width: int, height: int) -> Stage:
        """A stage with room for the strongest move of a scenery camera."""
        return cls(width, height, 2 * math.ceil(0.075 * width), 2 * math.ceil(0.045 * width))

    @property
    def full_width(self) -> int:
        """Width of a layer's texture."""
        return self.width + 2 * self.margin_x

    @property
    def full_height(self) -> int:
        """Height of a layer's texture."""
        return self.height + 2 * self.margin_y

    @property
    def unit(self) -> float:
        """A length that looks alike in landscape and portrait: the geometric mean of the sides."""
        return math.sqrt(self.width * self.height)


@dataclass(frozen=True)
class Placement:
    """Texture to frame: `frame = scale * texture + (x, y)`, in full-size pixels."""

    scale: float
    x: float
    y: float

    @classmethod
    def of(cls, stage: Stage, pose: Pose, depth: float) -> Placement:
        """Where a layer at `depth` stands under the camera's `pose`."""
        scale = 1.0 + pose.push * max(0.0, depth - _DISTANT) * pose.gain(1.0) / (1.0 - _DISTANT)
        dx, dy = pose.shift(depth)
        centre_x = stage.width / 2 + dx * stage.width
        centre_y = stage.height / 2 + dy * stage.width
        return cls(scale, centre_x - scale * stage.full_width / 2, centre_y - scale * stage.full_height / 2)

    def row(self, texture_row: float) -> float:
        """The frame's row of a texture's row."""
        return self.scale * texture_row + self.y

    def sample(
        self, planes: PlaneTuple | UInt8, shrink: int, width: int, rows: tuple[int, int]
    ) -> list[UInt8]:
        """The frame's `rows` (first, last + 1) out of a texture's planes, all rasters `shrink` times smaller.

        Enlarging a whole number of pixels to a whole number and then shifting by part of a pixel costs a
        third of an affine warp.
        """
        several = planes if isinstance(planes, tuple) else (planes,)
        first, last = rows
        size = (width, last - first)
        left, top = -self.x / shrink / self.scale, (first - self.y / shrink) / self.scale
        right, bottom = left + size[0] / self.scale, top + size[1] / self.scale
        across = _Span.covering(left, right, self.scale, several[0].shape[1])
        down = _Span.covering(top, bottom, self.scale, several[0].shape[0])
        centre = (across.locate((left + right) / 2) - 0.5, down.locate((top + bottom) / 2) - 0.5)
        samples = []
        for plane in several:
            part = plane[down.start : down.stop, across.start : across.stop]
            if part.shape != (down.size, across.size):
                part = np.asarray(
                    cv2.resize(part, (across.size, down.size), interpolation=cv2.INTER_LINEAR), np.uint8
                )
            samples.append(np.asarray(cv2.getRectSubPix(part, size, centre), np.uint8))
        return samples


@dataclass(frozen=True)
class _Span:
    """Texture pixels `start` … `stop` of one axis, to be enlarged to `size` pixels."""

    start: int
    stop: int
    size: int

    @classmethod
    def covering(cls, first: float, last: float, scale: float, limit: int) -> _Span:
        """A span around `first` … `last` whose whole sizes come closest to `scale`.

        The nearest whole size for one span alone would be off by up to a quarter of a pixel at the frame's
        edge, another error for each frame: a tremble.
        """
        start = min(max(0, math.floor(first) - 2), limit - 2)
        shortest = min(max(math.ceil(last) + 2, start + 2), limit)
        if scale == 1.0:
            return cls(start, shortest, shortest - start)
        best, least = shortest - start, math.inf
        for length in range(best, min(shortest + _SPAN_CHOICES, limit) - start + 1):
            error = abs(round(length * scale) / length - scale)
            if error < least:
                best, least = length, error
        return cls(start, start + best, max(1, round(best * scale)))

    def locate(self, position: float) -> float:
        """Where a texture's position lies in the enlarged span."""
        return (position - self.start) * self.size / (self.stop - self.start)


@dataclass(frozen=True)
class Lamps:
    """Small lights on a layer: strength (H, W) 0…1 at full size, and one RGB colour."""

    strength: Float
    colour: Float


@dataclass(frozen=True)
class Layer:
    """A cut-out that hides everything below its outline.

    Attributes:
        luma: premultiplied by coverage.
        clear: 255 minus coverage, a little further down than the first row without a gap.
        chroma: u, v (premultiplied) and 255 minus coverage, `CHROMA` times smaller.
        depth: 0 far … 1 near.
        first_row: the texture row that these begin with; above it is nothing. Even.
        solid_from: the first texture row without a gap.
    """

    luma: UInt8
    clear: UInt8
    chroma: PlaneTuple
    depth: float
    first_row: int
    solid_from: int

    @classmethod
    def cut(
        cls,
        colour: Float,
        coverage: Float,
        depth: float,
        rng: Rng,
        *,
        first_row: int,
        lamps: Lamps | None = None,
    ) -> Layer:
        """From colour (h, w, 3) at any smaller size, RGB 0…255, and coverage (H, W) 0…1 at full size.

        Both begin at the texture's row `first_row` (even).
        """
        height, width = coverage.shape
        size = (width // CHROMA, height // CHROMA)
        small = cv2.resize(coverage, size, interpolation=cv2.INTER_AREA)
        yuv = yuv_values(colour)
        y = cv2.resize(np.ascontiguousarray(yuv[..., 0]), (width, height), interpolation=cv2.INTER_LINEAR)
        chroma: Float = cv2.resize(np.ascontiguousarray(yuv[..., 1:]), size, interpolation=cv2.INTER_LINEAR)
        if lamps is not None:
            lamp = yuv_values(lamps.colour.reshape(1, 1, 3))[0, 0]
            y += (lamp[0] - y) * lamps.strength
            soft = cv2.resize(lamps.strength, size, interpolation=cv2.INTER_AREA)
            chroma += (lamp[1:] - chroma) * np.minimum(soft * _LAMP_GAIN, 1)[..., None]
        y += dither(rng, height, width)
        open_rows = np.flatnonzero(coverage.min(axis=1) < 0.998)
        solid = int(open_rows[-1]) + 1 if len(open_rows) else 0
        # Below its edge a layer has no gaps, and no rows for them.
        edge = min(height, solid + _EDGE_SLACK)
        y[:edge] *= coverage[:edge]
        chroma *= small[..., None]
        u, v = (to_uint8(plane) for plane in cv2.split(chroma))
        return cls(
            to_uint8(y),
            to_uint8(255 - 255 * coverage[:edge]),
            (u, v, to_uint8(255 - 255 * small)),
            depth,
            first_row,
            first_row + solid,
        )


def paint(canvas: Planes, layers: list[Layer], stage: Stage, pose: Pose, until: int) -> None:
    """Paint the layers, farthest first, over the rows of the canvas before `until`."""
    places = [Placement.of(stage, pose, layer.depth) for layer in layers]
    hidden_from = until
    strips: list[tuple[Layer, Placement, int, int]] = []
    for layer, place in zip(reversed(layers), reversed(places), strict=True):
        top = _floor(place.row(layer.first_row) - 2)
        strips.append((layer, place, max(0, top), hidden_from))
        hidden_from = min(hidden_from, _ceil(place.row(layer.solid_from) + 2))
        if hidden_from <= 0:
            break
    for layer, place, top, bottom in reversed(strips):
        if top < bottom:
            _paint_strip(canvas, layer, place, top, bottom)


def first_hidden_row(layers: list[Layer], stage: Stage, pose: Pose) -> int:
    """The frame's first row (where a chroma row begins) from which the layers hide what is behind."""
    rows = [Placement.of(stage, pose, layer.depth).row(layer.solid_from) + 2 for layer in layers]
    return max(0, min([stage.height, *(_ceil(row) for row in rows)]))


def _paint_strip(canvas: Planes, layer: Layer, place: Placement, top: int, bottom: int) -> None:
    solid = min(bottom, max(top, _ceil(place.row(layer.solid_from) + 2)))
    place = Placement(place.scale, place.x, place.y + place.scale * layer.first_row)
    band = canvas.y[top:solid]
    (painted,) = place.sample(layer.luma, 1, canvas.y.shape[1], (top, bottom))
    if solid > top:
        (gap,) = place.sample(layer.clear, 1, canvas.y.shape[1], (top, solid))
        lay_over(band, painted[: solid - top], gap)
    canvas.y[solid:bottom] = painted[solid - top :]
    first, middle, last = chroma_row(top), chroma_row(solid), chroma_row(bottom)
    # All three in one step: were the gaps cut by another raster, edges would show in false colours.
    u, v, thin = place.sample(layer.chroma, CHROMA, canvas.u.shape[1], (first, last))
    for target, own in ((canvas.u, u), (canvas.v, v)):
        if middle > first:
            lay_over(target[first:middle], own[: middle - first], thin[: middle - first])
        target[middle:last] = own[middle - first :]


def lay_over(band: UInt8, own: UInt8, gap: UInt8) -> None:
    """`band` seen through `gap` (255 = open), plus what the layer has of its own."""
    cv2.multiply(band, gap, dst=band, scale=1 / 255)
    cv2.add(band, own, dst=band)


def chroma_row(row: int) -> int:
    """The row of the canvas's chroma for a row of its luma; the last one may be a part only."""
    return -(-row // CHROMA)


def blank(stage: Stage) -> Planes:
    """A black canvas: luma as large as the frame, chroma `CHROMA` times smaller, rounded up."""
    size = (chroma_row(stage.height), chroma_row(stage.width))
    return Planes(
        np.full((stage.height, stage.width), BLACK_Y, np.uint8),
        np.full(size, NEUTRAL, np.uint8),
        np.full(size, NEUTRAL, np.uint8),
    )


def finished(canvas: Planes) -> Planes:
    """The canvas with its chroma brought to the size that frames have."""
    rows, columns = (side // 2 for side in canvas.y.shape)
    size = (canvas.u.shape[1] * CHROMA // 2, canvas.u.shape[0] * CHROMA // 2)
    u, v = (cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR) for plane in canvas[1:])
    return Planes(
        canvas.y, np.asarray(u[:rows, :columns], np.uint8), np.asarray(v[:rows, :columns], np.uint8)
    )


def _floor(value: float) -> int:
    return CHROMA * math.floor(value / CHROMA)


def _ceil(value: float) -> int:
    return CHROMA * math.ceil(value / CHROMA)
