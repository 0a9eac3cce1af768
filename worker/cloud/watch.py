"""Watching accepted clips: each is asked about in its own rhythm, all of them by one process.

What is due next lives in memory; which clips are this watcher's lives in the rows, as a lease. A second
watcher takes over what a dead one held as soon as the lease runs out. Asking is free, so nothing here can
cost money.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import count
from time import monotonic
from typing import Any, Final, ParamSpec, TypeVar

import structlog
from redis import Redis

from sorceress_video.generation.lifecycle import ClipStatus, Move
from sorceress_video.jobs.hints import Hint, hint_of, publish
from sorceress_video.jobs.points import Point, reached
from sorceress_video.jobs.queues import dispatch_clips
from sorceress_video.library import moves
from sorceress_video.library.database import Database, Session
from sorceress_video.library.moves import Moved, Watched
from sorceress_video.library.tables import Clip, utc_now
from sorceress_video.settings import Settings
from worker.cloud.patience import pause
from worker.cloud.providers.base import (
    Billing,
    CancelOutcome,
    FaultKind,
    Phase,
    Provider,
    ProviderFault,
    Status,
    Ticket,
)
from worker.cloud.providers.registry import open_provider

_log = structlog.get_logger(__name__)

LEASE: Final = timedelta(seconds=15)
RENEW_EVERY: Final = 5.0
"""Seconds; a third of the lease, so that two missed turns lose nothing."""
AT_ONCE: Final = 100
"""Questions under way at a time."""
UNKNOWN_TIMES: Final = 4
"""A provider may not know a fresh request at once; after so many times it never will."""
NOTE_EVERY: Final = 5.0
"""Seconds between two writes of progress to one row; open pages hear of every change by a hint."""

T = TypeVar("T")
P = ParamSpec("P")
Step = Callable[[Session, Clip], Moved | None]


@dataclass(slots=True)
class _Watch:
    """One clip under watch."""

    row: Watched
    since: float
    troubles: int = 0
    unknown: int = 0
    asked_to_cancel: bool = False
    shown: tuple[Any, ...] = ()
    noted_at: float = field(default=0.0)
    turn: int = 0
    """Number of its place in the heap; older places are stale."""


class Watch:
    """The watcher's engine. ``owner`` is the name under which it holds its clips."""

    def __init__(self, db: Database, redis: Redis, settings: Settings, owner: str) -> None:
        self._db = db
        self._redis = redis
        self._settings = settings
        self._owner = owner
        self._watched: dict[str, _Watch] = {}
        self._heap: list[tuple[float, int, str]] = []
        self._turns = count()
        self._providers: dict[str, Provider] = {}
        self._room = asyncio.Semaphore(AT_ONCE)
        self._under_way: set[asyncio.Task[None]] = set()
        # One thread: SQLite has one writer anyway, and the order of writes stays the order of answers.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="rows")
        self._news = asyncio.Event()
        self.lags: list[float] = []
        """Seconds by which questions came late, for the bench; emptied by whoever reads it."""

    # --- what the process's loops call

    async def lease_loop(self) -> None:
        """Take clips that nobody watches, keep those that are held, notice what a person changed."""
        renewed = 0.0
        while True:
            for row in await self._rows(self._lease):
                self._begin(row)
            if monotonic() - renewed >= RENEW_EVERY:
                renewed = monotonic()
                await self._rows(self._renew)
            await asyncio.sleep(0.25)

    async def poll_loop(self) -> None:
        """Ask about each clip when it is due."""
        while True:
            now = monotonic()
            while self._heap and self._heap[0][0] <= now:
                due, turn, clip_id = heapq.heappop(self._heap)
                watch = self._watched.get(clip_id)
                if watch is None or watch.turn != turn:
                    continue
                self.lags.append(now - due)
                task = asyncio.create_task(self._look(watch))
                self._under_way.add(task)
                task.add_done_callback(self._under_way.discard)
            wait = min(0.5, self._heap[0][0] - now) if self._heap else 0.5
            self._news.clear()
            try:
                async with asyncio.timeout(max(0.005, wait)):
                    await self._news.wait()
            except TimeoutError:
                continue

    def hasten(self, clip_id: str) -> None:
        """Ask about a clip now."""
        watch = self._watched.get(clip_id)
        if watch is not None:
            watch.troubles = 0
            self._plan(watch, 0.0)

    @property
    def size(self) -> int:
        """How many clips are under watch."""
        return len(self._watched)

    async def aclose(self) -> None:
        """Let go. Leases run out by themselves."""
        for task in list(self._under_way):
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        for provider in self._providers.values():
            await provider.aclose()
        self._thread.shutdown(wait=True)

    # --- rows

    async def _rows(self, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        call = partial(work, *arguments, **named)
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)

    def _lease(self) -> list[Watched]:
        with self._db.read() as session:
            if not moves.any_unwatched(session):
                return []
        with self._db.write() as session:
            rows = moves.lease_watched(session, self._owner, LEASE, 500)
        if rows:
            reached(Point.WATCH_LEASED)
        return rows

    def _renew(self) -> None:
        with self._db.write() as session:
            moves.renew_watched(session, self._owner, LEASE)

    def _changed(self) -> list[Watched]:
        with self._db.read() as session:
            versions = {clip_id: watch.row.version for clip_id, watch in self._watched.items()}
            return moves.changed_since(session, self._owner, versions)

    async def refresh(self) -> None:
        """Read again which clips a person changed; called when a hint says that one was."""
        for row in await self._rows(self._changed):
            watch = self._watched.get(row.clip_id)
            if watch is None:
                self._begin(row)
            else:
                watch.row = row
                self._plan(watch, 0.0)

    # --- one clip

    def _begin(self, row: Watched) -> None:
        watch = _Watch(row, since=monotonic())
        self._watched[row.clip_id] = watch
        self._plan(watch, self._first_pause(row))

    def _first_pause(self, row: Watched) -> float:
        if row.status is ClipStatus.CANCELLING or row.provider == "sandbox":
            return 0.0
        return self._settings.poll_interval / 2

    def _plan(self, watch: _Watch, seconds: float) -> None:
        watch.turn = next(self._turns)
        heapq.heappush(self._heap, (monotonic() + seconds, watch.turn, watch.row.clip_id))
        self._news.set()

    def _interval(self, watch: _Watch) -> float:
        """Seconds to the next question: often while a clip is young, seldom when it is old."""
        if watch.row.provider == "sandbox":
            return min(0.3, self._settings.poll_interval)  # A read of our own table.
        base = self._settings.poll_interval
        age = monotonic() - watch.since
        if age > 300:
            base *= 5
        elif age > 120:
            base *= 2
        return base

    async def _look(self, watch: _Watch) -> None:
        row = watch.row
        with structlog.contextvars.bound_contextvars(clip_id=row.clip_id, step="watch"):
            async with self._room:
                try:
                    await self._ask(watch, row)
                except ProviderFault as fault:
                    await self._trouble(watch, fault)
                except Exception:  # noqa: BLE001
                    # One clip's surprise must not end the watch of all others; the row is as it was.
                    _log.exception("watch failed")
                    watch.troubles += 1
                    self._plan(watch, pause(watch.troubles))

    async def _ask(self, watch: _Watch, row: Watched) -> None:
        provider = self._provider(row.provider)
        ticket = Ticket(row.request_id, row.status_url, row.response_url, row.cancel_url, row.model_name)
        if row.status is ClipStatus.CANCELLING and not watch.asked_to_cancel:
            outcome = await provider.cancel(ticket)
            reached(Point.CANCEL_ANSWERED)
            watch.asked_to_cancel = True
            if await self._cancel_answered(watch, outcome):
                return
        status = await provider.status(ticket)
        reached(Point.WATCH_ANSWERED)
        watch.troubles = 0
        await self._answered(watch, status)

    async def _cancel_answered(self, watch: _Watch, outcome: CancelOutcome) -> bool:
        if outcome == "asked":
            return False
        if outcome == "already_done":
            await self._finish(watch)
            return True
        started = watch.shown[:1] == (Phase.RUNNING,)
        billed = Billing.NO if outcome == "cancelled" and not started else Billing.MAYBE
        if watch.row.provider == "sandbox":
            billed = Billing.NO
        await self._end(watch, Move.CONFIRM_CANCEL, billed)
        return True

    async def _answered(self, watch: _Watch, status: Status) -> None:
        if status.phase is Phase.DONE:
            await self._finish(watch)
        elif status.phase is Phase.FAILED:
            await self._failed(watch, status.fault or _no_reason(watch.row))
        elif status.phase is Phase.CANCELLED:
            await self._cancelled(watch)
        elif status.phase is Phase.UNKNOWN:
            await self._unknown(watch)
        else:
            await self._still_going(watch, status)

    async def _still_going(self, watch: _Watch, status: Status) -> None:
        watch.unknown = 0
        row = watch.row
        if row.started_at and (utc_now() - row.started_at).total_seconds() > self._settings.generation_limit:
            await self._failed(watch, _too_long(row))
            return
        shown = (status.phase, status.queue_position, _rounded(status.progress), status.message)
        if shown != watch.shown:
            changed_phase = watch.shown[:1] != shown[:1]
            watch.shown = shown
            await self._show(watch, status, write=changed_phase)
        self._plan(watch, self._interval(watch))

    async def _show(self, watch: _Watch, status: Status, *, write: bool) -> None:
        row = watch.row
        phase = "Waiting for capacity…" if status.phase is Phase.QUEUED else status.message or "Generating"
        if row.status is ClipStatus.CANCELLING:
            phase = "Cancelling"
        facts = {"phase": phase[:32], "queue_position": status.queue_position, "progress": status.progress}
        if write or monotonic() - watch.noted_at > NOTE_EVERY:
            watch.noted_at = monotonic()
            await self._rows(self._note, row.clip_id, row.version, facts)
        hint = Hint(
            kind="progress",
            account=row.account_id,
            clip=row.clip_id,
            version=row.version,
            status=row.status.value,
            phase=facts["phase"],
            progress=status.progress,
            queue_position=status.queue_position,
        )
        await asyncio.to_thread(publish, self._redis, hint)

    def _note(self, clip_id: str, version: int, facts: dict[str, Any]) -> None:
        with self._db.write() as session:
            moves.show(session, clip_id, version, **facts)

    async def _finish(self, watch: _Watch) -> None:
        row = watch.row
        await self._move(watch, lambda session, clip: moves.finish(session, clip.id, row.version))
        reached(Point.WATCH_FINISHED)
        await asyncio.to_thread(dispatch_clips, self._db, self._redis, [row.clip_id])

    async def _failed(self, watch: _Watch, fault: ProviderFault) -> None:
        if fault.kind is FaultKind.BUSY and watch.row.status is ClipStatus.RUNNING:
            until = utc_now() + timedelta(seconds=pause(3, fault.retry_after))
            await self._move(
                watch,
                lambda session, clip: moves.give_back(session, clip, Move.BUSY, until, phase=None),
            )
            return
        await self._end(watch, Move.FAIL, fault.billing, fault)

    async def _cancelled(self, watch: _Watch) -> None:
        """Cancelled at the provider, by us or by somebody at its console."""
        await self._end(watch, Move.CONFIRM_CANCEL, Billing.MAYBE)

    async def _unknown(self, watch: _Watch) -> None:
        watch.unknown += 1
        if watch.unknown < UNKNOWN_TIMES:
            self._plan(watch, pause(watch.unknown))
            return
        await self._end(watch, Move.FAIL, Billing.MAYBE, _lost(watch.row))

    async def _trouble(self, watch: _Watch, fault: ProviderFault) -> None:
        """A question failed. Asking again is free, at a growing distance."""
        watch.troubles += 1
        _log.info("not answered", code=fault.code, troubles=watch.troubles)
        if watch.troubles in (3, 10) or fault.kind is FaultKind.ACCOUNT:
            await self._rows(
                self._note, watch.row.clip_id, watch.row.version, {"phase": "Asking the provider…"}
            )
        self._plan(watch, max(self._interval(watch), pause(watch.troubles, fault.retry_after)))

    async def _end(
        self, watch: _Watch, move: Move, billed: Billing, fault: ProviderFault | None = None
    ) -> None:
        await self._move(
            watch,
            lambda session, clip: moves.end(
                session,
                clip,
                move,
                billed=billed.value,
                code=fault.code if fault else None,
                sentence=fault.sentence if fault else None,
                retry_helps=fault.kind is not FaultKind.REFUSED if fault else None,
            ),
        )

    async def _move(self, watch: _Watch, step: Step) -> None:
        self._watched.pop(watch.row.clip_id, None)

        def work() -> Moved | None:
            with self._db.write(durable=True) as session:
                clip = moves.at(session, watch.row.clip_id, watch.row.version)
                return step(session, clip) if clip is not None else None

        done: Moved | None = await self._rows(work)
        if done is None:
            await self.refresh()  # A person was faster; the row says what now.
            return
        _log.info("moved", to=done.status.value)
        await asyncio.to_thread(publish, self._redis, hint_of(done))

    def _provider(self, name: str) -> Provider:
        if name not in self._providers:
            self._providers[name] = open_provider(name, self._settings)
        return self._providers[name]


def _rounded(progress: float | None) -> float | None:
    return None if progress is None else round(progress, 2)


def _no_reason(row: Watched) -> ProviderFault:
    return ProviderFault(
        FaultKind.BROKEN,
        "failed",
        f"{row.model_name}'s provider says that it failed, without a reason. It may have been charged.",
        billing=Billing.MAYBE,
    )


def _too_long(row: Watched) -> ProviderFault:
    return ProviderFault(
        FaultKind.BROKEN,
        "too_long",
        f"{row.model_name} did not finish within this workspace's limit. It may have been charged.",
        billing=Billing.MAYBE,
    )


def _lost(row: Watched) -> ProviderFault:
    return ProviderFault(
        FaultKind.BROKEN,
        "lost",
        f"{row.model_name}'s provider no longer knows this clip. It may have been charged.",
        billing=Billing.MAYBE,
    )
