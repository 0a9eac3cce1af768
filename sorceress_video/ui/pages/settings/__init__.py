"""``/settings``: the own account, as a list of sections. A new section is a module here and a line below."""

from __future__ import annotations

import reflex as rx

from sorceress_video.ui.frame.page import column_page
from sorceress_video.ui.frame.state import FrameState
from sorceress_video.ui.pages.settings.downloads import downloads
from sorceress_video.ui.pages.settings.password import password
from sorceress_video.ui.pages.settings.profile import ProfileState, profile
from sorceress_video.ui.pages.settings.providers import ProvidersState, providers
from sorceress_video.ui.pages.settings.sessions import SessionsState, sessions
from sorceress_video.ui.pages.settings.spending import SpendingState, spending
from sorceress_video.ui.recipe.state import DownloadsState

SECTIONS = (profile, password, sessions, spending, downloads, providers)
LOADS = (
    ProfileState.load,
    SessionsState.load,
    SpendingState.load,
    DownloadsState.load,
    ProvidersState.load,
)
"""What the sections read when the page opens."""


def settings() -> rx.Component:
    """The page."""
    return column_page(
        "Settings",
        rx.el.div(*[section() for section in SECTIONS], class_name="mt-6"),
        line=rx.cond(FrameState.email != "", FrameState.email, "\u00a0"),
    )
