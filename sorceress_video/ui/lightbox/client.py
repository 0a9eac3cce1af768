"""The lightbox's parts that the browser plays alone: the stage, the player, the way to the next clip."""

from __future__ import annotations

import reflex as rx

from sorceress_video.ui.frame.panel import FRAME_SCRIPT
from sorceress_video.ui.gallery.models import Card
from sorceress_video.ui.kit.keys import KEYS
from sorceress_video.ui.lightbox.models import Family

STORE = rx.asset("store.jsx", shared=True)
_STRIP = rx.asset("strip.jsx", shared=True)
_WORDS = rx.asset("words.jsx", shared=True)
_FRAMES = rx.asset("frame_deeds.jsx", shared=True)
_LINEAGE = rx.asset("lineage.jsx", shared=True)
STAGE = rx.asset("stage.jsx", shared=True)
"""The gallery's tiles import ``openLightbox`` from here."""
PLAYER = rx.asset("player.jsx", shared=True)
IMPORTED = (PLAYER, STORE, _STRIP, FRAME_SCRIPT, KEYS)
"""What the stage and its neighbours import; naming them here has them laid out for the build."""


class Lightbox(rx.Component):
    """The dialog with stage and player; its children are the buttons above and the column beside."""

    library = STAGE.importable_path
    tag = "Lightbox"

    story_id: rx.Var[str]
    fps: rx.Var[float]
    sound: rx.Var[bool]
    strip: rx.Var[list[Card]]
    linked: rx.Var[Card | None]
    index: rx.Var[int]
    total: rx.Var[int]
    where: rx.Var[str]
    problem: rx.Var[str]
    on_go: rx.EventHandler[rx.event.passthrough_event_spec(str)]


class CopyButton(rx.Component):
    """Copies a text and says so for a moment."""

    library = _WORDS.importable_path
    tag = "CopyButton"

    text: rx.Var[str]


class When(rx.Component):
    """A moment, given in Unix seconds, in the reader's own time."""

    library = _WORDS.importable_path
    tag = "When"

    at: rx.Var[int]


class FrameDeeds(rx.Component):
    """“Use this frame” and “Continue”; see ``frame_deeds.jsx``."""

    library = _FRAMES.importable_path
    tag = "FrameDeeds"

    clip_id: rx.Var[str]
    on_frame: rx.EventHandler[rx.event.passthrough_event_spec(str, str)]
    on_continue: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_motion: rx.EventHandler[rx.event.passthrough_event_spec(str)]


class Lineage(rx.Component):
    """The family of the clip on the stage; see ``lineage.jsx``."""

    library = _LINEAGE.importable_path
    tag = "Lineage"

    clip_id: rx.Var[str]
    family: rx.Var[Family]
    on_go: rx.EventHandler[rx.event.passthrough_event_spec(str)]
