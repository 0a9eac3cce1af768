"""Toasts: short news at the bottom centre, with one action where something can be undone.

From any event handler: ``await say(self, "Clip deleted", action=Action("Undo", "restore", clip_id))``. What
an action does is registered once, at import: ``on_action("restore", GalleryState.restore)``.
"""

# ruff: noqa: RUF012 - the framework copies the defaults of a state for each tab.

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

import reflex as rx

from sorceress_video.http.session_guard import public_event

Tone = Literal["plain", "success", "info", "error"]

_SCRIPT = rx.asset("toast.jsx", shared=True)
_SECONDS: Final = 5.0
_MOST_KEPT: Final = 5
_actions: dict[str, Callable[[str], Any]] = {}


@dataclass(frozen=True)
class Action:
    """The one button of a toast: its label, the name of a registered action, and what it is about."""

    label: str
    name: str
    argument: str


@dataclass(frozen=True)
class Toast:
    """One toast as it travels to the browser."""

    id: str
    text: str
    tone: str
    seconds: float
    label: str
    action: str
    argument: str


class ToastState(rx.State):
    """Toasts that the browser has not shown yet."""

    toasts: list[Toast] = []

    @rx.event
    @public_event
    def seen(self, ids: list[str]):
        """The browser has shown these."""
        self.toasts = [toast for toast in self.toasts if toast.id not in ids]

    @rx.event
    @public_event
    def act(self, name: str, argument: str):
        """The button of a toast was pressed. The handler behind it checks whoever asks, as always."""
        handler = _actions.get(name)
        return handler(argument) if handler else None


class _Toasts(rx.Component):
    """See ``toast.jsx``."""

    library = _SCRIPT.importable_path
    tag = "Toasts"

    toasts: rx.Var[list[Toast]]
    on_seen: rx.EventHandler[rx.event.passthrough_event_spec(list[str])]
    on_action: rx.EventHandler[rx.event.passthrough_event_spec(str, str)]


def on_action(name: str, handler: Callable[[str], Any]) -> None:
    """Let toasts offer an action: ``handler`` is an event handler that takes the argument."""
    _actions[name] = handler


async def say(
    state: rx.State,
    text: str,
    *,
    tone: Tone = "plain",
    action: Action | None = None,
    seconds: float = _SECONDS,
) -> None:
    """Show a toast in the tab of this event.

    Args:
        state: the state whose handler runs.
        text: one sentence.
        tone: how it is marked.
        action: its button.
        seconds: how long it stays.
    """
    toasts = await state.get_state(ToastState)
    new = Toast(
        id=secrets.token_hex(6),
        text=text,
        tone=tone,
        seconds=seconds,
        label=action.label if action else "",
        action=action.name if action else "",
        argument=action.argument if action else "",
    )
    toasts.toasts = [*toasts.toasts, new][-_MOST_KEPT:]


def toasts() -> rx.Component:
    """Stands once on a page whose handlers :func:`say` something."""
    return _Toasts.create(toasts=ToastState.toasts, on_seen=ToastState.seen, on_action=ToastState.act)
