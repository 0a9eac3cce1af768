"""Headers of every answer: what browsers must not do with it, and how long they may keep it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sorceress_video.http.page_policy import page_policy
from sorceress_video.settings import Settings

FOREVER: Final = "max-age=31536000, immutable"
_HASHED_FILE: Final = re.compile(r"/assets/(?:[^/]+/)*[^/]+-[A-Za-z0-9_-]{8}\.[a-z0-9.]+")
_NAMED_FILE: Final = re.compile(r"/(?:fonts|demo)/[^/]+")
_A_DAY: Final = "public, max-age=86400"
_EVERYWHERE: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), payment=(), usb=(), microphone=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


class SecurityHeaders:
    """ASGI middleware that adds the headers which an answer does not set itself."""

    def __init__(self, app: ASGIApp, settings: Settings, pages: Path) -> None:
        self._app = app
        self._pages = pages
        public = urlsplit(settings.base_url)
        self._sockets = f"{'wss' if settings.secure_cookies else 'ws'}://{public.netloc}"
        self._strict_transport = settings.secure_cookies

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete the headers of its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_completed(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._complete(scope["path"], message["status"], MutableHeaders(scope=message))
            await send(message)

        await self._app(scope, receive, send_completed)

    def _complete(self, path: str, status: int, headers: MutableHeaders) -> None:
        for name, value in _EVERYWHERE.items():
            headers.setdefault(name, value)
        if self._strict_transport:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if headers.get("content-type", "").startswith("text/html"):
            headers.setdefault("Content-Security-Policy", page_policy(path, self._pages, self._sockets))
            headers.setdefault("Cache-Control", "no-cache")
        if path.startswith("/setup"):
            headers["Cache-Control"] = "no-store"
        elif status in (200, 206, 304) and _HASHED_FILE.fullmatch(path):
            headers["Cache-Control"] = f"public, {FOREVER}"
        elif status in (200, 206, 304) and _NAMED_FILE.fullmatch(path):
            headers["Cache-Control"] = _A_DAY
