"""Wiring only: the pages, the HTTP routes around them and the guard of their events."""

from __future__ import annotations

import reflex as rx

from sorceress_video.http.routes import build_app
from sorceress_video.http.session_guard import SessionGuard


def index() -> rx.Component:
    """Holds the place of the workspace."""
    page: rx.Component = rx.el.main(rx.el.h1("Sorceress AI Video Gen"))
    return page


app = rx.App(api_transformer=build_app())
app.add_middleware(SessionGuard(), index=0)  # Before Reflex's own, which sends the whole state.

app.add_page(index, route="/", title="Sorceress AI Video Gen")
