"""A camera move with parallax over one picture."""

from __future__ import annotations

import cv2
import numpy as np

from worker.sandbox.camera import Camera
from worker.sandbox.crossfade import View
from worker.sandbox.depth import estimate_depth
from worker.sandbox.grid import GridWarp, Texture
from worker.sandbox.planes import Float, Planes, UInt8


def cover_crop(rgb: UInt8, width: int, height: int) -> UInt8:
    """Cut a picture (H, W, 3) to the aspect of width × height, keeping what the eye goes to.

    Nothing is scaled. The cut slides along the long side to where most contrast is, but stays near the
    middle, and keeps more of the top of tall pictures: faces are there.
    """
    rows, columns = rgb.shape[:2]
    wanted = width / height
    if columns / rows > wanted:
        keep = max(1, round(rows * wanted))
        left = round(_focus(rgb, axis=0, keep=keep / columns, home=0.5) * (columns - keep))
        return rgb[:, left : left + keep]
    keep = max(1, round(columns / wanted))
    top = round(_focus(rgb, axis=1, keep=keep / rows, home=0.38) * (rows - keep))
    return rgb[top : top + keep]


def _focus(rgb: UInt8, *, axis: int, keep: float, home: float) -> float:
    """Where on the free axis the window of share `keep` should lie: 0 start, 1 end."""
    small = cv2.resize(rgb, (96, 96), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(small, cv2.COLOR_RGB2GRAY).astype(np.float32)
    energy = np.abs(grey - cv2.GaussianBlur(grey, (0, 0), 8)).sum(axis=axis) + 1e-3
    window = max(1, round(keep * 96))
    sums = np.convolve(energy, np.ones(window), mode="valid")
    positions = np.linspace(0, 1, len(sums))
    score = sums / sums.max() - 0.35 * (positions - home) ** 2
    return float(positions[int(np.argmax(score))])


class StillShot:
    """One picture under a moving camera. The picture must have the frame's aspect already.

    Played `backwards`, the move ends on the picture as it is instead of beginning there.
    """

    def __init__(self, rgb: UInt8, warp: GridWarp, camera: Camera, *, backwards: bool = False) -> None:
        self._warp, self._camera, self._backwards = warp, camera, backwards
        self._texture = Texture.of(rgb, warp.width, warp.height)
        self._depth = estimate_depth(self._texture.planes.y)

    def frame(self, time: float) -> Planes:
        """The picture `time` seconds after the start."""
        return self._warp.sample(self._texture, self.grid(time))

    def view(self, time: float) -> View:
        """The picture and the grid `time` seconds after the start."""
        return View(self._texture, self.grid(time))

    def grid(self, time: float) -> Float:
        """Where each cell of the frame at `time` looks in the picture."""
        pose = self._camera.pose(self._camera.seconds - time if self._backwards else time)
        warp = self._warp
        centre = np.array([warp.width / 2, warp.height / 2], np.float32)
        place = warp.centres
        # The depth under an output pixel is known only once its source is: two rounds are enough.
        for _ in range(2):
            depth = warp.look_up(self._depth, place)[..., None]
            gain = pose.gain(depth)
            scale = pose.crop * (1.0 + pose.push * gain)
            shift = np.concatenate(
                [-pose.x * gain - pose.turn * (depth - pose.PIVOT), -pose.y * gain], axis=2
            )
            place = (warp.centres - centre - shift * warp.width) / scale + centre
        return place.astype(np.float32)
