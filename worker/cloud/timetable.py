"""When each watched clip is to be asked about next. In memory: what is lost with it is planned anew."""

from __future__ import annotations

import asyncio
import heapq
from collections import deque
from dataclasses import dataclass
from itertools import count
from time import monotonic
from typing import Final

LAGS_KEPT: Final = 50_000


@dataclass(frozen=True, slots=True)
class Pace:
    """How punctual the questions were since the last look: seconds by which they came late."""

    clips: int
    asked: int
    lag_p50: float
    lag_p99: float
    lag_max: float


@dataclass(frozen=True, slots=True)
class Turn:
    """One place in the timetable. ``due`` is a moment of the monotonic clock, in seconds."""

    due: float
    number: int
    clip_id: str


class Timetable:
    """A heap of turns; of each clip only the newest counts."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Turn]] = []
        self._newest: dict[str, Turn] = {}
        self._numbers = count()
        self._news = asyncio.Event()
        self._lags: deque[float] = deque(maxlen=LAGS_KEPT)

    def plan(self, clip_id: str, seconds: float) -> None:
        """Ask about a clip in so many seconds, and not when it was planned before."""
        turn = Turn(monotonic() + seconds, next(self._numbers), clip_id)
        self._newest[clip_id] = turn
        heapq.heappush(self._heap, (turn.due, turn.number, turn))
        if self._heap[0][2] is turn:
            self._news.set()

    def drop(self, clip_id: str) -> None:
        """Forget a clip."""
        self._newest.pop(clip_id, None)

    def stands(self, turn: Turn) -> bool:
        """Whether the clip was neither planned again nor dropped since this turn."""
        return self._newest.get(turn.clip_id) is turn

    async def due(self) -> list[Turn]:
        """Wait until something is due, or planned earlier than all else; what is due now."""
        try:
            async with asyncio.timeout(self._heap[0][0] - monotonic() if self._heap else None):
                await self._news.wait()
        except TimeoutError:
            pass
        self._news.clear()
        now = monotonic()
        turns = []
        while self._heap and self._heap[0][0] <= now:
            turn = heapq.heappop(self._heap)[2]
            if self.stands(turn):
                turns.append(turn)
        return turns

    def began(self, turn: Turn) -> None:
        """Note that a question is asked now, for :meth:`pace`."""
        self._lags.append(monotonic() - turn.due)

    def pace(self) -> Pace:
        """How punctual the questions were since this was last asked."""
        lags = sorted(self._lags) or [0.0]
        asked = len(self._lags)
        self._lags.clear()
        return Pace(
            clips=len(self._newest),
            asked=asked,
            lag_p50=round(lags[len(lags) // 2], 4),
            lag_p99=round(lags[int(len(lags) * 0.99)], 4),
            lag_max=round(lags[-1], 4),
        )
