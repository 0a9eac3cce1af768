"""The frame's state: who is signed in."""

from __future__ import annotations

import asyncio
from typing import Final

import reflex as rx

from sorceress_video.http.identity import Member
from sorceress_video.http.session_guard import public_event
from sorceress_video.library import preferences, team
from sorceress_video.library.database import get_database
from sorceress_video.ui.frame.identity import member_of

SIDES: Final = ("left", "right")
PANELS: Final = "panels"
"""The preference with the folded panels, by side."""


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
    folded: dict[str, bool] = {}  # noqa: RUF012 - the framework copies defaults.
    """Which side panels the account folded, by side; the browser's own memory counts where one is missing."""

    @rx.event
    @public_event
    async def enter(self):
        """Find out who this is, and how they left their panels."""
        member = await self._learn()
        self.folded = await asyncio.to_thread(_folded, member.account_id) if member else {}

    @rx.event
    @public_event
    async def keep_panel(self, side: str, folded: bool):  # noqa: FBT001 - what the browser sends.
        """Remember with the account that a side panel was folded or unfolded."""
        member = await member_of(self)
        if member is None or side not in SIDES:
            return
        kept = {**await asyncio.to_thread(_folded, member.account_id), side: bool(folded)}
        await asyncio.to_thread(preferences.save, get_database(), member.account_id, PANELS, kept)

    @rx.event
    @public_event
    async def enter_account_page(self):
        """The account page is for whoever is signed in."""
        await self._learn()
        return None if self.signed_in else rx.redirect("/sign-in?next=/settings")

    @rx.event
    @public_event
    async def part(self):
        """Leave the page, once this browser's session is over."""
        await self._learn()
        return None if self.signed_in else rx.redirect("/sign-in")

    async def _learn(self) -> Member | None:
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
        return member


def _folded(account_id: str) -> dict[str, bool]:
    """The folded panels as stored, without what means nothing."""
    kept = preferences.load(get_database(), account_id).get(PANELS)
    sides = kept if isinstance(kept, dict) else {}
    return {side: sides[side] for side in SIDES if isinstance(sides.get(side), bool)}
