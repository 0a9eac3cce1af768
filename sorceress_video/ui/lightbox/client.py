"""The lightbox's parts that the browser plays alone: the stage, the player, the way to the next clip."""

from __future__ import annotations

import reflex as rx

from sorceress_video.ui.gallery.models import Card

STAGE = rx.asset("stage.jsx", shared=True)
"""The gallery's tiles import ``openLightbox`` from here."""
PLAYER = rx.asset("player.jsx", shared=True)
"""Imported by the stage; laid out beside it for the build."""


class Lightbox(rx.Component):
    """The dialog with stage and player; its children are the buttons above and the column beside."""

    library = STAGE.importable_path
    tag = "Lightbox"

    story_id: rx.Var[str]
    fps: rx.Var[float]
    sound: rx.Var[bool]
    previous: rx.Var[Card | None]
    next: rx.Var[Card | None]
    index: rx.Var[int]
    total: rx.Var[int]
    where: rx.Var[str]
    problem: rx.Var[str]
    on_go: rx.EventHandler[rx.event.passthrough_event_spec(str)]


class CopyButton(rx.Component):
    """Copies a text and says so for a moment."""

    library = STAGE.importable_path
    tag = "CopyButton"

    text: rx.Var[str]


class When(rx.Component):
    """A moment, given in Unix seconds, in the reader's own time."""

    library = STAGE.importable_path
    tag = "When"

    at: rx.Var[int]
