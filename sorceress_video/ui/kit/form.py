"""Controls that take a value: fields, selects, switches, sliders."""

from __future__ import annotations

from typing import Any

import reflex as rx

from sorceress_video.ui.kit.classes import FOCUS, TOUCH_HEIGHT, join
from sorceress_video.ui.kit.icon import icon as draw_icon

_INPUTS = rx.asset("inputs.jsx", shared=True)

INPUT = (
    "w-full h-8 px-2.5 rounded-md bg-bg-0 border border-line-strong text-base text-text-1 "
    "placeholder:text-text-3 transition-[border-color,box-shadow] outline-none hover:border-text-3 "
    "focus-visible:border-accent focus-visible:ring-3 focus-visible:ring-accent-soft "
    "disabled:opacity-45 pointer-coarse:h-11 pointer-coarse:text-lg"
)
"""Looks of a one-line input. 16 px under a finger, or iOS zooms the page."""


def text_input(*, class_name: str = "", **props: Any) -> rx.Component:
    """A one-line input."""
    return rx.el.input(class_name=join(INPUT, class_name), **props)


def field(label: str, control: rx.Component, *, for_id: str, hint: str | None = None) -> rx.Component:
    """A control under its label."""
    return rx.el.div(
        rx.el.label(label, html_for=for_id, class_name="text-base font-medium text-text-1"),
        control,
        rx.el.p(hint, class_name="text-sm text-text-3") if hint else None,
        class_name="flex flex-col gap-1.5",
    )


def select(*options: Any, label: str | rx.Var[str], class_name: str = "", **props: Any) -> rx.Component:
    """The browser's own list, in the product's looks."""
    return rx.el.span(
        rx.el.select(
            *options,
            aria_label=label,
            class_name=join(INPUT, "appearance-none pr-8 cursor-pointer", class_name),
            **props,
        ),
        draw_icon(
            "chevron-down",
            size=14,
            class_name="absolute right-2.5 top-1/2 -translate-y-1/2 text-text-3 pointer-events-none",
        ),
        class_name="relative block w-full",
    )


def switch(*, checked: bool | rx.Var[bool], label: str | rx.Var[str], **props: Any) -> rx.Component:
    """On or off."""
    return rx.el.button(
        rx.el.span(class_name="kit-switch-knob"),
        type="button",
        role="switch",
        aria_checked=checked,
        aria_label=label,
        class_name=join("kit-switch", FOCUS),
        **props,
    )


class _Slider(rx.Component):
    """See ``inputs.jsx``."""

    library = _INPUTS.importable_path
    tag = "Slider"

    value: rx.Var[float]
    min: rx.Var[float]
    max: rx.Var[float]
    step: rx.Var[float]
    unit: rx.Var[str]
    label: rx.Var[str]
    on_commit: rx.EventHandler[rx.event.passthrough_event_spec(float)]


class _CommitInput(rx.Component):
    """See ``inputs.jsx``."""

    library = _INPUTS.importable_path
    tag = "CommitInput"

    value: rx.Var[str]
    placeholder: rx.Var[str]
    input_mode: rx.Var[str]
    max_length: rx.Var[int]
    disabled: rx.Var[bool]
    on_commit: rx.EventHandler[rx.event.passthrough_event_spec(str)]


def slider(**props: Any) -> rx.Component:
    """A range with its figure; ``on_commit`` gets the number where it was let go."""
    return _Slider.create(**props)


def commit_input(*, class_name: str = "", **props: Any) -> rx.Component:
    """A one-line input; ``on_commit`` gets the text when the person leaves it or presses Enter."""
    return _CommitInput.create(class_name=join(INPUT, TOUCH_HEIGHT, class_name), **props)
