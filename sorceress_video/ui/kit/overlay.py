"""What floats: dialogs (sheets on small screens), menus, tooltips."""

from __future__ import annotations

from typing import Any, Literal

import reflex as rx

from sorceress_video.ui.kit.button import icon_button
from sorceress_video.ui.kit.classes import FOCUS, join
from sorceress_video.ui.kit.icon import icon as draw_icon

OVERLAY = rx.asset("overlay.jsx", shared=True)

Place = Literal["center", "left", "right"]


class NativeDialog(rx.Component):
    """Native ``<dialog>`` that follows ``open``; see ``overlay.jsx``."""

    library = OVERLAY.importable_path
    tag = "Dialog"

    open: rx.Var[bool]
    on_dismiss: rx.EventHandler[rx.event.no_args_event_spec]


class _PageBehaviour(rx.Component):
    """The page's one tooltip and its shared keys; see ``overlay.jsx``."""

    library = OVERLAY.importable_path
    tag = "PageBehaviour"


def page_behaviour() -> rx.Component:
    """Stands once on every page: tooltips (``data_tip``), arrow keys (``data_roving``), ``data_opens``."""
    return _PageBehaviour.create()


def dialog(
    *content: Any,
    title: str | rx.Var[str],
    subtitle: str | rx.Var[str] | None = None,
    foot: rx.Component | None = None,
    id: str,  # noqa: A002 - the attribute's own name
    place: Place = "center",
    class_name: str = "",
    **props: Any,
) -> rx.Component:
    """A modal dialog with head, scrolling body and foot; below 1024 px a sheet that can be pulled down.

    Opened by ``open=`` with ``on_dismiss=``, or by any button with ``data_opens=<id>``.
    """
    return NativeDialog.create(
        grab_bar(),
        rx.el.div(
            rx.el.div(
                rx.el.h2(title, id=f"{id}-title", class_name="text-md font-semibold text-text-1 truncate"),
                rx.el.p(subtitle, class_name="text-sm text-text-3 truncate")
                if subtitle is not None
                else None,
                class_name="min-w-0 flex-1",
            ),
            icon_button("x", "Close", data_closes=True, tip=False, class_name="-mr-1.5"),
            class_name="flex items-center gap-2 px-4 pt-3.5 pb-3 pointer-coarse:py-1 border-b border-line",
        ),
        rx.el.div(
            *content,
            tab_index=0,
            class_name=join("panel-body p-4 kit-scroll focus-visible:ring-inset", FOCUS),
        ),
        rx.el.div(foot, class_name="flex justify-end gap-2 px-4 py-3 border-t border-line")
        if foot is not None
        else None,
        id=id,
        aria_labelledby=f"{id}-title",
        class_name=join("kit-dialog", f"kit-dialog-{place}", class_name),
        **props,
    )


def grab_bar() -> rx.Component:
    """The handle of a sheet, on small screens only."""
    return rx.el.div(
        rx.el.span(class_name="block w-9 h-1 rounded-full bg-line-strong"),
        data_grab=True,
        aria_hidden=True,
        class_name="lg:hidden flex justify-center pt-2.5 pb-1.5 touch-none cursor-grab",
    )


def menu(*items: Any, id: str, label: str, class_name: str = "", **props: Any) -> rx.Component:  # noqa: A002
    """A menu under the right end of the top bar, opened by :func:`menu_opener` with the same id."""
    return rx.el.div(
        *items,
        id=id,
        aria_label=label,
        class_name=join("kit-menu", class_name),
        custom_attrs={"popover": "auto"},
        **props,
    )


def menu_opener(id: str) -> dict[str, Any]:  # noqa: A002
    """Attributes that make a button open and close the menu."""
    return {"custom_attrs": {"popoverTarget": id}, "aria_haspopup": "true"}


MENU_ITEM = (
    "flex items-center gap-2.5 w-full h-8 px-2.5 rounded-sm text-base text-text-2 text-left cursor-pointer "
    "hover:bg-bg-3 hover:text-text-1 pointer-coarse:h-11"
)


def menu_item(label: str, *, icon: str, **props: Any) -> rx.Component:
    """One line of a menu."""
    props.setdefault("type", "button")
    return rx.el.button(draw_icon(icon, size=15), label, class_name=join(MENU_ITEM, FOCUS), **props)
