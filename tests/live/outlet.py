"""An outlet that remembers what reached the tabs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from sorceress_video.jobs.hints import Hint
from sorceress_video.live.hub import Tick


class RememberingOutlet:
    """Stands at the end of the way, where the framework's socket would be."""

    def __init__(self) -> None:
        self.open = True
        self.ticks: list[tuple[float, str, list[Tick]]] = []
        self.moved: list[tuple[float, str, list[str]]] = []
        self.ended: list[str] = []
        self.stuck: set[str] = set()

    def is_open(self, token: str) -> bool:
        return self.open

    async def send_ticks(self, token: str, ticks: list[Tick]) -> None:
        if token in self.stuck:
            await asyncio.Event().wait()
        self.ticks.append((time.monotonic(), token, ticks))

    async def send_moved(self, token: str, clip_ids: list[str]) -> None:
        self.moved.append((time.monotonic(), token, clip_ids))

    async def send_ended(self, token: str) -> None:
        self.ended.append(token)

    def clips(self, token: str) -> set[str]:
        """Clips of which a tab heard progress."""
        return {tick.clip for _, to, ticks in self.ticks if to == token for tick in ticks}


def progress(account: str, clip: str, fraction: float, *, version: int = 1) -> Hint:
    return Hint(
        kind="progress",
        account=account,
        clip=clip,
        version=version,
        status="running",
        phase="Generating",
        progress=fraction,
    )


def moved(account: str, clip: str, status: str = "completed") -> Hint:
    return Hint(kind="moved", account=account, clip=clip, version=2, status=status)


async def until(condition: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait for a condition while the event loop goes on."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - the condition has no event of its own.
            await asyncio.sleep(0.01)
