"""What open pages and rows hear about clips under watch, gathered and sent together.

A thousand clips that report every few seconds would otherwise be a thousand calls to Redis and as many
transactions. Losing what is gathered here loses nothing: moves are in the rows before they are told, and
progress comes again.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from time import monotonic
from typing import Any, Final

from redis import Redis

from sorceress_video.jobs.hints import Hint, publish
from sorceress_video.library import moves
from sorceress_video.library.database import Database

TELL_EVERY: Final = 0.1
"""Seconds between two messages to Redis; pages hear at most four times a second anyway."""
NOTE_EVERY: Final = 1.0
"""Seconds between two transactions that write progress."""


@dataclass(frozen=True, slots=True)
class _Note:
    version: int
    facts: dict[str, Any]


class Notices:
    """Gathers in the event loop; :meth:`run` sends."""

    def __init__(self, db: Database, redis: Redis) -> None:
        self._db = db
        self._redis = redis
        self._moved: list[Hint] = []
        self._progress: dict[str, Hint] = {}
        self._notes: dict[str, _Note] = {}
        self._news = asyncio.Event()
        self._noted_at = 0.0

    def tell(self, hint: Hint) -> None:
        """A hint for open pages. Of a clip's progress only the latest is sent."""
        if hint.kind == "moved":
            self._progress.pop(hint.clip, None)
            self._moved.append(hint)
        else:
            self._progress[hint.clip] = hint
        self._news.set()

    def note(self, clip_id: str, version: int, facts: dict[str, Any]) -> None:
        """What a card of this clip shows; written unless the clip moves on first."""
        self._notes[clip_id] = _Note(version, facts)
        self._news.set()

    async def run(self) -> None:
        """Send what is gathered, until cancelled."""
        while True:
            await self._news.wait()
            await asyncio.sleep(TELL_EVERY)
            self._news.clear()
            await self.flush(notes=monotonic() - self._noted_at >= NOTE_EVERY)
            if self._notes:
                self._news.set()

    async def flush(self, *, notes: bool = True) -> None:
        """Send now."""
        hints = [*self._moved, *self._progress.values()]
        self._moved, self._progress = [], {}
        if hints:
            await asyncio.to_thread(publish, self._redis, *hints)
        if notes and self._notes:
            self._noted_at = monotonic()
            written, self._notes = self._notes, {}
            await asyncio.to_thread(self._write, written)

    def _write(self, notes: dict[str, _Note]) -> None:
        with self._db.write() as session:
            for clip_id, note in notes.items():
                moves.show(session, clip_id, note.version, **note.facts)
