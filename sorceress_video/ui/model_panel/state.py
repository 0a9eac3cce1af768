"""The model panel's state: its cards, and the two dialogs of a model."""

# ruff: noqa: RUF012 - the framework copies the defaults of a state for each tab.

from __future__ import annotations

from typing import Final

import reflex as rx

from sorceress_video.catalog import ModelSpec, SettingRefused, get_catalog
from sorceress_video.http.session_guard import public_event
from sorceress_video.ui.frame.providers import ready_providers_async
from sorceress_video.ui.model_panel.models import InfoSheet, ModelCard, SettingsSheet
from sorceress_video.ui.model_panel.present import info_sheet, model_card, settings_sheet
from sorceress_video.ui.prompt_panel import compose as rules
from sorceress_video.ui.prompt_panel.state import PromptState

SOURCES: Final = ("cloud", "local")


class ModelPanelState(rx.State):
    """Where clips are made, the cards, and which model's settings or summary are open.

    What is selected and set lives in :class:`PromptState`, because modes, prices and the button follow it.
    """

    source: str = "cloud"
    cards: list[ModelCard] = []
    loaded: bool = False
    settings_open: bool = False
    sheet: SettingsSheet = SettingsSheet()
    setting_refusal: str = ""
    info_open: bool = False
    info: InfoSheet = InfoSheet()

    @rx.event
    @public_event
    async def enter(self):
        """Show the catalog."""
        providers = await ready_providers_async()
        cards = [model_card(model, providers) for model in rules.offered_models(get_catalog())]
        if cards != self.cards:
            self.cards = cards
        self.loaded = True

    def _open_page(self) -> None:
        """It always opens on Cloud, with nothing over it."""
        self.source = "cloud"
        self.settings_open = False
        self.info_open = False

    @rx.event
    @public_event
    def choose_source(self, source: str):
        """Cloud or Local GPU."""
        if source in SOURCES:
            self.source = source

    # --- settings

    @rx.event
    @public_event
    async def open_settings(self, model_id: str):
        """Open a model's settings."""
        model = rules.offered_model(get_catalog(), model_id)
        if model is None:
            return
        await self._show_settings(model)
        self.settings_open = True

    @rx.event
    @public_event
    def close_settings(self):
        """The dialog was closed."""
        self.settings_open = False

    @rx.event
    @public_event
    async def change_setting(self, name: str, value: str):
        """Set one value of the open model; the catalog knows which wire value the text stands for."""
        await self._change(name, value)

    @rx.event
    @public_event
    async def slide_setting(self, name: str, value: float):
        """Set one number of the open model."""
        await self._change(name, value)

    @rx.event
    @public_event
    async def reset_setting(self, name: str):
        """Back to the default of one setting."""
        await self._change(name, None)

    @rx.event
    @public_event
    async def reset_settings(self):
        """Back to the defaults of the open model."""
        model = rules.offered_model(get_catalog(), self.sheet.model_id)
        if model is None:
            return
        prompt = await self.get_state(PromptState)
        await prompt._put_settings(model, {})
        await self._show_settings(model)

    async def _change(self, name: str, value: str | float | None) -> None:
        model = rules.offered_model(get_catalog(), self.sheet.model_id)
        if model is None:
            return
        prompt = await self.get_state(PromptState)
        try:
            values = rules.changed_settings(model, prompt._choices(), name, value)
        except SettingRefused as refused:
            await self._show_settings(model)
            self.setting_refusal = refused.sentence
            return
        await prompt._put_settings(model, values)
        await self._show_settings(model)

    async def _show_settings(self, model: ModelSpec) -> None:
        prompt = await self.get_state(PromptState)
        choices = prompt._choices()
        mode, roles = rules.values_in_force(model, choices)
        self.sheet = settings_sheet(model, mode, roles, choices.settings.get(model.id, {}))
        self.setting_refusal = ""

    # --- summary

    @rx.event
    @public_event
    def open_info(self, model_id: str):
        """Open a model's summary."""
        model = rules.offered_model(get_catalog(), model_id)
        if model is None:
            return
        self.info = info_sheet(model)
        self.info_open = True

    @rx.event
    @public_event
    def close_info(self):
        """The dialog was closed."""
        self.info_open = False
