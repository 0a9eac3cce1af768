"""One section of the settings page: what it is about at the left, its controls beside or below."""

from __future__ import annotations

import reflex as rx

from sorceress_video.ui.pages.door import arrival


def section(
    title: str,
    *content: rx.Component | None,
    id: str,  # noqa: A002 - the attribute's own name
    line: str | rx.Component = "",
) -> rx.Component:
    """A section with its heading; ``/settings#<id>`` leads to it.

    Args:
        title: its heading, and its name for assistive technology.
        content: its controls.
        id: its anchor.
        line: a sentence on what it is for.
    """
    return rx.el.section(
        rx.el.div(
            rx.el.h2(title, id=f"{id}-title", class_name="text-md font-semibold text-text-1"),
            rx.el.p(line, class_name="text-sm text-text-3 mt-1 text-pretty") if line != "" else None,
        ),
        rx.el.div(*content, class_name="min-w-0 flex flex-col gap-4"),
        arrival(id),
        id=id,
        aria_labelledby=f"{id}-title",
        data_testid=f"settings-{id}",
        class_name="scroll-mt-12 grid gap-4 lg:grid-cols-[220px_minmax(0,1fr)] lg:gap-8 py-7 "
        "border-t border-line",
    )


def answer(text: rx.Var[str], *, refused: rx.Var[bool], testid: str) -> rx.Component:
    """What came of the last change in a section; read out when it changes."""
    return rx.el.p(
        text,
        role="status",
        class_name=rx.cond(refused, "text-sm text-bad empty:hidden", "text-sm text-ok empty:hidden"),
        data_testid=testid,
    )
