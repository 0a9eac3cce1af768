"""fal's queue on the wire: submit, status, stream, result and cancel."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response, StreamingResponse

from tests.simulators.fal import wire
from tests.simulators.fal.errors import ERROR_TYPES, ErrorType, body_of, model_error
from tests.simulators.fal.faults import SUBMIT_REFUSED
from tests.simulators.fal.journal import Request
from tests.simulators.fal.schema import APPS, ENDPOINTS, app_path, problems, unknown_fields
from tests.simulators.fal.state import CORRELATION_HEADER, Simulator, request_path

_UNAUTHORISED: Final = {"detail": "Cannot access application. Authentication is required."}
_STREAM_PAUSE: Final = 0.1  # seconds
_PATIENCE: Final = {"1", "true", "True"}


@dataclass(frozen=True)
class Address:
    """What a path below the queue's root names."""

    request_id: str
    rest: str


def parse(path: str) -> Address | None:
    """The request that a path names; None for an endpoint id."""
    parts = path.strip("/").split("/")
    if "requests" not in parts[:-1]:
        return None
    at = parts.index("requests")
    return Address(parts[at + 1], "/".join(parts[at + 2 :]))


class QueueApi:
    """The endpoint behind every path that no other part of the simulator claims."""

    def __init__(self, simulator: Simulator) -> None:
        self._sim = simulator
        self._handlers: dict[tuple[str, str], Callable[[HttpRequest, Request], Response]] = {
            ("GET", "status"): self._status,
            ("GET", "status/stream"): self._stream,
            ("GET", ""): self._result,
            ("GET", "response"): self._result,
            ("PUT", "cancel"): self._cancel,
        }

    async def __call__(self, http: HttpRequest) -> Response:
        """Route by hand: an endpoint id may have any number of segments."""
        if not self._sim.authorised(http.headers.get("authorization")):
            return JSONResponse(_UNAUTHORISED, 401)
        address = parse(http.url.path)
        if address is None:
            return await self._submit(http) if http.method == "POST" else _not_found()
        request = self._sim.journal.requests.get(address.request_id)
        if request is None:
            return _not_found()
        handler = self._handlers.get((http.method, address.rest))
        if handler is None or not http.url.path.startswith(request_path(request)):
            return JSONResponse({"detail": "Method Not Allowed"}, 405)
        return handler(http, request)

    async def _submit(self, http: HttpRequest) -> Response:
        sim, endpoint = self._sim, http.url.path.strip("/")
        try:
            body = await http.json()
        except ValueError:
            body = None
        if not isinstance(body, dict):
            detail = model_error("model_attributes_type", ["body"], "Input should be a valid dictionary")
            return JSONResponse({"detail": [detail]}, 422)
        key = http.headers.get(CORRELATION_HEADER) or str(body.get("prompt") or "")
        ignored: list[str] = []
        if endpoint in ENDPOINTS:
            wrong = problems(endpoint, body)
            if wrong:
                sim.journal.refuse(key)
                return JSONResponse({"detail": wrong}, 422)
            ignored = unknown_fields(endpoint, body)
        elif app_path(endpoint) not in APPS:
            sim.journal.refuse(key)
            return JSONResponse({"detail": f"Application '{app_path(endpoint)}' not found"}, 404)
        timeout = http.headers.get("x-fal-request-timeout")
        try:
            request = sim.plan(endpoint, body, key, ignored, float(timeout) if timeout else None)
        except ValueError as error:
            return JSONResponse({"detail": str(error)}, 400)
        if request.endpoint not in ENDPOINTS:  # a wrong subpath is accepted and found out by the runner
            request.queue_s = request.run_s = 0.0
            request.faults["result_path_not_found"] = None
        return self._accept(http, request)

    def _accept(self, http: HttpRequest, request: Request) -> Response:
        misbehaviour = request.bound.wire("submit")
        if misbehaviour in SUBMIT_REFUSED or request.bound.use("submit_reset_before"):
            self._sim.journal.refuse(request.key)
            good = JSONResponse({})
            return wire.misbehave(misbehaviour or "reset", good, str(http.url))
        self._sim.journal.accept(request)
        request = self._sim.journal.requests[request.id]
        self._sim.prerender(request)
        now = time.time()
        answer = {
            "status": "IN_QUEUE",
            "request_id": request.id,
            "queue_position": request.position(now),
            **self._addresses(http, request),
        }
        if request.bound.use("submit_no_request_id"):
            del answer["request_id"]
        if request.bound.use("submit_foreign_urls"):
            elsewhere = "https://queue.example.com"
            answer |= {
                name: url.replace(_base(http), elsewhere)
                for name, url in self._addresses(http, request).items()
            }
        response = JSONResponse(answer, headers={"x-fal-request-id": request.id})
        return wire.misbehave(misbehaviour, response, str(http.url)) if misbehaviour else response

    def _addresses(self, http: HttpRequest, request: Request) -> dict[str, str]:
        own = _base(http) + request_path(request)
        return {
            "response_url": own + self._sim.response_suffix,
            "status_url": f"{own}/status",
            "cancel_url": f"{own}/cancel",
        }

    def _status(self, http: HttpRequest, request: Request) -> Response:
        now = time.time()
        if request.bound.use("status_not_found"):
            return JSONResponse({"status": "NOT_FOUND"}, 404)
        answer = self._status_body(http, request, now)
        if request.bound.use("status_unknown"):
            answer["status"] = "PONDERING"
        elif answer["status"] == "IN_PROGRESS" and request.bound.use("status_backwards"):
            answer |= {"status": "IN_QUEUE", "queue_position": 2}
        if request.bound.has("status_no_logs"):
            answer.pop("logs", None)
        code = 200 if answer["status"] == "COMPLETED" else 202
        response = JSONResponse(answer, code, headers={"x-fal-request-id": request.id})
        misbehaviour = request.bound.wire("status")
        return wire.misbehave(misbehaviour, response, str(http.url)) if misbehaviour else response

    def _status_body(
        self, http: HttpRequest, request: Request, now: float, *, skip_logs: int = 0
    ) -> dict[str, Any]:
        state = request.state(now)
        answer: dict[str, Any] = {
            "status": state,
            "request_id": request.id,
            **self._addresses(http, request),
        }
        if state == "IN_QUEUE":
            return answer | {"queue_position": request.position(now)}
        wants_logs = http.query_params.get("logs") in _PATIENCE
        answer["logs"] = request.logs(now)[skip_logs:] if wants_logs else None
        answer["metrics"] = {}
        if state == "COMPLETED":
            answer["metrics"] = {"inference_time": round(request.run_s, 3)}
            error = self._error(http, request)
            if error is not None:
                words = f"Invalid status code: {error.status}"
                answer |= {"error": words, "error_type": error.type}
        return answer

    def _stream(self, http: HttpRequest, request: Request) -> Response:
        return StreamingResponse(self._events(http, request), media_type="text/event-stream")

    async def _events(self, http: HttpRequest, request: Request) -> AsyncIterator[bytes]:
        yield b": ping\n\n"
        last, sent = "", 0
        while True:
            now = time.time()
            answer = self._status_body(http, request, now, skip_logs=sent)
            sent += len(answer.get("logs") or [])
            text = json.dumps(answer)
            if text != last:
                yield f"data: {text}\n\n".encode()
                last = text
            if answer["status"] == "COMPLETED":
                return
            await asyncio.sleep(_STREAM_PAUSE)

    def _error(self, http: HttpRequest, request: Request) -> ErrorType | None:
        if request.error() is None and self._sim.missing_upload(request, _base(http)):
            return ERROR_TYPES["file_download_error"]
        return request.error()

    def _result(self, http: HttpRequest, request: Request) -> Response:
        if request.state(time.time()) != "COMPLETED" or request.bound.use("result_early"):
            return JSONResponse({"detail": "Request is still in progress"}, 400)
        response = self._good_result(http, request)
        misbehaviour = request.bound.wire("result")
        return wire.misbehave(misbehaviour, response, str(http.url)) if misbehaviour else response

    def _good_result(self, http: HttpRequest, request: Request) -> Response:
        headers = {"x-fal-request-id": request.id}
        if request.bound.has("result_path_not_found"):
            rest = request.endpoint.removeprefix(app_path(request.endpoint))
            return JSONResponse({"detail": f"Path {rest} not found"}, 404, headers=headers)
        error = self._error(http, request)
        if error is not None:
            return _failure(error, request, headers)
        name = f"{request.id.replace('-', '')}_output.mp4"
        url = f"{_base(http)}/files/b/{request.id}/{name}"
        if request.bound.use("result_private_url"):
            url = "http://169.254.169.254/latest/meta-data/output.mp4"
        elif request.bound.use("result_file_url"):
            url = "file:///etc/passwd"
        video = {"url": url, "content_type": "video/mp4", "file_name": "output.mp4"}
        answer: dict[str, Any] = {"video": video}
        if ENDPOINTS.get(request.endpoint, {}).get("seed"):
            answer["seed"] = request.body.get("seed") or int(request.id[:8], 16)
        if request.bound.use("result_without_url"):
            answer = {"video": {"content_type": "video/mp4"}}
        elif request.bound.use("result_null"):
            answer = {"video": None}
        units = self._sim.shape(request).seconds
        return JSONResponse(answer, headers={**headers, "X-Fal-Billable-Units": f"{units:g}"})

    def _cancel(self, http: HttpRequest, request: Request) -> Response:
        misbehaviour = request.bound.wire("cancel")
        if misbehaviour:
            asked = JSONResponse({"status": "CANCELLATION_REQUESTED"}, 202)
            return wire.misbehave(misbehaviour, asked, str(http.url))
        if request.bound.use("cancel_not_found"):
            return JSONResponse({"status": "NOT_FOUND"}, 404)
        now = time.time()
        if request.state(now) == "COMPLETED":
            return JSONResponse({"status": "ALREADY_COMPLETED"}, 400)
        if not request.bound.use("cancel_ignored"):
            self._sim.journal.cancel(request, now)
        return JSONResponse({"status": "CANCELLATION_REQUESTED"}, 202)


def _failure(error: ErrorType, request: Request, headers: dict[str, str]) -> Response:
    if error.type == "value_error.missing":  # the shape of models that still run pydantic 1
        entry = {"loc": ["body", "prompt"], "msg": "field required", "type": error.type}
        return JSONResponse({"detail": [entry]}, 422, headers=headers)
    headers = {**headers, "X-Fal-Error-Type": error.type}
    if error.kind == "model":
        headers["X-Fal-Retryable"] = "false" if error.status == 422 else "true"
    if request.timed_out:
        headers["X-Fal-Request-Timeout-Type"] = "user"
    return JSONResponse(body_of(error), error.status, headers=headers)


def _base(http: HttpRequest) -> str:
    return f"{http.url.scheme}://{http.url.netloc}"


def _not_found() -> Response:
    return JSONResponse({"status": "NOT_FOUND"}, 404)
