"""The few shapes that answers have: a refusal, as JSON or as a page; where a form leads to."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

_NOT_KEPT = {"Cache-Control": "no-store"}


def refusal(status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """``{"error": {"code", "message"}}``; the message is a sentence for the person."""
    return JSONResponse(
        {"error": {"code": code, "message": message}}, status, headers={**_NOT_KEPT, **(headers or {})}
    )


def not_found() -> Response:
    """Nothing here, whoever asks and whatever the reason."""
    return PlainTextResponse("Not found.", 404, headers=_NOT_KEPT)


def see_other(path: str, *, place: str = "", **query: str) -> RedirectResponse:
    """Send a browser on after a form, to a place of a page where one is named."""
    url = (f"{path}?{urlencode(query)}" if query else path) + (f"#{place}" if place else "")
    return RedirectResponse(url, 303, headers=_NOT_KEPT)


def wants_json(request: Request) -> bool:
    """Whether a program asks, and not a form of a page."""
    return "application/json" in request.headers.get("accept", "")


def local_path(wanted: str, otherwise: str = "/") -> str:
    """A path of this very site to go on to; what a browser could take for another site is dropped."""
    parts = urlsplit(wanted)
    looks_local = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    if not looks_local or parts.scheme or parts.netloc or "\\" in wanted or not wanted.isprintable():
        return otherwise
    return wanted
