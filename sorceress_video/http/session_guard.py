"""The gate of the pages' events: every one of them is a network endpoint, and this decides who may call it.

A tab's state belongs to whoever presents its token, and the token is neither secret nor tied to a cookie. So
the cookie of the websocket's handshake decides, and a state that somebody else has used is emptied first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, Final, TypeVar

import reflex as rx
import structlog
from reflex.state import BaseState, OnLoadInternalState, State, StateUpdate, UpdateVarsInternalState
from reflex.state import FrontendEventExceptionState as ExceptionState
from reflex_base.event import Event

from sorceress_video.http.identity import signed_in_async

Handler = TypeVar("Handler", bound=Callable[..., Any])

_PUBLIC: Final = "__sorceress_public__"
_SIGN_IN_PAGE: Final = "/sign-in"

_log = structlog.get_logger(__name__)


def public_event(function: Handler) -> Handler:
    """Let people who are not signed in call this event handler. Goes below ``@rx.event``."""
    setattr(function, _PUBLIC, True)
    return function


class TabOwner(rx.State):
    """Whose state a tab holds. Nothing of it is sent to the browser."""

    _account_id: str = ""


class SessionGuard(rx.Middleware):
    """Refuses events of people who are not signed in, and empties a state that belonged to another account.

    Add it before Reflex's own middleware, which sends the whole state: ``add_middleware(…, index=0)``.
    """

    async def preprocess(self, app: rx.App, state: BaseState, event: Event) -> StateUpdate | None:  # noqa: ARG002
        """See ``rx.Middleware.preprocess``: nothing lets the event pass, an update replaces it."""
        member = await signed_in_async(state.router.headers.cookie)
        await _settle_owner(state, member.account_id if member else "")
        if member is not None or event.name in _framework_events() or is_public(event.name):
            return None
        _log.info("event_refused", event_name=event.name)
        return StateUpdate(events=Event.from_event_type(rx.redirect(_SIGN_IN_PAGE)))


@lru_cache(maxsize=4096)
def is_public(event_name: str) -> bool:
    """Whether a handler, by its full name, is marked with `public_event`. Unknown names are not."""
    state_name, _, handler_name = event_name.rpartition(".")
    try:
        handler = State.get_class_substate(state_name).event_handlers.get(handler_name)
    except ValueError:
        return False
    return handler is not None and bool(getattr(handler.fn, _PUBLIC, False))


async def _settle_owner(state: BaseState, account_id: str) -> None:
    """Note whose state this is. One that was used by another account loses everything it holds."""
    owner = await state.get_state(TabOwner)
    if owner._account_id == account_id:
        return
    if owner._account_id:
        # Only what is loaded is reset, and Redis loads no more than an event needs.
        for substate in _descendants(State):
            await state.get_state(substate)
        state._get_root_state().reset()  # type: ignore[no-untyped-call]
        _log.info("tab_state_reset", reason="another account")
    owner._account_id = account_id


def _descendants(parent: type[BaseState]) -> Iterator[type[BaseState]]:
    for child in parent.get_substates():
        yield child
        yield from _descendants(child)


@lru_cache(maxsize=1)
def _framework_events() -> frozenset[str]:
    """Full names of the events that Reflex's own client needs. They only send the tab its own state."""
    handlers = {
        State: ("hydrate", "hydrate_and_load", "set_is_hydrated"),
        OnLoadInternalState: ("on_load_internal", "set_is_hydrated"),
        UpdateVarsInternalState: ("update_vars_internal",),
        ExceptionState: ("handle_frontend_exception",),
    }
    return frozenset(f"{state.get_full_name()}.{name}" for state, names in handlers.items() for name in names)
