"""Joining class names, and the classes that several components share."""

from __future__ import annotations

FOCUS = "outline-none focus-visible:ring-2 focus-visible:ring-accent focus-visible:ring-offset-0"
"""The visible focus of every control."""

TOUCH_HEIGHT = "pointer-coarse:min-h-11"
TOUCH_SQUARE = "pointer-coarse:min-h-11 pointer-coarse:min-w-11"
"""44 px where a finger is the pointer."""


def join(*classes: str) -> str:
    """One class string of the non-empty parts."""
    return " ".join(part for part in classes if part)
