"""How tests run the simulator and talk to its controls."""

from __future__ import annotations

import asyncio
import http.client
import json
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.simulators.fal.server import DEFAULT_KEY, DEFAULT_QUEUE_S, DEFAULT_RUN_S, listen, make_server
from tests.simulators.fal.state import Simulator

_START_LIMIT = 10.0  # seconds


class FalSimulator:
    """A running simulator on a free port of 127.0.0.1, in a thread of its own."""

    def __init__(self, data: Path, *, key: str = DEFAULT_KEY) -> None:
        self.data = data
        self.key = key
        self._simulator = Simulator(data, key=key, queue_s=DEFAULT_QUEUE_S, run_s=DEFAULT_RUN_S)
        self._listening = listen()
        self.port: int = self._listening.getsockname()[1]
        self._server = make_server(self._simulator)
        self._thread = threading.Thread(target=self._serve, name="fal-simulator", daemon=True)

    @property
    def url(self) -> str:
        """The root: fal's queue and storage hosts."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """Settings that point the product at this simulator."""
        return {
            "FAL_KEY": self.key,
            "SORCERESS_FAL_QUEUE_URL": self.url,
            "SORCERESS_FAL_REST_URL": self.url,
            "SORCERESS_FAL_API_URL": f"{self.url}/v1",
            "SORCERESS_ALLOW_PRIVATE_PROVIDERS": "1",
        }

    def __enter__(self) -> Self:
        self._thread.start()
        deadline = time.monotonic() + _START_LIMIT
        while not self._server.started:
            if time.monotonic() > deadline or not self._thread.is_alive():
                raise RuntimeError("the simulator did not start")
            self._thread.join(0.005)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.should_exit = True
        self._thread.join(_START_LIMIT)
        self._listening.close()
        self._simulator.close()

    def ledger(self) -> dict[str, Any]:
        """What was accepted, refused and charged so far."""
        return self.call("GET", "/_sim/ledger")

    def request(self, request_id: str) -> dict[str, Any]:
        """The ledger's row of one request."""
        return next(row for row in self.ledger()["requests"] if row["request_id"] == request_id)

    def arm(
        self,
        name: str,
        *,
        times: int | None = None,
        uses: int | None = None,
        rate: float = 1.0,
        match: str | None = None,
    ) -> None:
        """Let a fault strike requests to come; see :class:`tests.simulators.fal.faults.Armed`."""
        self.call(
            "POST",
            "/_sim/faults",
            {"name": name, "times": times, "uses": uses, "rate": rate, "match": match},
        )

    def disarm(self) -> None:
        """No more armed faults."""
        self.call("DELETE", "/_sim/faults")

    def pace(self, *, queue_s: float | None = None, run_s: float | None = None) -> None:
        """Set how long requests to come wait and run."""
        asked = {"queue_s": queue_s, "run_s": run_s}
        self.call(
            "POST", "/_sim/settings", {name: value for name, value in asked.items() if value is not None}
        )

    def configure(self, **settings: Any) -> None:
        """Any of ``/_sim/settings``."""
        self.call("POST", "/_sim/settings", settings)

    def reset(self) -> None:
        """Forget requests, charges and faults, and go back to the usual pace."""
        self.call("POST", "/_sim/reset")
        self.configure(queue_s=DEFAULT_QUEUE_S, run_s=DEFAULT_RUN_S, response_suffix="")

    def call(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """One call to the controls.

        Raises:
            RuntimeError: the simulator refused it.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_START_LIMIT)
        try:
            payload = json.dumps(body) if body is not None else None
            connection.request(method, path, payload, {"content-type": "application/json"})
            response = connection.getresponse()
            answer: dict[str, Any] = json.loads(response.read())
        finally:
            connection.close()
        if response.status != 200:
            raise RuntimeError(f"the simulator refused {method} {path}: {answer}")
        return answer

    def _serve(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._listening]))
