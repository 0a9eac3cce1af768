"""From the library's clips to the sides and the table of Compare."""

from __future__ import annotations

from collections.abc import Sequence

from sorceress_video.catalog.terms import Mode
from sorceress_video.library.gallery import ClipDetail
from sorceress_video.ui.compare.models import Row, Side
from sorceress_video.ui.lightbox.transform import cost_of, output_line, settings_table, took

UNKNOWN = "–"


def side_of(detail: ClipDetail) -> Side:
    """One clip of the comparison."""
    card = detail.card
    return Side(
        id=card.id,
        model=card.model_name,
        prompt=card.prompt,
        video=card.video_url or "",
        poster=card.poster_url or "",
        width=card.width or 0,
        height=card.height or 0,
        seconds=card.seconds or 0.0,
        fps=detail.fps or 0.0,
        sound=detail.has_audio,
        favorite=card.favorite,
    )


def table_of(details: Sequence[ClipDetail]) -> list[Row]:
    """Everything that can tell the clips apart, in one order for all; what none of them has is left out."""
    columns = [_column(detail) for detail in details]
    names = list(dict.fromkeys(name for column in columns for name in column))
    rows = []
    for name in names:
        values = [column.get(name) or UNKNOWN for column in columns]
        if any(value != UNKNOWN for value in values):
            rows.append(Row(name, values, len(set(values)) > 1))
    return rows


def _column(detail: ClipDetail) -> dict[str, str]:
    card = detail.card
    cost, billed = cost_of(card)
    return {
        "Model": card.model_name,
        "Prompt": card.prompt,
        "Mode": Mode(card.mode).label,
        "Output": output_line(card.width, card.height, card.seconds, detail.fps),
        **{fact.name: fact.value for fact in settings_table(card.model_id, detail.settings)},
        "Seed": "" if detail.seed is None else str(detail.seed),
        "Cost": f"{cost} {billed}".strip(),
        "Took": took(card),
    }
