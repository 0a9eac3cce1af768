"""One card, in every state that a clip can be in. All states have the same size: nothing moves between them."""

from __future__ import annotations

from typing import Any

import reflex as rx

from sorceress_video.generation.lifecycle import ClipStatus
from sorceress_video.ui.gallery.client import (
    AskDelete,
    BusyOverlay,
    CardMenu,
    CellTile,
    ClipMedia,
    QueuePlace,
)
from sorceress_video.ui.gallery.models import Card
from sorceress_video.ui.gallery.state import GalleryState
from sorceress_video.ui.kit import FOCUS, icon, join
from sorceress_video.ui.lightbox.state import LightboxState

_FRAME = (
    "on-film group/card relative size-full rounded-md overflow-hidden bg-bg-2 [container-type:size] "
    "transition-shadow has-[[data-tile]:focus-visible]:ring-2 has-[[data-tile]:focus-visible]:ring-accent "
)
_REVEAL = (
    "opacity-0 invisible transition-[opacity,visibility] group-hover/card:opacity-100 group-hover/card:visible "
    "group-focus-within/card:opacity-100 group-focus-within/card:visible pointer-coarse:!hidden "
)
"""Shown while the pointer is on the card or the keyboard in it. Hidden by visibility, so that Tab passes over."""

_ON_FILM = (
    "inline-flex items-center justify-center size-7 rounded-sm bg-black/60 text-text-1 cursor-pointer select-none "
    "transition-[background-color,color] hover:bg-black/85 backdrop-blur-[2px] "
)
_LOW = "[@container_(max-height:128px)]:hidden"
"""Left out where four columns make the tile too low."""
_CHOICE = (
    "relative z-20 inline-flex items-center justify-center gap-1.5 h-7 pointer-coarse:h-9 px-2.5 rounded-sm text-sm "
    "font-medium whitespace-nowrap cursor-pointer select-none bg-bg-3 text-text-1 transition-colors "
    "hover:bg-line-strong pointer-coarse:after:absolute pointer-coarse:after:-inset-1 "
)
_LINE = (
    "flex items-center gap-3 w-full h-12 px-3 rounded-sm text-md text-left text-text-1 cursor-pointer "
    "hover:bg-bg-3 active:bg-bg-3 "
)


@rx.memo
def clip_card(rest: rx.RestProp, *, card: rx.Var[Card]) -> rx.Component:
    """The card of one clip."""
    return rx.el.article(
        rx.match(
            card.status,
            (ClipStatus.COMPLETED.value, _completed(card)),
            (ClipStatus.WAITING.value, _waiting(card)),
            (ClipStatus.AMBIGUOUS.value, _ambiguous(card)),
            (ClipStatus.FAILED.value, _failed(card)),
            (ClipStatus.CANCELLED.value, _cancelled(card)),
            _busy(card),
        ),
        rest,
        data_testid="clip-card",
        data_clip_id=card.id,
        data_status=card.status,
        aria_label=card.model + ": " + card.prompt,
        class_name=[
            _FRAME,
            rx.match(
                card.status,
                (
                    ClipStatus.COMPLETED.value,
                    "hover:ring-2 hover:ring-accent focus-within:ring-2 focus-within:ring-accent",
                ),
                (ClipStatus.FAILED.value, "border border-bad/40"),
                (ClipStatus.AMBIGUOUS.value, "border border-gold/40"),
                "",
            ),
        ],
    )


# --- completed


def _completed(card: rx.Var[Card]) -> rx.Component:
    return rx.fragment(
        ClipMedia.create(clip=card, on_open=LightboxState.open(card.id)),
        rx.el.div(
            rx.el.p(
                card.prompt,
                class_name=join(_REVEAL, _LOW, "line-clamp-2 text-sm text-text-1 pr-2 pb-1 text-pretty"),
            ),
            _foot(card),
            class_name="absolute inset-x-0 bottom-0 px-2.5 pb-2 pt-8 pointer-events-none bg-linear-to-t "
            "from-black/75 via-black/35 to-transparent",
        ),
        rx.cond(
            GalleryState.signed_in,
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
                "group-focus-within/card:opacity-0 pointer-coarse:!opacity-100",
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
            class_name=join(_ON_FILM, FOCUS, "group/heart"),
        ),
        rx.el.a(
            icon("download", size=15),
            href=card.video,
            download=file_name(card),
            aria_label="Download MP4",
            data_tip="Download MP4",
            data_testid="card-download",
            class_name=join(_ON_FILM, FOCUS),
        ),
        _action(
            "wand-sparkles", "Reuse prompt and settings", "card-reuse", on_click=GalleryState.reuse(card.id)
        ),
        AskDelete.create(
            icon("trash-2", size=15),
            clip_id=card.id,
            on_confirm=GalleryState.remove(card.id),
            aria_label="Delete",
            data_tip="Delete",
            class_name=join(_ON_FILM, FOCUS, "text-bad"),
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
        class_name=join(_ON_FILM, FOCUS, class_name),
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
                on_click=GalleryState.favorite(card.id, False),
            ),
            _line("heart", "Favorite", "menu-favorite", on_click=GalleryState.favorite(card.id, True)),
        ),
        rx.el.a(
            icon("download", size=18),
            "Download MP4",
            href=card.video,
            download=file_name(card),
            data_testid="menu-download",
            class_name=join(_LINE, FOCUS),
        ),
        _line(
            "wand-sparkles", "Reuse prompt and settings", "menu-reuse", on_click=GalleryState.reuse(card.id)
        ),
        AskDelete.create(
            icon("trash-2", size=18),
            "Delete",
            clip_id=card.id,
            on_confirm=GalleryState.remove(card.id),
            data_testid="menu-delete",
            class_name=join(_LINE, FOCUS, "text-bad"),
        ),
        label="Actions",
        class_name="absolute z-10 top-0 right-0 size-11 hidden pointer-coarse:grid place-items-center text-text-1 "
        "drop-shadow outline-none focus-visible:ring-2 focus-visible:ring-accent rounded-md",
    )


def _line(name: str, label: str, testid: str, **props: Any) -> rx.Component:
    return rx.el.button(
        icon(name, size=18), label, type="button", data_testid=testid, class_name=join(_LINE, FOCUS), **props
    )


def file_name(card: rx.Var[Card]) -> rx.Var[str]:
    """What a downloaded clip is called: model and the first part of its id."""
    return card.model.lower().replace(" ", "-") + "-" + card.id[:10].to(str) + ".mp4"


# --- on its way


def _busy(card: rx.Var[Card]) -> rx.Component:
    return rx.fragment(
        _ground(card),
        BusyOverlay.create(clip=card, on_recheck=GalleryState.recheck(card.id)),
        _bottom(card),
        rx.cond(card.status != ClipStatus.CANCELLING.value, _cancel_button(card)),
    )


def _waiting(card: rx.Var[Card]) -> rx.Component:
    return rx.fragment(
        _ground(card),
        CellTile.create(
            icon("hourglass", size=20, class_name="text-gold mb-1.5"),
            rx.el.p(
                "Waiting for capacity…",
                class_name="text-base font-medium text-text-1",
                data_testid="card-phase",
            ),
            rx.el.p(QueuePlace.create(clip=card), class_name="text-sm text-text-2 figure"),
            aria_label=card.model + ": waiting for capacity",
            class_name=join(_MIDDLE, "pb-5"),
        ),
        _bottom(card),
        _cancel_button(card),
    )


_MIDDLE = "absolute inset-0 flex flex-col items-center justify-center gap-0.5 px-3 text-center outline-none rounded-md"


def _ground(card: rx.Var[Card]) -> rx.Component:
    """The start frame, blurred and dimmed; for text alone the quiet ground of a card."""
    return rx.fragment(
        rx.cond(
            card.poster != "",
            rx.el.img(
                src=card.poster,
                alt="",
                loading="lazy",
                class_name="absolute inset-0 size-full object-cover scale-125 blur-xl brightness-40 saturate-75",
            ),
        ),
        rx.el.div(
            class_name="absolute inset-0 bg-linear-to-t from-black/70 to-transparent pointer-events-none"
        ),
    )


def _cancel_button(card: rx.Var[Card]) -> rx.Component:
    return rx.el.button(
        icon("x", size=15),
        type="button",
        aria_label="Cancel",
        data_tip="Cancel",
        data_testid="card-cancel",
        on_click=GalleryState.cancel(card.id),
        class_name=join(
            _ON_FILM,
            FOCUS,
            "absolute z-20 top-2 right-2 pointer-coarse:after:absolute pointer-coarse:after:-inset-2",
        ),
    )


# --- ended without a clip


def _failed(card: rx.Var[Card]) -> rx.Component:
    return rx.fragment(
        rx.el.div(class_name="absolute inset-0 bg-bad-soft"),
        CellTile.create(
            icon("triangle-alert", size=18, class_name=join("text-bad mb-1", _LOW)),
            rx.el.p(
                card.text,
                title=card.text,
                data_testid="card-reason",
                class_name="text-base font-medium leading-snug text-text-1 line-clamp-2 "
                "[@container_(min-height:180px)]:line-clamp-4 text-pretty",
            ),
            rx.el.p(
                card.note, data_testid="card-note", class_name=join("text-sm text-text-2 line-clamp-1", _LOW)
            ),
            rx.el.div(
                _choice("rotate-ccw", "Retry", "card-retry", on_click=GalleryState.retry(card.id)),
                _choice("trash-2", "Remove", "card-remove", on_click=GalleryState.remove(card.id)),
                class_name="flex flex-wrap justify-center gap-1.5 mt-2",
            ),
            aria_label=card.model + " failed: " + card.text,
            class_name=join(_MIDDLE, "pb-5"),
        ),
        _bottom(card),
    )


def _ambiguous(card: rx.Var[Card]) -> rx.Component:
    return rx.fragment(
        rx.el.div(class_name="absolute inset-0 bg-gold-soft"),
        CellTile.create(
            rx.el.p(
                card.text,
                title=card.text,
                data_testid="card-reason",
                class_name="text-base font-medium leading-snug text-text-1 line-clamp-2 "
                "[@container_(min-height:180px)]:line-clamp-4 text-pretty",
            ),
            rx.el.p(
                card.note,
                data_testid="card-note",
                class_name=join(
                    "text-sm text-gold line-clamp-1 [@container_(min-height:180px)]:line-clamp-3", _LOW
                ),
            ),
            rx.el.div(
                _choice(
                    "search-check",
                    "Check again",
                    "card-check",
                    data_tip="Asks the provider whether it has this clip. Free.",
                    on_click=GalleryState.recheck(card.id),
                ),
                _choice(
                    "rotate-ccw",
                    "Try again",
                    "card-retry",
                    data_tip=card.note,
                    on_click=GalleryState.retry(card.id),
                ),
                _choice(
                    "x",
                    "Dismiss",
                    "card-dismiss",
                    data_tip="Gives the clip up. If it was accepted, it stays charged.",
                    on_click=GalleryState.dismiss(card.id),
                ),
                class_name="flex flex-wrap justify-center gap-1.5 mt-2",
            ),
            aria_label=card.model + ": " + card.text,
            class_name=join(_MIDDLE, "pb-5"),
        ),
        _bottom(card),
    )


def _cancelled(card: rx.Var[Card]) -> rx.Component:
    return rx.fragment(
        _ground(card),
        CellTile.create(
            icon("circle-slash", size=18, class_name=join("text-text-3 mb-1", _LOW)),
            rx.el.p("Cancelled", class_name="text-base font-medium text-text-1", data_testid="card-reason"),
            rx.el.p(card.note, data_testid="card-note", class_name="text-sm text-text-2 line-clamp-1"),
            rx.el.div(
                _choice("rotate-ccw", "Retry", "card-retry", on_click=GalleryState.retry(card.id)),
                _choice("trash-2", "Remove", "card-remove", on_click=GalleryState.remove(card.id)),
                class_name="flex flex-wrap justify-center gap-1.5 mt-2",
            ),
            aria_label=card.model + ": cancelled",
            class_name=join(_MIDDLE, "pb-5"),
        ),
        _bottom(card),
    )


def _choice(name: str, label: str, testid: str, **props: Any) -> rx.Component:
    return rx.el.button(
        icon(name, size=14),
        rx.el.span(label, class_name="[@container_(max-width:215px)]:sr-only"),
        type="button",
        data_testid=testid,
        class_name=join(_CHOICE, FOCUS),
        **props,
    )


# --- shared


def _foot(card: rx.Var[Card]) -> rx.Component:
    return rx.el.div(
        rx.el.span(card.model, data_testid="card-model", class_name="font-medium truncate text-text-1"),
        rx.el.span(card.output, data_testid="card-output", class_name="figure text-text-2 shrink-0"),
        class_name="flex items-baseline justify-between gap-2 text-base",
    )


def _bottom(card: rx.Var[Card]) -> rx.Component:
    return rx.el.div(_foot(card), class_name="absolute inset-x-0 bottom-0 px-2.5 pb-2 pointer-events-none")
