"""The small forms of sign-in and setup: capped before they are parsed, text only."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from sorceress_video.accounts.errors import AccountError

_MAX_BYTES: Final = 16 * 1024
_MAX_FIELDS: Final = 16
_DEADLINE: Final = 10.0  # seconds for the whole form


async def read_form(request: Request) -> Mapping[str, str]:
    """The fields of a URL-encoded form or of a flat JSON object.

    Raises:
        AccountError: ``bad_request`` for every other shape, size or pace.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        async with asyncio.timeout(_DEADLINE):
            body = await _body(request)
        if kind == "application/json":
            return _text_fields(json.loads(body))
        if kind == "application/x-www-form-urlencoded":
            pairs = parse_qsl(
                body.decode(), keep_blank_values=True, max_num_fields=_MAX_FIELDS, errors="strict"
            )
            return _text_fields(dict(pairs))
    except (ValueError, TimeoutError, RecursionError, ClientDisconnect) as error:
        raise AccountError("bad_request") from error
    raise AccountError("bad_request")


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MAX_BYTES:
            raise ValueError("The form is too large.")
    return bytes(body)


def _text_fields(value: object) -> Mapping[str, str]:
    if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
        raise ValueError("The form must be an object of texts.")
    for item in value.values():
        # Neither database can hold these: NUL, and halves of characters that JSON can spell.
        if "\0" in item or item.encode("utf-8", "ignore").decode() != item:
            raise ValueError("The form holds text that is none.")
    return value
