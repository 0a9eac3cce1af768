"""Real processes, a real queue, a simulated provider over real HTTP.

Tests of clips that take their ordinary way share one running deployment a module; tests that kill something
have one each.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.simulators.fal.handle import FalSimulator
from tests.simulators.plugin import fal_server, fal_simulator
from tests.support.deployment import Deployment, run_deployment, settings_of

__all__ = ["fal_deployment", "fal_server", "fal_simulator", "running"]

# What is held by a process that died is free again after this; a submit is unanswered after that.
QUICK = {"SORCERESS_LEASE_SECONDS": "2", "SORCERESS_SUBMIT_DEADLINE": "4"}


@pytest.fixture
def fal_deployment(
    valkey: str, data_dir: Path, tmp_path: Path, fal_simulator: FalSimulator
) -> Iterator[Deployment]:
    """A deployment of the test's own whose fal is the simulator; the test starts its processes."""
    given = settings_of(data_dir, valkey, **QUICK, **fal_simulator.environment)
    with run_deployment(given, tmp_path) as deployment:
        yield deployment


@pytest.fixture(scope="module")
def _module_deployment(
    valkey_server: str, fal_server: FalSimulator, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployment]:
    folder = tmp_path_factory.mktemp("deployment")
    (folder / "data").mkdir()
    more = {"SORCERESS_LEASE_SECONDS": "5", "SORCERESS_SUBMIT_DEADLINE": "4"}
    given = settings_of(folder / "data", valkey_server, **more, **fal_server.environment)
    with run_deployment(given, folder) as deployment:
        deployment.start()
        yield deployment


@pytest.fixture
def running(_module_deployment: Deployment, fal_simulator: FalSimulator) -> Deployment:
    """The module's running deployment, with the simulator as new."""
    _module_deployment.revive()
    return _module_deployment
