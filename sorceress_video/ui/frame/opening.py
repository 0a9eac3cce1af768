"""A page begins plain: what a tab's state holds of the page that stood there before is put away.

Reflex keeps a tab's state over a reload, and the new page's first word from the server is all of it. A dialog
that was open would flash up and swallow what is typed meanwhile; an event of the page comes too late for it.
A connection that comes back opens no page, and changes nothing.
"""

from __future__ import annotations

from typing import Final, Protocol, cast

import reflex as rx
from reflex.state import BaseState, State, StateUpdate
from reflex_base.constants import CompileVars
from reflex_base.event import Event

_CONNECTED: Final = f"{State.get_full_name()}.{CompileVars.HYDRATE_AND_LOAD}"


class _Opened(Protocol):
    def _open_page(self) -> None: ...


class PageOpening(rx.Middleware):
    """Calls ``_open_page()`` of states before a page that was opened hears of them.

    Add it before Reflex's own middleware and behind the guard of the events.
    """

    def __init__(self, *states: type[BaseState]) -> None:
        """Args:
        states: those that have something to put away.
        """
        self._states = states

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> StateUpdate | None:  # noqa: ARG002
        """See ``rx.Middleware.preprocess``."""
        # Only the first connection of a page says what it was compiled with.
        if event.name == _CONNECTED and event.payload.get(CompileVars.PAYLOAD_HASHES):
            for kind in self._states:
                cast("_Opened", await state.get_state(kind))._open_page()
        return None
