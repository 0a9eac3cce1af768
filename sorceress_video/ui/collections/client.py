"""The dialogs about collections, which the browser opens by itself."""

from __future__ import annotations

import reflex as rx

from sorceress_video.ui.collections.models import CollectionTile
from sorceress_video.ui.kit.overlay import OVERLAY

COLLECT = rx.asset("collect.jsx", shared=True)
"""Other scripts import ``openCollect`` and ``askName`` from here."""
IMPORTED = (OVERLAY,)
"""The files that only this script imports; naming them here has them laid out for the build."""


class CollectButton(rx.Component):
    """A button that puts a clip into a collection; see ``collect.jsx``."""

    library = COLLECT.importable_path
    tag = "CollectButton"

    clip_id: rx.Var[str]


class NameButton(rx.Component):
    """A button that asks for a name first; see ``collect.jsx``."""

    library = COLLECT.importable_path
    tag = "NameButton"

    title: rx.Var[str]
    value: rx.Var[str]
    submit: rx.Var[str]
    on_name: rx.EventHandler[rx.event.passthrough_event_spec(str)]


class NameQuestion(rx.Component):
    """The dialog that every :class:`NameButton` opens. Stands once on a page."""

    library = COLLECT.importable_path
    tag = "NameQuestion"


class CollectDialog(rx.Component):
    """The dialog that every :class:`CollectButton`, and ``openCollect``, opens. Stands once on a page."""

    library = COLLECT.importable_path
    tag = "CollectDialog"

    tiles: rx.Var[list[CollectionTile]]
    holding: rx.Var[list[str]]
    on_open: rx.EventHandler[rx.event.passthrough_event_spec(str)]
    on_collect: rx.EventHandler[rx.event.passthrough_event_spec(str, str, dict)]
