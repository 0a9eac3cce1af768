"""The key of a provider, as an admin enters it: a plain form, so that it never comes near a page's state."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from sorceress_video.accounts import provider_keys
from sorceress_video.accounts.errors import AccountError
from sorceress_video.http.answers import not_found, see_other
from sorceress_video.http.forms import read_form
from sorceress_video.http.identity import Member

_PAGE = "/settings"
_PLACE = "providers"


async def keep_key(request: Request, member: Member) -> Response:
    """``POST /api/provider-keys/{provider}``: field ``key``; sends the form back to its page."""
    try:
        form = await read_form(request)
        await asyncio.to_thread(
            provider_keys.keep,
            member.account_id,
            request.path_params["provider"],
            form.get("key", ""),
        )
    except AccountError as error:
        if error.code == "admins_only":  # Not any more.
            return not_found()
        return see_other(_PAGE, place=_PLACE, key_error=error.code)
    return see_other(_PAGE, place=_PLACE, changed="key")
