"""Buttons and links that look like them; every variant stands here."""

from __future__ import annotations

from typing import Any, Literal

import reflex as rx

from sorceress_video.ui.kit.classes import FOCUS, TOUCH_HEIGHT, TOUCH_SQUARE, join
from sorceress_video.ui.kit.icon import icon as draw_icon
from sorceress_video.ui.kit.plain import plain_link

Variant = Literal["primary", "secondary", "ghost", "outline", "danger", "text"]
Size = Literal["sm", "md", "lg"]

_BASE = (
    "inline-flex items-center justify-center gap-1.5 whitespace-nowrap font-medium select-none "
    "transition-[background-color,border-color,color,opacity,scale] active:scale-[0.98] "
    "cursor-pointer disabled:opacity-45 disabled:pointer-events-none aria-disabled:opacity-45 "
    "aria-disabled:cursor-not-allowed"
)

VARIANTS: dict[Variant, str] = {
    "primary": "bg-accent-solid text-white hover:bg-accent-solid-hover",
    "secondary": "bg-bg-3 text-text-1 hover:bg-line-strong",
    "ghost": "text-text-2 hover:bg-bg-3 hover:text-text-1",
    "outline": "border border-line-strong text-text-1 hover:bg-bg-3",
    "danger": "text-bad bg-bad-soft hover:bg-bad/20",
    "text": "text-accent hover:underline underline-offset-2",
}

SIZES: dict[Size, str] = {
    "sm": "h-7 px-2.5 text-sm rounded-sm",
    "md": "h-8 px-3 text-base rounded-sm",
    "lg": "h-[42px] px-4 text-md rounded-md",
}


def button_classes(variant: Variant = "secondary", size: Size = "md") -> str:
    """The classes of a button, for elements that are buttons by another tag."""
    if variant == "text":
        return join(
            _BASE,
            FOCUS,
            VARIANTS[variant],
            "rounded-xs text-base relative z-1 after:absolute after:-inset-2 pointer-coarse:after:-inset-3.5",
        )
    return join(_BASE, FOCUS, TOUCH_HEIGHT, VARIANTS[variant], SIZES[size])


def button(
    label: str | rx.Var[str],
    *,
    variant: Variant = "secondary",
    size: Size = "md",
    icon: str | None = None,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A button with words, and an icon before them where one helps."""
    props.setdefault("type", "button")
    return rx.el.button(
        draw_icon(icon, size=14) if icon else None,
        label,
        class_name=join(button_classes(variant, size), class_name),
        **props,
    )


def link_button(
    label: str | rx.Var[str],
    *,
    href: str | rx.Var[str],
    variant: Variant = "secondary",
    size: Size = "md",
    icon: str | None = None,
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A link that looks like a button and loads the page anew."""
    return plain_link(
        draw_icon(icon, size=14) if icon else None,
        label,
        href=href,
        class_name=join(button_classes(variant, size), class_name),
        **props,
    )


def icon_button(
    name: str,
    label: str | rx.Var[str],
    *,
    size: int = 16,
    class_name: str = "",
    tip: bool = True,
    **props: Any,
) -> rx.Component:
    """A square button with an icon only; ``label`` is its accessible name and its tooltip."""
    props.setdefault("type", "button")
    if tip:
        props["data_tip"] = label
    return rx.el.button(
        draw_icon(name, size=size),
        aria_label=label,
        class_name=join(
            "inline-flex items-center justify-center size-8 rounded-sm text-text-2 cursor-pointer",
            "select-none transition-[background-color,color,opacity] hover:bg-bg-3 hover:text-text-1",
            "disabled:opacity-45 disabled:pointer-events-none",
            FOCUS,
            TOUCH_SQUARE,
            class_name,
        ),
        **props,
    )
