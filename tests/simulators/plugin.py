"""Fixtures that run the simulators. Import them into a ``conftest.py`` to use them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.simulators.fal.handle import FalSimulator


@pytest.fixture(scope="session")
def fal_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FalSimulator]:
    """One simulated fal for the whole run."""
    with FalSimulator(tmp_path_factory.mktemp("fal")) as simulator:
        yield simulator


@pytest.fixture
def fal_simulator(fal_server: FalSimulator) -> FalSimulator:
    """The simulated fal with an empty ledger, no faults, and the usual pace."""
    fal_server.reset()
    return fal_server
