"""The button and the bar of the selection; see ``bar.jsx``."""

from __future__ import annotations

from typing import Any

import reflex as rx

from sorceress_video.ui.collections.client import COLLECT
from sorceress_video.ui.compare.client import OPEN
from sorceress_video.ui.gallery.client import ASKING, SELECTION
from sorceress_video.ui.gallery.models import Card
from sorceress_video.ui.kit.keys import KEYS
from sorceress_video.ui.selection.state import Counted, Everything

_BAR = rx.asset("bar.jsx", shared=True)
IMPORTED = (ASKING, COLLECT, KEYS, OPEN, SELECTION)
"""The files that only this script imports; naming them here has them laid out for the build."""

_CHOSEN = rx.event.passthrough_event_spec(dict)


class SelectButton(rx.Component):
    """Starts and ends selecting."""

    library = _BAR.importable_path
    tag = "SelectButton"


class SelectionBar(rx.Component):
    """What can be done with the selected clips."""

    library = _BAR.importable_path
    tag = "SelectionBar"

    cards: rx.Var[list[Card]]
    list: rx.Var[str]
    favorites: rx.Var[bool]
    collection: rx.Var[str]
    everything: rx.Var[Everything]
    answer: rx.Var[Counted]
    archive: rx.Var[str]
    on_count: rx.EventHandler[rx.event.passthrough_event_spec(int, dict[str, Any])]
    on_all: rx.EventHandler[rx.event.passthrough_event_spec(int)]
    on_download: rx.EventHandler[_CHOSEN]
    on_favorite: rx.EventHandler[rx.event.passthrough_event_spec(dict, bool)]
    on_take_out: rx.EventHandler[_CHOSEN]
    on_remove: rx.EventHandler[_CHOSEN]
