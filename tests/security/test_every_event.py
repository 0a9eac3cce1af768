"""Walks every event of every page's state with everybody who might send it: the list makes itself.

A new event fails here until it stands in one of the lists below, and then it is called as somebody signed
out, deactivated, and as a member and an admin who put another member's ids into it.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from typing import Any

import pytest
from reflex.event import EventHandler
from reflex.state import BaseState, State

import sorceress_video.sorceress_video  # noqa: F401 - knows all pages, and with them all states
from sorceress_video.accounts import sessions, team
from sorceress_video.http.session_guard import is_public
from sorceress_video.library.tables import Account, metadata
from tests.http.workspace import Workspace
from tests.ui.tab import Tab, open_tab

# What passes signed out: it shows the demo, the way in, or what the tab itself chose.
PUBLIC = {
    "compare": {"close", "enter", "open", "show"},
}


def _states(parent: type[BaseState]) -> Iterator[type[BaseState]]:
    for child in parent.get_substates():
        if child.__module__.startswith("sorceress_video."):
            yield child
        yield from _states(child)


def _events() -> dict[str, EventHandler]:
    found = {}
    for state in _states(State):
        for name, handler in state.event_handlers.items():
            if name != "setvar":
                found[f"{state.__name__}.{name}"] = handler
    return found
