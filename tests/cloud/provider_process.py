"""The simulated fal as a process of its own, which may go away and come back with what it knew."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psutil

from sorceress_video.runtime.process import dies_with_parent
from tests.support.machine import unused_port
from tests.support.waiting import wait_for

KEY = "simulated-id:simulated-secret"


class ProviderProcess:
    """The simulator behind one port of 127.0.0.1, over one folder, started and ended at will.

    Args:
        data: its folder; what it accepted and charged is kept there.
        queue_s: seconds that a request waits.
        run_s: seconds that it takes.
    """

    def __init__(self, data: Path, *, queue_s: float = 0.2, run_s: float = 0.5) -> None:
        self._data = data
        self._pace = ("--queue", str(queue_s), "--run", str(run_s))
        self.port = unused_port()
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def environment(self) -> dict[str, str]:
        """Settings that point the product at it."""
        url = f"http://127.0.0.1:{self.port}"
        return {
            "FAL_KEY": KEY,
            "SORCERESS_FAL_QUEUE_URL": url,
            "SORCERESS_FAL_REST_URL": url,
            "SORCERESS_FAL_API_URL": f"{url}/v1",
            "SORCERESS_ALLOW_PRIVATE_PROVIDERS": "1",
        }

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

    def start(self) -> None:
        """Start it, or start it again; it listens afterwards."""
        argv = [sys.executable, "-m", "tests.simulators.fal", "--data", str(self._data)]
        process = subprocess.Popen(
            [*argv, "--port", str(self.port), *self._pace],
            preexec_fn=dies_with_parent(signal.SIGKILL),
        )
        self._process = process
        wait_for(lambda: self._listens(process.pid), seconds=30, what="the simulator to listen")

    def kill(self) -> None:
        """End it as by ``kill -9``."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def ledger(self) -> dict[str, Any]:
        """What was accepted, refused and charged so far."""
        return self._call("GET", "/_sim/ledger")

    def arm(self, name: str, *, uses: int | None = None, rate: float = 1.0) -> None:
        """Let a fault strike requests to come; see :class:`tests.simulators.fal.faults.Armed`."""
        self._call("POST", "/_sim/faults", {"name": name, "uses": uses, "rate": rate})

    def _call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            payload = json.dumps(body) if body is not None else None
            connection.request(method, path, payload, {"content-type": "application/json"})
            answer: dict[str, Any] = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        return answer

    def _listens(self, pid: int) -> bool:
        connections = psutil.Process(pid).net_connections("tcp")
        return any(one.status == psutil.CONN_LISTEN and one.laddr.port == self.port for one in connections)
