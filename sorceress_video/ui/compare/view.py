"""Compare on the page."""

from __future__ import annotations

import reflex as rx

from sorceress_video.ui.compare.client import Compare
from sorceress_video.ui.compare.state import CompareState


def compare() -> rx.Component:
    """Stands once on a page with clips; opened by ``openCompare`` (``open.jsx``) and by the address."""
    return Compare.create(
        sides=CompareState.sides,
        rows=CompareState.rows,
        asked=CompareState.asked,
        linked=CompareState.linked,
        problem=CompareState.problem,
        on_ask=CompareState.open,
        on_favorite=CompareState.favorite,
    )
