"""One task of every web process: hears the hints on Redis and gives them to the hub."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final

import structlog
from pydantic import ValidationError
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError

from sorceress_video.jobs.hints import CHANNEL, Hint
from sorceress_video.live.hub import Hub

_log = structlog.get_logger(__name__)

FIRST_PAUSE: Final = 0.2
LONGEST_PAUSE: Final = 5.0
"""Seconds between attempts to reach Redis again; doubled from the first to the longest."""
SWEEP_SECONDS: Final = 15.0
"""How often tabs that are gone are forgotten."""


class Relay:
    """Listens until cancelled. A lost connection is taken up again, and every tab then reads its rows."""

    def __init__(self, hub: Hub, redis_url: str, on_access: Callable[[], None] | None = None) -> None:
        """Args:
        hub: where the hints go.
        redis_url: ``redis://…`` or ``unix://…``.
        on_access: called when an account's sessions or rights have changed, before its pages hear of it.
        """
        self._hub = hub
        self._on_access = on_access
        self._redis_url = redis_url
        self._pause = FIRST_PAUSE
        self._missed = False

    async def run(self) -> None:
        """Never returns; cancel it."""
        while True:
            try:
                await self._connect_and_listen()
            except (RedisError, OSError) as error:
                _log.warning("live hints interrupted", error=type(error).__name__, again_in=self._pause)
            except Exception:  # noqa: BLE001
                # A lifespan task that raises just ends, and every page would stand still: say so and go on.
                _log.exception("live hints failed", again_in=self._pause)
            self._missed = True
            await asyncio.sleep(self._pause)
            self._pause = min(2 * self._pause, LONGEST_PAUSE)

    async def _connect_and_listen(self) -> None:
        async with (
            Redis.from_url(self._redis_url, socket_connect_timeout=2, health_check_interval=10) as redis,
            redis.pubsub() as subscription,
        ):
            await subscription.subscribe(CHANNEL)
            await self._listen(subscription)

    async def _listen(self, subscription: PubSub) -> None:
        clock = asyncio.get_running_loop()
        sweep_at = clock.time() + SWEEP_SECONDS
        while True:
            message = await subscription.get_message(timeout=max(0.0, sweep_at - clock.time()))
            if message is not None and message["type"] == "subscribe":
                self._subscribed()
            elif message is not None and message["type"] == "message":
                self._hear(message["data"])
            if clock.time() >= sweep_at:
                self._hub.sweep()
                sweep_at = clock.time() + SWEEP_SECONDS

    def _subscribed(self) -> None:
        self._pause = FIRST_PAUSE
        if self._missed:
            self._note_access()
            self._hub.read_again()
        self._missed = False

    def _hear(self, data: bytes) -> None:
        try:
            hint = Hint.model_validate_json(data)
        except ValidationError as error:
            _log.warning("hint not understood", problems=error.error_count())
            return
        if hint.kind in ("rights", "ended"):
            self._note_access()
        self._hub.publish(hint)

    def _note_access(self) -> None:
        if self._on_access is not None:
            self._on_access()
