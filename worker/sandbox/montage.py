"""Several references: a slow montage that ends on all of them side by side."""

from __future__ import annotations

import math

import cv2
import numpy as np

from worker.sandbox.camera import Camera
from worker.sandbox.crossfade import crossfade
from worker.sandbox.easing import smootherstep
from worker.sandbox.grid import GridWarp
from worker.sandbox.planes import Planes, UInt8
from worker.sandbox.spec import CameraMove
from worker.sandbox.stills import StillShot, cover_crop

_SHORTEST = 1.1  # Seconds that a picture deserves for itself.
_MOVES: tuple[CameraMove, ...] = ("push in", "pan right", "orbit", "pan left", "pull out", "rise")
_TABLE = (15, 15, 20)  # What the prints lie on, RGB.


class MontageShot:
    """Pictures one after the other, each with a move of its own; the last is the contact sheet."""

    def __init__(
        self, pictures: list[UInt8], warp: GridWarp, seconds: float, rng: np.random.Generator
    ) -> None:
        self._warp = warp
        shown = pictures[: max(1, min(len(pictures), int(seconds / _SHORTEST) - 1))]
        if len(pictures) > 1:
            shown = [*shown, contact_sheet(pictures, warp.width, warp.height)]
        self._length = seconds / len(shown)
        self._overlap = min(0.7, 0.4 * self._length) if len(shown) > 1 else 0.0
        offset = int(rng.integers(0, len(_MOVES)))
        aspect = warp.width / warp.height
        self._shots = []
        for index, picture in enumerate(shown):
            sheet = len(shown) > 1 and index == len(shown) - 1
            move: CameraMove = "pull out" if sheet else _MOVES[(index + offset) % len(_MOVES)]
            camera = Camera(
                move, self._length + self._overlap, aspect, 0.5 if sheet else 1.0, float(rng.uniform(0, 100))
            )
            self._shots.append(StillShot(picture, warp, camera))

    def frame(self, time: float) -> Planes:
        """The picture `time` seconds after the start."""
        index = min(int(time / self._length), len(self._shots) - 1)
        into = time - index * self._length
        current = self._shots[index]
        if index == 0 or into >= self._overlap:
            return current.frame(into)
        before = self._shots[index - 1].view(into + self._length)
        return crossfade(self._warp, before, current.view(into), smootherstep(into / self._overlap))


def contact_sheet(pictures: list[UInt8], width: int, height: int) -> UInt8:
    """All pictures as prints on a dark table, in rows as even as can be."""
    columns = max(
        1, math.ceil(math.sqrt(len(pictures) * (1 if width >= height else (width / height) ** 1.2)))
    )
    rows = math.ceil(len(pictures) / columns)
    margin, gap = 0.085 * min(width, height), 0.022 * min(width, height)
    cell_width = (width - 2 * margin - gap * (columns - 1)) / columns
    cell_height = (height - 2 * margin - gap * (rows - 1)) / rows
    # Prints keep the frame's aspect; the smaller fit decides.
    scale = min(cell_width / width, cell_height / height)
    print_size = (max(2, round(width * scale)), max(2, round(height * scale)))
    sheet = np.empty((height, width, 3), np.uint8)
    sheet[:] = _TABLE
    block = rows * print_size[1] + (rows - 1) * gap
    for row in range(rows):
        line = pictures[row * columns : (row + 1) * columns]
        wide = len(line) * print_size[0] + (len(line) - 1) * gap
        for column, picture in enumerate(line):
            left = round((width - wide) / 2 + column * (print_size[0] + gap))
            top = round((height - block) / 2 + row * (print_size[1] + gap))
            small = cv2.resize(cover_crop(picture, *print_size), print_size, interpolation=cv2.INTER_AREA)
            sheet[top : top + print_size[1], left : left + print_size[0]] = small
    return sheet
