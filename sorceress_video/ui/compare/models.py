"""What Compare shows: frozen shapes that travel to the browser."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Side:
    """One of the clips. Sizes in pixels, times in seconds; 0 stands for what is not known."""

    id: str
    model: str
    prompt: str
    video: str
    poster: str
    width: int
    height: int
    seconds: float
    fps: float
    sound: bool
    favorite: bool


@dataclass(frozen=True)
class Row:
    """One line of the table: a value for each side, and whether they differ."""

    name: str
    values: list[str]
    differs: bool
