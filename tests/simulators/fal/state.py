"""What the simulator knows: requests, armed faults, files and its pace."""

from __future__ import annotations

import asyncio
import json
import random
import time
import uuid
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from tests.simulators.fal.faults import Armed, directives
from tests.simulators.fal.journal import Journal, Request
from tests.simulators.fal.render import Renderer, Shape, shape_of
from tests.simulators.fal.schema import ENDPOINTS, app_path

CORRELATION_HEADER: Final = "x-sorceress-attempt"
"""Our own header, by which charges are counted; the prompt stands in where it is missing."""

_FALLBACK_SHAPE: Final = Shape(640, 360, 2.0, audio=False)


class Simulator:
    """One simulated fal, over a folder that survives it."""

    def __init__(self, data: Path, *, key: str, queue_s: float, run_s: float) -> None:
        data.mkdir(parents=True, exist_ok=True)
        self.uploads = data / "uploads"
        self.uploads.mkdir(exist_ok=True)
        clips = data / "clips"
        clips.mkdir(exist_ok=True)
        self.key = key
        self.queue_s = queue_s
        self.run_s = run_s
        self.response_suffix = ""
        self.journal = Journal(data / "journal.jsonl")
        self.armed: list[Armed] = []
        self._renderer = Renderer(clips)
        self._rendering: dict[Shape, asyncio.Task[bytes]] = {}
        self._chance = random.Random(7)  # the same faults on every run

    def close(self) -> None:
        """Close the journal."""
        self.journal.close()

    def authorised(self, header: str | None) -> bool:
        """Whether an ``Authorization`` header carries the accepted key."""
        scheme, _, key = (header or "").partition(" ")
        return scheme == "Key" and ":" in key and self.key in ("*", key)

    def strike(self, stages: tuple[str, ...], text: str) -> dict[str, int | None]:
        """Armed faults of these stages that hit a request described by ``text``."""
        struck: dict[str, int | None] = {}
        for armed in self.armed:
            if armed.name.startswith(stages) and armed.strikes(text, self._chance):
                struck[armed.name] = armed.uses
        return struck

    def plan(
        self, endpoint: str, body: dict[str, Any], key: str, ignored: list[str], timeout: float | None
    ) -> Request:
        """A request as it would be accepted now, with the faults that will strike it.

        Raises:
            ValueError: the prompt asks for something that the simulator does not know.
        """
        asked = directives(str(body.get("prompt") or ""))
        text = f"{endpoint}\n{key}\n{body.get('prompt')}"
        stages = ("submit_", "status_", "result_", "output_", "cancel_", "error:")
        return Request(
            id=str(uuid.uuid4()),
            endpoint=endpoint,
            body=body,
            key=key,
            accepted_at=time.time(),
            queue_s=self.queue_s if asked.queue_s is None else asked.queue_s,
            run_s=self.run_s if asked.run_s is None else asked.run_s,
            faults={**self.strike(stages, text), **asked.faults},
            ignored=ignored,
            start_timeout=timeout,
        )

    def shape(self, request: Request) -> Shape:
        """What the request's clip looks like."""
        spec = ENDPOINTS.get(request.endpoint)
        if spec is None:
            return _FALLBACK_SHAPE
        return shape_of(
            spec["params"],
            request.body,
            self._first_upload(request, spec, "image"),
            self._first_upload(request, spec, "video"),
        )

    async def clip(self, request: Request) -> bytes:
        """The request's finished clip."""
        return await asyncio.to_thread(self._renderer.clip, self.shape(request), request.id)

    def prerender(self, request: Request) -> None:
        """Start to render the request's shape, so that it is there when the request is done."""
        shape = self.shape(request)
        if shape not in self._rendering:
            self._rendering[shape] = asyncio.ensure_future(self.clip(request))

    def upload_path(self, address: str) -> Path | None:
        """The uploaded file behind one of our own addresses; None if it is not ours or was never sent."""
        parts = urlsplit(address).path.split("/")
        if len(parts) < 4 or parts[1] != "uploads":
            return None
        path = self.uploads / parts[2]
        return path if parts[2].isalnum() and path.exists() else None

    def missing_upload(self, request: Request, base: str) -> str | None:
        """The first media field whose address is ours but holds no file; such a request fails."""
        spec = ENDPOINTS.get(request.endpoint, {"media": {}})
        for name in spec["media"]:
            given = request.body.get(name)
            for address in given if isinstance(given, list) else [given]:
                if not isinstance(address, str) or not address.startswith(f"{base}/uploads/"):
                    continue
                if self.upload_path(address) is None:
                    return str(name)
        return None

    def upload_meta(self, path: Path) -> dict[str, str]:
        """Content type and ``Authorization`` that came with an upload; a signed address needs no key."""
        return dict(json.loads(path.with_suffix(".json").read_text()))

    def _first_upload(self, request: Request, spec: Any, kind: str) -> Path | None:
        for name, rule in spec["media"].items():
            given = request.body.get(name)
            first = given[0] if isinstance(given, list) and given else given
            if rule["kind"] == kind and isinstance(first, str) and (path := self.upload_path(first)):
                return path
        return None


def request_path(request: Request) -> str:
    """The path of a request's own address: only the app, not the rest of the endpoint."""
    return f"/{app_path(request.endpoint)}/requests/{request.id}"
