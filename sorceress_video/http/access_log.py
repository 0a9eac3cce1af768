"""One line for each request, without what addresses carry after the question mark: it holds tokens."""

from __future__ import annotations

import time
from typing import Final

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sorceress_video.http.address import client_address
from sorceress_video.settings import Settings

_log = structlog.get_logger(__name__)

_QUIET: Final = ("/assets/", "/healthz", "/readyz", "/ping", "/_health")
_LONGEST_PATH: Final = 200


class AccessLog:
    """ASGI middleware that logs method, path, status, milliseconds and the client's address."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and log how it went."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started, status = time.perf_counter(), 500

        async def send_noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_noted)
        finally:
            log = _log.debug if scope["path"].startswith(_QUIET) else _log.info
            log(
                "request",
                method=scope["method"],
                path=_printable(scope["path"]),
                status=status,
                ms=round((time.perf_counter() - started) * 1000, 1),
                address=client_address(scope, self._settings),
            )


def _printable(path: str) -> str:
    """The path without characters that could forge a line of the log or the colours of a terminal."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in path)[
        :_LONGEST_PATH
    ]
