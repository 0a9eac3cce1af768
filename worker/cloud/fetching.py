"""The second queued step of a cloud clip: bring the result home."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import structlog
from redis.exceptions import RedisError

from sorceress_video.generation.lifecycle import ClipStatus
from sorceress_video.jobs.points import Point, reached
from sorceress_video.jobs.queues import QueueName, enqueue
from sorceress_video.library import moves, results
from sorceress_video.library.database import Session
from sorceress_video.library.moves import Moved
from sorceress_video.library.tables import Attempt, Clip, utc_now
from worker.cloud import arrival
from worker.cloud.providers.base import (
    UNUSABLE,
    Billing,
    FaultKind,
    Provider,
    ProviderFault,
    Result,
    Ticket,
)
from worker.cloud.step import Step

_log = structlog.get_logger(__name__)

FIRST_LIMIT: Final = 60.0
LAST_LIMIT: Final = 600.0
"""Seconds that the first download of a clip may take, and the last one."""
FETCH_PATIENCE: Final = timedelta(hours=24)
"""A finished clip is paid for: its download is tried this long after the time that making it may take."""
UNUSABLE_TRIES: Final = 4
"""A broken file may be a broken download; after this many it is the provider's."""
GONE_TRIES: Final = 12
"""An address that is no longer good may be a passing trouble; after this many, a quarter of an hour, the
provider has deleted the file."""

_PASSING: Final = (FaultKind.TRANSIENT, FaultKind.UNANSWERED, FaultKind.NOT_SENT, FaultKind.ACCOUNT)
"""What may be mended while the finished clip waits, if need be by an administrator: its key may be gone."""


class Fetch(Step):
    """Download, inspect and keep the result of one finished clip."""

    async def run(self) -> None:
        """See :meth:`Step.run`."""
        clip = self.take(ClipStatus.FETCHING)
        if clip is None:
            return
        with self.held():
            await self._taken(clip)

    async def _taken(self, clip: Clip) -> None:
        reached(Point.FETCH_TAKEN)
        if self._over_patience(clip):  # Its process was killed each time, else it would have ended below.
            self.fail(clip, _never_home(clip), billed=Billing.YES)
            return
        self.settings.scratch_dir.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self.settings.scratch_dir, prefix="fetch-") as scratch:
            provider = self.provider(clip)
            try:
                await self._bring_home(clip, provider, Path(scratch))
            except ProviderFault as fault:
                self._not_home(clip, fault)
            finally:
                await provider.aclose()

    async def _bring_home(self, clip: Clip, provider: Provider, scratch: Path) -> None:
        result_of = self._ticket(clip)
        result = await provider.result(result_of)
        delivered = scratch / "delivered"
        await self._download(clip, provider, result, delivered)
        reached(Point.FETCH_DOWNLOADED)
        kept = arrival.keep(delivered, scratch, self.storage, clip)

        def settle(session: Session, row: Clip) -> Moved | None:
            video = results.add_result(session, row, kept.video, kept.poster, kept.facts)
            for file in (kept.video, kept.poster):
                if self.storage.stat(file.key) is None:  # The upkeep took an unused file of the same content.
                    raise ProviderFault(FaultKind.TRANSIENT, "file_gone", "The file has to be fetched again.")
            return moves.store(session, row, video, seed=result.seed, cost=result.cost_micro_usd)

        done = self.move(clip, settle)
        reached(Point.FETCH_COMMITTED)
        if done is not None:
            self._derive(clip.id)

    async def _download(self, clip: Clip, provider: Provider, result: Result, to: Path) -> None:
        """Within a limit that doubles with each try, so that a few dripping downloads do not hold up all."""
        try:
            async with asyncio.timeout(min(LAST_LIMIT, FIRST_LIMIT * 2**clip.failures)):
                await provider.download(result, to)
        except TimeoutError as error:
            sentence = f"The finished clip of {clip.model_name} comes too slowly."
            raise ProviderFault(FaultKind.TRANSIENT, "slow_download", sentence) from error

    def _derive(self, clip_id: str) -> None:
        with self.db.read() as session:
            row = session.get(Clip, clip_id)
        if row is None or row.video_id is None:
            return
        try:
            enqueue(self.redis, QueueName.MEDIA, row.video_id, 1)
        except RedisError as error:
            _log.warning("no preview yet, the upkeep will ask for it", error=type(error).__name__)

    def _ticket(self, clip: Clip) -> Ticket:
        attempt = self._attempt(clip)
        if attempt is None or attempt.request_id is None:
            raise RuntimeError(f"clip {clip.id} is fetched without a ticket")
        return Ticket(
            attempt.request_id,
            attempt.status_url,
            attempt.response_url,
            attempt.cancel_url,
            clip.model_name,
        )

    def _attempt(self, clip: Clip) -> Attempt | None:
        with self.db.read() as session:
            return results.attempt_of(session, clip)

    def _over_patience(self, clip: Clip) -> bool:
        attempt = self._attempt(clip)
        accepted: datetime | None = attempt.accepted_at if attempt else None
        return accepted is not None and utc_now() - accepted > FETCH_PATIENCE + timedelta(
            seconds=self.settings.generation_limit
        )

    def _not_home(self, clip: Clip, fault: ProviderFault) -> None:
        if fault.kind is FaultKind.BUSY:
            self.give_back(clip, fault)
        elif fault.kind in _PASSING:
            self._again(clip, fault)
        else:
            self.fail(clip, fault)

    def _again(self, clip: Clip, fault: ProviderFault) -> None:
        """Trouble with the download is answered by another download, never by another generation."""
        tries = clip.failures + 1
        # Twice in a row at least: the troubles before may have been the network's.
        unusable = fault.code == UNUSABLE == clip.error_code and tries >= UNUSABLE_TRIES
        gone = fault.kind is FaultKind.UNANSWERED and tries >= GONE_TRIES
        if unusable or gone or self._over_patience(clip):
            billed = fault.billing if fault.code == UNUSABLE else Billing.YES
            self.fail(clip, fault, billed=billed)
            return
        if fault.kind is FaultKind.UNANSWERED and tries == 1:
            self.move(clip, lambda session, row: moves.rewatch(session, row, tries))
            return
        self.postpone(clip, fault, error_code=fault.code[: moves.CODE_LENGTH])

    def stumbled(self, clip: Clip) -> None:
        """See :meth:`Step.stumbled`. The clip is paid for, so it is tried on."""
        self._again(clip, _own_error(clip))


def _own_error(clip: Clip) -> ProviderFault:
    return ProviderFault(
        FaultKind.TRANSIENT,
        "own_error",
        f"{clip.model_name} made the clip, but this workspace ran into an error of its own while saving it. "
        "It was charged.",
        billing=Billing.YES,
    )


def _never_home(clip: Clip) -> ProviderFault:
    return ProviderFault(
        FaultKind.BROKEN,
        "never_home",
        f"{clip.model_name} made the clip, but it could not be saved here for a day. It was charged.",
        billing=Billing.YES,
    )
