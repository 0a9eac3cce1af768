"""The chip that counts clips in the making."""

from __future__ import annotations

import reflex as rx

from sorceress_video.ui.frame.state import FrameState
from sorceress_video.ui.gallery.models import Card
from sorceress_video.ui.gallery.state import GalleryState

_SCRIPT = rx.asset("running.jsx", shared=True)


class _RunningChip(rx.Component):
    """See ``running.jsx``."""

    library = _SCRIPT.importable_path
    tag = "RunningChip"

    cards: rx.Var[list[Card]]
    start: rx.Var[int]
    fresh: rx.Var[int]
    running: rx.Var[int]
    waiting: rx.Var[int]
    on_recount: rx.EventHandler[rx.event.no_args_event_spec]


def running_chip() -> rx.Component:
    """“2 running · 1 waiting”; nothing while nothing is."""
    return _RunningChip.create(
        cards=GalleryState.cards,
        start=GalleryState.start,
        fresh=GalleryState.fresh,
        running=FrameState.running,
        waiting=FrameState.waiting,
        on_recount=FrameState.recount,
    )
