"""Fixtures of the simulators' own proof."""

from tests.simulators.plugin import fal_server, fal_simulator

__all__ = ["fal_server", "fal_simulator"]
