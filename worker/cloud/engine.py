"""The two queued steps of a cloud clip: send it to its provider, and bring the result home.

Each step is idempotent and guarded by the row: whoever finds the clip elsewhere than expected stops. Nothing
slow happens inside a transaction, and nothing is sent that was not written down before.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import structlog

from sorceress_video.generation.lifecycle import ClipStatus, Move
from sorceress_video.jobs.hints import hint_of, publish
from sorceress_video.jobs.points import Point, reached
from sorceress_video.jobs.queues import QueueName, enqueue, get_redis
from sorceress_video.library import moves, results
from sorceress_video.library.database import Database, DatabaseError, Session, get_database
from sorceress_video.library.moves import Moved
from sorceress_video.library.tables import Clip, utc_now
from sorceress_video.media.storage import Storage, open_storage
from sorceress_video.settings import Settings, get_settings
from worker.cloud import arrival
from worker.cloud.patience import pause
from worker.cloud.providers.base import (
    UNUSABLE,
    Billing,
    FaultKind,
    Job,
    JobInput,
    Provider,
    ProviderFault,
    Ticket,
)
from worker.cloud.providers.registry import open_provider

_log = structlog.get_logger(__name__)

_SENDABLE: Final = {
    "idempotent": (ClipStatus.QUEUED, ClipStatus.WAITING, ClipStatus.SUBMITTING),
    # Nobody but a look-up or a person decides about an attempt that such a provider never answered.
    "lookup": (ClipStatus.QUEUED, ClipStatus.WAITING),
    "none": (ClipStatus.QUEUED, ClipStatus.WAITING),
}
PREPARE_TRIES: Final = 8
FETCH_PATIENCE: Final = timedelta(hours=24)
"""A finished clip is paid for: its download is tried this long."""
UNUSABLE_TRIES: Final = 4
"""A broken file may be a broken download; after this many it is the provider's."""


def submit(clip_id: str, _dispatch: int) -> None:
    """Queue ``submit``: send one clip to its provider, once."""
    with structlog.contextvars.bound_contextvars(clip_id=clip_id, step="submit"):
        asyncio.run(_Submit(clip_id).run())


def fetch(clip_id: str, _dispatch: int) -> None:
    """Queue ``fetch``: bring one finished clip home."""
    with structlog.contextvars.bound_contextvars(clip_id=clip_id, step="fetch"):
        asyncio.run(_Fetch(clip_id).run())


class _Step:
    """What both steps have in common: the row, the provider, the word to open pages."""

    def __init__(self, clip_id: str) -> None:
        self.clip_id = clip_id
        self.settings: Settings = get_settings()
        self.lease = timedelta(seconds=self.settings.lease_seconds)
        self.owner = f"job-{secrets.token_hex(8)}"
        self.db: Database = get_database()
        self.redis = get_redis()
        self.storage: Storage = open_storage(self.settings)

    def take(self, *statuses: ClipStatus) -> Clip | None:
        with self.db.write() as session:
            return moves.take(session, self.clip_id, statuses, self.owner, self.lease)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep the clip while this step lives: a thread renews the lease, whatever the step is busy with."""
        done = threading.Event()

        def renew() -> None:
            while not done.wait(self.lease.total_seconds() / 3):
                try:
                    with self.db.write() as session:
                        moves.hold(session, self.clip_id, self.owner, self.lease)
                except DatabaseError:
                    _log.warning("the lease could not be renewed", exc_info=True)

        thread = threading.Thread(target=renew, name="lease", daemon=True)
        thread.start()
        try:
            yield
        finally:
            done.set()
            thread.join()

    def tell(self, done: Moved | None) -> Moved | None:
        if done is None:
            _log.info("the clip had moved on")
        else:
            publish(self.redis, hint_of(done))
            _log.info("moved", to=done.status.value, attempt=done.attempt)
        return done

    def move(self, clip: Clip, step: Callable[[Session, Clip], Moved | None]) -> Moved | None:
        """Make one move if the row is still at the version that this step has seen."""
        with self.db.write(durable=True) as session:
            row = moves.at(session, clip.id, clip.version)
            done = step(session, row) if row is not None else None
        return self.tell(done)

    def fail(self, clip: Clip, fault: ProviderFault, *, billed: Billing | None = None) -> None:
        self.move(
            clip,
            lambda session, row: moves.end(
                session,
                row,
                Move.FAIL,
                billed=(billed or fault.billing).value,
                code=fault.code,
                sentence=fault.sentence,
                retry_helps=fault.kind is not FaultKind.REFUSED,
            ),
        )

    def give_back(self, clip: Clip, fault: ProviderFault) -> None:
        """The provider did not take the attempt, or gave it back for want of capacity: try again later."""
        if _waited_too_long(clip, self.settings):
            self.fail(clip, _gave_up(clip, fault))
            return
        busy = fault.kind is FaultKind.BUSY
        until = utc_now() + timedelta(seconds=pause(clip.failures, fault.retry_after))
        self.move(
            clip,
            lambda session, row: moves.give_back(
                session,
                row,
                Move.BUSY if busy else Move.RETURN,
                until,
                phase=None if busy else fault.sentence,
            ),
        )

    def postpone(self, clip: Clip, fault: ProviderFault, phase: str | None = None) -> None:
        """The same step again later; asking is free."""
        until = utc_now() + timedelta(seconds=pause(clip.failures, fault.retry_after))
        with self.db.write() as session:
            moves.postpone(session, clip, until, phase=phase or clip.phase)
        _log.info("postponed", code=fault.code, until=until.isoformat())

    def job(self, clip: Clip, attempt: int, scratch: Path) -> Job:
        with self.db.read() as session:
            given = results.inputs_with_files(session, clip.id)
        inputs = []
        for link, asset in given:
            path = self.storage.local_path(asset.file_key)
            if path is None:
                path = scratch / f"{link.role}-{link.position}"
                self.storage.fetch_to(asset.file_key, path)
            inputs.append(
                JobInput(
                    role=link.role,
                    path=path,
                    mime=asset.mime,
                    bytes=asset.bytes,
                    sha256=asset.sha256,
                    name=asset.name,
                    width=asset.width,
                    height=asset.height,
                    seconds=asset.seconds,
                )
            )
        return Job(
            clip_id=clip.id,
            attempt=attempt,
            model_id=clip.model_id,
            model_name=clip.model_name,
            endpoint=clip.endpoint,
            mode=clip.mode,
            prompt=clip.prompt,
            settings=clip.settings,
            inputs=tuple(inputs),
            expected_seconds=clip.expected_seconds,
        )


class _Submit(_Step):
    async def run(self) -> None:
        provider = self._provider()
        if provider is None:
            return
        try:
            clip = self.take(*_SENDABLE[provider.resubmission])
            if clip is None:
                return
            with self.held():
                await self._taken(clip, provider)
        finally:
            await provider.aclose()

    def _provider(self) -> Provider | None:
        with self.db.read() as session:
            clip = session.get(Clip, self.clip_id)
        return open_provider(clip.provider, self.settings) if clip is not None else None

    async def _taken(self, clip: Clip, provider: Provider) -> None:
        reached(Point.SUBMIT_TAKEN)
        if _waited_too_long(clip, self.settings) and clip.status == ClipStatus.WAITING.value:
            self.fail(clip, _gave_up(clip, None))
            return
        self.settings.scratch_dir.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self.settings.scratch_dir, prefix="submit-") as scratch:
            await self._send(clip, provider, Path(scratch))

    async def _send(self, clip: Clip, provider: Provider, scratch: Path) -> None:
        resumed = clip.status == ClipStatus.SUBMITTING.value
        job = self.job(clip, clip.attempt if resumed else clip.attempt + 1, scratch)
        if job.inputs:
            self._show(clip, "Uploading the inputs")
        try:
            prepared = await provider.prepare(job)
        except ProviderFault as fault:
            self._not_prepared(clip, fault)
            return
        reached(Point.SUBMIT_PREPARED)
        held = clip if resumed else self._write_attempt(clip)
        if held is None:
            return
        reached(Point.SUBMIT_ATTEMPT_WRITTEN)
        try:
            async with asyncio.timeout(self.settings.submit_deadline):
                ticket = await provider.submit(job, prepared)
        except TimeoutError:
            self._unanswered(held, provider, _no_answer(clip))
        except ProviderFault as fault:
            self._not_accepted(held, provider, fault)
        else:
            reached(Point.SUBMIT_ANSWERED)
            self._accepted(job, ticket)
            reached(Point.SUBMIT_TICKET_STORED)

    def _write_attempt(self, clip: Clip) -> Clip | None:
        """Commit that the attempt is about to be sent; the clip as it is then."""
        with self.db.write(durable=True) as session:
            row = moves.at(session, clip.id, clip.version)
            if row is None or row.lease_owner != self.owner:
                return None  # A person cancelled, or another worker has it: this one slept too long.
            done = moves.begin_attempt(session, row, self.lease)
        return row if self.tell(done) is not None else None

    def _accepted(self, job: Job, ticket: Ticket) -> None:
        with self.db.write(durable=True) as session:
            done = moves.accept(
                session,
                job.clip_id,
                job.attempt,
                request_id=ticket.request_id,
                status_url=ticket.status_url,
                response_url=ticket.response_url,
                cancel_url=ticket.cancel_url,
            )
        self.tell(done)

    def _not_prepared(self, clip: Clip, fault: ProviderFault) -> None:
        if clip.status == ClipStatus.SUBMITTING.value:
            return  # A resumed attempt stays as it is until it can be sent again.
        free = fault.kind in (FaultKind.TRANSIENT, FaultKind.BUSY, FaultKind.NOT_SENT)
        if free and clip.failures + 1 < PREPARE_TRIES:
            self.postpone(clip, fault, fault.sentence)
            return
        self.fail(clip, fault, billed=Billing.NO)

    def _not_accepted(self, clip: Clip, provider: Provider, fault: ProviderFault) -> None:
        if fault.kind in (FaultKind.NOT_SENT, FaultKind.BUSY):
            self.give_back(clip, fault)
        elif fault.kind in (FaultKind.UNANSWERED, FaultKind.TRANSIENT):
            self._unanswered(clip, provider, fault)
        else:
            self.fail(clip, fault)

    def _unanswered(self, clip: Clip, provider: Provider, fault: ProviderFault) -> None:
        """Nobody knows whether the provider took it. An idempotent one is simply asked again."""
        if provider.resubmission == "idempotent":
            with self.db.write(durable=True) as session:
                moves.leave_for_later(session, clip, timedelta(seconds=pause(clip.failures)))
            return
        self.move(
            clip, lambda session, row: moves.doubt(session, row, code=fault.code, sentence=fault.sentence)
        )

    def _show(self, clip: Clip, phase: str) -> None:
        with self.db.write() as session:
            moves.show(session, clip.id, clip.version, phase=phase)
        publish(
            self.redis, hint_of(moves.moved(clip)).model_copy(update={"kind": "progress", "phase": phase})
        )


class _Fetch(_Step):
    async def run(self) -> None:
        clip = self.take(ClipStatus.FETCHING)
        if clip is None:
            return
        with self.held():
            await self._taken(clip)

    async def _taken(self, clip: Clip) -> None:
        reached(Point.FETCH_TAKEN)
        self.settings.scratch_dir.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self.settings.scratch_dir, prefix="fetch-") as scratch:
            provider = open_provider(clip.provider, self.settings)
            try:
                await self._bring_home(clip, provider, Path(scratch))
            except ProviderFault as fault:
                self._not_home(clip, fault)
            finally:
                await provider.aclose()

    async def _bring_home(self, clip: Clip, provider: Provider, scratch: Path) -> None:
        with self.db.read() as session:
            attempt = results.attempt_of(session, clip)
        if attempt is None or attempt.request_id is None:
            raise RuntimeError(f"clip {clip.id} is fetched without a ticket")
        ticket = Ticket(
            attempt.request_id,
            attempt.status_url,
            attempt.response_url,
            attempt.cancel_url,
            clip.model_name,
        )
        result = await provider.result(ticket)
        delivered = scratch / "delivered"
        await provider.download(result, delivered)
        reached(Point.FETCH_DOWNLOADED)
        kept = arrival.keep(delivered, scratch, self.storage, clip)

        def settle(session: Session, row: Clip) -> Moved | None:
            video = results.add_result(session, row, kept.video, kept.poster, kept.facts)
            return moves.store(session, row, video, seed=result.seed, cost=result.cost_micro_usd)

        done = self.move(clip, settle)
        reached(Point.FETCH_COMMITTED)
        if done is not None:
            with self.db.read() as session:
                row = session.get(Clip, clip.id)
            if row is not None and row.video_id is not None:
                enqueue(self.redis, QueueName.MEDIA, row.video_id, 1)

    def _not_home(self, clip: Clip, fault: ProviderFault) -> None:
        if fault.kind is FaultKind.BUSY:
            self.give_back(clip, fault)
        elif fault.kind in (FaultKind.TRANSIENT, FaultKind.UNANSWERED, FaultKind.NOT_SENT):
            self._again(clip, fault)
        else:
            self.fail(clip, fault)

    def _again(self, clip: Clip, fault: ProviderFault) -> None:
        """Trouble with the download is answered by another download, never by another generation."""
        made = clip.started_at or clip.created_at
        unusable = fault.code == UNUSABLE and clip.failures + 1 >= UNUSABLE_TRIES
        if unusable or utc_now() - made > FETCH_PATIENCE:
            billed = fault.billing if fault.code == UNUSABLE else Billing.YES
            self.fail(clip, fault, billed=billed)
            return
        if fault.kind is FaultKind.UNANSWERED:
            self.move(clip, lambda session, row: moves.rewatch(session, row, clip.failures + 1))
            return
        self.postpone(clip, fault)


def _waited_too_long(clip: Clip, settings: Settings) -> bool:
    since: datetime | None = clip.waiting_since
    return since is not None and (utc_now() - since).total_seconds() > settings.capacity_limit


def _gave_up(clip: Clip, fault: ProviderFault | None) -> ProviderFault:
    reason = f" Last answer: {fault.sentence}" if fault else ""
    return ProviderFault(
        FaultKind.BROKEN,
        "no_capacity",
        f"{clip.model_name} had no capacity for as long as this workspace waits. Not charged.{reason}",
    )


def _no_answer(clip: Clip) -> ProviderFault:
    return ProviderFault(
        FaultKind.UNANSWERED,
        "no_answer",
        f"The answer of {clip.model_name}'s provider never came. It may have been accepted and charged.",
        billing=Billing.MAYBE,
    )
