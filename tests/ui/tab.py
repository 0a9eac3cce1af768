"""A tab without a browser: events go through Reflex's own processor, with its state in a real Valkey."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl

import pytest
from redis.asyncio import Redis
from reflex.app_mixins.middleware import MiddlewareMixin
from reflex.istate.manager.redis import StateManagerRedis
from reflex.istate.manager.token import BaseStateToken
from reflex.middleware import HydrateMiddleware
from reflex.state import State, StateUpdate
from reflex.utils.format import json_dumps
from reflex_base.event import Event
from reflex_base.event.processor import BaseStateEventProcessor

from sorceress_video.http.session_guard import SessionGuard
from sorceress_video.ui.frame.opening import PageOpening
from sorceress_video.ui.pages import OPENED_PLAIN

_CONNECTED = f"{State.get_full_name()}.hydrate_and_load"


class Tab:
    """One tab: sends events as the page does, and keeps what it is shown."""

    def __init__(self, cookie: str, token: str = "tab") -> None:
        self.cookie = cookie
        self.token = token
        self.shown: dict[str, dict[str, Any]] = {}
        self.events: list[Event] = []
        self.message_bytes: list[int] = []
        self.processor: BaseStateEventProcessor | None = None
        self.manager: StateManagerRedis | None = None
        self.redis: Redis | None = None

    async def open_page(self) -> None:
        """A page was opened anew with the state of the tab, and hears what the server has of it."""
        assert self.manager is not None
        event = Event(name=_CONNECTED, payload={"hashes": ["of what the page was compiled with"]})
        async with self.manager.modify_state(BaseStateToken(ident=self.token, cls=State)) as state:
            assert await PageOpening(*OPENED_PLAIN).preprocess(None, state, event) is None  # type: ignore[arg-type]
            self._take(state.dict())

    async def emit_update(self, update: StateUpdate, token: str) -> None:
        """Called by the framework in place of the socket."""
        del token
        self.message_bytes.append(len(json_dumps(update)))
        self.events.extend(update.events)
        self._take(update.delta or {})

    def _take(self, delta: Mapping[str, Any]) -> None:
        delta = json.loads(json_dumps(delta))
        for state, changes in delta.items():
            for name, value in changes.items():
                self.shown.setdefault(state, {})[name.removesuffix("_rx_state_")] = value

    async def send(self, handler: Any, *args: Any, query: str = "") -> list[Event]:
        """Run a handler to its end, with everything that it sets off; what the page was told to do.

        Args:
            handler: the event handler.
            args: what the browser sends with it.
            query: the query of the page's address.
        """
        assert self.processor is not None
        self.events.clear()
        self.message_bytes.clear()
        spec = handler(*args) if args else handler
        router = {
            "token": self.token,
            "sid": f"socket-{self.token}",
            "ip": "127.0.0.1",
            "pathname": "/",
            "asPath": f"/?{query}" if query else "/",
            "query": dict(parse_qsl(query)),
            "headers": {"cookie": self.cookie, "origin": "http://localhost:3000"},
        }
        for event in Event.from_event_type(spec, router_data=router):
            done = await self.processor.enqueue(self.token, event)
            await done.wait_all()
        return list(self.events)

    def of(self, state: type[State]) -> dict[str, Any]:
        """The variables of a state, as the page has them."""
        return self.shown.get(state.get_full_name(), {})

    async def kept_bytes(self) -> int:
        """What the tab's state weighs in Valkey."""
        assert self.redis is not None
        keys = [key async for key in self.redis.scan_iter(match=f"*{self.token}*")]
        return sum([await self.redis.strlen(key) for key in keys if await self.redis.type(key) == b"string"])


async def _no_page(*_: object) -> None:
    return None


@asynccontextmanager
async def open_tab(
    cookie: str, valkey: str, monkeypatch: pytest.MonkeyPatch, token: str = "tab"
) -> AsyncIterator[Tab]:
    """A tab with this cookie."""
    async with Redis.from_url(valkey) as redis:
        manager = StateManagerRedis(redis=redis, token_expiration=60)
        middleware = MiddlewareMixin()
        middleware.add_middleware(HydrateMiddleware())
        middleware.add_middleware(SessionGuard(), index=0)
        # A tab's first event also loads the page, for which there would have to be an app.
        monkeypatch.setattr(BaseStateEventProcessor, "_rehydrate", _no_page)
        tab = Tab(cookie, token)
        tab.redis = redis
        tab.manager = manager
        tab.processor = BaseStateEventProcessor(middleware=middleware)
        tab.processor.configure(state_manager=manager, event_namespace=tab)  # type: ignore[arg-type]
        async with tab.processor:
            yield tab
        await manager.close()
