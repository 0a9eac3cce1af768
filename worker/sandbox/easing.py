"""Curves of motion: all take and give 0…1."""

from __future__ import annotations


def clamp01(x: float) -> float:
    """Limit to 0…1."""
    return min(1.0, max(0.0, x))


def smootherstep(x: float) -> float:
    """Perlin's 6x⁵ - 15x⁴ + 10x³: speed and acceleration are zero at both ends."""
    x = clamp01(x)
    return x * x * x * (x * (x * 6 - 15) + 10)


def glide(x: float, shoulder: float = 0.22) -> float:
    """A camera on rails: speeds up over `shoulder`, runs evenly, slows down over `shoulder`.

    Smootherstep over the whole length would stand still for a fifth of a short clip.
    """
    x = clamp01(x)
    cruise = 1.0 / (1.0 - shoulder)
    if x < shoulder:
        return cruise * _ramp_area(x / shoulder) * shoulder
    if x > 1.0 - shoulder:
        return 1.0 - cruise * _ramp_area((1.0 - x) / shoulder) * shoulder
    return cruise * (x - shoulder / 2)


def fade(time: float, *, start: float, end: float, length: float) -> float:
    """Opacity of something shown from `start` to `end`, fading over `length` (seconds) at both sides."""
    return smootherstep((time - start) / length) * smootherstep((end - time) / length)


def _ramp_area(x: float) -> float:
    """Integral of smoothstep from 0 to x; 0.5 at 1."""
    return x * x * x - x**4 / 2
