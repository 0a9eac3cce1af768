"""Keeps secrets and control characters out of errors, logs and what a person reads."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

_MASK: Final = "…"
_CREDENTIAL: Final = re.compile(
    r"(?i)\b(authorization\s*[:=]\s*)?\b(key|bearer|token|basic)\s+[^\s\"',;]{8,}"
)
_SIGNED_QUERY: Final = re.compile(r"(https?://[^\s\"'<>?]+)\?[^\s\"'<>]+")
_SHORTEST_SECRET: Final = 4  # characters; replacing shorter ones would eat ordinary words


def redact(text: str, secrets: Iterable[str] = ()) -> str:
    """``text`` without the given secrets, credentials in header form, and query strings of addresses."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST_SECRET:
            text = text.replace(secret, _MASK)
    text = _CREDENTIAL.sub(_MASK, text)
    return _SIGNED_QUERY.sub(rf"\1?{_MASK}", text)


def one_line(text: str, limit: int = 300) -> str:
    """``text`` without control characters and runs of white space, at most ``limit`` characters long."""
    printable = "".join(character if character.isprintable() else " " for character in text[: limit * 4])
    line = " ".join(printable.split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def public_url(url: str) -> str:
    """An address as it may be logged: without user, query and fragment."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "an unreadable address"
    return one_line(f"{parts.scheme}://{host}{port}{parts.path}", 200)
