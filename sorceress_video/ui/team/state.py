"""The team page's state. Everything is for the owner and admins only, and asked again at every event."""

# ruff: noqa: RUF012 - the framework copies the defaults of a state for each tab.

from __future__ import annotations

import asyncio
from collections.abc import Callable
from re import fullmatch
from typing import Final, TypeVar

import reflex as rx

from sorceress_video.accounts import team
from sorceress_video.accounts.errors import AccountError
from sorceress_video.http.identity import Member, forget_members
from sorceress_video.http.session_guard import public_event
from sorceress_video.jobs import actions
from sorceress_video.jobs.hints import Hint, access_ended, publish, rights_changed
from sorceress_video.jobs.queues import get_redis
from sorceress_video.library import access_links
from sorceress_video.library import team as rows
from sorceress_video.library.database import get_database
from sorceress_video.ui import kit
from sorceress_video.ui.frame.identity import member_of
from sorceress_video.ui.frame.state import FrameState
from sorceress_video.ui.team.models import InvitationLine, MemberLine, RequestLine, Subject
from sorceress_video.ui.team.present import (
    dollars,
    invitation_line,
    member_line,
    request_line,
    subject_of,
)

Result = TypeVar("Result")

PAGE_SIZE: Final = 50
_MOST_LISTED: Final = 100
_LONGEST_SEARCH: Final = 100


class TeamState(rx.State):
    """What an admin sees of the team, and does."""

    known: bool = False
    allowed: bool = False
    may_make_owners: bool = False
    members: list[MemberLine] = []
    total: int = 0
    page: int = 0
    words: str = ""
    month: str = ""
    invitations: list[InvitationLine] = []
    requests: list[RequestLine] = []
    subject: Subject = Subject()
    dialog: str = ""
    """The open dialog about ``subject``: ``deactivate``, ``password``, or none."""
    refusals: int = 0
    """Grows with every change that is refused, so that fields show again what is."""

    @rx.event
    @public_event
    async def enter(self):
        """The page is for admins; everybody else gets nothing, or the way to sign in."""
        member = await member_of(self)
        if member is None or not member.is_admin:
            self.reset()
        self.known = True
        if member is None:
            return rx.redirect("/sign-in?next=/team")
        if member.is_admin:
            await self._read(member)
        return None

    def _open_page(self) -> None:
        self.reset()

    @rx.event
    async def load(self):
        """Read everything again."""
        member = await self._admin()
        if member is not None:
            await self._read(member)

    @rx.event
    async def search(self, words: str):
        """Show the members whose name or e-mail contains this."""
        member = await self._admin()
        if member is None:
            return
        self.words, self.page = str(words).replace("\0", "")[:_LONGEST_SEARCH], 0
        await self._read_members(member)

    @rx.event
    async def turn(self, step: int):
        """Go on to the next page of members, or back."""
        member = await self._admin()
        if member is None:
            return
        last = max(0, (self.total - 1) // PAGE_SIZE)
        self.page = min(last, max(0, self.page + (-1 if step == -1 else 1)))
        await self._read_members(member)

    # --- changes

    @rx.event
    async def change_role(self, account_id: str, role: str):
        """Give a member another role."""
        whom = _id(account_id)
        await self._change(whom, lambda actor: team.change_role(actor, whom, str(role)))

    @rx.event
    async def change_plan(self, account_id: str, plan: str):
        """Give a member another plan."""
        whom = _id(account_id)
        await self._change(whom, lambda actor: team.change_plan(actor, whom, str(plan)))

    @rx.event
    async def change_budget(self, account_id: str, typed: str):
        """Set what a member may spend in a month, in dollars; empty for no limit."""
        whom = _id(account_id)
        await self._change(whom, lambda actor: team.change_budget(actor, whom, str(typed)))

    @rx.event
    async def change_question(self, account_id: str, typed: str):
        """Set above which sum in dollars one click of a member asks first; empty for never."""
        whom = _id(account_id)
        await self._change(whom, lambda actor: team.change_question(actor, whom, str(typed)))

    @rx.event
    async def reactivate(self, account_id: str):
        """Let a member in again."""
        whom = _id(account_id)
        if await self._change(whom, lambda actor: team.reactivate(actor, whom)):
            await kit.say(self, "They can sign in again, with the password that they had.")

    @rx.event
    async def revoke_invitation(self, link_id: str):
        """Make an invitation worthless."""
        if await self._change("", lambda actor: team.revoke_invitation(actor, _id(link_id))):
            await kit.say(self, "The invitation is revoked; its link opens nothing.")

    @rx.event
    async def decide(self, request_id: str, verdict: str, note: str):
        """Grant a request for Pro or decline it, with a note to the member."""
        if await self._admin() is None:
            return
        request_id, is_granted, text = _id(request_id), verdict == "grant", str(note)
        asker = await asyncio.to_thread(rows.request_owner, get_database(), request_id)
        done = await self._change(
            asker, lambda actor: team.decide_request(actor, request_id, granted=is_granted, answer=text)
        )
        frame = await self.get_state(FrameState)
        frame.open_requests = len(self.requests)
        if done:
            await kit.say(self, "Pro is granted." if is_granted else "The request is declined.")

    # --- dialogs

    @rx.event
    async def ask(self, account_id: str, dialog: str):
        """Open a dialog about a member."""
        member = await self._admin()
        if member is None or dialog not in ("deactivate", "password"):
            return
        row = await asyncio.to_thread(rows.member, get_database(), _id(account_id))
        if row is not None:
            self.subject, self.dialog = subject_of(row), dialog

    @rx.event
    async def dismiss(self):
        """Close it."""
        self.dialog = ""

    @rx.event
    async def deactivate(self, clips: str):
        """Shut the dialog's member out; their clips ``finish``, or with ``cancel`` are cancelled."""
        account_id = self.subject.id
        self.dialog = ""
        done = await self._change(account_id, lambda actor: team.deactivate(actor, account_id), ended=True)
        if not done:
            return
        cancelled = await asyncio.to_thread(actions.cancel_all, account_id) if clips == "cancel" else 0
        if cancelled:
            await self.load()
        also = {0: "", 1: " 1 clip was cancelled."}.get(cancelled, f" {cancelled} clips were cancelled.")
        await kit.say(self, f"{self.subject.name} is signed out and cannot sign in.{also}")

    # --- what the handlers share

    async def _admin(self) -> Member | None:
        member = await member_of(self)
        if member is not None and member.is_admin:
            return member
        self.reset()
        self.known = True
        return None

    async def _change(self, account_id: str, change: Callable[[str], Result], *, ended: bool = False) -> bool:
        """Make a change as the admin that asks, tell every process, and read what is now."""
        member = await self._admin()
        if member is None:
            return False
        try:
            result = await asyncio.to_thread(change, member.account_id)
        except AccountError as error:
            self.refusals += 1
            await kit.say(self, error.sentence, tone="error")
            await self.load()
            return False
        if account_id:
            await self._tell(access_ended(account_id) if ended else rights_changed(account_id))
        await self.load()
        return result is not False

    async def _tell(self, hint: Hint) -> None:
        forget_members()
        await asyncio.to_thread(publish, get_redis(), hint)

    async def _read(self, member: Member) -> None:
        self.allowed = True
        self.may_make_owners = member.role == "owner"
        db = get_database()
        invitations = await asyncio.to_thread(access_links.open_invitations, db, _MOST_LISTED)
        requests = await asyncio.to_thread(rows.open_requests, db, _MOST_LISTED)
        self.month = dollars(await asyncio.to_thread(rows.month_total, db))
        self.invitations = [invitation_line(found) for found in invitations]
        self.requests = [request_line(row) for row in requests]
        await self._read_members(member)

    async def _read_members(self, member: Member) -> None:
        found = await asyncio.to_thread(
            rows.members, get_database(), self.words, self.page * PAGE_SIZE, PAGE_SIZE
        )
        self.total = found.total
        self.members = [member_line(row, member) for row in found.rows]


def _id(value: object) -> str:
    """An id as it came from the browser; what cannot be one is nobody's."""
    return value if isinstance(value, str) and fullmatch(r"[0-9a-f]{32}", value) else ""
