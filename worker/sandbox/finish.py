"""What every clip gets at the end: vignette, film grain and words."""

from __future__ import annotations

import cv2
import numpy as np

from worker.sandbox.easing import smootherstep
from worker.sandbox.planes import BLACK_Y, Planes, UInt8
from worker.sandbox.titles import Overlay

_VIGNETTE_STEPS = 10
_GRAIN_SLACK = 64  # Pixels by which the grain is larger than the frame, for another cut each time.


class Finish:
    """Applies the finish in place. Two additions and one multiplication on the luma: well under a millisecond."""

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

        Over `ramp` seconds the vignette comes in, and before the end it goes again: a chain of clips, each made
        from the last frame of another, would grow darker and darker otherwise.
        """
        self._overlay, self._rng, self._ramp = overlay, rng, ramp
        y, x = np.mgrid[-1.0 : 1.0 : height * 1j, -1.0 : 1.0 : width * 1j].astype(np.float32)
        corner = np.clip((x * x + y * y) / 2, 0, 1) ** 1.3
        steps = _VIGNETTE_STEPS if ramp > 0 else 1
        self._masks: list[UInt8] = [
            np.rint(255 * (1 - vignette * (step + 1) / steps * corner)).astype(np.uint8) for step in range(steps)
        ]
        noise = rng.normal(0, grain, (height + _GRAIN_SLACK, width + _GRAIN_SLACK))
        limit = round(3 * grain + 0.5)
        codes = np.clip(np.rint(noise), -limit, limit).astype(np.int16)
        self._grain = (codes + limit).astype(np.uint8)
        self._pedestal = np.full((height, width), limit, np.uint8)
        self._out = np.empty((height, width), np.uint8)

    def apply(self, frame: Planes, time: float, seconds: float) -> Planes:
        """The finished frame; its luma is a buffer of this object, valid until the next call."""
        self._overlay.paint(frame, time)
        self._shade(frame.y, time, seconds)
        height, width = self._out.shape
        top, left = self._rng.integers(0, _GRAIN_SLACK + 1, 2)
        cv2.add(self._out, self._grain[top : top + height, left : left + width], dst=self._out)
        cv2.subtract(self._out, self._pedestal, dst=self._out)
        return Planes(np.maximum(self._out, BLACK_Y, out=self._out), frame.u, frame.v)

    def _shade(self, luma: UInt8, time: float, seconds: float) -> None:
        step = len(self._masks) - 1
        if self._ramp > 0:
            strength = min(smootherstep(time / self._ramp), smootherstep((seconds - time) / self._ramp))
            step = round(strength * len(self._masks)) - 1
        if step < 0:
            np.copyto(self._out, luma)
        else:
            cv2.multiply(luma, self._masks[step], dst=self._out, scale=1 / 255)
