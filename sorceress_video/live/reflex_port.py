"""The only module that touches private parts of the framework: the way from this process to its own tabs."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import reflex as rx
from reflex.event import Event

from sorceress_video.live.hub import HUB, Tick
from sorceress_video.live.relay import Relay
from sorceress_video.live.state import LiveState


class ReflexPort:
    """Delivers to the tabs of one app through its sockets and its event queue."""

    def __init__(self, app: rx.App, on_moved: Any, on_ended: Any) -> None:
        """Args:
        app: the app whose tabs these are.
        on_moved: gives the page's events for a list of clip ids (empty: read all again).
        on_ended: the page's event for somebody who was signed out everywhere.
        """
        self._app = app
        self._on_moved = on_moved
        self._on_ended = on_ended

    def is_open(self, token: str) -> bool:
        """See :class:`~sorceress_video.live.hub.Outlet`."""
        namespace = self._app.event_namespace
        if namespace is None:
            return False
        # There is no public way to ask which process owns a tab's socket.
        manager = namespace._token_manager
        record = manager.token_to_socket.get(token)
        return record is not None and record.instance_id == manager.instance_id

    async def send_ticks(self, token: str, ticks: list[Tick]) -> None:
        """Set the tab's ``LiveState.tick``; the message is that one variable."""
        async with self._app.modify_state(rx.BaseStateToken(ident=token, cls=LiveState)) as root:
            state = await root.get_state(LiveState)
            state.tick = [list(tick) for tick in ticks]

    async def send_moved(self, token: str, clip_ids: list[str]) -> None:
        """Put the page's events into the tab's own queue, where the guards see them as any other."""
        for event in Event.from_event_type(self._on_moved(clip_ids)):
            await self._app.event_processor.enqueue(token, event)

    async def send_ended(self, token: str) -> None:
        """Let the page ask who it is, and leave."""
        for event in Event.from_event_type(self._on_ended):
            await self._app.event_processor.enqueue(token, event)


def live_task(
    app: rx.App,
    *,
    on_moved: Any,
    on_ended: Any,
    on_access: Callable[[], None],
    redis_url: Callable[[], str],
) -> Callable[[], AbstractAsyncContextManager[None]]:
    """The lifespan task of a web process, for ``app.register_lifespan_task``.

    Args:
        app: the app.
        on_moved: see :class:`ReflexPort`.
        on_ended: see :class:`ReflexPort`.
        on_access: see :class:`~sorceress_video.live.relay.Relay`.
        redis_url: asked when the process starts, so that importing needs no Redis.
    """

    @asynccontextmanager
    async def live_hints() -> AsyncIterator[None]:
        HUB.open(ReflexPort(app, on_moved, on_ended))
        listening = asyncio.create_task(Relay(HUB, redis_url(), on_access).run(), name="live-relay")
        try:
            yield
        finally:
            HUB.close()
            listening.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await listening

    return live_hints
