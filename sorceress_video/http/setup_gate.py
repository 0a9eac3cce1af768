"""The setup page exists only for who holds the one-time token, and only until there is an owner."""

from __future__ import annotations

import asyncio
from typing import Final
from urllib.parse import parse_qs

from starlette.types import ASGIApp, Receive, Scope, Send

from sorceress_video.accounts.setup import setup_open, token_is_good
from sorceress_video.http.answers import not_found

__all__ = ["SetupGate", "setup_open"]

_PAGE: Final = "/setup"


class SetupGate:
    """ASGI middleware: ``/setup`` is 404 without the present token, and once there is an account."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, unless it asks for the setup page without right."""
        if scope["type"] == "http" and _is_setup_page(scope["path"]):
            query = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=16)
            token = query.get("token", [""])[-1]
            if not token or not await asyncio.to_thread(token_is_good, token):
                await not_found()(scope, receive, send)
                return
        await self._app(scope, receive, send)


def _is_setup_page(path: str) -> bool:
    return path in (_PAGE, f"{_PAGE}.html") or path.startswith(f"{_PAGE}/")
