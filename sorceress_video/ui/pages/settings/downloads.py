"""Whether a downloaded clip says how it was made."""

from __future__ import annotations

import reflex as rx

from sorceress_video.ui import kit
from sorceress_video.ui.pages.settings.section import section
from sorceress_video.ui.recipe.state import DownloadsState

_LABEL = "Keep prompt and settings in downloads"


def downloads() -> rx.Component:
    """The section."""
    return section(
        "Downloads",
        rx.el.div(
            rx.el.p(_LABEL, class_name="text-base font-medium text-text-1", aria_hidden="true"),
            kit.switch(
                checked=DownloadsState.embed,
                label=_LABEL,
                on_click=DownloadsState.choose(~DownloadsState.embed),
                data_testid="embed-metadata",
            ),
            class_name="flex items-center justify-between gap-4",
        ),
        id="downloads",
        line="A downloaded MP4 says how it was made. Drop it on the workspace to make more like it. "
        "What you share with the team never says it.",
    )
