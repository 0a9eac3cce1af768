"""What tells a person how things stand: skeletons, rings, empty states, notes, toasts."""

from __future__ import annotations

from typing import Any, Literal

import reflex as rx

from sorceress_video.ui.kit.classes import join
from sorceress_video.ui.kit.icon import icon as draw_icon

_RADIUS = 20
CIRCUMFERENCE = 2 * 3.14159265 * _RADIUS


def skeleton(class_name: str = "h-4 w-full", **props: Any) -> rx.Component:
    """A still block in the place of what is on its way."""
    return rx.el.div(aria_hidden=True, class_name=join("rounded-sm bg-bg-3", class_name), **props)


def progress_ring(
    fraction: rx.Var[float] | float, *, label: str | rx.Var[str] = "Progress", size: int = 44
) -> rx.Component:
    """A ring that fills clockwise. ``fraction`` is 0…1; moves are eased between ticks."""
    return rx.el.svg(
        rx.el.circle(
            cx=24,
            cy=24,
            r=_RADIUS,
            fill="none",
            stroke="currentColor",
            stroke_width=4,
            class_name="opacity-20",
        ),
        rx.el.circle(
            cx=24,
            cy=24,
            r=_RADIUS,
            fill="none",
            stroke="var(--accent)",
            stroke_width=4,
            stroke_linecap="round",
            stroke_dasharray=CIRCUMFERENCE,
            style={"strokeDashoffset": CIRCUMFERENCE * (1 - fraction)},
            class_name="transition-[stroke-dashoffset] duration-300",
        ),
        custom_attrs={"viewBox": "0 0 48 48", "width": size, "height": size},
        role="img",
        aria_label=label,
        class_name="-rotate-90",
    )


def empty_state(
    sentence: str | rx.Var[str],
    *,
    title: str | rx.Var[str] = "",
    icon: str,
    action: rx.Component | None = None,
    **props: Any,
) -> rx.Component:
    """Nothing here yet: an icon, what that means, one thing to do."""
    return rx.el.div(
        rx.el.span(
            draw_icon(icon, size=20),
            class_name=join(
                "inline-flex items-center justify-center size-11 rounded-full",
                "bg-bg-2 border border-line text-text-3",
            ),
        ),
        rx.el.p(title, class_name="text-md font-semibold text-text-1 mt-1") if title != "" else None,
        rx.el.p(sentence, class_name="text-base text-text-3 max-w-72 text-pretty"),
        action,
        class_name="flex flex-col items-center justify-center gap-2.5 text-center px-6 py-10",
        **props,
    )


NoteTone = Literal["info", "gold", "bad"]
_NOTES: dict[NoteTone, tuple[str, str]] = {
    "info": ("info", "text-text-3"),
    "gold": ("key-round", "text-gold"),
    "bad": ("triangle-alert", "text-bad"),
}


def note(*content: Any, tone: NoteTone = "info", class_name: str = "", **props: Any) -> rx.Component:
    """A line of small text with its icon."""
    name, colour = _NOTES[tone]
    return rx.el.p(
        draw_icon(name, size=14, class_name="mt-px"),
        rx.el.span(*content, class_name="min-w-0"),
        class_name=join("flex gap-2 text-sm", colour, class_name),
        **props,
    )


def toaster() -> rx.Component:
    """Where toasts appear: bottom centre, in the product's colours (``kit.css``)."""
    return rx.toast.provider(
        position="bottom-center", rich_colors=False, expand=False, visible_toasts=3, gap=8, offset="24px"
    )
