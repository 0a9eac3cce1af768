"""From the library's clip to the words of the lightbox."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sorceress_video.catalog import get_catalog
from sorceress_video.catalog.coercion import option_label
from sorceress_video.catalog.schema import Setting
from sorceress_video.catalog.terms import InputRole, Mode, same_value
from sorceress_video.generation.lifecycle import ClipStatus
from sorceress_video.library import lineage
from sorceress_video.library.gallery import ClipCard, ClipDetail, DetailInput
from sorceress_video.ui.gallery.demo import DemoClip
from sorceress_video.ui.gallery.transform import PROMPT_BYTES, dollars, shorten
from sorceress_video.ui.lightbox.models import Fact, Family, InputPicture, Relative, Story

LONGEST_SETTING: Final = 60
BILLED: Final = {"yes": "billed", "no": "not charged", "maybe": "may be billed"}


COMPARED: Final = 4
"""Clips that stand side by side at most."""

RELATIONS: Final = {"reroll": "Reroll", "continue": "Continued", "frame": "From a frame"}
_STANDING: Final = {ClipStatus.FAILED: "Failed", ClipStatus.CANCELLED: "Cancelled"}


def story_of(detail: ClipDetail, family: lineage.Family) -> Story:
    """The story of an account's clip."""
    card = detail.card
    facts = [
        Fact("Model", card.model_name),
        Fact("Mode", Mode(card.mode).label),
        Fact("Output", output_line(card.width, card.height, card.seconds, detail.fps)),
        Fact("Seed", "" if detail.seed is None else str(detail.seed)),
        Fact("Took", took(card)),
    ]
    cost, billed = cost_of(card) if detail.own else ("", "")
    return Story(
        id=card.id,
        prompt=card.prompt,
        model=card.model_name,
        model_id=card.model_id,
        video=card.video_url or "",
        download=f"/api/clips/{card.id}/download" if detail.own else "",
        favorite=card.favorite,
        own=detail.own,
        fps=detail.fps or 0.0,
        sound=detail.has_audio,
        facts=[fact for fact in facts if fact.value],
        settings=settings_table(card.model_id, detail.settings),
        cost=cost,
        billed=billed,
        made=_unix(card.created_at),
        inputs=[_picture(given) for given in detail.inputs],
        family=family_of(family),
    )


def settings_table(model_id: str, settings: Mapping[str, Any]) -> list[Fact]:
    """The settings of a clip in the words of its model's panel; as they were written where it is gone."""
    catalog = get_catalog()
    model = catalog.get(model_id) if model_id in catalog else None
    rows = []
    for name, value in settings.items():
        setting = model.find_setting(name) if model else None
        if name == "seed" or value is None or (setting and not setting.shown):
            continue
        label = setting.label if setting else name.replace("_", " ").capitalize()
        rows.append(Fact(label, _setting_words(setting, value)[:LONGEST_SETTING]))
    return rows


def _setting_words(setting: Setting | None, value: object) -> str:
    if isinstance(value, list):
        return f"{len(value)} {'entry' if len(value) == 1 else 'entries'}"
    if setting is None:
        return {True: "On", False: "Off"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    label = next((option.label for option in setting.options if same_value(option.value, value)), "")
    return option_label(setting, value, label)


def family_of(family: lineage.Family) -> Family:
    """The relatives of a clip as small pictures."""
    finished = [one.id for one in family.siblings if one.status is ClipStatus.COMPLETED]
    return Family(
        parents=[_relative(family.parent)] if family.parent else [],
        how=RELATIONS.get(family.relation or "", ""),
        siblings=[_relative(one) for one in family.siblings],
        children=[_relative(one) for one in family.children],
        more=family.more_children,
        batch=finished[:COMPARED] if len(finished) > 1 else [],
    )


def _relative(one: lineage.Relative) -> Relative:
    done = one.status is ClipStatus.COMPLETED
    standing = "" if done else _STANDING.get(one.status, "In the making")
    return Relative(
        id=one.id,
        model=one.model_name,
        prompt=shorten(one.prompt, PROMPT_BYTES),
        poster=one.poster_url or "",
        video=(one.video_url or "") if done else "",
        width=one.width or 0,
        height=one.height or 0,
        note=standing or RELATIONS.get(one.relation or "", ""),
    )


def demo_story(clip: DemoClip) -> Story:
    """The story of a demo clip."""
    return Story(
        id=clip.id,
        prompt=clip.prompt,
        model=clip.model,
        video=clip.video_url,
        download=clip.video_url,
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
