"""Keys: one registry in the browser, and the sheet that lists what is in it."""

from __future__ import annotations

import reflex as rx

from sorceress_video.ui.kit.overlay import dialog

KEYS = rx.asset("keys.jsx", shared=True)
"""Other scripts import ``onKeys`` and ``useKeys`` from here."""
KEY_SHEET = "key-sheet"
"""The sheet's id, for ``data_opens``; “?” opens it too."""


class _KeyList(rx.Component):
    """See ``keys.jsx``."""

    library = KEYS.importable_path
    tag = "KeyList"


def key_sheet() -> rx.Component:
    """Stands once on a page that has keys of its own; hears them, and lists them by scope."""
    return dialog(_KeyList.create(), title="Keyboard", id=KEY_SHEET, data_testid="key-sheet")
