"""Fixtures for every room: real servers of the machine, never imitations."""

from __future__ import annotations

pytest_plugins = ("tests.support.machine", "tests.support.valkey", "tests.support.postgres")
