"""The queue's state: three counts for every tab, the lines while the view is open, and what ended.

Every public method is a network endpoint: the account comes from the connection's cookie at every event.
"""

from __future__ import annotations

import asyncio
import time
from functools import lru_cache

import reflex as rx
import structlog

from sorceress_video.http.identity import signed_in_async
from sorceress_video.http.session_guard import public_event
from sorceress_video.jobs import actions
from sorceress_video.library.database import DatabaseError, get_database
from sorceress_video.ui.gallery.window import UsualTimes
from sorceress_video.ui.kit.toast import say
from sorceress_video.ui.queue.models import Ending, QueueLine
from sorceress_video.ui.queue.reading import MOST_ENDINGS, Reading, read

_log = structlog.get_logger(__name__)


@lru_cache(maxsize=1)
def _usual_times() -> UsualTimes:
    return UsualTimes(get_database())


class QueueState(rx.State):
    """What is in the making. A state of its own, so that a count never sends the gallery's window again."""

    ready: bool = False
    problem: str = ""
    running: int = 0
    waiting: int = 0
    asking: int = 0
    """Clips of which nobody knows whether they were accepted: only the person can decide."""
    lines: list[QueueLine] = []  # noqa: RUF012 - the framework copies defaults.
    more: int = 0
    """Clips beyond the lines."""
    server_now: int = 0
    endings: list[Ending] = []  # noqa: RUF012 - the framework copies defaults.
    """The last few clips that ended; the browser tells each of them once."""

    _shown: bool = False
    _making: tuple[str, ...] = ()

    @rx.event
    @public_event
    async def load(self):
        """Count what is in the making; the view is closed when a page opens."""
        self._shown = False
        await self._read()

    @rx.event(temporal=True)
    @public_event
    async def refresh(self):
        """Read again: the tab came back, the connection came back, or time has passed."""
        await self._read()

    @rx.event
    @public_event
    async def follow(self, clip_ids: list[str]):  # noqa: ARG002 - the queue is short and read whole.
        """Clips were moved by a worker, another tab or another process."""
        await self._read()

    @rx.event
    async def show(self):
        """The view opens."""
        self._shown = True
        await self._read()

    @rx.event
    async def hide(self):
        """The view is closed: nothing is read for it any more."""
        self._shown = False
        self.ready = False
        if self.lines:
            self.lines = []

    @rx.event
    async def cancel_batch(self, batch_id: str):
        """Stop all clips of one click."""
        if batch_id:
            await self._cancel(batch_id)

    @rx.event
    async def cancel_all(self):
        """Stop everything in the making."""
        await self._cancel("")

    async def _cancel(self, batch_id: str) -> None:
        account_id = await self._account()
        if not account_id:
            return
        count = await asyncio.to_thread(actions.cancel_all, account_id, batch_id[:64])
        await self._read()
        if count:
            await say(self, "Cancelled 1 clip." if count == 1 else f"Cancelled {count} clips.")

    async def _account(self) -> str:
        member = await signed_in_async(self.router.headers.cookie)
        return member.account_id if member else ""

    async def _read(self) -> None:
        account_id = await self._account()
        if not account_id:
            self.reset()
            return
        try:
            reading = await asyncio.to_thread(
                read,
                get_database(),
                account_id,
                _usual_times(),
                was_making=self._making,
                with_lines=self._shown,
            )
        except DatabaseError as error:
            _log.warning("queue not read", error=type(error).__name__, reason=str(error)[:200])
            self.problem = "The queue could not be read. Running clips go on."
            return
        self._take(reading)

    def _take(self, reading: Reading) -> None:
        """Set what differs, and nothing else: a variable that is set is a variable that is sent."""
        self._making = reading.making
        if reading.endings:
            self.endings = [*self.endings, *reading.endings][-MOST_ENDINGS:]
        if self._shown:
            self.server_now = int(time.time())
        for name, value in (
            ("running", reading.running),
            ("waiting", reading.waiting),
            ("asking", reading.asking),
            ("lines", reading.lines),
            ("more", reading.more),
            ("problem", ""),
            ("ready", self._shown),
        ):
            if getattr(self, name) != value:
                setattr(self, name, value)
