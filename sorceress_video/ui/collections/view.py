"""Collections on the page: the panel below the favourites, and the bar of the one that is open."""

from __future__ import annotations

import reflex as rx

from sorceress_video.ui.collections.client import CollectDialog, NameButton, NameQuestion
from sorceress_video.ui.collections.models import CollectionTile
from sorceress_video.ui.collections.state import CollectionsState
from sorceress_video.ui.gallery.state import GalleryState
from sorceress_video.ui.kit import (
    FOCUS,
    TOUCH_HEIGHT,
    button,
    empty_state,
    icon,
    icon_button,
    join,
    skeleton,
    switch,
)

_OPENED = GalleryState.opened


def collection_dialogs() -> rx.Component:
    """The dialogs that cards, the selection and the panel open. Stand once on a page."""
    return rx.fragment(
        NameQuestion.create(),
        CollectDialog.create(
            tiles=CollectionsState.tiles,
            holding=CollectionsState.holding,
            on_open=CollectionsState.look_in,
            on_collect=CollectionsState.collect,
        ),
    )


def collections_panel() -> rx.Component:
    """A strip of covers below the favourites, always at hand however far the grid is scrolled."""
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Collections", id="collections-title", class_name="text-base font-semibold text-text-1"),
            NameButton.create(
                icon("plus", size=14),
                "New collection",
                title="New collection",
                value="",
                submit="Make",
                on_name=CollectionsState.make,
                data_testid="collection-new",
                class_name=join(
                    "inline-flex items-center gap-1.5 h-7 px-2 -mr-2 rounded-sm text-base font-medium "
                    "text-accent cursor-pointer hover:bg-bg-3",
                    FOCUS,
                    TOUCH_HEIGHT,
                ),
            ),
            class_name="flex items-center justify-between px-3.5 max-lg:px-3",
        ),
        rx.cond(
            CollectionsState.ready,
            rx.cond(CollectionsState.tiles.length() > 0, _tiles(), _none()),
            rx.el.div(
                *[skeleton("w-36 h-[81px] shrink-0 rounded-md") for _ in range(4)],
                class_name="flex gap-2.5 px-3.5 max-lg:px-3 pt-1.5 pb-9 overflow-hidden",
            ),
        ),
        aria_labelledby="collections-title",
        on_mount=CollectionsState.load,
        data_testid="collections",
        class_name="shrink-0 pt-2 border-t border-line bg-bg-1 "
        "max-lg:pb-[calc(var(--dock)+env(safe-area-inset-bottom))]",
    )


def _tiles() -> rx.Component:
    return rx.el.ul(
        rx.foreach(CollectionsState.tiles, _tile),
        class_name="flex gap-2.5 px-3.5 max-lg:px-3 pt-1.5 pb-2.5 overflow-x-auto kit-scroll "
        "overscroll-x-contain snap-x scroll-px-3.5",
    )


def _tile(tile: rx.Var[CollectionTile]) -> rx.Component:
    return rx.el.li(
        rx.el.button(
            rx.el.span(
                rx.cond(
                    tile.cover != "",
                    rx.el.img(
                        src=tile.cover,
                        alt="",
                        loading="lazy",
                        decoding="async",
                        draggable=False,
                        class_name="size-full object-cover transition-[scale] duration-200 "
                        "group-hover/tile:scale-[1.03] motion-reduce:!scale-100",
                    ),
                    icon("folder", size=20, class_name="text-text-3"),
                ),
                rx.cond(
                    tile.shared,
                    rx.el.span(
                        icon("users", size=12),
                        class_name="absolute top-1 right-1 grid place-items-center size-5 rounded-full "
                        "bg-black/60 text-white",
                    ),
                ),
                class_name="relative grid place-items-center w-36 h-[81px] rounded-md overflow-hidden "
                "bg-bg-3 border border-line group-hover/tile:border-accent transition-colors",
            ),
            rx.el.span(
                tile.name, class_name="block w-36 mt-1 text-base font-medium text-text-1 truncate text-left"
            ),
            rx.el.span(
                rx.cond(tile.mine, "", tile.owner + " · "),
                rx.cond(tile.count == 1, "1 clip", tile.count.to_string() + " clips"),
                rx.cond(tile.mine & tile.shared, " · shared", ""),
                class_name="block w-36 text-sm text-text-3 figure truncate text-left",
            ),
            type="button",
            on_click=CollectionsState.open(tile.id),
            data_testid="collection-tile",
            class_name=join("group/tile block rounded-md cursor-pointer", FOCUS),
        ),
        key=tile.id,
        class_name="shrink-0 snap-start",
    )


def _none() -> rx.Component:
    return rx.el.p(
        "Put clips that belong together under a name: select some and choose “Add to collection”.",
        data_testid="collections-empty",
        class_name="px-3.5 max-lg:px-3 pt-1 pb-4 text-base text-text-3 text-pretty",
    )


def collection_bar() -> rx.Component:
    """Above the clips of an open collection: the way back, what it is, and what can be done with it."""
    return rx.el.div(
        rx.el.button(
            icon("arrow-left", size=15),
            "Back",
            type="button",
            on_click=CollectionsState.back,
            data_testid="collection-back",
            class_name=join(
                "inline-flex items-center gap-1.5 shrink-0 h-8 px-2.5 -ml-2.5 rounded-sm text-base "
                "font-medium text-text-2 cursor-pointer hover:bg-bg-3 hover:text-text-1",
                FOCUS,
                TOUCH_HEIGHT,
            ),
        ),
        rx.el.div(
            rx.el.h2(
                _OPENED.name,
                data_testid="collection-name",
                class_name="text-md font-semibold text-text-1 truncate",
            ),
            rx.el.p(
                rx.cond(_OPENED.mine, "", "Shared by " + _OPENED.owner + " · "),
                rx.cond(_OPENED.count == 1, "1 clip", _OPENED.count.to_string() + " clips"),
                data_testid="collection-about",
                class_name="text-sm text-text-3 figure truncate",
            ),
            class_name="min-w-0 flex-1",
        ),
        rx.cond(_OPENED.mine, _deeds()),
        data_testid="collection-bar",
        class_name="flex items-center gap-2.5 px-3.5 max-lg:px-3 py-2 border-b border-line bg-bg-1 lg:mb-2.5",
    )


def _deeds() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.el.span(
                "Team can look", id="collection-share", class_name="text-base text-text-2 max-sm:sr-only"
            ),
            switch(
                checked=_OPENED.shared,
                label="Team can look",
                on_click=CollectionsState.share(_OPENED.id, ~_OPENED.shared),
                data_tip="Everybody in the team sees these clips and their prompts, and can change nothing.",
                data_testid="collection-share",
            ),
            class_name="flex items-center gap-2 shrink-0",
        ),
        NameButton.create(
            icon("pencil", size=15),
            title="Rename the collection",
            value=_OPENED.name,
            submit="Rename",
            on_name=lambda name: CollectionsState.rename(_OPENED.id, name),
            aria_label="Rename",
            data_tip="Rename",
            data_testid="collection-rename",
            class_name=join(
                "inline-flex items-center justify-center size-8 pointer-coarse:size-11 rounded-sm "
                "text-text-2 cursor-pointer hover:bg-bg-3 hover:text-text-1",
                FOCUS,
            ),
        ),
        icon_button(
            "trash-2",
            "Delete the collection",
            on_click=CollectionsState.remove(_OPENED.id),
            data_testid="collection-delete",
            class_name="hover:!text-bad",
        ),
    )


def empty_collection() -> rx.Component:
    """What stands in the place of an open collection's clips while it has none, and the next step."""
    return empty_state(
        rx.cond(
            _OPENED.mine,
            "Select clips in the gallery and choose “Add to collection”.",
            "There is nothing to look at here yet.",
        ),
        title="No clips in here yet",
        icon="folder-open",
        action=button(
            "Show all clips",
            variant="outline",
            on_click=GalleryState.show("all"),
            data_testid="collection-show-all",
        ),
        data_testid="empty-collection",
    )
