"""The clips that a signed-out visitor sees: the product's own, named in ``assets/demo/clips.json``."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

import structlog
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from sorceress_video.generation.lifecycle import ClipStatus
from sorceress_video.library.search import finds, parse
from sorceress_video.ui.gallery.models import Card
from sorceress_video.ui.gallery.transform import PROMPT_BYTES, resolution, shorten

_CLIPS: Final = Path(__file__).parents[3] / "assets" / "demo" / "clips.json"

_log = structlog.get_logger(__name__)


class DemoClip(BaseModel):
    """One line of the file. Addresses are below ``assets/``, sizes in pixels."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    prompt: str
    model: str
    video: str
    poster: str
    width: int
    height: int
    seconds: float

    @property
    def video_url(self) -> str:
        """Address on this server."""
        return f"/{self.video.lstrip('/')}"

    @property
    def poster_url(self) -> str:
        """Address on this server."""
        return f"/{self.poster.lstrip('/')}"


@lru_cache(maxsize=1)
def demo_clips() -> tuple[DemoClip, ...]:
    """The demo clips; none where the file is missing or cannot be read."""
    try:
        return tuple(TypeAdapter(list[DemoClip]).validate_json(_CLIPS.read_bytes()))
    except (OSError, ValidationError) as error:
        _log.warning("no demo clips", error=type(error).__name__)
        return ()


def demo_cards(search: str = "") -> list[Card]:
    """The demo clips as cards, those that a search finds by words."""
    query = parse(search)
    return [
        Card(
            id=clip.id,
            status=ClipStatus.COMPLETED.value,
            version=0,
            model=clip.model,
            output=resolution(clip.width, clip.height),
            prompt=shorten(clip.prompt, PROMPT_BYTES),
            poster=clip.poster_url,
            video=clip.video_url,
            width=clip.width,
            height=clip.height,
        )
        for clip in demo_clips()
        if finds(query, clip.prompt)
    ]
