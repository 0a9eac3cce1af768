"""Which tabs of this process belong to which account, and what each of them still has to hear.

Every tab has one task of its own, so that a slow tab delays nobody. Progress is coalesced by clip: a tab gets
at most four messages a second, each with as many clips as fit below :data:`TICK_BYTES`; the rest goes with
the next.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Iterable
from contextvars import Context
from typing import Final, NamedTuple, Protocol

import structlog

from sorceress_video.jobs.hints import Hint

_log = structlog.get_logger(__name__)

TICK_SECONDS: Final = 0.25
"""Shortest time between two messages of one kind to a tab: progress, or a request to read rows again."""
TICK_BYTES: Final = 700
"""Most bytes of one tick as JSON. The framework's envelope adds about 150, the whole stays below 1 KB."""
MOVED_IDS: Final = 60
"""More clips than this are not named one by one: the gallery reads its window whole anyway."""
SEND_SECONDS: Final = 5.0
"""A send that takes longer is given up; the tab reads the rows again later."""


class Tick(NamedTuple):
    """How far one clip is. Short, because it crosses the wire four times a second."""

    clip: str
    version: int
    percent: int
    """0…100; −1 where unknown."""
    phase: str
    position: int
    """Clips ahead at the provider; −1 where unknown."""


class Outlet(Protocol):
    """The way to a tab."""

    def is_open(self, token: str) -> bool:
        """Whether the tab's socket is open and ends in this process."""
        ...

    async def send_ticks(self, token: str, ticks: list[Tick]) -> None:
        """Show progress in the tab."""
        ...

    async def send_moved(self, token: str, clip_ids: list[str]) -> None:
        """Make the tab's gallery read these clips again."""
        ...

    async def send_ended(self, token: str) -> None:
        """Tell the tab that it is signed out."""
        ...


def tick_of(hint: Hint) -> Tick:
    """What a tab needs of a progress hint."""
    return Tick(
        clip=hint.clip,
        version=hint.version,
        percent=-1 if hint.progress is None else round(100 * min(1.0, max(0.0, hint.progress))),
        phase=(hint.phase or "")[:40],
        position=-1 if hint.queue_position is None else max(0, hint.queue_position),
    )


def take_ticks(pending: dict[str, Tick]) -> list[Tick]:
    """Remove from ``pending``, oldest first, the ticks that fit into one message; at least one."""
    taken: list[Tick] = []
    size = 2
    for clip_id, tick in list(pending.items()):
        size += len(json.dumps(tick)) + 1
        if taken and size > TICK_BYTES:
            break
        taken.append(pending.pop(clip_id))
    return taken


class _Tab:
    """One open tab and its task."""

    def __init__(self, token: str, account_id: str, outlet: Outlet) -> None:
        self.token = token
        self.account_id = account_id
        self._outlet = outlet
        self._ticks: dict[str, Tick] = {}
        self._moved: dict[str, None] = {}
        self._news = asyncio.Event()
        self._is_parting = False
        # In a context of its own: a tab joins from inside one of its events, which this task outlives.
        self._task = asyncio.create_task(self._run(), name="live-tab", context=Context())

    def hear(self, hint: Hint) -> None:
        if hint.kind == "moved":
            self._ticks.pop(hint.clip, None)
            self._moved[hint.clip] = None
        else:
            self._ticks[hint.clip] = tick_of(hint)
        self._news.set()

    def read_again(self) -> None:
        """Something may have been missed: let the gallery read its rows."""
        self._moved.setdefault("", None)
        self._news.set()

    def part(self) -> None:
        """Tell the page that it is signed out, and nothing after that."""
        self._is_parting = True
        self._news.set()

    def close(self) -> None:
        self._task.cancel()

    async def _run(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            if self._is_parting:
                await self._send(self._outlet.send_ended(self.token))
                return
            if not self._outlet.is_open(self.token):
                # Nothing is kept for a dropped socket: the tab reads the rows when it is back.
                self._ticks.clear()
                self._moved.clear()
                continue
            if self._moved:
                ids = [clip_id for clip_id in self._moved if clip_id]
                self._moved.clear()
                await self._send(self._outlet.send_moved(self.token, ids[:MOVED_IDS]))
            if self._ticks:
                await self._send(self._outlet.send_ticks(self.token, take_ticks(self._ticks)))
            await asyncio.sleep(TICK_SECONDS)
            if self._ticks or self._moved or self._is_parting:
                self._news.set()

    async def _send(self, sending: Awaitable[None]) -> None:
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await sending
        except Exception as error:  # noqa: BLE001 - one tab's trouble must not end its task; rows are read again.
            _log.warning("hint not delivered to a tab", error=type(error).__name__)


class Hub:
    """The open tabs of this process by account."""

    def __init__(self) -> None:
        self._outlet: Outlet | None = None
        self._tabs: dict[str, _Tab] = {}
        self._by_account: dict[str, set[str]] = {}

    def open(self, outlet: Outlet) -> None:
        """Give the hub its way to the tabs; until then nobody can join."""
        self._outlet = outlet

    def join(self, account_id: str, token: str) -> None:
        """From now on the tab hears of the account's clips, and of no other account's."""
        present = self._tabs.get(token)
        if present is not None and present.account_id == account_id:
            return
        self.leave(token)
        if self._outlet is None:
            return
        self._tabs[token] = _Tab(token, account_id, self._outlet)
        self._by_account.setdefault(account_id, set()).add(token)

    def leave(self, token: str) -> None:
        """The tab hears nothing any more."""
        tab = self._forget(token)
        if tab is not None:
            tab.close()

    def publish(self, hint: Hint) -> None:
        """Tell the account's tabs. Authorised here: by the account that the hint names and nothing else."""
        for token in self.tokens(hint.account):
            if hint.kind == "ended":
                self._part(token)
            elif hint.kind == "rights":
                self._tabs[token].read_again()
            else:
                self._tabs[token].hear(hint)

    def read_again(self) -> None:
        """Hints were missed: let every tab's gallery read its rows."""
        for tab in self._tabs.values():
            tab.read_again()

    def sweep(self) -> None:
        """Forget the tabs whose socket is gone; one that comes back joins again when it loads."""
        if self._outlet is None:
            return
        for token in [token for token in self._tabs if not self._outlet.is_open(token)]:
            self.leave(token)

    def close(self) -> None:
        """End every tab's task."""
        for token in list(self._tabs):
            self.leave(token)

    def _part(self, token: str) -> None:
        tab = self._forget(token)
        if tab is not None:
            tab.part()

    def _forget(self, token: str) -> _Tab | None:
        tab = self._tabs.pop(token, None)
        if tab is None:
            return None
        tokens = self._by_account[tab.account_id]
        tokens.discard(token)
        if not tokens:
            del self._by_account[tab.account_id]
        return tab

    def __len__(self) -> int:
        return len(self._tabs)

    def tokens(self, account_id: str) -> Iterable[str]:
        """Tabs of an account in this process."""
        return tuple(self._by_account.get(account_id, ()))


HUB: Final = Hub()
"""The hub of this process."""
