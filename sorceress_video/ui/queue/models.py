"""What the queue shows: frozen shapes that travel to the browser."""

from __future__ import annotations

from dataclasses import dataclass

from sorceress_video.ui.gallery.models import Card


@dataclass(frozen=True)
class QueueLine:
    """One clip in the making, or one that asks for a decision."""

    card: Card
    batch: str
    """What “cancel these” takes; clips of one click share it."""
    together: int
    """How many clips of its batch are in the making."""
    admitted: int
    """Unix seconds of the click."""


@dataclass(frozen=True)
class Ending:
    """A clip that has just ended, or stopped to ask."""

    key: str
    """Clip and version: the same ending is told once, however often it is sent."""
    seconds: int
    """How long it took."""
    card: Card
