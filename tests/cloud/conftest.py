"""Real processes, a real queue, a simulated provider over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulators.fal.handle import FalSimulator
from tests.simulators.plugin import fal_server, fal_simulator
from tests.support.deployment import Deployment, deployment, run_deployment

__all__ = ["deployment", "fal_deployment", "fal_server", "fal_simulator"]


@pytest.fixture
def fal_deployment(
    valkey: str,
    data_dir: Path,
    tmp_path: Path,
    fal_simulator: FalSimulator,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Deployment]:
    """A deployment whose fal is the simulator."""
    given = {
        "SORCERESS_DATA_DIR": str(data_dir),
        "REDIS_URL": valkey,
        "SORCERESS_POLL_INTERVAL": "0.3",
        "SORCERESS_MIN_FREE_BYTES": "0",
        "SORCERESS_SUBMIT_DEADLINE": "4",
        "SORCERESS_LEASE_SECONDS": "2",
        "SORCERESS_LOG_FORMAT": "json",
        **fal_simulator.environment,
    }
    yield from run_deployment(given, tmp_path, monkeypatch)
