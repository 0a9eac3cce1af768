"""A Valkey of a test's own, which may be killed and comes back with what it had."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Self

from sorceress_video.runtime import valkey as bundled
from tests.support.waiting import wait_for


class PrivateValkey:
    """A server on a unix socket; its append-only file outlives it until the end of the ``with`` block."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="sorceress-valkey-"))
        self._plan = bundled.ValkeyPlan(
            bundled.find_binary(), socket=self._folder / "v.sock", data_dir=self._folder / "data"
        )
        self._lock = bundled.DataLock(self._plan.data_dir)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """``unix://…?db=0``"""
        return self._plan.url

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.kill()
        shutil.rmtree(self._folder)

    def start(self) -> None:
        """Start it, or start it again with its data; it answers afterwards."""
        spec = self._plan.process(self._lock.acquire())
        self._process = subprocess.Popen(spec.argv, stdout=subprocess.DEVNULL, **spec.options)
        wait_for(lambda: bundled.answers(self.url), what="Valkey to answer")

    def kill(self) -> None:
        """End it as by ``kill -9``."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None
        self._lock.release()
