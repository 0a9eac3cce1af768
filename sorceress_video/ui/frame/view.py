"""The frame of the workspace: top bar, three panels, and on small screens a dock."""

from __future__ import annotations

import reflex as rx

from sorceress_video.ui import kit
from sorceress_video.ui.frame.account import account_menu, theme_menu
from sorceress_video.ui.frame.brand import mark
from sorceress_video.ui.frame.panel import frame_behaviour
from sorceress_video.ui.frame.shortcuts import keys_button, shortcuts

TOOL = "AI Video Gen"


def workspace_frame(
    *,
    left: rx.Component,
    centre: rx.Component,
    right: rx.Component,
    dock: rx.Component,
    queue: rx.Component,
) -> rx.Component:
    """The whole page. ``dock`` shows on small screens only."""
    return rx.el.div(
        rx.el.a(
            "Skip to the gallery",
            href="#gallery",
            class_name="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:top-2 focus:left-2 "
            "focus:px-3 "
            "focus:py-2 focus:rounded-sm focus:bg-accent-solid focus:text-white",
        ),
        _top_bar(queue),
        left,
        rx.el.main(centre, id="gallery", tab_index=-1, class_name="frame-main outline-none flex flex-col"),
        right,
        dock,
        frame_behaviour(),
        kit.page_behaviour(),
        shortcuts(),
        kit.toasts(),
        class_name="frame bg-bg-0 text-text-1",
    )


def _top_bar(queue: rx.Component) -> rx.Component:
    return rx.el.header(
        rx.el.h1(f"Sorceress {TOOL}", class_name="sr-only"),
        rx.el.div(
            rx.el.a(
                mark(20),
                rx.el.span("Sorceress", class_name="hidden lg:inline text-md font-semibold text-text-1"),
                rx.el.span(TOOL, class_name="lg:hidden text-md font-semibold text-text-1"),
                href="/",
                aria_label=f"Sorceress {TOOL}",
                class_name=kit.join("flex items-center gap-2 rounded-sm", kit.FOCUS, kit.TOUCH_HEIGHT),
            ),
            class_name="flex items-center lg:w-(--left) px-3.5 shrink-0",
        ),
        rx.el.nav(
            rx.el.a(
                TOOL,
                href="/",
                aria_current="page",
                class_name=kit.join(
                    "inline-flex items-center h-8 px-2.5 rounded-sm bg-bg-3 text-base font-medium",
                    "text-text-1",
                    kit.FOCUS,
                ),
            ),
            aria_label="Tools",
            class_name="hidden lg:flex items-center",
        ),
        rx.el.div(
            queue,
            keys_button(),
            theme_menu(),
            account_menu(),
            class_name="ml-auto flex items-center gap-1.5 pr-3",
        ),
        class_name="frame-bar flex items-center bg-bg-1 border-b border-line",
    )
