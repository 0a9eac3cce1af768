"""The right end of the top bar: theme and account."""

from __future__ import annotations

import reflex as rx
from reflex.style import color_mode, set_color_mode

from sorceress_video.ui import kit
from sorceress_video.ui.frame.state import FrameState

_ACCOUNT_MENU = "account-menu"
_THEME_MENU = "theme-menu"

_THEMES = (("dark", "Dark", "moon"), ("light", "Light", "sun"), ("system", "As the system", "monitor"))


def theme_menu() -> rx.Component:
    """Dark, light, or as the system has it; kept in this browser."""
    return rx.fragment(
        rx.el.button(
            kit.icon("sun-moon", size=16),
            type="button",
            aria_label="Theme",
            data_tip="Theme",
            data_testid="theme",
            class_name=kit.join(
                "inline-flex items-center justify-center size-8 rounded-full text-text-2 cursor-pointer "
                "hover:bg-bg-3 hover:text-text-1 transition-colors",
                kit.FOCUS,
                kit.TOUCH_SQUARE,
            ),
            **kit.menu_opener(_THEME_MENU),
        ),
        kit.menu(
            *[_theme(*theme) for theme in _THEMES],
            id=_THEME_MENU,
            label="Theme",
            class_name="kit-menu-narrow",
            role="menu",
        ),
    )


def _theme(value: str, label: str, icon: str) -> rx.Component:
    chosen = color_mode == value
    return rx.el.button(
        kit.icon(icon, size=15),
        rx.el.span(label, class_name="flex-1"),
        rx.cond(chosen, kit.icon("check", size=14, class_name="text-accent")),
        type="button",
        role="menuitemradio",
        aria_checked=chosen,
        on_click=set_color_mode(value),
        custom_attrs={"popoverTarget": _THEME_MENU, "popoverTargetAction": "hide"},
        data_testid=f"theme-{value}",
        class_name=kit.MENU_ITEM,
    )


def account_menu() -> rx.Component:
    """Who is signed in, and the way out; or the way in."""
    return rx.cond(
        FrameState.known,
        rx.cond(
            FrameState.signed_in,
            _signed_in(),
            kit.link_button("Sign in", href="/sign-in", variant="primary", data_testid="sign-in-link"),
        ),
        kit.skeleton("size-7 rounded-full"),
    )


def _signed_in() -> rx.Component:
    return rx.fragment(
        rx.el.button(
            rx.el.span(
                FrameState.initial,
                rx.cond(
                    FrameState.open_requests > 0, rx.el.span(class_name="account-dot", aria_hidden="true")
                ),
                class_name="relative inline-flex items-center justify-center size-7 rounded-full "
                "bg-accent-solid text-white text-sm font-semibold",
            ),
            type="button",
            aria_label="Account: " + FrameState.email,
            data_testid="account",
            class_name=kit.join(
                "inline-flex items-center justify-center rounded-full cursor-pointer",
                kit.FOCUS,
                kit.TOUCH_SQUARE,
            ),
            **kit.menu_opener(_ACCOUNT_MENU),
        ),
        kit.menu(
            rx.el.div(
                rx.el.p(FrameState.email, class_name="text-base font-medium text-text-1 truncate"),
                rx.el.p(FrameState.role, class_name="text-sm text-text-3"),
                class_name="px-2.5 pt-1.5 pb-2.5 mb-1.5 border-b border-line",
            ),
            rx.el.a(
                kit.icon("settings", size=15),
                "Settings",
                href="/settings",
                data_testid="settings-link",
                class_name=kit.join(kit.MENU_ITEM, kit.FOCUS),
            ),
            rx.cond(FrameState.may_manage, _team_link()),
            _post("/auth/sign-out", "Sign out", "log-out", "sign-out"),
            _post("/auth/sign-out-everywhere", "Sign out everywhere", "monitor-off", "sign-out-everywhere"),
            id=_ACCOUNT_MENU,
            label="Account",
        ),
    )


def _team_link() -> rx.Component:
    return rx.el.a(
        kit.icon("users", size=15),
        rx.el.span("Team", class_name="flex-1"),
        rx.cond(
            FrameState.open_requests > 0,
            rx.el.span(
                kit.chip(FrameState.open_requests.to_string(), tone="gold"),
                rx.el.span(" open requests for Pro", class_name="sr-only"),
                data_testid="team-badge",
            ),
        ),
        href="/team",
        data_testid="team-link",
        class_name=kit.join(kit.MENU_ITEM, kit.FOCUS),
    )


def _post(action: str, label: str, icon: str, testid: str) -> rx.Component:
    """A real form: signing out is a navigation, so that the page starts anew without the cookie."""
    return kit.plain_form(
        kit.menu_item(label, icon=icon, type="submit", data_testid=testid),
        action=action,
    )
