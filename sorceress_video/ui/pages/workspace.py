"""``/``: the workspace."""

from __future__ import annotations

import reflex as rx

from sorceress_video.ui.frame.view import workspace_frame
from sorceress_video.ui.gallery.view import gallery
from sorceress_video.ui.model_panel.view import model_panel, models_chip
from sorceress_video.ui.prompt_panel.money import confirm_dialog
from sorceress_video.ui.prompt_panel.view import dock, prompt_panel
from sorceress_video.ui.queue.view import queue


def workspace() -> rx.Component:
    """Models at the left, the gallery, the prompt at the right."""
    return workspace_frame(
        left=model_panel(),
        centre=gallery(models_chip()),
        right=rx.fragment(prompt_panel(), confirm_dialog()),  # It asks where the panel is folded, too.
        dock=dock(),
        queue=queue(),
    )
