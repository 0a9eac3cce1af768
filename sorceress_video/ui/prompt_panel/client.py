"""The prompt panel's parts that the browser plays alone: the draft, the button, the uploads."""

from __future__ import annotations

import reflex as rx

from sorceress_video.ui.frame.panel import FRAME_SCRIPT
from sorceress_video.ui.prompt_panel.models import ButtonFaces, Slot, Tray

_DRAFT = rx.asset("draft.jsx", shared=True)
_SLOTS = rx.asset("slots.jsx", shared=True)
_TRAYS = rx.asset("trays.jsx", shared=True)
IMPORTED = (FRAME_SCRIPT, rx.asset("upload.jsx", shared=True))
"""Scripts that only these import; naming them has them laid out for the build."""


class PromptBox(rx.Component):
    """The prompt; see ``draft.jsx``."""

    library = _DRAFT.importable_path
    tag = "PromptBox"

    text: rx.Var[str]
    version: rx.Var[str]
    limit: rx.Var[int]
    limited_by: rx.Var[str]
    placeholder: rx.Var[str]
    on_sync: rx.EventHandler[rx.event.passthrough_event_spec(str)]


class GenerateButton(rx.Component):
    """The button; ``on_generate`` gets the present text and the request's token."""

    library = _DRAFT.importable_path
    tag = "GenerateButton"

    faces: rx.Var[ButtonFaces]
    limit: rx.Var[int]
    limited_by: rx.Var[str]
    accepted: rx.Var[str]
    refusal: rx.Var[str]
    compact: rx.Var[bool]
    on_generate: rx.EventHandler[rx.event.passthrough_event_spec(str, str)]


class DockPrompt(rx.Component):
    """The prompt's first line, which opens the prompt panel."""

    library = _DRAFT.importable_path
    tag = "DockPrompt"

    empty: rx.Var[str]


class FrameSlots(rx.Component):
    """The frame slots; ``on_uploaded`` gets the role and the new asset's id."""

    library = _SLOTS.importable_path
    tag = "FrameSlots"

    slots: rx.Var[list[Slot]]
    signed_in: rx.Var[bool]
    on_uploaded: rx.EventHandler[rx.event.passthrough_event_spec(str, str)]
    on_clip_frame: rx.EventHandler[rx.event.passthrough_event_spec(str, str, str)]
    on_remove: rx.EventHandler[rx.event.passthrough_event_spec(str)]


class Trays(rx.Component):
    """Places for several files; handlers get the tray's role, then an asset's or a clip's id.

    Those that may change labels get the prompt's present text last; see ``trays.jsx``.
    """

    library = _TRAYS.importable_path
    tag = "Trays"

    trays: rx.Var[list[Tray]]
    signed_in: rx.Var[bool]
    on_add: rx.EventHandler[rx.event.passthrough_event_spec(str, str)]
    on_film: rx.EventHandler[rx.event.passthrough_event_spec(str, str)]
    on_remove: rx.EventHandler[rx.event.passthrough_event_spec(str, str, str)]
    on_move: rx.EventHandler[rx.event.passthrough_event_spec(str, str, int, str)]
    on_trim: rx.EventHandler[rx.event.passthrough_event_spec(str, float)]
