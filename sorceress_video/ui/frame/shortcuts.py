"""The workspace's keys, and the button that lists them."""

from __future__ import annotations

import reflex as rx

from sorceress_video.ui import kit
from sorceress_video.ui.frame.panel import FRAME_SCRIPT

_SCRIPT = rx.asset("shortcuts.jsx", shared=True)
IMPORTED = (FRAME_SCRIPT, kit.KEYS)
"""Scripts of other modules that this one imports; naming them has them laid out for the build."""


class _Shortcuts(rx.Component):
    """See ``shortcuts.jsx``."""

    library = _SCRIPT.importable_path
    tag = "Shortcuts"


def shortcuts() -> rx.Component:
    """Stands once in the frame: the keys, and the sheet that lists them."""
    return rx.fragment(_Shortcuts.create(), kit.key_sheet())


def keys_button() -> rx.Component:
    """The way to the sheet for a pointer, and for whoever switched single keys off."""
    return kit.icon_button(
        "keyboard",
        "Keyboard shortcuts",
        data_opens=kit.KEY_SHEET,
        data_testid="keys-open",
        class_name="rounded-full max-lg:hidden",
    )
