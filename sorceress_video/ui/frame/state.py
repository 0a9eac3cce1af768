"""The frame's state: who is signed in."""

from __future__ import annotations

import asyncio

import reflex as rx

from sorceress_video.http.session_guard import public_event
from sorceress_video.library import team
from sorceress_video.library.database import get_database
from sorceress_video.ui.frame.identity import member_of


class FrameState(rx.State):
    """What the top bar says. Nothing is authorised by these values."""

    known: bool = False
    """Whether the server has answered who this is."""
    signed_in: bool = False
    email: str = ""
    initial: str = ""
    role: str = ""
    plan: str = ""
    may_manage: bool = False
    """Whether the team page is theirs."""
    open_requests: int = 0
    """Requests for Pro that wait for an admin's answer."""

    @rx.event
    @public_event
    async def enter(self):
        """Find out who this is."""
        await self._learn()

    @rx.event
    @public_event
    async def enter_account_page(self):
        """The account page is for whoever is signed in."""
        await self._learn()
        return None if self.signed_in else rx.redirect("/sign-in?next=/settings")

    async def _learn(self) -> None:
        member = await member_of(self)
        self.known = True
        self.signed_in = member is not None
        self.email = member.email if member else ""
        self.initial = (member.name or member.email)[:1].upper() if member else ""
        self.role = member.role.capitalize() if member else ""
        self.plan = member.plan.capitalize() if member else ""
        self.may_manage = member is not None and member.is_admin
        self.open_requests = (
            await asyncio.to_thread(team.count_open_requests, get_database()) if self.may_manage else 0
        )
