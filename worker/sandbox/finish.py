"""What every clip gets at the end: vignette, film grain and words."""

from __future__ import annotations

import cv2
import numpy as np

from worker.sandbox.easing import smootherstep
from worker.sandbox.planes import Planes, UInt8, to_uint8
from worker.sandbox.titles import Overlay

_VIGNETTE_STEPS = 10
_GRAIN_TILE = 384  # Pixels after which the grain repeats within a frame.
_GRAIN_SLACK = 64  # Pixels by which the grain is larger than the frame, for another cut each time.


class Finish:
    """Applies the finish: one multiplication, one addition and one subtraction on the luma."""

    def __init__(
        self,
        width: int,
        height: int,
        overlay: Overlay,
        rng: np.random.Generator,
        *,
        vignette: float,
        grain: float,
        ramp: float,
    ) -> None:
        """`vignette` is the loss of light in the corners, `grain` the deviation in codes.

        Over `ramp` seconds the vignette comes in, and before the end it goes again: a chain of clips, each
        made from the last frame of another, would grow darker and darker otherwise.
        """
        self._overlay, self._rng, self._ramp = overlay, rng, ramp
        x = np.linspace(-1, 1, width, dtype=np.float32)[None] ** 2
        y = np.linspace(-1, 1, height, dtype=np.float32)[:, None] ** 2
        corner = ((x + y) / 2) ** np.float32(1.3)
        steps = _VIGNETTE_STEPS if ramp > 0 else 1
        self._masks: list[UInt8] = [
            to_uint8(255 - (255 * vignette * (step + 1) / steps) * corner) for step in range(steps)
        ]
        # Two halves, one added and one taken away: 8 bits have no sign.
        self._lighter, self._darker = (_noise(rng, width, height, grain) for _ in range(2))
        self._out = np.empty((height, width), np.uint8)

    def apply(self, frame: Planes, time: float, seconds: float) -> Planes:
        """The finished frame; its luma is a buffer of this object, valid until the next call."""
        self._overlay.paint(frame, time)
        self._shade(frame.y, time, seconds)
        height, width = self._out.shape
        for change, noise in ((cv2.add, self._lighter), (cv2.subtract, self._darker)):
            top, left = self._rng.integers(0, _GRAIN_SLACK + 1, 2)
            change(self._out, noise[top : top + height, left : left + width], dst=self._out)
        return Planes(self._out, frame.u, frame.v)

    def _shade(self, luma: UInt8, time: float, seconds: float) -> None:
        step = len(self._masks) - 1
        if self._ramp > 0:
            strength = min(smootherstep(time / self._ramp), smootherstep((seconds - time) / self._ramp))
            step = round(strength * len(self._masks)) - 1
        if step < 0:
            np.copyto(self._out, luma)
        else:
            cv2.multiply(luma, self._masks[step], dst=self._out, scale=1 / 255)


def _noise(rng: np.random.Generator, width: int, height: int, deviation: float) -> UInt8:
    """Absolute Gaussian noise, a little larger than the frame."""
    # The difference of two half-normal variables of deviation s deviates by 0.853 s.
    tile = np.abs(rng.standard_normal((_GRAIN_TILE, _GRAIN_TILE), np.float32)) * (deviation / 0.853)
    copies = (-(-(height + _GRAIN_SLACK) // _GRAIN_TILE), -(-(width + _GRAIN_SLACK) // _GRAIN_TILE))
    return np.tile(np.rint(tile).astype(np.uint8), copies)
