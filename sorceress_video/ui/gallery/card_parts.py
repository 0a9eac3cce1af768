"""What cards of several states share."""

from __future__ import annotations

import reflex as rx

from sorceress_video.ui.gallery.models import Card

ON_FILM = (
    "inline-flex items-center justify-center size-7 rounded-sm bg-black/60 text-text-1 cursor-pointer "
    "select-none transition-[background-color,color] hover:bg-black/85 backdrop-blur-[2px] "
)
"""A square button over a picture."""

LOW = "[@container_(max-height:128px)]:hidden"
"""Left out where four columns make the tile too low."""


def foot(card: rx.Var[Card]) -> rx.Component:
    """The model's name and the resolution."""
    return rx.el.div(
        rx.el.span(card.model, data_testid="card-model", class_name="font-medium truncate text-text-1"),
        rx.el.span(card.output, data_testid="card-output", class_name="figure text-text-2 shrink-0"),
        class_name="flex items-baseline justify-between gap-2 text-base",
    )
