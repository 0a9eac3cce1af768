"""The page's end of the live way, as a component."""

from __future__ import annotations

from typing import Any

import reflex as rx

from sorceress_video.live.state import LiveState

LIVE_STORE = rx.asset("live_store.jsx", shared=True)
"""Other components import ``useTick`` and ``useSecondsSince`` from here."""


class LiveFeed(rx.Component):
    """Merges ticks into the page's store, says when rows should be read again; see ``live_store.jsx``."""

    library = LIVE_STORE.importable_path
    tag = "LiveFeed"

    tick: rx.Var[list[list[str | int]]]
    active: rx.Var[bool]
    server_now: rx.Var[int]
    on_doubt: rx.EventHandler[rx.event.no_args_event_spec]  # type: ignore[valid-type, type-arg]


def live_feed(*, active: rx.Var[bool], server_now: rx.Var[int], on_doubt: Any) -> rx.Component:
    """Stands once on a page that shows clips.

    Args:
        active: whether clips are being made, so that the rows are read every 15 s.
        server_now: Unix seconds of the server when it sent the cards.
        on_doubt: reads the rows again.
    """
    return LiveFeed.create(tick=LiveState.tick, active=active, server_now=server_now, on_doubt=on_doubt)
