"""A whole workspace as a person starts it: ``python -m sorceress_video run`` with a folder of its own."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from sorceress_video.runtime import valkey
from sorceress_video.runtime.environment import setting_names
from sorceress_video.runtime.page_build import ROOT
from tests.support.machine import unused_port
from tests.support.waiting import wait_for


class Workspace:
    """One supervisor and all that it starts. Use it as a context manager."""

    def __init__(
        self,
        folder: Path,
        environment: Mapping[str, str] | None = None,
        *,
        command: tuple[str, ...] = ("-m", "sorceress_video", "run"),
        port: int | None = None,
    ) -> None:
        """
        Args:
            folder: gets the data folder and what the supervisor prints.
            environment: settings besides port and data folder; nothing else of ours is inherited.
            command: arguments for Python in place of the real supervisor's.
        """
        self.port = port or unused_port()
        self.data_dir = folder / "data"
        self.printed = folder / "printed.txt"
        self._command = command
        kept = {name: value for name, value in os.environ.items() if name not in setting_names()}
        self.environment = (
            kept
            | {"SORCERESS_DATA_DIR": str(self.data_dir), "SORCERESS_PORT": str(self.port)}
            | dict(environment or {})
        )
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Address of the page, without a slash at the end."""
        return f"http://localhost:{self.port}"

    @property
    def pid(self) -> int:
        """Process id of the supervisor."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start without waiting for anything."""
        with self.printed.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, *self._command],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_running(self, seconds: float = 120.0) -> None:
        """Wait for the line with the address; the pages may have to be built first."""
        wait_for(
            lambda: f" runs at {self.url}" in self.text() or self._ended(),
            seconds=seconds,
            what="the workspace to start",
        )
        assert not self._ended(), f"the workspace ended at its start:\n{self.text()}"

    def text(self) -> str:
        """All that the supervisor printed."""
        return self.printed.read_text(encoding="utf-8", errors="replace")

    @property
    def setup_link(self) -> str:
        """The link that makes the owner's account, as it was printed."""
        found = re.search(r"http\S+/setup\?token=\S+", self.text())
        assert found is not None, f"no setup link was printed:\n{self.text()}"
        return found[0]

    def stop(self, number: signal.Signals = signal.SIGTERM, seconds: float = 12.0) -> int:
        """Send a signal to the supervisor and wait for its end. Returns its exit status."""
        assert self._process is not None
        self._process.send_signal(number)
        return self._process.wait(timeout=seconds)

    def wait(self, seconds: float = 30.0) -> int:
        """Wait for a supervisor that ends by itself. Returns its exit status."""
        assert self._process is not None
        return self._process.wait(timeout=seconds)

    def _ended(self) -> bool:
        return self._process is not None and self._process.poll() is not None

    def __enter__(self) -> Workspace:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if not self._ended():
            self.stop()
        valkey.remove_socket(valkey.plan(self.data_dir))  # A killed supervisor leaves it behind.
