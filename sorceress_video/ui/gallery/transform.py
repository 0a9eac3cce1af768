"""From the library's clips to cards: the words on them, and sizes that keep a window small."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Final

from sorceress_video.generation.lifecycle import ClipStatus
from sorceress_video.library.gallery import ClipCard
from sorceress_video.ui.gallery.models import Card

PROMPT_BYTES: Final = 110
REASON_BYTES: Final = 150
"""Bytes as JSON: an emoji counts for twelve. Two lines of a card hold no more; the lightbox shows all."""

PHASES: Final = {
    ClipStatus.QUEUED: "Queued",
    ClipStatus.WAITING: "Waiting for capacity…",
    ClipStatus.SUBMITTING: "Sending",
    ClipStatus.RUNNING: "Generating",
    ClipStatus.CANCELLING: "Cancelling",
    ClipStatus.FETCHING: "Saving",
}
"""What a card says while the provider says nothing more exact."""

OWN_WORDS: Final = frozenset({ClipStatus.WAITING, ClipStatus.CANCELLING, ClipStatus.FETCHING})
"""States whose word is ours, whatever the provider said last."""

_RESOLUTION = re.compile(r"\b(\d{3,4}p|[248]K)\b")


def card_of(clip: ClipCard, usual_seconds: Callable[[str], float | None]) -> Card:
    """The card of a clip.

    Args:
        clip: the library's card.
        usual_seconds: how long a model usually takes; asked only for clips in the making.
    """
    if clip.status is ClipStatus.COMPLETED:
        return Card(
            id=clip.id,
            status=clip.status.value,
            version=clip.version,
            model=clip.model_name,
            output=_output(clip),
            prompt=shorten(clip.prompt, PROMPT_BYTES),
            favorite=clip.favorite,
            poster=clip.poster_url or "",
            video=clip.video_url or "",
            light=clip.preview_url is not None,
            width=clip.width or 0,
            height=clip.height or 0,
            seconds=round(clip.seconds or 0.0, 2),
        )
    if clip.active:
        return _active_card(clip, usual_seconds)
    return Card(
        id=clip.id,
        status=clip.status.value,
        version=clip.version,
        model=clip.model_name,
        prompt=shorten(clip.prompt, PROMPT_BYTES),
        favorite=clip.favorite,
        poster=clip.start_frame_url or "",
        text=shorten(reason_of(clip), REASON_BYTES),
        note=note_of(clip),
    )


def reason_of(clip: ClipCard) -> str:
    """Why the clip is not there, in words."""
    match clip.status:
        case ClipStatus.AMBIGUOUS:
            return "Sent, but the answer never came. It may be accepted and charged."
        case ClipStatus.CANCELLED:
            return "Cancelled"
        case _:
            return _without_money(clip.error_text or "") or f"{clip.model_name} gave no reason."


def _without_money(text: str) -> str:
    """The reason alone: whether it was charged stands in the note below it."""
    sentences = re.split(r"(?<=[.!?])\s+", text)
    return " ".join(sentence for sentence in sentences if "charged" not in sentence)


def note_of(clip: ClipCard) -> str:
    """“Not charged · a retry will not help”; what a second try of a doubtful clip may cost."""
    if clip.status is ClipStatus.AMBIGUOUS:
        price = clip.estimate_micro_usd
        return f"Trying again may charge {dollars(price)} twice" if price else "Trying again may charge twice"
    parts = [words for words in (_charged(clip), _retry_words(clip)) if words]
    return " · ".join(parts)


def dollars(micro_usd: int) -> str:
    """“$0.56”; four digits below a cent."""
    amount = micro_usd / 1_000_000
    return f"${amount:,.4f}" if 0 < amount < 0.01 else f"${amount:,.2f}"


def resolution(width: int, height: int) -> str:
    """“1080p”, the way people name sizes: by the shorter side."""
    return f"{min(width, height)}p"


def shorten(text: str, limit: int) -> str:
    """``text`` on one line, cut at a word where its JSON would be longer than ``limit`` bytes."""
    line = " ".join(text.split())
    if _json_bytes(line) <= limit:
        return line
    while line and _json_bytes(line) > limit - 6:
        line = line[: max(0, min(len(line) - 1, int(len(line) * (limit - 6) / _json_bytes(line))))]
    head, space, _ = line.rpartition(" ")
    return f"{head if space and len(head) > len(line) // 2 else line}…"


def _active_card(clip: ClipCard, usual_seconds: Callable[[str], float | None]) -> Card:
    begun = clip.started_at is not None and clip.status is not ClipStatus.WAITING
    phase = PHASES[clip.status] if clip.status in OWN_WORDS else (clip.phase or PHASES[clip.status])
    return Card(
        id=clip.id,
        status=clip.status.value,
        version=clip.version,
        model=clip.model_name,
        output=_output(clip),
        prompt=shorten(clip.prompt, PROMPT_BYTES),
        favorite=clip.favorite,
        poster=clip.start_frame_url or "",
        text=phase[:60],
        percent=(-1 if clip.progress is None else round(100 * clip.progress)) if begun else -2,
        position=-1 if clip.queue_position is None else clip.queue_position,
        since=int(clip.started_at.timestamp()) if begun and clip.started_at else 0,
        usual=round(usual_seconds(clip.model_id) or 0),
    )


def _output(clip: ClipCard) -> str:
    if clip.width and clip.height:
        return resolution(clip.width, clip.height)
    found = _RESOLUTION.search(clip.settings_line)
    return found[0] if found else ""


def _charged(clip: ClipCard) -> str:
    amount = clip.cost_micro_usd or clip.estimate_micro_usd
    match clip.billed:
        case "no":
            return "Not charged"
        case "yes":
            return f"Charged {dollars(amount)}" if amount else "Charged"
        case "maybe":
            return f"May have been charged {dollars(amount)}" if amount else "May have been charged"
        case _:
            return ""


def _retry_words(clip: ClipCard) -> str:
    if clip.status is not ClipStatus.FAILED or clip.retry_helps is None:
        return ""
    return "a retry can help" if clip.retry_helps else "a retry will not help"


def _json_bytes(text: str) -> int:
    return len(json.dumps(text))
