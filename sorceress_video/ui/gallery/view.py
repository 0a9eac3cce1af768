"""The gallery's place in the workspace: toolbar, grid, and what stands there when there is nothing."""

from __future__ import annotations

import reflex as rx

from sorceress_video.library.search import IS_VALUES, MODES, OPERATORS
from sorceress_video.live.feed import live_feed
from sorceress_video.settings import get_settings
from sorceress_video.ui.collections.view import (
    collection_bar,
    collection_dialogs,
    collections_panel,
    empty_collection,
)
from sorceress_video.ui.compare.view import compare
from sorceress_video.ui.frame.connection import connection
from sorceress_video.ui.gallery.card import clip_card
from sorceress_video.ui.gallery.client import DeleteQuestion, GalleryAddress, GridCell, SearchBox, VirtualGrid
from sorceress_video.ui.gallery.state import MOST_COLUMNS, GalleryState
from sorceress_video.ui.kit import FOCUS, button, empty_state, icon, join, segment, segmented
from sorceress_video.ui.lightbox.view import lightbox
from sorceress_video.ui.queue.state import QueueState
from sorceress_video.ui.recipe.view import recipe_offer
from sorceress_video.ui.selection.client import SelectButton
from sorceress_video.ui.selection.view import selection_bar

GAP = 10
"""Pixels between tiles."""
FIRST_SKELETONS = 12
"""Tiles that stand there before anything is known."""

_VALUES = {
    "is": list(IS_VALUES),
    "mode": list(MODES),
    "before": ["1d", "7d", "30d", "6m"],
    "after": ["today", "1d", "7d", "30d"],
}
_OPERATORS = [
    {"name": name, "about": about, "values": _VALUES.get(name, [])} for name, about in OPERATORS.items()
]


def gallery(*lead: rx.Component) -> rx.Component:
    """The gallery with everything that belongs to it: the lightbox, the live feed, the announcements.

    Args:
        lead: what stands first in the toolbar on small screens, such as the button of the model panel.
    """
    read_again = [GalleryState.refresh, QueueState.refresh]
    return rx.el.section(
        _toolbar(*lead),
        _hint(),
        rx.cond(GalleryState.opened.id != "", collection_bar()),
        connection(heard=GalleryState.heard, on_ask=read_again),
        _content(),
        rx.cond(
            GalleryState.signed_in & (GalleryState.view == "favorites") & (GalleryState.opened.id == ""),
            collections_panel(),
        ),
        rx.cond(GalleryState.signed_in & GalleryState.opened.mine, selection_bar()),
        GalleryAddress.create(
            view=GalleryState.view,
            search=GalleryState.search,
            collection=GalleryState.opened.id,
            visit=GalleryState.visit,
        ),
        lightbox(),
        compare(),
        recipe_offer(),
        collection_dialogs(),
        DeleteQuestion.create(undo_seconds=round(get_settings().undo_seconds)),
        live_feed(
            active=GalleryState.active | (QueueState.running + QueueState.waiting > 0),
            server_now=GalleryState.server_now,
            on_doubt=read_again,
        ),
        rx.el.div(
            rx.cond(
                GalleryState.ready & (GalleryState.search != ""),
                rx.cond(
                    GalleryState.total == 1,
                    "1 clip found",
                    GalleryState.total.to_string() + " clips found",
                ),
                "",
            ),
            role="status",
            aria_live="polite",
            data_testid="found",
            class_name="sr-only",
        ),
        rx.el.div(
            GalleryState.announcement,
            role="status",
            aria_live="polite",
            data_testid="announcement",
            class_name="sr-only",
        ),
        aria_label="Gallery",
        data_testid="gallery",
        class_name="relative flex flex-col flex-1 h-full min-h-0 min-w-0 bg-bg-0",
    )


# --- toolbar


def _toolbar(*lead: rx.Component) -> rx.Component:
    """Words give way to icons where the gallery between two open panels is narrow."""
    return rx.el.div(_tools(*lead), class_name="@container/bar shrink-0")


def _tools(*lead: rx.Component) -> rx.Component:
    return rx.el.div(
        *lead,
        _search(),
        rx.cond(
            GalleryState.signed_in,
            rx.fragment(
                _views(),
                _favorites_toggle(),
                rx.cond(GalleryState.opened.mine, SelectButton.create()),
            ),
        ),
        _columns(),
        data_testid="gallery-toolbar",
        class_name="gallery-tools flex items-center gap-2.5 px-3.5 py-3 max-lg:px-3 max-lg:gap-2 "
        "max-lg:py-2.5 max-lg:border-b max-lg:border-line max-lg:bg-bg-1",
    )


def _search() -> rx.Component:
    return SearchBox.create(
        value=GalleryState.search,
        found=rx.cond(GalleryState.search != "", GalleryState.total.to_string(), ""),
        operators=_OPERATORS,
        models=GalleryState.model_names,
        on_search=GalleryState.find,
    )


def _hint() -> rx.Component:
    """What of the search was not understood."""
    return rx.cond(
        GalleryState.hint != "",
        rx.el.p(
            GalleryState.hint,
            role="status",
            data_testid="search-hint",
            class_name="shrink-0 px-3.5 max-lg:px-3 pb-2 max-lg:pt-2 -mt-1 max-lg:mt-0 text-sm text-text-2 "
            "text-pretty",
        ),
    )


def _views() -> rx.Component:
    return segmented(
        segment(
            "All",
            checked=GalleryState.view == "all",
            on_click=GalleryState.show("all"),
            data_testid="filter-all",
        ),
        segment(
            icon("heart", size=14),
            rx.el.span("Favorites", class_name="sr-only @2xl/bar:not-sr-only"),
            checked=GalleryState.view == "favorites",
            on_click=GalleryState.show("favorites"),
            data_testid="filter-favorites",
        ),
        label="What the gallery shows",
        class_name="max-lg:hidden shrink-0",
    )


def _favorites_toggle() -> rx.Component:
    """The same choice where there is room for one button."""
    favorites = GalleryState.view == "favorites"
    return rx.el.button(
        icon("heart", size=17, class_name="group-aria-pressed/fav:fill-bad group-aria-pressed/fav:text-bad"),
        type="button",
        aria_label="Favorites only",
        aria_pressed=favorites,
        on_click=GalleryState.show(rx.cond(favorites, "all", "favorites")),
        data_testid="filter-favorites-toggle",
        class_name=join(
            "group/fav lg:hidden inline-flex items-center justify-center shrink-0 size-8 "
            "pointer-coarse:size-11 "
            "rounded-full border border-line-strong text-text-2 cursor-pointer transition-colors "
            "hover:bg-bg-3",
            FOCUS,
        ),
    )


def _columns() -> rx.Component:
    return rx.el.label(
        icon("layout-grid", size=15, class_name="hidden @2xl/bar:block text-text-3"),
        rx.el.input(
            type="range",
            min=1,
            max=MOST_COLUMNS,
            step=1,
            value=GalleryState.columns,
            aria_label="Columns",
            on_change=GalleryState.arrange,
            data_testid="columns",
            class_name="kit-range !w-[72px] !flex-none",
            style={"--at": f"calc(({GalleryState.columns} - 1) / {MOST_COLUMNS - 1} * 100%)"},
        ),
        data_tip="Columns",
        class_name="hidden lg:flex items-center gap-2.5 ml-auto shrink-0",
    )


# --- content


def _content() -> rx.Component:
    empty = GalleryState.ready & (GalleryState.total == 0) & (GalleryState.fresh == 0)
    return rx.cond(
        (GalleryState.problem != "") & ~GalleryState.ready,
        _broken(),
        rx.cond(empty, _nothing(), _grid()),
    )


def _grid() -> rx.Component:
    return rx.fragment(
        rx.cond(GalleryState.problem != "", _stale()),
        VirtualGrid.create(
            rx.foreach(
                GalleryState.cards,
                lambda card, index: GridCell.create(clip_card(card=card), index=index, key=card.id),
            ),
            total=rx.cond(GalleryState.ready, GalleryState.total, FIRST_SKELETONS),
            start=GalleryState.start,
            count=GalleryState.cards.length(),
            columns=GalleryState.columns,
            gap=GAP,
            fresh=GalleryState.fresh,
            filter=GalleryState.list_key.to_string(),
            sought=GalleryState.sought,
            place=GalleryState.place,
            label="Clips",
            on_range=GalleryState.look,
            on_hold=GalleryState.hold,
            on_return=GalleryState.come_back,
            data_testid="grid",
            aria_busy=~GalleryState.ready,
        ),
    )


def _nothing() -> rx.Component:
    return rx.el.div(
        rx.cond(
            GalleryState.search != "",
            _nothing_found(),
            rx.cond(
                GalleryState.opened.id != "",
                empty_collection(),
                rx.cond(GalleryState.view == "favorites", _no_favorites(), _no_clips()),
            ),
        ),
        class_name="flex-1 min-h-0 grid place-items-center overflow-y-auto pb-[var(--dock)]",
    )


def _nothing_found() -> rx.Component:
    return empty_state(
        "Nothing fits “"
        + GalleryState.search
        + "”"
        + rx.cond(
            GalleryState.opened.id != "",
            " in this collection.",
            rx.cond(GalleryState.view == "favorites", " among your favorites.", "."),
        ),
        title="No clips found",
        icon="search-x",
        action=rx.el.div(
            button(
                "Clear the search",
                variant="outline",
                on_click=GalleryState.find(""),
                data_testid="clear-search",
            ),
            rx.cond(
                (GalleryState.view != "all") | (GalleryState.opened.id != ""),
                button(
                    "Search all clips",
                    variant="outline",
                    on_click=GalleryState.show("all"),
                    data_testid="search-everywhere",
                ),
            ),
            class_name="flex flex-wrap justify-center gap-2",
        ),
        data_testid="empty-search",
    )


def _no_favorites() -> rx.Component:
    return empty_state(
        "Mark a clip with the heart and it stays at hand here.",
        title="No favorites yet",
        icon="heart",
        action=button(
            "Show all clips",
            variant="outline",
            on_click=GalleryState.show("all"),
            data_testid="show-all",
        ),
        data_testid="empty-favorites",
    )


def _no_clips() -> rx.Component:
    return empty_state(
        "Choose a model at the left, say what should happen at the right, and press Generate.",
        title="Your clips will appear here",
        icon="clapperboard",
        data_testid="empty-gallery",
    )


def _broken() -> rx.Component:
    return rx.el.div(
        empty_state(
            GalleryState.problem,
            title="The gallery is not available",
            icon="cloud-off",
            action=button(
                "Try again", variant="outline", on_click=GalleryState.load, data_testid="gallery-retry"
            ),
            data_testid="gallery-problem",
        ),
        class_name="flex-1 min-h-0 grid place-items-center pb-[var(--dock)]",
    )


def _stale() -> rx.Component:
    return _strip(
        "triangle-alert",
        GalleryState.problem,
        button("Try again", variant="text", on_click=GalleryState.refresh, data_testid="gallery-retry"),
        data_testid="gallery-stale",
    )


def _strip(name: str, *content: rx.Component | str | rx.Var[str], **props: str) -> rx.Component:
    """A remark over the top of the grid; it covers a little and moves nothing."""
    return rx.el.div(
        rx.el.div(
            icon(name, size=15),
            *content,
            class_name="absolute top-1 inset-x-3.5 max-lg:inset-x-3 max-lg:top-2.5 flex items-center gap-2 "
            "px-3 py-2 rounded-sm border border-gold/30 bg-bg-2 text-sm text-gold shadow-lift",
            **props,
        ),
        class_name="relative z-20 h-0",
    )
