"""The frame of a page beside the workspace: a slim bar with the ways back, one column, one heading."""

from __future__ import annotations

import reflex as rx

from sorceress_video.ui import kit
from sorceress_video.ui.frame.account import account_menu, theme_menu
from sorceress_video.ui.frame.brand import mark


def column_page(
    title: str, *content: rx.Component, line: str | rx.Var[str] = "", wide: bool = False
) -> rx.Component:
    """A whole page.

    Args:
        title: its heading.
        content: what stands below it.
        line: a sentence under the heading.
        wide: for tables; otherwise the column is as wide as one reads.
    """
    return rx.el.div(
        _bar(),
        rx.el.main(
            rx.el.h1(title, class_name="text-xl font-semibold text-text-1"),
            rx.el.p(line, class_name="text-md text-text-3 mt-1 text-pretty empty:hidden"),
            *content,
            class_name=kit.join(
                "w-full mx-auto px-4 sm:px-6 pt-8 pb-24", "max-w-[1120px]" if wide else "max-w-[760px]"
            ),
        ),
        kit.page_behaviour(),
        kit.toasts(),
        class_name="min-h-dvh bg-bg-0 text-text-1",
    )


def _bar() -> rx.Component:
    return rx.el.header(
        kit.plain_link(
            kit.icon("arrow-left", size=16),
            mark(20),
            rx.el.span("Back to the workspace", class_name="text-base font-medium text-text-1"),
            href="/",
            class_name=kit.join("flex items-center gap-2 rounded-sm px-1", kit.FOCUS, kit.TOUCH_HEIGHT),
            data_testid="go-home",
        ),
        rx.el.div(theme_menu(), account_menu(), class_name="ml-auto flex items-center gap-1.5"),
        class_name="sticky top-0 z-20 flex items-center h-12 px-3 bg-bg-1 border-b border-line",
    )
