"""The renderer of the built-in Sandbox provider: animatics from words, frames, a motion clip, references."""

from worker.sandbox.renderer import render, render_still
from worker.sandbox.spec import CAMERA_MOVES, GRADES, CameraMove, Grade, RenderCancelled, RenderSpec

__all__ = [
    "CAMERA_MOVES",
    "GRADES",
    "CameraMove",
    "Grade",
    "RenderCancelled",
    "RenderSpec",
    "render",
    "render_still",
]
