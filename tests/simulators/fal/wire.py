"""Misbehaviour on the socket: ASGI answers that no well-meaning framework would let one write."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

TRANSPORT: Final = "simulator.transport"
_DRIP_PAUSE: Final = 0.25  # seconds
_METADATA: Final = "http://169.254.169.254/latest/meta-data/"
_NGINX: Final = (
    "<html><head><title>{0}</title></head><body><center><h1>{0}</h1></center><hr>nginx</body></html>"
)
_WORDS: Final = "Simulated trouble"
_PAGE: Final = "<!doctype html><title>Sign in</title><p>Please sign in to the network."


class AbortableProtocol(HttpToolsProtocol):
    """uvicorn's protocol, with the connection handed to the application, so that it can be torn."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        app = self.app

        async def with_transport(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, TRANSPORT: transport}, receive, send)

        self.app = with_transport


class Torn(Response):
    """Sends the first ``sent`` bytes of a body under the length of all of it, then tears the connection."""

    def __init__(
        self, body: bytes = b"", *, sent: int | None = None, length: int | None = None, media_type: str = ""
    ) -> None:
        super().__init__(body, media_type=media_type or "application/json")
        self._sent = sent
        self._length = length if length is not None else len(body)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self._sent is not None:
            headers = [
                (b"content-type", (self.media_type or "").encode()),
                (b"content-length", str(self._length).encode()),
            ]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send(
                {"type": "http.response.body", "body": bytes(self.body)[: self._sent], "more_body": True}
            )
            await asyncio.sleep(0.02)  # lets the kernel send what was written
        scope[TRANSPORT].abort()


class Silent(Response):
    """Never answers; ends when the client hangs up."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _hang_up(receive)
        scope[TRANSPORT].abort()


class Dripping(Response):
    """The right answer, a byte at a time."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        gone = asyncio.ensure_future(_hang_up(receive))
        for byte in bytes(self.body):
            if gone.done():
                break
            await send({"type": "http.response.body", "body": bytes([byte]), "more_body": True})
            await asyncio.wait([gone], timeout=_DRIP_PAUSE)
        gone.cancel()
        if not scope[TRANSPORT].is_closing():
            await send({"type": "http.response.body", "body": b""})


class DrippingHeader(Response):
    """A status line and then header bytes, one at a time, past the framework."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport: asyncio.Transport = scope[TRANSPORT]
        transport.write(b"HTTP/1.1 200 OK\r\nx-slow: ")
        gone = asyncio.ensure_future(_hang_up(receive))
        while not gone.done() and not transport.is_closing():
            transport.write(b"a")
            await asyncio.wait([gone], timeout=_DRIP_PAUSE)
        gone.cancel()
        transport.abort()


class Endless(Response):
    """A body that goes on until the client has had enough."""

    def __init__(self, *, media_type: str, length: int | None = None, unit: bytes = b" " * 65536) -> None:
        super().__init__(b"", media_type=media_type)
        self._length = length
        self._unit = unit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", (self.media_type or "").encode())]
        if self._length is not None:
            headers.append((b"content-length", str(self._length).encode()))
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        gone = asyncio.ensure_future(_hang_up(receive))
        while not gone.done():
            await send({"type": "http.response.body", "body": self._unit, "more_body": True})
            await asyncio.sleep(0)
        scope[TRANSPORT].abort()


async def _hang_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def nginx(status: int, words: str) -> Response:
    """An error of the proxy in front: HTML, and no ``x-fal-request-id``."""
    return Response(_NGINX.format(f"{status} {words}"), status, media_type="text/html")


def infrastructure(status: int, kind: str, words: str, **headers: str) -> JSONResponse:
    """An error of fal itself."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return JSONResponse(
        {"detail": words, "error_type": kind},
        status,
        headers={"x-fal-request-id": "simulated", "X-Fal-Error-Type": kind, **named},
    )


def _wrong_types(body: bytes) -> dict[str, Any]:
    try:
        names = list(json.loads(body))
    except ValueError:
        names = ["status"]
    return {name: [7, {"a": None}] for name in names}


@cache
def _bomb() -> bytes:
    return gzip.compress(bytes(100_000_000), compresslevel=1)


def _compressed(body: bytes, good: Response) -> Response:
    return Response(body, good.status_code, headers={"content-encoding": "gzip"}, media_type=good.media_type)


def _with_huge_header(good: Response) -> Response:
    good.headers["x-padding"] = "a" * 5_000_000
    return good


def _json(body: bytes) -> Response:
    return Response(body, media_type="application/json")


def _rate_limited(**headers: str) -> Response:
    return infrastructure(429, "concurrent_requests_limit", _WORDS, X_Fal_needs_retry="1", **headers)


def _locked() -> Response:
    return JSONResponse({"detail": "User is locked. Reason: Exhausted balance. Top up to go on."}, 403)


def _timed_out() -> Response:
    return infrastructure(504, "request_timeout", _WORDS, X_Fal_Request_Timeout_Type="user")


_Misbehaviour = Callable[[Response, bytes, str], Response]

_MISBEHAVIOURS: Final[dict[str, _Misbehaviour]] = {
    "garbage": lambda good, body, address: _json(b'\x00\x01 {"status": oops'),
    "html": lambda good, body, address: Response(_PAGE, media_type="text/html"),
    "empty": lambda good, body, address: _json(b""),
    "list": lambda good, body, address: _json(b"[]"),
    "wrong_types": lambda good, body, address: JSONResponse(_wrong_types(body)),
    "nan": lambda good, body, address: _json(
        b'{"status": NaN, "queue_position": NaN, "request_id": NaN, "video": {"url": NaN}}'
    ),
    "deep": lambda good, body, address: _json(b"[" * 100_000),
    "invalid_utf8": lambda good, body, address: _json(b'{"status": "\xff\xfe\xfa"}'),
    "huge_header": lambda good, body, address: _with_huge_header(good),
    "huge_body": lambda good, body, address: Endless(media_type="application/json"),
    "gzip": lambda good, body, address: _compressed(gzip.compress(body), good),
    "gzip_bomb": lambda good, body, address: _compressed(_bomb(), good),
    "drip": lambda good, body, address: Dripping(body, good.status_code, headers=dict(good.headers)),
    "drip_header": lambda good, body, address: DrippingHeader(),
    "hang": lambda good, body, address: Silent(),
    "reset": lambda good, body, address: Torn(),
    "half": lambda good, body, address: Torn(body, sent=len(body) // 2),
    "redirect_private": lambda good, body, address: Response(b"", 302, headers={"location": _METADATA}),
    "redirect_loop": lambda good, body, address: Response(b"", 302, headers={"location": address}),
    "403_locked": lambda good, body, address: _locked(),
    "413": lambda good, body, address: nginx(413, "Request Entity Too Large"),
    "429": lambda good, body, address: _rate_limited(),
    "429_retry_after": lambda good, body, address: _rate_limited(Retry_After="7"),
    "500": lambda good, body, address: infrastructure(500, "internal_error", _WORDS),
    "502_nginx": lambda good, body, address: nginx(502, "Bad Gateway"),
    "503_nginx": lambda good, body, address: nginx(503, "Service Temporarily Unavailable"),
    "503_scheduling": lambda good, body, address: infrastructure(503, "runner_scheduling_failure", _WORDS),
    "504_user": lambda good, body, address: _timed_out(),
}


def misbehave(kind: str, good: Response, address: str) -> Response:
    """The answer that the fault ``kind`` gives in place of ``good``; ``address`` is the request's own.

    A kind that is no name is a bare status.
    """
    misbehaviour = _MISBEHAVIOURS.get(kind)
    if misbehaviour is None:
        return JSONResponse({"detail": _WORDS}, int(kind))
    return misbehaviour(good, bytes(good.body), address)
