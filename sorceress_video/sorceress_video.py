"""Wiring only: the pages, the HTTP routes around them and the guard of their events."""

from __future__ import annotations

import reflex as rx

from sorceress_video.http.routes import build_app
from sorceress_video.http.session_guard import SessionGuard
from sorceress_video.ui import pages
from sorceress_video.ui.kit import toaster

app = rx.App(
    api_transformer=build_app(),
    stylesheets=pages.STYLESHEETS,
    head_components=pages.head(),
    toaster=toaster(),
)
app.add_middleware(SessionGuard(), index=0)  # Before Reflex's own, which sends the whole state.

pages.add_pages(app)
