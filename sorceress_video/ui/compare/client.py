"""Compare's parts that the browser plays alone; see the scripts beside this file."""

from __future__ import annotations

import reflex as rx

from sorceress_video.ui.compare.models import Row, Side
from sorceress_video.ui.kit.keys import KEYS
from sorceress_video.ui.lightbox.client import PLAYER, STORE

_VIEW = rx.asset("compare.jsx", shared=True)
OPEN = rx.asset("open.jsx", shared=True)
"""Other scripts import ``openCompare`` from here."""
_CLOCK = rx.asset("clock.jsx", shared=True)
_SIDES = rx.asset("sides.jsx", shared=True)
_TABLE = rx.asset("table.jsx", shared=True)
IMPORTED = (_CLOCK, _SIDES, _TABLE, PLAYER, STORE, KEYS)
"""What the scripts import; naming them here has them laid out for the build."""


class Compare(rx.Component):
    """The dialog with the clips, their transport and their table."""

    library = _VIEW.importable_path
    tag = "Compare"

    sides: rx.Var[list[Side]]
    rows: rx.Var[list[Row]]
    asked: rx.Var[list[str]]
    linked: rx.Var[list[str]]
    problem: rx.Var[str]
    on_ask: rx.EventHandler[rx.event.passthrough_event_spec(list[str])]
    on_favorite: rx.EventHandler[rx.event.passthrough_event_spec(str, bool)]


class CompareButton(rx.Component):
    """A button that puts its clips side by side; its children are what it shows."""

    library = OPEN.importable_path
    tag = "CompareButton"

    ids: rx.Var[list[str]]
