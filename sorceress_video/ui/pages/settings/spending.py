"""Above which sum one click asks first."""

from __future__ import annotations

import asyncio
from decimal import Decimal, InvalidOperation
from typing import Final

import reflex as rx

from sorceress_video.library import accounts, ledger, preferences
from sorceress_video.library.database import get_database
from sorceress_video.ui import kit
from sorceress_video.ui.frame.identity import member_of
from sorceress_video.ui.pages.settings.section import answer, section

MOST_DOLLARS: Final = Decimal(100_000)
_FIELD: Final = "ask-above"


class AmountRefused(ValueError):  # noqa: N818 - a refusal
    """What was typed is no amount; its text says so to the person."""


class SpendingState(rx.State):
    """The limits above which one click asks first."""

    amount: str = ""
    """The member's own limit in dollars; empty where there is none."""
    admin_line: str = ""
    """What an admin has set, in words."""
    answer: str = ""
    refused: bool = False

    @rx.event
    async def load(self):
        """Read both limits."""
        member = await member_of(self)
        if member is None:
            self.reset()
            return
        chosen = await asyncio.to_thread(preferences.load, get_database(), member.account_id)
        account = await asyncio.to_thread(accounts.account_by_id, get_database(), member.account_id)
        self.amount = _typed(chosen.get(ledger.ASK_ABOVE))
        by_admin = account.confirm_above_micro_usd if account else None
        self.admin_line = (
            ""
            if by_admin is None
            else f"An admin has set ${by_admin / 1e6:,.2f} for you. The smaller of both counts."
        )

    @rx.event
    async def keep(self, typed: str):
        """Set the own limit, or none where nothing is typed."""
        member = await member_of(self)
        if member is None:
            return
        try:
            limit = amount_of(typed)
        except AmountRefused as refused:
            self.refused, self.answer = True, str(refused)
            return
        await asyncio.to_thread(preferences.save, get_database(), member.account_id, ledger.ASK_ABOVE, limit)
        self.amount = _typed(limit)
        self.refused = False
        self.answer = (
            "Saved: no click asks first."
            if limit is None
            else f"Saved: a click that costs more than ${limit / 1e6:,.2f} asks first."
        )


def amount_of(typed: str) -> int | None:
    """Micro-dollars of what was typed; None for nothing.

    Raises:
        AmountRefused: it is no amount, or out of range.
    """
    text = typed.strip().removeprefix("$").replace(",", ".").strip()
    if not text:
        return None
    try:
        dollars = Decimal(text[:20])
    except InvalidOperation:
        raise AmountRefused("Type an amount in US dollars, 5 or 2.50, or nothing.") from None
    if not dollars.is_finite() or not 0 <= dollars <= MOST_DOLLARS:
        raise AmountRefused(f"Type an amount between 0 and {MOST_DOLLARS:,} US dollars, or nothing.")
    return int(dollars * 1_000_000)


def _typed(micro_usd: object) -> str:
    known = isinstance(micro_usd, int) and not isinstance(micro_usd, bool) and micro_usd >= 0
    return f"{Decimal(micro_usd) / 1_000_000:.2f}" if known else ""


def spending() -> rx.Component:
    """The section."""
    return section(
        "Spending",
        rx.el.div(
            rx.el.label(
                "Ask before one click spends more than",
                html_for=_FIELD,
                class_name="text-base font-medium text-text-1",
            ),
            rx.el.div(
                rx.el.span("$", class_name="text-md text-text-3", aria_hidden="true"),
                kit.commit_input(
                    id=_FIELD,
                    value=SpendingState.amount,
                    placeholder="Never ask",
                    input_mode="decimal",
                    max_length=20,
                    aria_describedby="ask-above-hint",
                    on_commit=SpendingState.keep,
                    data_testid="ask-above",
                ),
                class_name="flex items-center gap-2",
            ),
            rx.el.p(
                "US dollars. Empty: never.",
                id="ask-above-hint",
                class_name="text-sm text-text-3 text-pretty",
            ),
            class_name="flex flex-col gap-1.5",
        ),
        rx.cond(
            SpendingState.admin_line != "",
            kit.note(SpendingState.admin_line, data_testid="ask-above-admin"),
        ),
        answer(SpendingState.answer, refused=SpendingState.refused, testid="ask-above-answer"),
        id="spending",
        line="The question shows the sum and its parts before anything is sent.",
    )
