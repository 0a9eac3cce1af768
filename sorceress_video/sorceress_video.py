"""Wiring only: the pages, the HTTP routes around them, the guard of their events and the live hints."""

from __future__ import annotations

import reflex as rx

from sorceress_video.http.identity import forget_members
from sorceress_video.http.routes import build_app
from sorceress_video.http.session_guard import SessionGuard
from sorceress_video.live.reflex_port import live_task
from sorceress_video.settings import get_settings
from sorceress_video.ui import pages
from sorceress_video.ui.frame.opening import PageOpening
from sorceress_video.ui.frame.state import FrameState
from sorceress_video.ui.kit import toaster

app = rx.App(
    api_transformer=build_app(),
    stylesheets=pages.STYLESHEETS,
    head_components=pages.head(),
    toaster=toaster(),
)
app.add_middleware(SessionGuard(), index=0)  # Before Reflex's own, which sends the whole state.
app.add_middleware(PageOpening(*pages.OPENED_PLAIN), index=1)
app.register_lifespan_task(
    live_task(
        app,
        on_moved=pages.clips_moved,
        on_ended=FrameState.part,
        on_access=forget_members,
        redis_url=lambda: get_settings().redis_url or "",
    )
)

pages.add_pages(app)
