"""A side panel: a column that folds to a rail, or a sheet on small screens; the same element for both."""

from __future__ import annotations

from typing import Any, Literal

import reflex as rx

from sorceress_video.ui.frame.state import FrameState
from sorceress_video.ui.kit import grab_bar, icon_button
from sorceress_video.ui.kit.overlay import NativeDialog

Side = Literal["left", "right"]

FRAME_SCRIPT = rx.asset("frame.jsx", shared=True)


class _FrameBehaviour(rx.Component):
    """Folding, and the change between columns and sheets; see ``frame.jsx``."""

    library = FRAME_SCRIPT.importable_path
    tag = "FrameBehaviour"

    folded: rx.Var[dict[str, bool]]
    on_fold: rx.EventHandler[rx.event.passthrough_event_spec(str, bool)]


def frame_behaviour() -> rx.Component:
    """Stands once in the frame."""
    return _FrameBehaviour.create(folded=FrameState.folded, on_fold=FrameState.keep_panel)


def fold_button(side: Side, what: str) -> rx.Component:
    """Folds the panel to its rail; wide screens only."""
    return icon_button(
        f"panel-{side}-close",
        f"Fold the {what} panel",
        size=15,
        data_folds=side,
        data_when="open",
        data_testid=f"fold-{side}",
        class_name="max-lg:hidden text-text-3",
    )


def side_panel(*content: Any, side: Side, id: str, label: str, rail: str | rx.Var[str]) -> rx.Component:  # noqa: A002
    """One side panel.

    Args:
        side: where it stands on wide screens.
        id: buttons with ``data_opens=<id>`` open it as a sheet.
        label: its accessible name, one word for the fold buttons too.
        rail: what the folded panel says.
    """
    # The landmark stands around the dialog, which may have no other role while it is a column.
    return rx.el.aside(
        _panel(*content, side=side, id=id, label=label, rail=rail), aria_label=label, class_name="contents"
    )


def _panel(*content: Any, side: Side, id: str, label: str, rail: str | rx.Var[str]) -> rx.Component:  # noqa: A002
    return NativeDialog.create(
        grab_bar(),
        rx.el.div(
            icon_button(
                f"panel-{side}-open",
                f"Unfold the {label.lower()} panel",
                size=15,
                data_folds=side,
                data_when="folded",
                data_testid=f"unfold-{side}",
            ),
            rx.el.span(rail, class_name="panel-rail-words text-sm text-text-3 whitespace-nowrap"),
            class_name="panel-rail",
        ),
        rx.el.div(*content, class_name="panel-full"),
        id=id,
        aria_label=label,
        data_side=side,
        class_name=f"panel panel-{side}",
    )
