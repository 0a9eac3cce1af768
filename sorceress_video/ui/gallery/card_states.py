"""Cards without a film: on their way, or ended without one."""

from __future__ import annotations

from typing import Any

import reflex as rx

from sorceress_video.generation.lifecycle import ClipStatus
from sorceress_video.ui.gallery.card_parts import LOW, ON_FILM, foot
from sorceress_video.ui.gallery.client import BusyOverlay, CellTile, QueuePlace
from sorceress_video.ui.gallery.models import Card
from sorceress_video.ui.gallery.state import GalleryState
from sorceress_video.ui.kit import FOCUS, icon, join

_MIDDLE = (
    "absolute inset-0 flex flex-col items-center justify-center gap-0.5 px-2.5 pt-2 pb-7 text-center "
    "outline-none rounded-md"
)
_TALL = "[@container_(min-height:180px)]"
_ROOM_ONLY = "[@container_(max-height:140px)]:hidden"
_CHOICE = (
    "relative z-20 inline-flex items-center justify-center gap-1.5 h-[26px] px-2 rounded-sm "
    "group-has-[>:nth-child(3)]/choices:px-1.5 "
    "text-sm font-medium whitespace-nowrap cursor-pointer select-none bg-bg-3 text-text-1 transition-colors "
    "hover:bg-line-strong pointer-coarse:min-w-11 pointer-coarse:after:absolute "
    "pointer-coarse:after:-inset-x-0.5 pointer-coarse:after:-inset-y-2.5 "
    "pointer-coarse:[@container_(min-height:180px)]:h-9 "
    "pointer-coarse:[@container_(min-height:180px)]:after:-inset-1 "
)


def busy(card: rx.Var[Card]) -> rx.Component:
    """In the making: ring, phase, time; lives on ticks."""
    return rx.fragment(
        _ground(card),
        BusyOverlay.create(clip=card, on_recheck=GalleryState.recheck(card.id)),
        _bottom(card),
        rx.cond(card.status != ClipStatus.CANCELLING.value, _cancel_button(card)),
    )


def waiting(card: rx.Var[Card]) -> rx.Component:
    """The provider had no capacity; it is asked again by itself."""
    return rx.fragment(
        _ground(card),
        CellTile.create(
            icon("hourglass", size=20, class_name="text-gold mb-1"),
            rx.el.p(
                "Waiting for capacity…",
                class_name="text-base font-medium text-text-1",
                data_testid="card-phase",
            ),
            rx.el.p(QueuePlace.create(clip=card), class_name="text-sm text-text-2 figure"),
            aria_label=card.model + ": waiting for capacity",
            class_name=_MIDDLE,
        ),
        _bottom(card),
        _cancel_button(card),
    )


def failed(card: rx.Var[Card]) -> rx.Component:
    """The reason in words, whether it was charged, and what can be done."""
    return rx.fragment(
        rx.el.div(class_name="absolute inset-0 bg-bad-soft"),
        _ended(
            card,
            icon("triangle-alert", size=17, class_name=join("text-bad mb-0.5", _ROOM_ONLY)),
            _retry(card),
            _remove(card),
            label=card.model + " failed: " + card.text,
        ),
    )


def cancelled(card: rx.Var[Card]) -> rx.Component:
    """Stopped by the person."""
    return rx.fragment(
        _ground(card),
        _ended(
            card,
            icon("circle-slash", size=17, class_name=join("text-text-3 mb-0.5", _ROOM_ONLY)),
            _retry(card),
            _remove(card),
            label=card.model + ": cancelled",
        ),
    )


def ambiguous(card: rx.Var[Card]) -> rx.Component:
    """Nobody knows whether the provider took it: only the person may decide, told what each way may cost."""
    return rx.fragment(
        rx.el.div(class_name="absolute inset-0 bg-gold/8"),
        _ended(
            card,
            icon("circle-help", size=17, class_name=join("text-gold mb-0.5", _ROOM_ONLY)),
            _choice(
                "rotate-ccw",
                "Try again",
                "card-retry",
                tip=card.note + ".",
                on_click=GalleryState.retry(card.id),
            ),
            _choice(
                "x",
                "Dismiss",
                "card-dismiss",
                tip="Gives the clip up. If it was accepted, it stays charged.",
                on_click=GalleryState.dismiss(card.id),
            ),
            label=card.model + ": " + card.text,
        ),
    )


def _ended(
    card: rx.Var[Card], mark: rx.Component, *choices: rx.Component, label: rx.Var[str]
) -> rx.Component:
    return rx.fragment(
        CellTile.create(
            mark,
            rx.el.p(
                card.text,
                title=card.text,
                data_testid="card-reason",
                class_name=join(
                    "shrink-0 text-base font-medium leading-[1.3] text-text-1 line-clamp-2 text-pretty",
                    f"{_TALL}:line-clamp-5",
                ),
            ),
            rx.el.p(
                card.note,
                title=card.note,
                data_testid="card-note",
                class_name=join("text-sm text-text-2 line-clamp-1", f"{_TALL}:line-clamp-3", LOW),
            ),
            rx.el.div(
                *choices,
                class_name="group/choices flex flex-wrap justify-center gap-1.5 mt-1 "
                "has-[>:nth-child(3)]:gap-1",
            ),
            aria_label=label,
            class_name=_MIDDLE,
        ),
        _bottom(card),
    )


def _retry(card: rx.Var[Card]) -> rx.Component:
    return _choice(
        "rotate-ccw",
        "Retry",
        "card-retry",
        tip="The same inputs and settings once more",
        on_click=GalleryState.retry(card.id),
    )


def _remove(card: rx.Var[Card]) -> rx.Component:
    return _choice(
        "trash-2", "Remove", "card-remove", tip="Remove this card", on_click=GalleryState.remove(card.id)
    )


def _choice(name: str, label: str, testid: str, *, tip: str | rx.Var[str], **props: Any) -> rx.Component:
    return rx.el.button(
        icon(
            name,
            size=14,
            class_name="group-has-[>:nth-child(3)]/choices:[@container_(max-width:300px)_and_(min-width:216px)]:hidden",
        ),
        rx.el.span(label, class_name="[@container_(max-width:215px)]:sr-only"),
        type="button",
        data_tip=tip,
        data_testid=testid,
        class_name=join(_CHOICE, FOCUS),
        **props,
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
            ON_FILM,
            FOCUS,
            "absolute z-20 top-2 right-2 pointer-coarse:after:absolute pointer-coarse:after:-inset-2",
        ),
    )


def _ground(card: rx.Var[Card]) -> rx.Component:
    """The start frame, blurred and dimmed; for text alone the quiet ground of a card."""
    return rx.fragment(
        rx.cond(
            card.poster != "",
            rx.el.img(
                src=card.poster,
                alt="",
                loading="lazy",
                class_name="absolute inset-0 size-full object-cover scale-125 blur-xl brightness-40 "
                "saturate-75",
            ),
        ),
        rx.el.div(
            class_name="absolute inset-0 bg-linear-to-t from-black/70 to-transparent pointer-events-none"
        ),
    )


def _bottom(card: rx.Var[Card]) -> rx.Component:
    return rx.el.div(foot(card), class_name="absolute inset-x-0 bottom-0 px-2.5 pb-2 pointer-events-none")
