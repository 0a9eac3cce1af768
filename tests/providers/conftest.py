"""The fal adapter against the simulated fal."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from sorceress_video.catalog.registry import get_catalog
from sorceress_video.catalog.terms import InputRole, Mode
from sorceress_video.settings import Settings
from tests.simulators.fal.handle import FalSimulator
from tests.simulators.plugin import fal_server, fal_simulator
from worker.cloud.providers import fal, fal_storage
from worker.cloud.providers.base import Job, JobInput, Status, Ticket
from worker.cloud.providers.fal import FalProvider

__all__ = ["fal_server", "fal_simulator"]

MakeJob = Callable[..., Job]


def fal_settings(simulator: FalSimulator, **changes: Any) -> Settings:
    """Settings that point to the simulator."""
    return Settings(
        **{
            "fal_key": simulator.key,
            "fal_queue_url": simulator.url,
            "fal_rest_url": simulator.url,
            "fal_api_url": f"{simulator.url}/v1",
            "allow_private_providers": True,
            **changes,
        }
    )


HELD = frozenset({"drip", "drip_header", "hang"})
"""Misbehaviour that lasts until we have had enough."""


@pytest.fixture
async def provider(fal_simulator: FalSimulator) -> AsyncIterator[FalProvider]:
    """The adapter over a simulator that is done at once."""
    fal_simulator.pace(queue_s=0, run_s=0)
    adapter = FalProvider(fal_settings(fal_simulator))
    yield adapter
    await adapter.aclose()


Hurry = Callable[[str], None]


@pytest.fixture
def hurry(provider: FalProvider, monkeypatch: pytest.MonkeyPatch) -> Hurry:
    """``hurry(kind)`` makes the adapter impatient if it would otherwise wait out its whole deadline."""

    def lose_patience(kind: str) -> None:
        if kind not in HELD:
            return
        monkeypatch.setattr(provider, "_submit_limit", 0.5)
        monkeypatch.setattr(fal, "_ASK_LIMIT", 0.5)
        monkeypatch.setattr(fal, "_DOWNLOAD_LIMIT", 0.5)
        monkeypatch.setattr(fal_storage, "_ASK_LIMIT", 0.5)

    return lose_patience


@pytest.fixture
def make_job() -> MakeJob:
    """Jobs as the engine makes them: settings checked by the catalog, endpoint from its route."""
    numbers = itertools.count(1)

    def make(
        prompt: str = "a paper boat",
        *,
        model_id: str = "seedance-2.0",
        mode: Mode = Mode.TEXT,
        inputs: tuple[JobInput, ...] = (),
        **settings: Any,
    ) -> Job:
        model = get_catalog().get(model_id)
        roles = frozenset(InputRole(given.role) for given in inputs)
        chosen = model.fitted(mode, roles, {**model.defaults(mode, roles), **settings})
        route = model.route(mode, roles, chosen)
        return Job(
            clip_id=f"clip{next(numbers)}",
            attempt=1,
            model_id=model_id,
            model_name=model.name,
            endpoint=route.endpoint,
            mode=mode.value,
            prompt=prompt,
            settings=chosen,
            inputs=inputs,
        )

    return make


def frame(role: InputRole, path: Path) -> JobInput:
    """A picture in a role."""
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    return JobInput(role, path, "image/jpeg", len(content), digest, path.name)


async def accepted(provider: FalProvider, job: Job) -> Ticket:
    """Send a job and hold its ticket."""
    return await provider.submit(job, await provider.prepare(job))


async def over(provider: FalProvider, ticket: Ticket) -> Status:
    """The status once nothing is going on any more; the simulator ends within its pace."""
    while (status := await provider.status(ticket)).phase.value in ("queued", "running"):
        pass
    return status
