"""What a test needs from the machine: a free port, a data folder, a browser."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import NoReturn

import pytest

from tests.support.chromium import REMEDY, find_chromium


def unused_port() -> int:
    """A TCP port on 127.0.0.1 that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def free_port() -> int:
    """One unused port; take ``unused_port`` for more than one."""
    return unused_port()


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """An empty data folder of the test's own."""
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


def missing(part: str, remedy: str) -> NoReturn:
    """Skip a test whose ``part`` is not installed; on the machine that must have everything, fail instead."""
    sentence = f"{part} is not installed: {remedy}"
    if os.environ.get("SORCERESS_TESTS_NEED_ALL") == "1":
        pytest.fail(sentence)
    pytest.skip(sentence)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Program of a Chromium; without one the test is skipped."""
    return find_chromium() or missing("Chromium", REMEDY)
