"""What the offer of a dropped film shows: text alone, since anybody may have written it."""

from __future__ import annotations

from dataclasses import dataclass, field

from sorceress_video.ui.lightbox.models import Fact


@dataclass(frozen=True)
class Offer:
    """What can be taken over from a film."""

    open: bool = False
    prompt: str = ""
    model: str = ""
    offered: bool = False
    """Whether the model can be chosen here; else the prompt alone comes back."""
    settings: list[Fact] = field(default_factory=list)
