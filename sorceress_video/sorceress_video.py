"""Wiring only: the pages, the HTTP routes and the tasks that make up the web process."""

from __future__ import annotations

import reflex as rx
from starlette.applications import Starlette


def index() -> rx.Component:
    return rx.el.main(rx.el.h1("Sorceress AI Video Gen"))


routes = Starlette()

app = rx.App(api_transformer=routes)
app.add_page(index, route="/", title="Sorceress AI Video Gen")
