"""“Upgrade to Pro”: a member asks the admins for what local models need."""

from __future__ import annotations

import asyncio

import reflex as rx

from sorceress_video.accounts import team
from sorceress_video.accounts.errors import AccountError
from sorceress_video.accounts.team import LONGEST_NOTE
from sorceress_video.http.session_guard import public_event
from sorceress_video.library import accounts
from sorceress_video.library import team as rows
from sorceress_video.library.database import get_database
from sorceress_video.ui import kit
from sorceress_video.ui.frame.identity import member_of

UPGRADE = "upgrade-dialog"


class UpgradeState(rx.State):
    """Where the own request for Pro stands."""

    plan: str = ""
    """``free`` or ``pro``; empty signed out."""
    request: str = ""
    """``open``, ``granted``, ``declined``; empty where none was made."""
    answer: str = ""
    """What an admin wrote."""
    refusal: str = ""

    @rx.event
    @public_event
    async def enter(self):
        """Read plan and request."""
        await self._read()

    @rx.event
    async def send(self, form: dict[str, str]):
        """Ask the admins, with a note; a second request while one is open changes nothing."""
        member = await member_of(self)
        if member is None:
            return
        note = form.get("note", "") if isinstance(form, dict) else ""
        self.refusal = ""
        try:
            await asyncio.to_thread(team.ask_for_pro, member.account_id, str(note))
        except AccountError as error:
            self.refusal = error.sentence
        await self._read()

    async def _read(self) -> None:
        member = await member_of(self)
        if member is None:
            self.reset()
            return
        account = await asyncio.to_thread(accounts.account_by_id, get_database(), member.account_id)
        request = await asyncio.to_thread(rows.last_request, get_database(), member.account_id)
        self.plan = account.plan if account else ""
        self.request = request.state if request else ""
        self.answer = request.answer if request else ""


def upgrade_button() -> rx.Component:
    """Opens the dialog."""
    return kit.button(
        "Upgrade to Pro", variant="primary", icon="crown", data_opens=UPGRADE, data_testid="upgrade"
    )


def granted_note() -> rx.Component:
    """What an admin wrote when they granted Pro."""
    return rx.cond(
        (UpgradeState.request == "granted") & (UpgradeState.answer != ""),
        rx.el.div(
            kit.note("An admin granted you Pro.", data_testid="upgrade-granted"),
            rx.el.p(
                UpgradeState.answer,
                class_name="text-base text-text-1 text-pretty break-words mt-2",
                dir="auto",
            ),
            class_name="px-6 pt-4 w-full",
        ),
    )


def upgrade_dialog() -> rx.Component:
    """What Pro is for, the request, and where it stands."""
    return kit.dialog(
        rx.el.p(
            "Local models run on this team's own GPU, which Pro members share. Pro costs nothing here: "
            "an admin of this workspace grants it.",
            class_name="text-base text-text-2 text-pretty mb-4",
        ),
        rx.match(
            UpgradeState.request,
            ("open", _asked()),
            ("declined", rx.fragment(_declined(), _form("Ask again"))),
            _form("Send the request"),
        ),
        title="Upgrade to Pro",
        id=UPGRADE,
    )


def _asked() -> rx.Component:
    return kit.note(
        "Your request is with the admins. You see the answer here.",
        data_testid="upgrade-open",
        role="status",
    )


def _declined() -> rx.Component:
    return rx.el.div(
        kit.note("An admin declined your request.", tone="bad", data_testid="upgrade-declined"),
        rx.cond(
            UpgradeState.answer != "",
            rx.el.p(
                UpgradeState.answer,
                class_name="text-base text-text-1 text-pretty break-words mt-2",
                dir="auto",
                data_testid="upgrade-answer",
            ),
        ),
        class_name="mb-4",
    )


def _form(label: str) -> rx.Component:
    return rx.el.form(
        rx.el.div(
            rx.el.label(
                "Note to the admins", html_for="upgrade-note", class_name="text-base font-medium text-text-1"
            ),
            rx.el.textarea(
                id="upgrade-note",
                name="note",
                max_length=LONGEST_NOTE,
                rows=3,
                placeholder="Optional: what you want to make.",
                class_name=kit.join(kit.INPUT, "h-auto py-2"),
                data_testid="upgrade-note",
            ),
            class_name="flex flex-col gap-1.5",
        ),
        rx.el.p(UpgradeState.refusal, role="alert", class_name="text-sm text-bad empty:hidden"),
        kit.button(label, variant="primary", type="submit", data_testid="upgrade-send"),
        on_submit=UpgradeState.send,
        class_name="flex flex-col gap-4",
    )
