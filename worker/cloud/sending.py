"""The first queued step of a cloud clip: send it to its provider."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import structlog

from sorceress_video.generation.lifecycle import ClipStatus
from sorceress_video.jobs.hints import hint_of, publish
from sorceress_video.jobs.points import Point, reached
from sorceress_video.library import moves
from sorceress_video.library.database import DatabaseError
from sorceress_video.library.tables import Clip, utc_now
from worker.cloud.patience import pause
from worker.cloud.providers.base import (
    Billing,
    FaultKind,
    Job,
    Provider,
    ProviderFault,
    Resubmission,
    Ticket,
)
from worker.cloud.providers.registry import UnknownProviderError, resubmission_of
from worker.cloud.step import RETRYING, Step

_SENDABLE: Final = {
    "idempotent": (ClipStatus.QUEUED, ClipStatus.WAITING, ClipStatus.SUBMITTING),
    # Nobody but a person decides about an attempt that such a provider never answered.
    "none": (ClipStatus.QUEUED, ClipStatus.WAITING),
}
STUMBLES: Final = 4
"""Errors of our own after which a clip that was never sent is given up."""
CRASHES: Final = 10
"""Deaths of its process after which a clip that was never sent is given up."""
RESEND_TRIES: Final = 12
"""Troubles in a row after which an unanswered attempt is not sent again, even where that is safe."""
TICKET_TRIES: Final = 30
TICKET_PAUSE: Final = 2.0
"""Seconds between two tries to store what the provider called an attempt."""

_log = structlog.get_logger(__name__)


class Submit(Step):
    """Send one attempt, once."""

    async def run(self) -> None:
        """See :meth:`Step.run`."""
        try:
            provider = self._provider()
        except UnknownProviderError:
            clip = self.take(ClipStatus.QUEUED, ClipStatus.WAITING)
            if clip is not None:
                self.fail(clip, _no_provider(clip))
            return
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

    def stumbled(self, clip: Clip) -> None:
        """See :meth:`Step.stumbled`. Once an attempt is written, nobody knows whether it was sent."""
        if clip.status == ClipStatus.SUBMITTING.value:
            self._unanswered(clip, resubmission_of(clip.provider), _interrupted(clip))
        elif clip.failures + 1 >= STUMBLES:
            self.fail(clip, _own_error(clip))
        else:
            self.postpone(clip, _own_error(clip), phase=RETRYING)

    def _provider(self) -> Provider | None:
        with self.db.read() as session:
            clip = session.get(Clip, self.clip_id)
        return self.provider(clip) if clip is not None else None

    async def _taken(self, clip: Clip, provider: Provider) -> None:
        reached(Point.SUBMIT_TAKEN)
        if clip.failures >= CRASHES and clip.waiting_since is None:
            self.fail(clip, _own_error(clip))
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
            self._not_prepared(clip, provider, fault)
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
            self._unanswered(held, provider.resubmission, _no_answer(clip))
        except ProviderFault as fault:
            self._not_accepted(held, provider, fault)
        else:
            reached(Point.SUBMIT_ANSWERED)
            await self._accepted(job, ticket)
            reached(Point.SUBMIT_TICKET_STORED)

    def _write_attempt(self, clip: Clip) -> Clip | None:
        """Commit that the attempt is about to be sent; the clip as it is then."""
        with self.db.write(durable=True) as session:
            row = moves.at(session, clip.id, clip.version)
            if row is None or row.lease_owner != self.owner:
                return None  # A person cancelled, or another worker has it: this one slept too long.
            done = moves.begin_attempt(session, row, self.lease)
        return row if self.tell(done) is not None else None

    async def _accepted(self, job: Job, ticket: Ticket) -> None:
        """Store the ticket. It is all that we have of a paid clip: a full disk or a lock is waited out."""
        for left in reversed(range(TICKET_TRIES)):
            try:
                self._store(job, ticket)
            except DatabaseError:
                _log.exception("the ticket is not stored yet", request_id=ticket.request_id, tries_left=left)
                if not left:
                    raise
                await asyncio.sleep(TICKET_PAUSE)
            else:
                return

    def _store(self, job: Job, ticket: Ticket) -> None:
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

    def _not_prepared(self, clip: Clip, provider: Provider, fault: ProviderFault) -> None:
        if clip.status == ClipStatus.SUBMITTING.value:
            self._unanswered(clip, provider.resubmission, _no_answer(clip))
            return
        free = fault.kind in (FaultKind.TRANSIENT, FaultKind.BUSY, FaultKind.NOT_SENT)
        if free and not self.waited_too_long(clip):
            since = clip.waiting_since or utc_now()
            self.postpone(clip, fault, phase=RETRYING, waiting_since=since)
            return
        self.fail(clip, fault, billed=Billing.NO)

    def _not_accepted(self, clip: Clip, provider: Provider, fault: ProviderFault) -> None:
        if fault.kind in (FaultKind.NOT_SENT, FaultKind.BUSY):
            self.give_back(clip, fault)
        elif fault.kind in (FaultKind.UNANSWERED, FaultKind.TRANSIENT):
            self._unanswered(clip, provider.resubmission, fault)
        else:
            self.fail(clip, fault)

    def _unanswered(self, clip: Clip, resubmission: Resubmission, fault: ProviderFault) -> None:
        """Nobody knows whether the provider took it. An idempotent one is asked again, some times."""
        if resubmission == "idempotent" and clip.failures < RESEND_TRIES:
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


def _no_provider(clip: Clip) -> ProviderFault:
    return ProviderFault(
        FaultKind.REFUSED,
        "no_provider",
        f"This version of the workspace no longer knows {clip.model_name}'s provider. Not charged.",
    )


def _own_error(clip: Clip) -> ProviderFault:
    return ProviderFault(
        FaultKind.BROKEN,
        "own_error",
        f"The workspace ran into an error of its own before {clip.model_name} was asked. Not charged.",
    )


def _interrupted(clip: Clip) -> ProviderFault:
    return ProviderFault(
        FaultKind.UNANSWERED,
        "interrupted",
        f"The workspace ran into an error while {clip.model_name} was being asked. It may have been accepted "
        "and charged.",
        billing=Billing.MAYBE,
    )


def _no_answer(clip: Clip) -> ProviderFault:
    return ProviderFault(
        FaultKind.UNANSWERED,
        "no_answer",
        f"The answer of {clip.model_name}'s provider never came. It may have been accepted and charged.",
        billing=Billing.MAYBE,
    )
