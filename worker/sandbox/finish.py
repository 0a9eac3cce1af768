"""What every clip gets at the end: vignette, film grain and words."""

from __future__ import annotations

import cv2
import numpy as np

from worker.sandbox.easing import smootherstep
from worker.sandbox.planes import Float, Planes, UInt8
from worker.sandbox.spec import RenderSpec
from worker.sandbox.titles import Overlay

_VIGNETTE_STEPS = 10
_VIGNETTE_SHRINK = 8
_GRAIN_TILE = 384  # Pixels after which the grain repeats within a frame.
_GRAIN_SLACK = 64  # Pixels by which the grain is larger than the frame, for another cut each time.


class Finish:
    """Applies the finish: one multiplication, one addition and one subtraction on the luma."""

    def __init__(
        self,
        spec: RenderSpec,
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
        self._spec, self._overlay, self._ramp = spec, overlay, ramp
        width, height = spec.width, spec.height
        corner = _corners(width, height)
        steps = _VIGNETTE_STEPS if ramp > 0 else 1
        self._masks: list[UInt8] = [
            np.asarray(
                cv2.convertScaleAbs(corner, alpha=-255 * vignette * (step + 1) / steps, beta=255), np.uint8
            )
            for step in range(steps)
        ]
        # Two halves, one added and one taken away: 8 bits have no sign.
        self._lighter, self._darker = (_noise(rng, width, height, grain) for _ in range(2))
        # For each frame the corner (top, left) at which each half is cut, drawn now: the frames may then be
        # finished in any order.
        self._cuts = rng.integers(0, _GRAIN_SLACK + 1, (spec.frame_count, 2, 2))

    def apply(self, frame: Planes, index: int) -> Planes:
        """The finished frame number `index`; works in the frame's own planes. Safe from several threads."""
        time = index / self._spec.fps
        self._overlay.paint(frame, time)
        mask = self._mask(time)
        if mask is not None:
            cv2.multiply(frame.y, mask, dst=frame.y, scale=1 / 255)
        height, width = frame.y.shape
        halves = ((cv2.add, self._lighter), (cv2.subtract, self._darker))
        for (change, noise), (top, left) in zip(halves, self._cuts[index], strict=True):
            change(frame.y, noise[top : top + height, left : left + width], dst=frame.y)
        return frame

    def _mask(self, time: float) -> UInt8 | None:
        """What of the light is left in each place (255 = all); None for all of it."""
        step = len(self._masks) - 1
        if self._ramp > 0:
            left = self._spec.last_moment - time
            strength = min(smootherstep(time / self._ramp), smootherstep(left / self._ramp))
            step = round(strength * len(self._masks)) - 1
        return self._masks[step] if step >= 0 else None


def _corners(width: int, height: int) -> Float:
    """0 in the middle, 1 in the corners; worked out small, being smooth."""
    x = np.linspace(-1, 1, max(2, width // _VIGNETTE_SHRINK), dtype=np.float32)[None] ** 2
    y = np.linspace(-1, 1, max(2, height // _VIGNETTE_SHRINK), dtype=np.float32)[:, None] ** 2
    small = ((x + y) / 2) ** np.float32(1.3)
    return np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR), np.float32)


def _noise(rng: np.random.Generator, width: int, height: int, deviation: float) -> UInt8:
    """Absolute Gaussian noise, a little larger than the frame."""
    # The difference of two half-normal variables of deviation s deviates by 0.853 s.
    tile = np.abs(rng.standard_normal((_GRAIN_TILE, _GRAIN_TILE), np.float32)) * (deviation / 0.853)
    copies = (-(-(height + _GRAIN_SLACK) // _GRAIN_TILE), -(-(width + _GRAIN_SLACK) // _GRAIN_TILE))
    return np.tile(np.rint(tile).astype(np.uint8), copies)
