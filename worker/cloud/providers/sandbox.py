"""The built-in Sandbox: a provider without a key, which renders animatics on this deployment's own workers.

It behaves as a cloud provider does: requests wait in a queue, are taken up by renderers, report progress, can
be cancelled, and are known by the key of their attempt, so that the same submit twice is one prediction.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import structlog
from redis.exceptions import RedisError

from sorceress_video.catalog.registry import get_catalog
from sorceress_video.catalog.terms import Mode
from sorceress_video.jobs.predictions import dispatch_predictions
from sorceress_video.jobs.queues import get_redis
from sorceress_video.library import sandbox
from sorceress_video.library.database import get_database
from sorceress_video.settings import Settings
from worker.cloud.providers.base import (
    Billing,
    CancelOutcome,
    FaultKind,
    Job,
    Phase,
    Prepared,
    ProviderFault,
    Resubmission,
    Result,
    Status,
    Ticket,
)

BUSY_TURNS: Final = 3
"""How often a rehearsed shortage of capacity turns a clip away before it is taken."""

_REHEARSED: Final = {
    "refuse": ProviderFault(
        FaultKind.REFUSED,
        "rehearsed_refusal",
        "Animatic refused this clip, because its rehearsal setting says so. Not charged.",
    ),
}

_PHASES: Final = {
    "queued": Phase.QUEUED,
    "running": Phase.RUNNING,
    "done": Phase.DONE,
    "failed": Phase.FAILED,
    "cancelled": Phase.CANCELLED,
}


_log = structlog.get_logger(__name__)


class SandboxProvider:
    """See :class:`~worker.cloud.providers.base.Provider`."""

    name = "sandbox"
    resubmission: Resubmission = "idempotent"

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._db = get_database()

    async def prepare(self, job: Job) -> Prepared:
        """Build the render's specification; inputs are named by where they lie in storage."""
        roles = frozenset(given.role for given in job.inputs)
        model = get_catalog().get(job.model_id)
        shape = model.output_shape(Mode(job.mode), roles, job.settings, job.inputs)
        body: dict[str, Any] = {
            "prompt": job.prompt,
            "width": shape.width,
            "height": shape.height,
            "seconds": job.expected_seconds or 5.0,
            "settings": {"camera": job.settings.get("camera_move", "auto")},
            "seed": job.settings.get("seed"),
            "rehearsal": job.settings.get("rehearsal", "off"),
            "clip": job.clip_id,
            "inputs": [{"role": given.role, "sha256": given.sha256} for given in job.inputs],
        }
        return Prepared(job.endpoint, body)

    async def submit(self, job: Job, prepared: Prepared) -> Ticket:
        """Write the prediction down and hand it to the renderers."""
        self._rehearse(job, prepared.body)
        prediction = await asyncio.to_thread(sandbox.submit, self._db, job.key, dict(prepared.body))
        try:
            await asyncio.to_thread(dispatch_predictions, self._db, get_redis(), only=prediction.id)
        except RedisError:
            _log.warning("the watcher hands the prediction over later")
        return Ticket(prediction.id)

    async def status(self, ticket: Ticket) -> Status:
        """Read the prediction."""
        return await asyncio.to_thread(self._status, ticket)

    async def result(self, ticket: Ticket) -> Result:
        """The rendered file, in the scratch folder."""

        def read() -> Result:
            with self._db.read() as session:
                prediction = sandbox.get(session, ticket.request_id)
            if prediction is None or prediction.result_path is None:
                raise ProviderFault(
                    FaultKind.BROKEN, "lost", "The Sandbox has no film for this clip. Not charged."
                )
            return Result(url=prediction.result_path, seed=prediction.spec.get("seed"), cost_micro_usd=0)

        return await asyncio.to_thread(read)

    async def cancel(self, ticket: Ticket) -> CancelOutcome:
        """Stop the render at its next frame."""

        def stop() -> CancelOutcome:
            with self._db.write() as session:
                if sandbox.cancel(session, ticket.request_id):
                    return "cancelled"
                prediction = sandbox.get(session, ticket.request_id)
            if prediction is None:
                return "unknown"
            return "already_done" if prediction.status == "done" else "cancelled"

        return await asyncio.to_thread(stop)

    async def download(self, result: Result, to: Path) -> None:
        """Copy the rendered file."""
        source = self._settings.scratch_dir / result.url
        try:
            await asyncio.to_thread(shutil.copyfile, source, to)
        except FileNotFoundError:
            raise ProviderFault(
                FaultKind.BROKEN, "lost", "The rendered film is no longer there. Not charged; try again."
            ) from None

    async def aclose(self) -> None:
        """Nothing is held."""

    def _status(self, ticket: Ticket) -> Status:
        with self._db.read() as session:
            prediction = sandbox.get(session, ticket.request_id)
            if prediction is None:
                return Status(Phase.UNKNOWN)
            ahead = sandbox.position(session, prediction) if prediction.status == "queued" else None
        phase = _PHASES[prediction.status]
        fault = None
        if phase is Phase.FAILED:
            fault = ProviderFault(
                FaultKind.BROKEN,
                prediction.error_code or "render_failed",
                "The Sandbox could not render this clip. Not charged; a retry may help.",
            )
        running = phase is Phase.RUNNING
        return Status(
            phase,
            queue_position=ahead,
            progress=prediction.progress if running else None,
            message="Rendering" if running else None,
            fault=fault,
        )

    def _rehearse(self, job: Job, body: Mapping[str, Any]) -> None:
        wanted = body["rehearsal"]
        if wanted == "wait_for_capacity" and job.attempt <= BUSY_TURNS:
            raise ProviderFault(
                FaultKind.BUSY, "rehearsed_capacity", "The Sandbox is busy.", billing=Billing.NO
            )
        if wanted in _REHEARSED:
            raise _REHEARSED[wanted]
