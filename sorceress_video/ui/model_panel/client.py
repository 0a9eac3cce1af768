"""The model panel's parts that the browser plays alone: finding models."""

from __future__ import annotations

import reflex as rx

from sorceress_video.ui.model_panel.models import ModelCard
from sorceress_video.ui.prompt_panel.models import CardLine

_FILTER = rx.asset("filter.jsx", shared=True)


class ModelFilter(rx.Component):
    """Search and filters above the cards; see ``filter.jsx``."""

    library = _FILTER.importable_path
    tag = "ModelFilter"

    cards: rx.Var[list[ModelCard]]
    lines: rx.Var[dict[str, CardLine]]


class FilteredCard(rx.Component):
    """The place of one card; see ``filter.jsx``."""

    library = _FILTER.importable_path
    tag = "FilteredCard"

    card: rx.Var[str]
