"""Watching accepted clips: each is asked about in its own rhythm, all of them by one process.

What is due next lives in memory; which clips are this watcher's lives in the rows, as a lease. A second
watcher takes over what a dead one held as soon as the lease runs out. Asking is free, so nothing here can
cost money.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from time import monotonic
from typing import Any, Final, ParamSpec, TypeVar

import structlog
from redis import Redis
from redis.exceptions import RedisError

from sorceress_video.generation.lifecycle import ClipStatus, Move
from sorceress_video.jobs.hints import Hint, hint_of
from sorceress_video.jobs.points import Point, reached
from sorceress_video.jobs.queues import dispatch_clips
from sorceress_video.library import leases, moves
from sorceress_video.library.database import Database, Session
from sorceress_video.library.leases import Watched
from sorceress_video.library.moves import Moved
from sorceress_video.library.provider_keys import KeyRing
from sorceress_video.library.tables import Clip, utc_now
from sorceress_video.settings import Settings
from worker.cloud import endings
from worker.cloud.notices import Notices
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
from worker.cloud.providers.registry import UnknownProviderError, open_provider
from worker.cloud.timetable import Pace, Timetable, Turn

_log = structlog.get_logger(__name__)

LOOK_EVERY: Final = 0.25
"""Seconds between two looks for clips that nobody watches."""
DESKS: Final = 4
"""Connection pools for each provider. A pool looks through all its connections for every question, so that
four small ones cost a quarter of what one large one does."""
AT_ONCE: Final = 25
"""Questions under way at a desk; a provider that hangs does not keep the clips of others waiting."""
UNKNOWN_TIMES: Final = 6
"""A provider may not know a fresh request at once; after so many times, about a minute, it never will."""
NOTE_EVERY: Final = 5.0
"""Seconds between two writes of progress to one row; open pages hear of every change by a hint."""
CONTACT_PATIENCE: Final = timedelta(hours=24)
"""A clip whose provider cannot be asked is paid for: the questions go on this long after its limit."""

_Desk = tuple[str, int]
T = TypeVar("T")
P = ParamSpec("P")
Step = Callable[[Session, Clip], Moved | None]
_random = secrets.SystemRandom()


@dataclass(slots=True)
class _Watch:
    """One clip under watch."""

    row: Watched
    since: float
    troubles: int = 0
    unknown: int = 0
    asked_to_cancel: bool = False
    shown: tuple[Any, ...] = ()
    noted_at: float = 0.0


class Watch:
    """The watcher's engine. ``owner`` is the name under which it holds its clips."""

    def __init__(self, db: Database, redis: Redis, settings: Settings, owner: str) -> None:
        self._db = db
        self._redis = redis
        self._keys = KeyRing(db, settings)
        self._settings = settings
        self._owner = owner
        self._lease_time = timedelta(seconds=settings.lease_seconds)
        self._watched: dict[str, _Watch] = {}
        self._timetable = Timetable()
        self._providers: dict[_Desk, Provider] = {}
        self._retired: list[Provider] = []
        self._rooms: dict[_Desk, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(AT_ONCE))
        self._under_way: set[asyncio.Task[None]] = set()
        # One thread: SQLite has one writer anyway, and the order of writes stays the order of answers.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="rows")
        self.notices = Notices(db, redis)

    # --- what the process's loops call

    async def lease_loop(self) -> None:
        """Take clips that nobody watches, keep those that are held, notice what a person changed."""
        renewed = 0.0
        self._use(await self._rows(self._keys.settings))
        while True:
            for row in await self._rows(self._lease):
                self._begin(row)
            # A third of the lease, so that two missed turns lose nothing.
            if monotonic() - renewed >= self._lease_time.total_seconds() / 3:
                renewed = monotonic()
                await self._rows(self._renew)
                self._use(await self._rows(self._keys.settings))
                await self.refresh()
            await asyncio.sleep(LOOK_EVERY)

    async def poll_loop(self) -> None:
        """Ask about each clip when it is due."""
        while True:
            for turn in await self._timetable.due():
                watch = self._watched.get(turn.clip_id)
                if watch is None:
                    continue
                task = asyncio.create_task(self._look(watch, turn))
                self._under_way.add(task)
                task.add_done_callback(self._under_way.discard)

    def hasten(self, clip_id: str) -> None:
        """Ask about a clip now."""
        watch = self._watched.get(clip_id)
        if watch is not None:
            watch.troubles = 0
            self._plan(watch, 0.0)

    async def refresh(self) -> None:
        """Read again which clips are held and what a person changed about them."""
        known = frozenset(self._watched)
        held = await self._rows(self._held)
        for clip_id in known - held.keys():
            self._forget(clip_id)  # Ended elsewhere, or another watcher's by now.
        changed = [
            clip_id
            for clip_id, version in held.items()
            if (watch := self._watched.get(clip_id)) is None or watch.row.version != version
        ]
        for row in await self._rows(self._read, changed) if changed else []:
            watch = self._watched.get(row.clip_id)
            if watch is None or watch.row.attempt != row.attempt:
                self._begin(row)
            elif watch.row.version != row.version:
                watch.row = row
                self._plan(watch, 0.0)

    def pace(self) -> Pace:
        """How punctual the questions were since this was last asked."""
        return self._timetable.pace()

    async def aclose(self) -> None:
        """Let go of everything, so that the next watcher need not wait for the lease to run out."""
        for task in list(self._under_way):
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)
        await self._rows(self._release)
        await self.notices.flush()
        for provider in (*self._providers.values(), *self._retired):
            await provider.aclose()
        self._thread.shutdown(wait=True)

    # --- rows

    async def _rows(self, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        call = partial(work, *arguments, **named)
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)

    def _lease(self) -> list[Watched]:
        with self._db.read() as session:
            if not leases.any_unwatched(session):
                return []
        with self._db.write() as session:
            rows = leases.lease_watched(session, self._owner, self._lease_time, 500)
        if rows:
            reached(Point.WATCH_LEASED)
        return rows

    def _renew(self) -> None:
        with self._db.read() as session:
            if not leases.held_by(session, self._owner):
                return
        with self._db.write() as session:
            leases.renew_watched(session, self._owner, self._lease_time)

    def _held(self) -> dict[str, int]:
        with self._db.read() as session:
            return leases.held_by(session, self._owner)

    def _read(self, clip_ids: list[str]) -> list[Watched]:
        with self._db.read() as session:
            return leases.read_watched(session, self._owner, clip_ids)

    def _release(self) -> None:
        with self._db.write() as session:
            leases.release_watched(session, self._owner)

    # --- one clip

    def _begin(self, row: Watched) -> None:
        watch = _Watch(row, since=monotonic())
        self._watched[row.clip_id] = watch
        self._plan(watch, self._first_pause(row))

    def _first_pause(self, row: Watched) -> float:
        if row.status is ClipStatus.CANCELLING or row.provider == "sandbox":
            return 0.0
        interval = self._settings.poll_interval
        if row.accepted_at and (utc_now() - row.accepted_at).total_seconds() < interval:
            return interval / 2
        return interval * _random.random()  # Taken over with many others, which must not be due at once.

    def _plan(self, watch: _Watch, seconds: float) -> None:
        self._timetable.plan(watch.row.clip_id, seconds)

    def _forget(self, clip_id: str) -> None:
        self._watched.pop(clip_id, None)
        self._timetable.drop(clip_id)

    def _interval(self, watch: _Watch) -> float:
        """Seconds to the next question: often while a clip is young, seldom when it is old."""
        base = self._settings.poll_interval
        if watch.row.provider == "sandbox":  # A read of our own table.
            return min(0.3 if watch.shown[:1] == (Phase.RUNNING,) else 0.6, base)
        age = monotonic() - watch.since
        if age > 300:
            base *= 5
        elif age > 120:
            base *= 2
        return base

    async def _look(self, watch: _Watch, turn: Turn) -> None:
        row = watch.row
        structlog.contextvars.bind_contextvars(clip_id=row.clip_id, step="watch")  # Of this task alone.
        async with self._rooms[_desk(row)]:
            if self._watched.get(row.clip_id) is not watch:
                return
            self._timetable.began(turn)
            try:
                await self._ask(watch, row)
            except ProviderFault as fault:
                await self._trouble(watch, fault)
            except Exception:  # noqa: BLE001
                # One clip's surprise must not end the watch of all others; the row is as it was.
                _log.exception("watch failed")
                await self._trouble(watch, endings.own_error(row))
            finally:
                if self._watched.get(row.clip_id) is watch and self._timetable.stands(turn):
                    self._plan(watch, pause(watch.troubles))  # What is watched is always due some time.

    async def _ask(self, watch: _Watch, row: Watched) -> None:
        provider = self._provider(_desk(row))
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
        waiting = watch.shown[:1] == (Phase.QUEUED,)
        billed = Billing.NO if outcome == "cancelled" and waiting else Billing.MAYBE
        if watch.row.provider == "sandbox":
            billed = Billing.NO
        await self._end(watch, Move.CONFIRM_CANCEL, billed)
        return True

    async def _answered(self, watch: _Watch, status: Status) -> None:
        if status.phase is Phase.DONE:
            await self._finish(watch)
        elif status.phase is Phase.FAILED:
            await self._failed(watch, status.fault or endings.no_reason(watch.row))
        elif status.phase is Phase.CANCELLED:
            await self._cancelled(watch)
        elif status.phase is Phase.UNKNOWN:
            await self._unknown(watch)
        else:
            await self._still_going(watch, status)

    async def _still_going(self, watch: _Watch, status: Status) -> None:
        watch.unknown = 0
        row = watch.row
        if self._over_limit(row, timedelta(0)):
            await self._failed(watch, endings.too_long(row))
            return
        shown = (status.phase, status.queue_position, _rounded(status.progress), status.message)
        if shown != watch.shown:
            changed_phase = watch.shown[:1] != shown[:1]
            watch.shown = shown
            self._show(watch, status, write=changed_phase)
        self._plan(watch, self._interval(watch))

    def _over_limit(self, row: Watched, extra: timedelta) -> bool:
        limit = timedelta(seconds=self._settings.generation_limit) + extra
        return row.accepted_at is not None and utc_now() - row.accepted_at > limit

    def _show(self, watch: _Watch, status: Status, *, write: bool) -> None:
        row = watch.row
        phase = "Waiting for capacity…" if status.phase is Phase.QUEUED else status.message or "Generating"
        if row.status is ClipStatus.CANCELLING:
            phase = "Cancelling"
        phase = phase[:32]
        if write or monotonic() - watch.noted_at > NOTE_EVERY:
            watch.noted_at = monotonic()
            facts = {"phase": phase, "queue_position": status.queue_position, "progress": status.progress}
            self.notices.note(row.clip_id, row.version, facts)
        self.notices.tell(
            Hint(
                kind="progress",
                account=row.account_id,
                clip=row.clip_id,
                version=row.version,
                status=row.status.value,
                phase=phase,
                progress=status.progress,
                queue_position=status.queue_position,
            )
        )

    async def _finish(self, watch: _Watch) -> None:
        row = watch.row
        # Not synced: after a power cut the provider simply says it again.
        step = partial(moves.finish, clip_id=row.clip_id, version=row.version)
        await self._move(watch, lambda session, _: step(session), durable=False)
        reached(Point.WATCH_FINISHED)
        try:
            await asyncio.to_thread(dispatch_clips, self._db, self._redis, [row.clip_id])
        except RedisError as error:
            _log.warning("not queued, the outbox will", error=type(error).__name__)

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
        await self._end(watch, Move.FAIL, Billing.MAYBE, endings.lost(watch.row))

    async def _trouble(self, watch: _Watch, fault: ProviderFault) -> None:
        """A question failed. Asking again is free, at a growing distance."""
        watch.troubles += 1
        _log.info("not answered", code=fault.code, troubles=watch.troubles)
        if self._over_limit(watch.row, CONTACT_PATIENCE):
            await self._failed(watch, endings.out_of_reach(watch.row, fault))
            return
        if watch.troubles in (3, 10) or fault.kind is FaultKind.ACCOUNT:
            self.notices.note(watch.row.clip_id, watch.row.version, {"phase": "Asking the provider…"})
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

    async def _move(self, watch: _Watch, step: Step, *, durable: bool = True) -> None:
        row = watch.row

        def work() -> Moved | None:
            with self._db.write(durable=durable) as session:
                clip = moves.at(session, row.clip_id, row.version)
                return step(session, clip) if clip is not None else None

        done: Moved | None = await self._rows(work)
        if self._watched.get(row.clip_id) is watch:  # Not before it is written, or a full disk would lose it.
            self._forget(row.clip_id)
        if done is None:
            await self.refresh()  # A person was faster; the row says what now.
            return
        _log.info("moved", to=done.status.value)
        self.notices.tell(hint_of(done))

    def _use(self, settings: Settings) -> None:
        """Ask with other keys from now on. What is under way ends with the old ones."""
        if settings is not self._settings:
            self._settings = settings
            self._retired += self._providers.values()
            self._providers = {}

    def _provider(self, desk: _Desk) -> Provider:
        if desk not in self._providers:
            name, _ = desk
            try:
                self._providers[desk] = open_provider(name, self._settings)
            except UnknownProviderError as error:
                raise endings.no_provider(name) from error
        return self._providers[desk]


def _desk(row: Watched) -> _Desk:
    """Where a clip is asked about, always the same place: its provider and one of the desks."""
    return row.provider, int(row.clip_id[-4:], 16) % DESKS


def _rounded(progress: float | None) -> float | None:
    return None if progress is None else round(progress, 2)
