"""Icons: lucide, all with the stroke that ``kit.css`` gives them."""

from __future__ import annotations

from typing import Any

import reflex as rx

from sorceress_video.ui.kit.classes import join


def icon(name: str, *, size: int = 16, class_name: str = "", **props: Any) -> rx.Component:
    """A lucide icon that assistive technology skips; the control around it carries the name."""
    return rx.icon(
        name,
        size=size,
        aria_hidden=True,
        class_name=join("shrink-0", class_name),
        **props,
    )
