"""The providers' keys, for admins: which are there, where from, what they open. Never a key itself."""

# ruff: noqa: RUF012 - the framework copies the defaults of a state for each tab.

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

import reflex as rx

from sorceress_video.catalog import ModelSpec, get_catalog
from sorceress_video.settings import get_settings
from sorceress_video.ui import kit
from sorceress_video.ui.frame.identity import member_of
from sorceress_video.ui.model_panel.present import KEY_NAMES
from sorceress_video.ui.pages.settings.section import section

_NAMES = {"fal": "fal", "replicate": "Replicate", "runway": "Runway", "sandbox": "Animatic"}


@dataclass(frozen=True)
class ProviderLine:
    """One provider of the catalog."""

    id: str
    name: str
    ready: bool
    state: str
    models: str
    deed: str
    """What to do where the key is missing."""


class ProvidersState(rx.State):
    """The providers as an admin sees them."""

    lines: list[ProviderLine] = []

    @rx.event
    async def load(self):
        """Read them; for members there is nothing to read."""
        member = await member_of(self)
        if member is None or not member.is_admin:
            self.lines = []
            return
        self.lines = provider_lines(get_catalog(), get_settings().available_providers, os.environ)


def provider_lines(
    models: Iterable[ModelSpec], ready: Collection[str], environment: Mapping[str, str]
) -> list[ProviderLine]:
    """Each provider that the catalog's models run at.

    Args:
        models: the catalog.
        ready: names of the providers that can be used.
        environment: looked at for the names in it, never for a value.
    """
    opened: dict[str, list[str]] = {}
    for model in models:
        opened.setdefault(model.provider, []).append(model.name)
    return [_line(provider, names, provider in ready, environment) for provider, names in opened.items()]


def _line(provider: str, names: list[str], ready: bool, environment: Mapping[str, str]) -> ProviderLine:  # noqa: FBT001
    key = KEY_NAMES.get(provider, "")
    if ready:
        source = f"Key from {key}" if key in environment else f"Key from the file in {key}_FILE"
        state, deed = (source if key else "Needs no key"), ""
    else:
        state = "No key"
        deed = f"Set {key}, or {key}_FILE to the path of a file with the key, then start the workspace again."
    return ProviderLine(provider, _NAMES.get(provider, provider), ready, state, ", ".join(names), deed)


def providers() -> rx.Component:
    """The section; nothing for members."""
    return rx.cond(
        ProvidersState.lines.length() > 0,
        section(
            "Providers",
            rx.el.ul(
                rx.foreach(ProvidersState.lines, _row),
                class_name="flex flex-col divide-y divide-line -mt-3",
                data_testid="providers",
            ),
            id="providers",
            line="Keys come from the server's environment and are never shown.",
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
        rx.el.p(line.deed, class_name="text-sm text-gold text-pretty empty:hidden"),
        class_name="flex flex-col gap-1 py-3",
        key=line.id,
        data_testid="provider",
        data_ready=line.ready,
    )
