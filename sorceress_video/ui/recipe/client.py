"""Hears films that are dropped on the workspace; see ``film_drop.jsx``."""

from __future__ import annotations

import reflex as rx

_DROP = rx.asset("film_drop.jsx", shared=True)
_TAGS = rx.asset("mp4_tags.jsx", shared=True)
IMPORTED = (_TAGS,)
"""What the script imports; naming it here has it laid out for the build."""


class FilmDrop(rx.Component):
    """Reads the recipe of a dropped film in the browser; the film itself goes nowhere."""

    library = _DROP.importable_path
    tag = "FilmDrop"

    on_recipe: rx.EventHandler[rx.event.passthrough_event_spec(str)]
