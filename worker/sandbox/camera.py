"""Where the camera stands at each moment, independent of what it looks at."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import ClassVar, TypeVar

import numpy as np

from worker.sandbox.easing import glide, smootherstep
from worker.sandbox.planes import Float
from worker.sandbox.spec import CameraMove

_NEAR_GAIN, _FAR_GAIN = 1.45, 0.55
Depth = TypeVar("Depth", float, Float)
_WORDS: tuple[tuple[CameraMove, str], ...] = (
    ("pull out", r"pull(s|ing)? (out|back|away)|zoom(s|ing)? out|dolly out|reveal"),
    ("pan left", r"pan(s|ning)? (to the )?left|track(s|ing)? left|truck left"),
    ("pan right", r"pan(s|ning)? (to the )?right|track(s|ing)? right|truck right"),
    ("rise", r"\bris(e|es|ing)\b|crane|tilt(s|ing)? up|aerial|drone|lift(s|ing)? off"),
    ("orbit", r"orbit|circl(e|es|ing)|arc shot|turntable|360"),
    ("hold", r"static (shot|camera)|locked[- ]off|tripod|\bstill (shot|camera)"),
    ("push in", r"push(es|ing)? in|zoom(s|ing)? in|dolly|closer"),
)


@dataclass(frozen=True)
class Pose:
    """The camera at one moment.

    Attributes:
        x, y: how far the camera has moved right and down, in frame widths.
        push: how far it has gone forward; 0.1 makes the middle depth 10 % larger.
        turn: sideways swing around the middle depth, in frame widths.
        crop: magnification of the whole picture that keeps its edges out of sight, ≥ 1.
    """

    x: float = 0.0
    y: float = 0.0
    push: float = 0.0
    turn: float = 0.0
    crop: float = 1.0

    PIVOT: ClassVar[float] = 0.45  # Depth that a turn goes around.

    @staticmethod
    def gain(depth: Depth) -> Depth:
        """How strongly a thing at `depth` (0 far, 1 near) answers to the camera; 1 in the middle."""
        return _FAR_GAIN + (_NEAR_GAIN - _FAR_GAIN) * depth

    def shift(self, depth: float) -> tuple[float, float]:
        """By how much a point at `depth` (0 far, 1 near) seems to move, in frame widths."""
        gain = self.gain(depth)
        return -self.x * gain - self.turn * (depth - self.PIVOT), -self.y * gain

    def scale(self, depth: float) -> float:
        """By how much a thing at `depth` is magnified."""
        return self.crop * (1.0 + self.push * self.gain(depth))


@dataclass(frozen=True)
class Camera:
    """A move over the length of a clip.

    Attributes:
        move: which one; never `auto`.
        seconds: length of the clip.
        aspect: width by height of the picture.
        strength: 1 is a calm move over a still; scenery, which knows its depth, bears more.
        phase: start of the handheld drift; any number.
    """

    move: CameraMove
    seconds: float
    aspect: float = 16 / 9
    strength: float = 1.0
    phase: float = 0.0

    def pose(self, time: float) -> Pose:
        """The camera `time` seconds after the start.

        The clip begins (and after a pull-out, ends) exactly on the uncropped picture, so that clips that
        were chained by their last frame cut together without a jump.
        """
        progress = glide(time / self.seconds) if self.seconds > 0 else 0.0
        return self.at(progress, time)

    def at(self, progress: float, time: float) -> Pose:
        """The pose at `progress` 0…1 of the way, with the drift that belongs to `time`."""
        # Longer clips travel further, but slower: half speed at ten seconds.
        reach = self.strength * min(1.35, 0.45 + 0.11 * self.seconds)
        path = _PATHS[self.move](progress)
        settle = smootherstep(time / 1.2) * smootherstep((self.seconds - time) / 1.2)
        drift = 0.0016 * self.strength * settle
        x = path.x * reach + drift * _wander(time, self.phase)
        y = path.y * reach + drift * 0.7 * _wander(time, self.phase + 40.0)
        turn, push = path.turn * reach, path.push * reach
        return Pose(x=x, y=y, push=push, turn=turn, crop=_crop_for(x, y, push, turn, self.aspect))


def choose_move(asked: CameraMove, prompt: str, rng: np.random.Generator) -> CameraMove:
    """The asked move; for `auto` the one that the prompt names, else one that the seed picks."""
    drawn = int(rng.integers(0, 8))
    if asked != "auto":
        return asked
    head = prompt[:2000].lower()
    for move, pattern in _WORDS:
        if re.search(pattern, head):
            return move
    # A pull-out alone does not begin on the whole picture: it is for those who ask for it.
    choices: tuple[CameraMove, ...] = (
        "push in", "push in", "push in", "push in", "pan left", "pan right", "rise", "orbit",
    )  # fmt: skip
    return choices[drawn]


def _wander(time: float, phase: float) -> float:
    """A hand that breathes: three slow incommensurable sines, about -1…1."""
    t = time + phase
    return 0.55 * math.sin(1.1 * t) + 0.3 * math.sin(1.93 * t + 1.3) + 0.15 * math.sin(3.1 * t + 0.4)


def _crop_for(x: float, y: float, push: float, turn: float, aspect: float) -> float:
    """The least magnification at which no depth shows the edge of a picture of this aspect."""
    needed = 1.0
    for depth in (0.0, 1.0):
        dx, dy = Pose(x=x, y=y, push=push, turn=turn).shift(depth)
        own = Pose(push=push).scale(depth)
        needed = max(needed, (1.0 + 2.0 * max(abs(dx), aspect * abs(dy))) / own)
    return needed


_PATHS = {
    "hold": lambda p: Pose(push=0.012 * p),
    "push in": lambda p: Pose(push=0.17 * p, y=0.004 * p),
    "pull out": lambda p: Pose(push=0.17 * (1 - p), y=0.004 * (1 - p)),
    "pan left": lambda p: Pose(x=-0.048 * p, push=0.03 * p),
    "pan right": lambda p: Pose(x=0.048 * p, push=0.03 * p),
    "rise": lambda p: Pose(y=-0.026 * p, push=0.05 * p),
    "orbit": lambda p: Pose(turn=0.045 * p, x=0.012 * p, push=0.06 * p),
}
