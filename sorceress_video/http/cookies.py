"""The session cookie: its name, its flags, and how it is read."""

from __future__ import annotations

from starlette.requests import cookie_parser
from starlette.responses import Response

from sorceress_video.accounts.sessions import ABSOLUTE_LIMIT
from sorceress_video.settings import Settings


def cookie_name(settings: Settings) -> str:
    """Browsers let nobody but this very host, over TLS, set a cookie with the ``__Host-`` prefix."""
    return "__Host-sorceress" if settings.secure_cookies else "sorceress"


def session_token(cookie_header: str | None, settings: Settings) -> str | None:
    """The session token in a request's ``Cookie`` header."""
    if not cookie_header:
        return None
    return cookie_parser(cookie_header).get(cookie_name(settings)) or None


def set_session_cookie(response: Response, token: str, settings: Settings) -> None:
    """Give the browser its session."""
    response.set_cookie(
        cookie_name(settings),
        token,
        max_age=int(ABSOLUTE_LIMIT.total_seconds()),
        path="/",
        secure=settings.secure_cookies,
        httponly=True,
        samesite="lax",
    )


def clear_session_cookie(response: Response, settings: Settings) -> None:
    """Take the session away from the browser."""
    response.delete_cookie(
        cookie_name(settings), path="/", secure=settings.secure_cookies, httponly=True, samesite="lax"
    )
