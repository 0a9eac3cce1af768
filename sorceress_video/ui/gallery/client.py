"""The gallery's parts that the browser plays alone: grid, films, rings, the question before a delete."""

from __future__ import annotations

from typing import Any

import reflex as rx

from sorceress_video.live.feed import LIVE_STORE
from sorceress_video.ui.gallery.models import Card
from sorceress_video.ui.lightbox.client import STAGE

_GRID = rx.asset("virtual_grid.jsx", shared=True)
_ADDRESS = rx.asset("address.jsx", shared=True)
_LONG_SCROLL = rx.asset("long_scroll.jsx", shared=True)
_PLACE = rx.asset("place.jsx", shared=True)
_FOCUS = rx.asset("keep_focus.jsx", shared=True)
_MEDIA = rx.asset("clip_media.jsx", shared=True)
SELECTION = rx.asset("selection.jsx", shared=True)
"""What is selected, in the browser; other scripts import it."""
BUSY = rx.asset("busy.jsx", shared=True)
"""The queue imports how times are said from here."""
ASKING = rx.asset("asking.jsx", shared=True)
_SEARCH = rx.asset("search_box.jsx", shared=True)
_DRAG = rx.asset("drag_out.jsx", shared=True)
IMPORTED = (LIVE_STORE, STAGE, _FOCUS, _LONG_SCROLL, _PLACE, _DRAG, SELECTION)
"""The files that only these import; naming them here has them laid out for the build."""


class VirtualGrid(rx.Component):
    """Tiles of which only the visible ones exist; see ``virtual_grid.jsx``."""

    library = _GRID.importable_path
    tag = "VirtualGrid"

    total: rx.Var[int]
    start: rx.Var[int]
    count: rx.Var[int]
    columns: rx.Var[int]
    gap: rx.Var[int]
    fresh: rx.Var[int]
    filter: rx.Var[str]
    sought: rx.Var[str]
    place: rx.Var[int]
    label: rx.Var[str]
    on_range: rx.EventHandler[rx.event.passthrough_event_spec(int, int)]
    on_hold: rx.EventHandler[rx.event.passthrough_event_spec(bool)]
    on_return: rx.EventHandler[rx.event.passthrough_event_spec(str)]


class GalleryAddress(rx.Component):
    """Keeps the filter in the page's address; see ``address.jsx``."""

    library = _ADDRESS.importable_path
    tag = "GalleryAddress"

    view: rx.Var[str]
    search: rx.Var[str]
    collection: rx.Var[str]
    visit: rx.Var[int]


class GridCell(rx.Component):
    """The place of one tile of the window, by its number in it."""

    library = _GRID.importable_path
    tag = "GridCell"

    index: rx.Var[int]


class CellTile(rx.Component):
    """The focusable ground of a tile that opens nothing."""

    library = _GRID.importable_path
    tag = "CellTile"


class ClipMedia(rx.Component):
    """Poster, film and opening button of a completed clip; see ``clip_media.jsx``."""

    library = _MEDIA.importable_path
    tag = "ClipMedia"

    clip: rx.Var[Card]
    movable: rx.Var[bool]
    on_open: rx.EventHandler[rx.event.passthrough_event_spec(str)]


class BusyOverlay(rx.Component):
    """Ring, phase and time of a clip in the making; see ``busy.jsx``."""

    library = BUSY.importable_path
    tag = "BusyOverlay"

    clip: rx.Var[Card]
    on_recheck: rx.EventHandler[rx.event.no_args_event_spec]


class QueuePlace(rx.Component):
    """“position 3 · tries by itself”."""

    library = BUSY.importable_path
    tag = "QueuePlace"

    clip: rx.Var[Card]


class AskDelete(rx.Component):
    """A button that asks once, in a dialog of its own, before it does it; see ``asking.jsx``."""

    library = ASKING.importable_path
    tag = "AskDelete"

    clip_id: rx.Var[str]
    on_confirm: rx.EventHandler[rx.event.no_args_event_spec]


class DeleteQuestion(rx.Component):
    """The dialog that every :class:`AskDelete` of the page opens."""

    library = ASKING.importable_path
    tag = "DeleteQuestion"

    undo_seconds: rx.Var[int]


class CardMenu(rx.Component):
    """A card's actions as a list, for fingers; its children are the lines."""

    library = ASKING.importable_path
    tag = "CardMenu"

    label: rx.Var[str]


class SearchBox(rx.Component):
    """The search field with its suggestions; Escape empties it; see ``search_box.jsx``."""

    library = _SEARCH.importable_path
    tag = "SearchBox"

    value: rx.Var[str]
    found: rx.Var[str]
    operators: rx.Var[list[dict[str, Any]]]
    models: rx.Var[list[str]]
    on_search: rx.EventHandler[rx.event.passthrough_event_spec(str)]
