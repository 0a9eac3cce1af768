"""One card, in every state of a clip. All states have the same size: nothing moves between them."""

from __future__ import annotations

from typing import Any

import reflex as rx

from sorceress_video.generation.lifecycle import ClipStatus
from sorceress_video.ui.collections.client import CollectButton
from sorceress_video.ui.collections.state import CollectionsState
from sorceress_video.ui.gallery.card_parts import LOW, ON_FILM, foot
from sorceress_video.ui.gallery.card_states import ambiguous, busy, cancelled, failed, waiting
from sorceress_video.ui.gallery.client import AskDelete, CardMenu, ClipMedia
from sorceress_video.ui.gallery.models import Card
from sorceress_video.ui.gallery.state import GalleryState
from sorceress_video.ui.kit import FOCUS, icon, join, plain_link
from sorceress_video.ui.lightbox.state import LightboxState
from sorceress_video.ui.prompt_panel.state import PromptState

_FRAME = (
    "on-film group/card relative size-full rounded-md overflow-hidden [container-type:size] "
    "transition-shadow has-[[data-tile]:focus-visible]:ring-2 has-[[data-tile]:focus-visible]:ring-accent "
    "has-[[aria-checked=true]]:ring-2 has-[[aria-checked=true]]:ring-accent "
)
_REVEAL = (
    "opacity-0 invisible transition-[opacity,visibility] group-hover/card:opacity-100 "
    "group-hover/card:visible "
    "group-focus-within/card:opacity-100 group-focus-within/card:visible pointer-coarse:!hidden "
    "in-data-selecting:!hidden "
)
"""Shown while pointer or focus is in the card; otherwise not visible, so that Tab passes over."""

_LINE = (
    "flex items-center gap-3 w-full h-12 px-3 rounded-sm text-md text-left text-text-1 cursor-pointer "
    "hover:bg-bg-3 active:bg-bg-3 "
)
_NOT_SELECTABLE = "in-data-selecting:grayscale in-data-selecting:[&_button]:invisible"


@rx.memo
def clip_card(rest: rx.RestProp, *, card: rx.Var[Card]) -> rx.Component:
    """The card of one clip."""
    return rx.el.article(
        rx.match(
            card.status,
            (ClipStatus.COMPLETED.value, _completed(card)),
            (ClipStatus.WAITING.value, waiting(card)),
            (ClipStatus.AMBIGUOUS.value, ambiguous(card)),
            (ClipStatus.FAILED.value, failed(card)),
            (ClipStatus.CANCELLED.value, cancelled(card)),
            busy(card),
        ),
        rest,
        data_testid="clip-card",
        data_clip_id=card.id,
        data_status=card.status,
        aria_label=card.model + ": " + card.prompt,
        class_name=[
            _FRAME,
            rx.cond(
                card.status != ClipStatus.COMPLETED.value,
                _NOT_SELECTABLE,
                "",
            ),
            rx.match(
                card.status,
                (
                    ClipStatus.COMPLETED.value,
                    "bg-bg-2 hover:ring-2 hover:ring-accent focus-within:ring-2 focus-within:ring-accent",
                ),
                (ClipStatus.FAILED.value, "bg-bg-0 border border-bad/40"),
                (ClipStatus.AMBIGUOUS.value, "bg-bg-0 border border-gold/40"),
                "bg-bg-2",
            ),
        ],
    )


# --- completed


def _completed(card: rx.Var[Card]) -> rx.Component:
    return rx.fragment(
        ClipMedia.create(
            clip=card,
            movable=GalleryState.signed_in & GalleryState.opened.mine,
            on_open=LightboxState.open(card.id),
        ),
        rx.el.div(
            rx.el.p(
                card.prompt,
                class_name=join(_REVEAL, LOW, "line-clamp-2 text-sm text-text-1 pr-2 pb-1 text-pretty"),
            ),
            foot(card),
            class_name="absolute inset-x-0 bottom-0 px-2.5 pb-2 pt-8 pointer-events-none bg-linear-to-t "
            "from-black/75 via-black/35 to-transparent",
        ),
        rx.cond(
            GalleryState.signed_in & GalleryState.opened.mine,
            rx.fragment(_actions(card), _touch_menu(card)),
        ),
        rx.cond(
            card.favorite,
            rx.el.span(
                icon("heart", size=16, class_name="fill-bad text-bad"),
                rx.el.span("Favorite", class_name="sr-only"),
                data_testid="card-favorite-mark",
                class_name="absolute top-2.5 right-2.5 pointer-coarse:right-auto pointer-coarse:left-2.5 "
                "pointer-events-none drop-shadow transition-opacity group-hover/card:opacity-0 "
                "group-focus-within/card:opacity-0 pointer-coarse:!opacity-100 "
                "pointer-coarse:in-data-selecting:!left-auto pointer-coarse:in-data-selecting:!right-2.5",
            ),
        ),
    )


def _actions(card: rx.Var[Card]) -> rx.Component:
    return rx.el.div(
        _action(
            "refresh-cw", "Reroll", "card-reroll", on_click=GalleryState.reroll(card.id), class_name="mr-auto"
        ),
        rx.el.button(
            icon(
                "heart",
                size=15,
                class_name="group-aria-pressed/heart:fill-bad group-aria-pressed/heart:text-bad",
            ),
            type="button",
            aria_label="Favorite",
            aria_pressed=card.favorite,
            data_tip="Favorite",
            data_testid="card-favorite",
            on_click=GalleryState.favorite(card.id, ~card.favorite),
            class_name=join(ON_FILM, FOCUS, "group/heart"),
        ),
        plain_link(
            icon("download", size=15),
            href=download_of(card),
            download=True,
            aria_label="Download MP4",
            data_tip="Download MP4",
            data_testid="card-download",
            class_name=join(ON_FILM, FOCUS),
        ),
        _action(
            "wand-sparkles", "Reuse prompt and settings", "card-reuse", on_click=GalleryState.reuse(card.id)
        ),
        CollectButton.create(
            icon("folder-plus", size=15),
            clip_id=card.id,
            aria_label="Add to collection",
            data_tip="Add to collection",
            data_testid="card-collect",
            class_name=join(ON_FILM, FOCUS),
        ),
        rx.cond(
            GalleryState.opened.id != "",
            _action("image", "Use as cover", "card-cover", on_click=CollectionsState.use_as_cover(card.id)),
        ),
        AskDelete.create(
            icon("trash-2", size=15),
            clip_id=card.id,
            on_confirm=GalleryState.remove(card.id),
            aria_label="Delete",
            data_tip="Delete",
            class_name=join(ON_FILM, FOCUS, "!text-bad"),
        ),
        data_testid="card-actions",
        class_name=join(_REVEAL, "absolute z-10 top-2 inset-x-2 flex items-center gap-1"),
    )


def _action(name: str, label: str, testid: str, *, class_name: str = "", **props: Any) -> rx.Component:
    return rx.el.button(
        icon(name, size=15),
        type="button",
        aria_label=label,
        data_tip=label,
        data_testid=testid,
        class_name=join(ON_FILM, FOCUS, class_name),
        **props,
    )


def _touch_menu(card: rx.Var[Card]) -> rx.Component:
    return CardMenu.create(
        rx.el.p(card.model, class_name="px-3 pt-2 text-base font-semibold truncate"),
        rx.el.p(card.prompt, class_name="px-3 pb-2 text-sm text-text-3 truncate"),
        _line("refresh-cw", "Reroll", "menu-reroll", on_click=GalleryState.reroll(card.id)),
        rx.cond(
            card.favorite,
            _line(
                "heart-off",
                "Remove from Favorites",
                "menu-favorite",
                on_click=GalleryState.favorite(card.id, ~card.favorite),
            ),
            _line(
                "heart", "Favorite", "menu-favorite", on_click=GalleryState.favorite(card.id, ~card.favorite)
            ),
        ),
        plain_link(
            icon("download", size=18),
            "Download MP4",
            href=download_of(card),
            download=True,
            data_testid="menu-download",
            class_name=join(_LINE, FOCUS),
        ),
        _line(
            "wand-sparkles", "Reuse prompt and settings", "menu-reuse", on_click=GalleryState.reuse(card.id)
        ),
        _line(
            "person-standing",
            "Use as motion video",
            "menu-motion",
            on_click=PromptState.add_motion_from_clip(card.id),
        ),
        CollectButton.create(
            icon("folder-plus", size=18),
            "Add to collection…",
            clip_id=card.id,
            data_testid="menu-collect",
            class_name=join(_LINE, FOCUS),
        ),
        rx.cond(
            GalleryState.opened.id != "",
            _line("image", "Use as cover", "menu-cover", on_click=CollectionsState.use_as_cover(card.id)),
        ),
        AskDelete.create(
            icon("trash-2", size=18),
            "Delete",
            clip_id=card.id,
            on_confirm=GalleryState.remove(card.id),
            data_testid="menu-delete",
            class_name=join(_LINE, FOCUS, "!text-bad"),
        ),
        label="Actions",
        class_name="absolute z-10 top-0 right-0 size-11 hidden pointer-coarse:grid place-items-center "
        "text-text-1 drop-shadow outline-none focus-visible:ring-2 focus-visible:ring-accent rounded-md "
        "in-data-selecting:!hidden",
    )


def _line(name: str, label: str, testid: str, **props: Any) -> rx.Component:
    return rx.el.button(
        icon(name, size=18), label, type="button", data_testid=testid, class_name=join(_LINE, FOCUS), **props
    )


def download_of(card: rx.Var[Card]) -> rx.Var[str]:
    """Address of the clip as a file that says how it was made, unless the member wants none of that."""
    return "/api/clips/" + card.id + "/download"
