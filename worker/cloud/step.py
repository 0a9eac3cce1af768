"""What the queued steps of a clip have in common: the row, its lease, and the word to open pages."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import structlog

from sorceress_video.catalog.terms import InputRole
from sorceress_video.generation.lifecycle import ClipStatus, Move
from sorceress_video.jobs.hints import hint_of, publish
from sorceress_video.jobs.queues import get_redis
from sorceress_video.library import leases, moves, results
from sorceress_video.library.database import Database, DatabaseError, Session, get_database
from sorceress_video.library.moves import Moved
from sorceress_video.library.provider_keys import in_force
from sorceress_video.library.tables import Clip, utc_now
from sorceress_video.media.storage import Storage, open_storage
from sorceress_video.settings import Settings, get_settings
from worker.cloud.patience import pause
from worker.cloud.providers.base import Billing, FaultKind, Job, JobInput, Provider, ProviderFault
from worker.cloud.providers.registry import open_provider

_log = structlog.get_logger(__name__)

RETRYING: Final = "Not sent yet, trying again"


class Step:
    """One queued step of one clip, held by a lease of its own."""

    def __init__(self, clip_id: str) -> None:
        self.clip_id = clip_id
        self.settings: Settings = get_settings()
        self.lease = timedelta(seconds=self.settings.lease_seconds)
        self.owner = f"job-{secrets.token_hex(8)}"
        self.db: Database = get_database()
        self.redis = get_redis()
        self.storage: Storage = open_storage(self.settings)

    async def run(self) -> None:
        """Do the step, or nothing where the clip is elsewhere by now."""
        raise NotImplementedError

    def stumbled(self, clip: Clip) -> None:
        """An error that nobody foresaw ended the step in the middle: move the clip on, or try it again."""
        raise NotImplementedError

    def held_still(self) -> Clip | None:
        """The clip, if this step holds it."""
        with self.db.read() as session:
            clip = session.get(Clip, self.clip_id)
        return clip if clip is not None and clip.lease_owner == self.owner else None

    def provider(self, clip: Clip) -> Provider:
        """The clip's provider, with the key as it is now.

        Raises:
            UnknownProviderError: there is none.
        """
        return open_provider(clip.provider, in_force(self.db, self.settings))

    def take(self, *statuses: ClipStatus) -> Clip | None:
        with self.db.write() as session:
            return leases.take(session, self.clip_id, statuses, self.owner, self.lease)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep the clip while this step lives: a thread renews the lease, whatever the step is busy with."""
        done = threading.Event()

        def renew() -> None:
            while not done.wait(self.lease.total_seconds() / 3):
                try:
                    with self.db.write() as session:
                        leases.hold(session, self.clip_id, self.owner, self.lease)
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
            if done is None:
                session.rollback()  # What the step wrote beside the move goes with it.
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
        if self.waited_too_long(clip):
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
                phase=None if busy else RETRYING,
            ),
        )

    def waited_too_long(self, clip: Clip) -> bool:
        """Whether the clip could not be sent for as long as this workspace waits."""
        since: datetime | None = clip.waiting_since
        return since is not None and (utc_now() - since).total_seconds() > self.settings.capacity_limit

    def postpone(self, clip: Clip, fault: ProviderFault, **changes: Any) -> None:
        """The same step again later; asking is free."""
        until = utc_now() + timedelta(seconds=pause(clip.failures, fault.retry_after))
        with self.db.write() as session:
            moves.postpone(session, clip, until, **changes)
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
                    role=InputRole(link.role),
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


def _gave_up(clip: Clip, fault: ProviderFault) -> ProviderFault:
    return ProviderFault(
        FaultKind.BROKEN,
        "no_capacity",
        f"{clip.model_name} could not take this clip for as long as this workspace waits. Not charged. "
        f"Last answer: {fault.sentence}",
    )
