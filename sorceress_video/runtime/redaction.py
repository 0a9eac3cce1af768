"""Takes secrets out of what is about to be logged, wherever in the line they stand."""

from __future__ import annotations

import re
from collections.abc import Mapping, MutableMapping
from typing import Any

from pydantic import SecretStr

from sorceress_video.settings import Settings

MASK = "•••"
_SHORTEST = 6  # characters; a shorter "secret" would blank out ordinary words.

_SECRET_KEYS = re.compile(
    r"authorization|cookie|password|passwd|secret|api_?key|access_?key|private_?key|session_?token"
    r"|^token$|_token$",
    re.IGNORECASE,
)
_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    # Header lines and reprs of header mappings: Authorization: Key …, 'cookie': '…'
    (
        re.compile(
            r"(?i)\b((?:proxy-)?authorization|(?:set-)?cookie|x-api-key)(['\"]?\s*[:=]\s*['\"]?)[^'\"\r\n]+"
        ),
        rf"\1\2{MASK}",
    ),
    # Schemes by themselves. A digit is asked for, since "key" and "token" are words as well.
    (re.compile(r"(?i)\b(bearer|basic|key|token)(\s+)(?=[\w.~+/=:-]*\d)[\w.~+/=:-]{12,}"), rf"\1\2{MASK}"),
    # Query parameters that open something, those of signed addresses among them
    (
        re.compile(
            r"(?i)([?&;](?:[\w-]*(?:token|signature|credential|secret|password|api[_-]?key)|key|sig|code)=)"
            r"[^&;\s\"'<>]+"
        ),
        rf"\1{MASK}",
    ),
    # Credentials in an address: postgresql://name:password@host
    (re.compile(r"(\b[a-z][\w+.-]*://[^\s/:@]*:)[^\s/@]+(@)"), rf"\1{MASK}\2"),
)


class Redactor:
    """A structlog processor. Place it last before the renderer, when tracebacks are text already."""

    def __init__(self, secrets: frozenset[str] = frozenset()) -> None:
        """``secrets``: exact values that must never appear; very short ones are ignored."""
        known = sorted((re.escape(secret) for secret in secrets if len(secret) >= _SHORTEST), key=len)
        self._known = re.compile("|".join(reversed(known))) if known else None

    def __call__(self, _logger: object, _method: str, event: MutableMapping[str, Any]) -> Mapping[str, Any]:
        return {name: self._clean(name, value) for name, value in event.items()}

    def text(self, text: str) -> str:
        """``text`` without the known secrets and without what looks like one."""
        if self._known is not None:
            text = self._known.sub(MASK, text)
        for pattern, replacement in _PATTERNS:
            text = pattern.sub(replacement, text)
        return text

    def _clean(self, name: str, value: Any) -> Any:
        if isinstance(value, SecretStr) or (_SECRET_KEYS.search(name) and isinstance(value, str | bytes)):
            return MASK
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {key: self._clean(str(key), inner) for key, inner in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self._clean(name, inner) for inner in value]
        if value is None or isinstance(value, bool | int | float):
            return value
        return self.text(repr(value))


def configured_secrets(settings: Settings) -> frozenset[str]:
    """The values of every secret setting."""
    values = (getattr(settings, name) for name in type(settings).model_fields)
    return frozenset(value.get_secret_value() for value in values if isinstance(value, SecretStr))
