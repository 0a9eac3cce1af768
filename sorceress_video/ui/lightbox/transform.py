"""From the library's clip to the words of the lightbox."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sorceress_video.catalog.terms import InputRole, Mode
from sorceress_video.library.gallery import ClipCard, ClipDetail, DetailInput
from sorceress_video.ui.gallery.demo import DemoClip
from sorceress_video.ui.gallery.transform import dollars
from sorceress_video.ui.lightbox.models import Fact, InputPicture, Story

BILLED: Final = {"yes": "billed", "no": "not charged", "maybe": "may be billed"}


def story_of(detail: ClipDetail) -> Story:
    """The story of an account's clip."""
    card = detail.card
    facts = [
        Fact("Model", card.model_name),
        Fact("Mode", Mode(card.mode).label),
        Fact("Output", output_line(card.width, card.height, card.seconds, detail.fps)),
        Fact("Settings", card.settings_line),
        Fact("Seed", "" if detail.seed is None else str(detail.seed)),
        Fact("Took", took(card)),
    ]
    cost, billed = cost_of(card)
    return Story(
        id=card.id,
        prompt=card.prompt,
        model=card.model_name,
        video=card.video_url or "",
        favorite=card.favorite,
        fps=detail.fps or 0.0,
        sound=detail.has_audio,
        facts=[fact for fact in facts if fact.value],
        cost=cost,
        billed=billed,
        made=_unix(card.created_at),
        inputs=[_picture(given) for given in detail.inputs],
    )


def demo_story(clip: DemoClip) -> Story:
    """The story of a demo clip."""
    return Story(
        id=clip.id,
        prompt=clip.prompt,
        model=clip.model,
        video=clip.video_url,
        facts=[
            Fact("Model", clip.model),
            Fact("Output", output_line(clip.width, clip.height, clip.seconds, None)),
        ],
    )


def output_line(width: int | None, height: int | None, seconds: float | None, fps: float | None) -> str:
    """“1920 × 1080 · 5.0 s · 24 fps”, as much of it as is known."""
    parts = []
    if width and height:
        parts.append(f"{width} × {height}")
    if seconds:
        parts.append(f"{seconds:.1f} s")
    if fps:
        parts.append(f"{fps:.3g} fps")
    return " · ".join(parts)


def took(card: ClipCard) -> str:
    """“1 min 24 s”, from the start of the work to its end; "" where either is missing."""
    if card.started_at is None or card.finished_at is None:
        return ""
    seconds = round((card.finished_at - card.started_at).total_seconds())
    minutes, rest = divmod(max(0, seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def cost_of(card: ClipCard) -> tuple[str, str]:
    """What the clip cost, and how sure that is."""
    micro_usd = card.cost_micro_usd if card.cost_micro_usd is not None else card.estimate_micro_usd
    if micro_usd is None:
        return "", ""
    if micro_usd == 0:
        return "Free", ""
    return dollars(micro_usd), BILLED.get(card.billed or "", "estimate")


def _picture(given: DetailInput) -> InputPicture:
    label = InputRole(given.role).label
    if given.name:
        label = f"{label}: {given.name}"
    return InputPicture(label, given.poster_url or (given.url if given.kind == "image" else ""), given.url)


def _unix(moment: datetime) -> int:
    return int(moment.timestamp())
