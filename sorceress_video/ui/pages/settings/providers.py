"""The providers' keys, for admins: which are there, where from, what they open. Never a key itself."""

# ruff: noqa: RUF012 - the framework copies the defaults of a state for each tab.

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace

import reflex as rx

from sorceress_video.accounts import provider_keys
from sorceress_video.accounts.errors import SENTENCES, AccountError
from sorceress_video.accounts.provider_keys import LONGEST_KEY
from sorceress_video.catalog import ModelSpec, get_catalog
from sorceress_video.http.identity import Member
from sorceress_video.library.database import get_database
from sorceress_video.library.provider_keys import KeptKey
from sorceress_video.library.provider_keys import kept as kept_keys
from sorceress_video.settings import PROVIDER_KEYS, Settings, get_settings
from sorceress_video.ui import kit
from sorceress_video.ui.frame.identity import member_of
from sorceress_video.ui.model_panel.present import PROVIDER_NAMES
from sorceress_video.ui.pages.door import refusal, success
from sorceress_video.ui.pages.settings.section import section

_DONE = {"key": "The key is kept, and its models are open. Clips that failed for lack of it can be retried."}


@dataclass(frozen=True)
class ProviderLine:
    """One provider of the catalog.

    Attributes:
        models: what it opens.
        ready: whether it can be used.
        state: where its key is from, in words.
        detail: who entered it, and when.
        entered: whether its key was entered here.
        takes_key: whether one can be entered here.
    """

    id: str
    name: str
    models: str
    ready: bool = False
    state: str = ""
    detail: str = ""
    entered: bool = False
    takes_key: bool = False


class ProvidersState(rx.State):
    """The providers as an admin sees them."""

    lines: list[ProviderLine] = []
    removing: str = ""
    """The provider whose key is about to be removed."""

    @rx.event
    async def load(self):
        """Read them; for members there is nothing to read."""
        self.removing = ""
        await self._read(await self._admin())

    @rx.event
    async def ask_to_remove(self, provider: str):
        """Ask before a key is removed; empty to leave it."""
        if await self._admin() is not None:
            self.removing = provider if provider in PROVIDER_KEYS else ""

    @rx.event
    async def remove(self, provider: str):
        """Forget a key that was entered here."""
        admin = await self._admin()
        if admin is not None and provider in PROVIDER_KEYS:
            with suppress(AccountError):  # No admin any more.
                await asyncio.to_thread(provider_keys.remove, admin.account_id, provider)
            self.removing = ""
        await self._read(admin)

    async def _admin(self) -> Member | None:
        member = await member_of(self)
        return member if member is not None and member.is_admin else None

    async def _read(self, admin: Member | None) -> None:
        if admin is None:
            self.lines = []
            return
        settings = get_settings()
        kept = await asyncio.to_thread(kept_keys, get_database(), settings)
        self.lines = provider_lines(get_catalog(), settings, kept)


def provider_lines(
    models: Iterable[ModelSpec], settings: Settings, kept: Iterable[KeptKey]
) -> list[ProviderLine]:
    """Each provider that the catalog's models run at.

    Args:
        models: the catalog.
        settings: the deployment's, as the environment gives them.
        kept: the keys that were entered.
    """
    opened: dict[str, list[str]] = {}
    for model in models:
        opened.setdefault(model.provider, []).append(model.name)
    entered = {key.provider: key for key in kept}
    return [
        _line(provider, ", ".join(names), settings, entered.get(provider))
        for provider, names in opened.items()
    ]


def _line(provider: str, models: str, settings: Settings, entered: KeptKey | None) -> ProviderLine:
    line = ProviderLine(provider, PROVIDER_NAMES.get(provider, provider), models)
    if provider not in PROVIDER_KEYS:
        known = provider in settings.available_providers
        return replace(line, ready=known, state="Needs no key" if known else "Not in this version")
    if settings.key_of(provider) is not None:
        return replace(line, ready=True, state=f"Key from {PROVIDER_KEYS[provider].variable}")
    if entered is None:
        return replace(line, takes_key=True, state="No key")
    by = f" by {entered.set_by}" if entered.set_by else ""
    return replace(
        line,
        ready=entered.opens,
        state=(f"Key …{entered.ending}" if entered.ending else "Key set") if entered.opens else "Unreadable",
        detail=f"Set{by} on {entered.set_at.day} {entered.set_at:%b %Y}."
        + ("" if entered.opens else " The server's secret has changed since: enter the key again."),
        entered=True,
        takes_key=True,
    )


def providers() -> rx.Component:
    """The section; nothing for members."""
    return rx.cond(
        ProvidersState.lines.length() > 0,
        section(
            "Providers",
            refusal(SENTENCES, name="key_error"),
            success(_DONE),
            rx.el.ul(
                rx.foreach(ProvidersState.lines, _row),
                class_name="flex flex-col divide-y divide-line -mt-3",
                data_testid="providers",
            ),
            id="providers",
            line="Keys are kept sealed and never shown. What the server's environment names comes first.",
        ),
    )


def _row(line: rx.Var[ProviderLine]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.p(line.name, class_name="text-base font-medium text-text-1"),
            rx.cond(line.ready, kit.chip(line.state, tone="ok"), kit.chip(line.state, tone="gold")),
            class_name="flex items-center justify-between gap-3",
        ),
        rx.el.p(line.models, class_name="text-sm text-text-3 text-pretty"),
        rx.el.p(line.detail, class_name="text-sm text-text-3 text-pretty wrap-anywhere empty:hidden"),
        rx.cond(line.takes_key, _entry(line)),
        class_name="flex flex-col gap-1 py-3",
        key=line.id,
        data_testid="provider",
        data_ready=line.ready,
    )


def _entry(line: rx.Var[ProviderLine]) -> rx.Component:
    return rx.el.div(
        kit.plain_form(
            kit.text_input(
                type="password",
                name="key",
                required=True,
                max_length=LONGEST_KEY,
                auto_complete="off",
                placeholder=rx.cond(line.entered, "Another key in its place", "Paste the key"),
                aria_label="Key for " + line.name,
                class_name="flex-1 min-w-0",
                data_testid="provider-key",
            ),
            kit.button("Keep", variant="secondary", type="submit", data_testid="provider-key-keep"),
            action="/api/provider-keys/" + line.id,
            class_name="flex items-center gap-2 flex-1 min-w-[250px]",
        ),
        rx.cond(
            line.entered,
            rx.cond(
                ProvidersState.removing == line.id,
                rx.el.div(
                    kit.button(
                        "Remove the key",
                        variant="danger",
                        on_click=ProvidersState.remove(line.id),
                        data_testid="provider-key-remove-now",
                        auto_focus=True,
                    ),
                    kit.button(
                        "Leave it",
                        variant="secondary",
                        on_click=ProvidersState.ask_to_remove(""),
                        data_testid="provider-key-leave",
                    ),
                    class_name="flex gap-2 ml-auto",
                ),
                kit.button(
                    "Remove",
                    variant="secondary",
                    on_click=ProvidersState.ask_to_remove(line.id),
                    aria_label="Remove the key for " + line.name,
                    data_testid="provider-key-remove",
                ),
            ),
        ),
        class_name="flex flex-wrap items-center gap-2 mt-1.5",
    )
