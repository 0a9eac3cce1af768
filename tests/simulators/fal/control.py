"""The simulator's own controls, below ``/_sim``, and fal's platform API."""

from __future__ import annotations

import time

from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.simulators.fal.faults import SPECIAL, WIRE_FAULTS, Armed, known
from tests.simulators.fal.schema import ENDPOINTS
from tests.simulators.fal.state import Simulator


class Control:
    """Ledger, faults and pace."""

    def __init__(self, simulator: Simulator) -> None:
        self._sim = simulator

    def routes(self) -> list[Route]:
        """Every path of the controls and of the platform API."""
        return [
            Route("/_sim/ledger", self._ledger),
            Route("/_sim/faults", self._faults, methods=["GET", "POST", "DELETE"]),
            Route("/_sim/settings", self._settings, methods=["GET", "POST"]),
            Route("/_sim/reset", self._reset, methods=["POST"]),
            Route("/v1/models/pricing", self._pricing),
        ]

    async def _ledger(self, http: HttpRequest) -> Response:
        return JSONResponse(self._sim.journal.ledger(time.time()))

    async def _faults(self, http: HttpRequest) -> Response:
        if http.method == "DELETE":
            self._sim.armed.clear()
        elif http.method == "POST":
            armed = Armed(**await http.json())
            if not known(armed.name):
                return JSONResponse({"detail": f"no fault named {armed.name}"}, 400)
            self._sim.armed.append(armed)
        return JSONResponse(
            {"armed": [vars(armed) for armed in self._sim.armed], "wire": WIRE_FAULTS, "special": SPECIAL}
        )

    async def _settings(self, http: HttpRequest) -> Response:
        sim = self._sim
        if http.method == "POST":
            asked = await http.json()
            sim.queue_s = float(asked.get("queue_s", sim.queue_s))
            sim.run_s = float(asked.get("run_s", sim.run_s))
            sim.response_suffix = str(asked.get("response_suffix", sim.response_suffix))
        return JSONResponse(
            {"queue_s": sim.queue_s, "run_s": sim.run_s, "response_suffix": sim.response_suffix}
        )

    async def _reset(self, http: HttpRequest) -> Response:
        self._sim.journal.clear()
        self._sim.armed.clear()
        return JSONResponse({})

    async def _pricing(self, http: HttpRequest) -> Response:
        if not self._sim.authorised(http.headers.get("authorization")):
            return JSONResponse({"error": {"type": "authorization_error", "message": "Invalid key"}}, 401)
        wanted = http.query_params.getlist("endpoint_id")
        prices = [
            {
                "endpoint_id": endpoint,
                "unit_price": ENDPOINTS[endpoint]["unit_price"],
                "unit": ENDPOINTS[endpoint]["unit"],
                "currency": "USD",
            }
            for endpoint in wanted
            if endpoint in ENDPOINTS
        ]
        if len(prices) < len(wanted):
            return JSONResponse({"error": {"type": "not_found", "message": "Unknown endpoint"}}, 404)
        return JSONResponse({"prices": prices, "next_cursor": None, "has_more": False})
