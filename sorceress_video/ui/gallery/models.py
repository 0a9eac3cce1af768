"""What the gallery shows: frozen shapes that travel to the browser."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Card:
    """One card. Small on purpose: a whole window of them crosses the wire when one of them changes.

    Times are Unix seconds and whole seconds, sizes pixels; 0, −1 and "" stand for what is not known.
    """

    id: str
    status: str
    version: int
    model: str
    output: str = ""
    """“1080p”."""
    prompt: str = ""
    favorite: bool = False
    poster: str = ""
    video: str = ""
    light: bool = False
    """Whether a light film for hovering stands beside the video."""
    width: int = 0
    height: int = 0
    seconds: float = 0.0
    text: str = ""
    """The phase of a clip in the making; the reason of a failed one."""
    note: str = ""
    """What follows from it: whether it was charged, whether a retry can help."""
    percent: int = -1
    """−1: unknown; −2: not begun."""
    position: int = -1
    since: int = 0
    usual: int = 0
