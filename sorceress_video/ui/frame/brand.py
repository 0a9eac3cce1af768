"""The mark."""

from __future__ import annotations

import reflex as rx


def mark(size: int) -> rx.Component:
    """A crescent in a rounded square; the same drawing as ``favicon.svg``."""
    return rx.el.img(
        src="/favicon.svg",
        alt="",
        width=size,
        height=size,
        aria_hidden=True,
        class_name="shrink-0 rounded-[5px]",
    )
