"""What every request must pass before anything else sees it, Reflex's endpoints and its socket included."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from sorceress_video.http.answers import refusal
from sorceress_video.settings import Settings

_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
# Whoever probes these by address, such as a load balancer, learns nothing but that the process is there.
_FOR_PROBES: Final = frozenset({"/healthz", "/readyz"})
_HOST: Final = re.compile(r"(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?")
# Reflex's upload endpoint asks nobody who they are and has no limit of size.
_SHUT: Final = ("/_upload",)
_SOCKET: Final = "/_event"


@dataclass(frozen=True, slots=True)
class _Refusal:
    status: int
    code: str
    message: str


_NOT_FOUND: Final = _Refusal(404, "not_found", "There is nothing here.")
_WRONG_HOST: Final = _Refusal(
    400,
    "wrong_host",
    "The workspace does not know itself by this name. Its admin can add it to SORCERESS_ALLOWED_HOSTS.",
)
_FOREIGN: Final = _Refusal(403, "foreign_origin", "The request came from another site.")


class Guards:
    """ASGI middleware: the host must be ours, changes must come from our pages, ``/_upload`` is shut.

    The host check stops a foreign name that resolves to this machine (DNS rebinding); the origin check stops
    forms, scripts and sockets of other sites, which bring the cookie along.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        public = urlsplit(settings.base_url)
        self._public_origin = f"{public.scheme}://{public.netloc}".lower()
        self._schemes = ("https",) if settings.secure_cookies else ("http", "https")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        refused = self._judge(scope)
        if refused is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008, "reason": refused.code})
        else:
            answer = refusal(refused.status, refused.code, refused.message)
            await answer(scope, receive, send)

    def _judge(self, scope: Scope) -> _Refusal | None:
        headers, path = Headers(scope=scope), scope["path"]
        if path in _FOR_PROBES and scope.get("method") in ("GET", "HEAD"):
            return None
        host = self._own_host(headers)
        if host is None:
            return _WRONG_HOST
        if any(path == shut or path.startswith(f"{shut}/") for shut in _SHUT):
            return _NOT_FOUND
        changes = scope["type"] == "websocket" or scope["method"] not in _SAFE_METHODS
        if (changes or path.startswith(_SOCKET)) and not self._from_own_page(headers, host):
            return _FOREIGN
        return None

    def _own_host(self, headers: Headers) -> str | None:
        """The ``Host`` header, if there is exactly one and it names this deployment."""
        named = headers.getlist("host")
        found = _HOST.fullmatch(named[0].lower()) if len(named) == 1 else None
        if found is None or found[1].rstrip(".") not in self._settings.trusted_hosts:
            return None
        return named[0].lower()

    def _from_own_page(self, headers: Headers, host: str) -> bool:
        """Whether a browser's own word does not say that another site's page made the request.

        Programs send neither header; they bring no browser's cookie either.
        """
        if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            return False
        origins = headers.getlist("origin")
        own = {self._public_origin, *(f"{scheme}://{host}" for scheme in self._schemes)}
        return all(origin.lower() in own for origin in origins)
