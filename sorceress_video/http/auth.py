"""Sign-in, sign-out, the password and the owner's setup, as plain forms: a new cookie comes with a new page.

An open page's socket keeps the cookie that it was opened with; only a full navigation gives it the new one.
"""

from __future__ import annotations

import asyncio
import math

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sorceress_video.accounts import passwords, sessions, setup
from sorceress_video.accounts import sign_in as signing
from sorceress_video.accounts.errors import AccountError
from sorceress_video.accounts.sign_in import Browser
from sorceress_video.http.address import client_address
from sorceress_video.http.answers import local_path, not_found, refusal, see_other, wants_json
from sorceress_video.http.cookies import clear_session_cookie, session_token, set_session_cookie
from sorceress_video.http.forms import read_form
from sorceress_video.http.identity import Member, forget_members
from sorceress_video.settings import get_settings

_SIGN_IN_PAGE = "/sign-in"
_SETTINGS_PAGE = "/settings"
_STATUSES = {
    "bad_credentials": 401,
    "signed_out": 401,
    "too_many_attempts": 429,
    "busy": 429,
    "admins_only": 404,
    "member_unknown": 404,
    "owners_only": 403,
    "link_unknown": 404,
    "registration_closed": 403,
    "link_used": 410,
    "link_expired": 410,
    "link_revoked": 410,
    "email_taken": 409,
}


async def sign_in(request: Request) -> Response:
    """``POST /auth/sign-in``: fields ``email``, ``password``, and ``next``, a path to go on to."""
    onward = "/"
    try:
        form = await read_form(request)
        onward = local_path(form.get("next", ""))
        token = await passwords.off_loop(
            signing.sign_in, form.get("email", ""), form.get("password", ""), browser_of(request)
        )
    except AccountError as error:
        return refused(request, error, _SIGN_IN_PAGE, **({} if onward == "/" else {"next": onward}))
    return signed_in_answer(request, token, onward)


async def sign_out(request: Request) -> Response:
    """``POST /auth/sign-out``: ends this browser's session. Right for anybody, however often."""
    settings = get_settings()
    token = session_token(request.headers.get("cookie"), settings)
    if token is not None:
        await asyncio.to_thread(sessions.close_session, token)
    return _signed_out(request)


async def sign_out_everywhere(request: Request, member: Member) -> Response:
    """``POST /auth/sign-out-everywhere``: ends every session of the account."""
    await asyncio.to_thread(sessions.close_all_sessions, member.account_id)
    return _signed_out(request)


async def change_password(request: Request, member: Member) -> Response:
    """``POST /auth/password``: fields ``present``, ``password``, ``again``; ends all other sessions."""
    try:
        form = await read_form(request)
        new = agreed_password(form.get("password", ""), form.get("again"))
        token = await passwords.off_loop(
            signing.change_password, member.account_id, form.get("present", ""), new, browser_of(request)
        )
    except AccountError as error:
        return refused(request, error, _SETTINGS_PAGE)
    return signed_in_answer(request, token, f"{_SETTINGS_PAGE}?changed=password")


async def set_up(request: Request) -> Response:
    """``POST /auth/setup``: fields ``token``, ``email``, ``password``, ``again``; makes the owner account."""
    token = ""
    try:
        form = await read_form(request)
        token = form.get("token", "")
        if not await asyncio.to_thread(setup.token_is_good, token):
            return not_found()
        password = agreed_password(form.get("password", ""), form.get("again"))
        account = await passwords.off_loop(setup.create_owner, form.get("email", ""), password, token=token)
    except AccountError as error:
        if error.code in ("owner_exists", "setup_link_invalid"):
            return not_found()
        return refused(request, error, "/setup", token=token)
    session = await asyncio.to_thread(signing.start_session, account, browser_of(request))
    return signed_in_answer(request, session, "/")


def browser_of(request: Request) -> Browser:
    """The browser that asks."""
    settings = get_settings()
    return Browser(
        user_agent=request.headers.get("user-agent", ""),
        address=client_address(request.scope, settings),
        token=session_token(request.headers.get("cookie"), settings),
    )


def agreed_password(password: str, again: str | None) -> str:
    """The new password, if it was typed twice the same where it was asked for twice.

    Raises:
        AccountError: ``password_mismatch``.
    """
    if again is not None and again != password:
        raise AccountError("password_mismatch")
    return password


def signed_in_answer(request: Request, token: str, onward: str) -> Response:
    """Give the browser its new session, and send a form on."""
    forget_members()
    response: Response = _done() if wants_json(request) else see_other(onward)
    set_session_cookie(response, token, get_settings())
    return response


def _signed_out(request: Request) -> Response:
    forget_members()
    response: Response = _done() if wants_json(request) else see_other("/")
    clear_session_cookie(response, get_settings())
    return response


def _done() -> Response:
    return JSONResponse({"ok": True}, headers={"Cache-Control": "no-store"})


def refused(request: Request, error: AccountError, page: str, **query: str) -> Response:
    """Say why not: to a program in JSON, to a form by sending it back to its page."""
    if wants_json(request):
        return refused_in_json(error)
    wait = _seconds(error)
    return see_other(page, error=error.code, **({"wait": str(wait)} if wait else {}), **query)


def refused_in_json(error: AccountError) -> Response:
    """Say why not to a program, or to a script of a page."""
    wait = _seconds(error)
    headers = {"Retry-After": str(wait)} if wait else {}
    return refusal(_STATUSES.get(error.code, 400), error.code, error.sentence, headers)


def _seconds(error: AccountError) -> int:
    return math.ceil(error.retry_after)
