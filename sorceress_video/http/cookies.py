"""Cookies: the session's with its name and flags, and the one in which the page tells its time zone."""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

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


ZONE_COOKIE: Final = "sorceress-zone"
"""Set by the page itself; see ``ui/frame/frame.jsx``."""
_LONGEST_ZONE: Final = 64


def time_zone(cookie_header: str | None) -> str:
    """IANA name of the browser's time zone; UTC where it says none, or one that is not known here."""
    named = cookie_parser(cookie_header or "").get(ZONE_COOKIE, "")[:_LONGEST_ZONE]
    return named if _is_known(named) else "UTC"


@lru_cache(maxsize=1024)
def _is_known(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # No such zone, no name of one, no such file.
        return False
    return True


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
