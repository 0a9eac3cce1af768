"""The tab's end of the live way: the last few ticks, and the joining of the hub."""

from __future__ import annotations

import reflex as rx


class LiveState(rx.State):
    """Progress of active clips. A state of its own, so that a tick never sends the gallery's window again."""

    tick: list[list[str | int]] = []  # noqa: RUF012 - the framework copies defaults.
    """The last message, ``[clip id, version, percent, phase, position]`` each; the page merges them."""
