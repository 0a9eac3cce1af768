"""The prompt panel's parts that the browser plays alone: the draft, the button, the uploads."""

from __future__ import annotations

import reflex as rx

from sorceress_video.ui.frame.panel import FRAME_SCRIPT
from sorceress_video.ui.kit import KEYS
from sorceress_video.ui.prompt_panel.models import ButtonFaces, Reference, Slot, Tray

_DRAFT = rx.asset("draft.jsx", shared=True)
_SLOTS = rx.asset("slots.jsx", shared=True)
_TRAYS = rx.asset("trays.jsx", shared=True)
IMPORTED = (
    FRAME_SCRIPT,
    KEYS,
    rx.asset("voice.jsx", shared=True),
    rx.asset("completion.jsx", shared=True),
    rx.asset("history.jsx", shared=True),
    rx.asset("upload.jsx", shared=True),
)
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
    references: rx.Var[list[Reference]]
    labelled: rx.Var[bool]
    history: rx.Var[list[str]]
    history_read: rx.Var[int]
    on_sync: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_history: rx.EventHandler[rx.event.no_args_event_spec]


class GenerateButton(rx.Component):
    """The button; ``on_generate`` gets the present text, the request's token and no agreed sum."""

    library = _DRAFT.importable_path
    tag = "GenerateButton"

    faces: rx.Var[ButtonFaces]
    limit: rx.Var[int]
    limited_by: rx.Var[str]
    accepted: rx.Var[str]
    answers: rx.Var[int]
    compact: rx.Var[bool]
    on_generate: rx.EventHandler[rx.event.passthrough_event_spec(str, str, str)]


class ConfirmButton(rx.Component):
    """The button of the question before a large sum.

    ``on_generate`` gets text, token and the agreed sum; ``on_repeat`` what is done to which clip, token and
    sum.
    """

    library = _DRAFT.importable_path
    tag = "ConfirmButton"

    sum: rx.Var[str]
    token: rx.Var[str]
    deed: rx.Var[str]
    clip: rx.Var[str]
    label: rx.Var[str]
    on_generate: rx.EventHandler[rx.event.passthrough_event_spec(str, str, str)]
    on_repeat: rx.EventHandler[rx.event.passthrough_event_spec(str, str, str, str)]


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
