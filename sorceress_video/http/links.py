"""Links that admins hand on, over HTTP: made here, so that their tokens never touch the state of a page.

The pages behind a link read its token in the browser, from what stands after ``#``, and ask here.
"""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sorceress_video.accounts import invitations, passwords, team
from sorceress_video.accounts import sign_in as signing
from sorceress_video.accounts.errors import AccountError
from sorceress_video.accounts.invitations import NewLink
from sorceress_video.http.auth import agreed_password, browser_of, refused_in_json, signed_in_answer
from sorceress_video.http.forms import read_form
from sorceress_video.http.identity import Member
from sorceress_video.jobs.hints import access_ended, publish
from sorceress_video.jobs.queues import get_redis


async def look(request: Request) -> Response:
    """``POST /auth/link`` with ``kind`` (``invitation``, ``password``) and ``token``: whom it is for."""
    try:
        form = await read_form(request)
        kind: invitations.Kind = "password" if form.get("kind") == "password" else "invitation"
        welcome = await asyncio.to_thread(invitations.look, kind, form.get("token", ""))
    except AccountError as error:
        return refused_in_json(error)
    return _kept_nowhere({"email": welcome.email, "name": welcome.name})


async def join(request: Request) -> Response:
    """``POST /auth/join``: fields ``token``, ``name``, ``email``, ``password``, ``again``; signs in."""
    try:
        form = await read_form(request)
        password = agreed_password(form.get("password", ""), form.get("again"))
        account = await passwords.off_loop(
            invitations.join,
            form.get("token", ""),
            form.get("name", ""),
            form.get("email", ""),
            password,
            browser_of(request),
        )
    except AccountError as error:
        return refused_in_json(error)
    session = await asyncio.to_thread(signing.start_session, account, browser_of(request))
    return signed_in_answer(request, session, "/")


async def set_password(request: Request) -> Response:
    """``POST /auth/new-password``: fields ``token``, ``password``, ``again``; signs in here only."""
    try:
        form = await read_form(request)
        password = agreed_password(form.get("password", ""), form.get("again"))
        account = await passwords.off_loop(
            invitations.set_password, form.get("token", ""), password, browser_of(request)
        )
    except AccountError as error:
        return refused_in_json(error)
    await asyncio.to_thread(publish, get_redis(), access_ended(account.id))
    session = await asyncio.to_thread(signing.start_session, account, browser_of(request))
    return signed_in_answer(request, session, "/")


async def invite(request: Request, member: Member) -> Response:
    """``POST /api/team/invitations``: ``role``, ``plan``, ``days``, ``email``. The answer has the link."""
    try:
        form = await read_form(request)
        link = await asyncio.to_thread(
            team.invite,
            member.account_id,
            role=form.get("role", "member"),
            plan=form.get("plan", "free"),
            days=int(days) if (days := form.get("days", "7")).isdecimal() and len(days) < 4 else 0,
            email=form.get("email", ""),
        )
    except AccountError as error:
        return refused_in_json(error)
    return _made(link)


async def password_link(request: Request, member: Member) -> Response:
    """``POST /api/team/members/{account_id}/password-link``: a link by which that member sets a password."""
    try:
        link = await asyncio.to_thread(
            team.password_link, member.account_id, request.path_params["account_id"][:64]
        )
    except AccountError as error:
        return refused_in_json(error)
    return _made(link)


def _made(link: NewLink) -> Response:
    return _kept_nowhere({"link": link.address, "expires": _iso(link.expires_at)}, 201)


def _iso(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _kept_nowhere(content: dict[str, Any], status: int = 200) -> Response:
    return JSONResponse(content, status, headers={"Cache-Control": "no-store"})
