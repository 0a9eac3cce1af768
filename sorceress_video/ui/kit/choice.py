"""Choosing one of a few: segments and tabs."""

from __future__ import annotations

from typing import Any

import reflex as rx

from sorceress_video.ui.kit.classes import FOCUS, TOUCH_HEIGHT, join

_SEGMENT = (
    "flex-1 inline-flex items-center justify-center gap-1.5 h-7 px-2.5 rounded-sm text-base font-medium "
    "text-text-2 cursor-pointer select-none whitespace-nowrap transition-[background-color,color] "
    "hover:text-text-1 aria-checked:bg-raised aria-checked:text-text-1 "
    "aria-disabled:text-text-3 aria-disabled:opacity-60 aria-disabled:cursor-not-allowed "
    "disabled:text-text-3 disabled:opacity-50 disabled:cursor-not-allowed disabled:line-through"
)

_TAB = (
    "relative inline-flex items-center h-full px-3 text-base font-medium text-text-2 whitespace-nowrap "
    "cursor-pointer select-none transition-colors hover:text-text-1 aria-selected:text-text-1 "
    "aria-disabled:text-text-3 aria-disabled:cursor-not-allowed "
    "after:absolute after:inset-x-0 after:bottom-0 after:h-0.5 after:rounded-full after:bg-transparent "
    "aria-selected:after:bg-accent"
)


def segmented(
    *segments: rx.Component | rx.Var, label: str | rx.Var[str], class_name: str = "", **props: Any
) -> rx.Component:
    """A row of :func:`segment`; arrow keys move through it (see ``roving.js``)."""
    return rx.el.div(
        *segments,
        role="radiogroup",
        aria_label=label,
        data_roving=True,
        class_name=join("flex gap-0.5 p-[3px] rounded-md bg-bg-0 border border-line", class_name),
        **props,
    )


def segment(*content: Any, checked: bool | rx.Var[bool], class_name: str = "", **props: Any) -> rx.Component:
    """One choice of a :func:`segmented`. A disabled one stays readable: ``aria_disabled``, ``data_tip``."""
    return rx.el.button(
        *content,
        type="button",
        role="radio",
        aria_checked=checked,
        class_name=join(_SEGMENT, FOCUS, TOUCH_HEIGHT, class_name),
        **props,
    )


def tabs(*items: rx.Component | rx.Var, label: str, class_name: str = "", **props: Any) -> rx.Component:
    """A row of :func:`tab`, with the accent rule under the selected one."""
    return rx.el.div(
        *items,
        role="tablist",
        aria_label=label,
        data_roving=True,
        class_name=join("flex h-12 gap-1", class_name),
        **props,
    )


def tab(*content: Any, selected: bool | rx.Var[bool], class_name: str = "", **props: Any) -> rx.Component:
    """One tab. A disabled one says why through ``data_tip``."""
    return rx.el.button(
        *content,
        type="button",
        role="tab",
        aria_selected=selected,
        class_name=join(_TAB, FOCUS, class_name),
        **props,
    )
