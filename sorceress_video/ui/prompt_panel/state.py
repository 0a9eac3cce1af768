"""The prompt panel's state: what was chosen, and what both side panels show of it."""

# ruff: noqa: RUF012 - the framework copies the defaults of a state for each tab.

from __future__ import annotations

import asyncio
import secrets
from typing import Any, Final

import reflex as rx

from sorceress_video.catalog import InputRole, Mode, ModelSpec, SettingValue, get_catalog
from sorceress_video.generation.plan import PlanRefused
from sorceress_video.http.session_guard import public_event
from sorceress_video.jobs.admission import AdmissionRefusedError
from sorceress_video.library import ledger, preferences
from sorceress_video.library.database import get_database
from sorceress_video.settings import get_settings
from sorceress_video.ui import kit
from sorceress_video.ui.frame.identity import member_of
from sorceress_video.ui.prompt_panel import compose as rules
from sorceress_video.ui.prompt_panel.compose import Choices, StoredFrame
from sorceress_video.ui.prompt_panel.models import (
    BudgetBar,
    ButtonFaces,
    CardLine,
    ModeTab,
    Note,
    PriceLine,
    Slot,
)
from sorceress_video.ui.prompt_panel.submit import find_frame, restore, submit

KEPT_CHARACTERS: Final = 20_000
"""Longest draft that a tab's state keeps; what is typed beyond it stays in the browser."""


class PromptState(rx.State):
    """Models, settings, mode, frames and prompt of the next request.

    Identity comes from the connection's cookie at every event; what the browser sends is checked here or by
    the rule that uses it.
    """

    ready: bool = False
    selected_count: int = 0
    mode: str = Mode.TEXT.value
    tabs: list[ModeTab] = []
    lines: dict[str, CardLine] = {}
    slots: list[Slot] = []
    notes: list[Note] = []
    prices: list[PriceLine] = []
    total: str = ""
    total_note: str = ""
    budget: BudgetBar = BudgetBar()
    limit: int = 0
    limited_by: str = ""
    faces: ButtonFaces = ButtonFaces()

    text: str = ""
    """The prompt as last heard from the browser, which has the newest."""
    text_version: str = ""
    """Changes when the server replaces the prompt, as “Reuse” does; empty until then."""
    accepted: str = ""
    """Token of the last request that was taken in."""
    refusal: str = ""

    _signed_in: bool = False
    _model_ids: list[str] = []
    _settings: dict[str, dict[str, SettingValue]] = {}
    _frames: dict[str, StoredFrame] = {}

    # --- coming in

    @rx.event
    @public_event
    async def enter(self):
        """Load what the account chose last; take the frame that the address names."""
        member = await member_of(self)
        self._signed_in = member is not None
        if member is not None and not self.ready:
            chosen = await asyncio.to_thread(preferences.load, get_database(), member.account_id)
            self._model_ids, self._settings = rules.remembered(
                get_catalog(), chosen.get("models"), chosen.get("settings")
            )
        self.ready = True
        self._settle()
        await self.count_money()
        asset_id = self.router.url.query_parameters.get("start_frame", "")
        if asset_id and member is not None:
            return PromptState.use_frame(InputRole.START_FRAME.value, asset_id)
        return None

    @rx.event
    @public_event
    async def count_money(self):
        """Read what the month has cost so far, where a budget is set."""
        member = await member_of(self)
        if member is None:
            self.budget = BudgetBar()
            return
        money = await asyncio.to_thread(ledger.month_spend, get_database(), member.account_id)
        self.budget = rules.budget_bar(money)

    # --- models and settings

    @rx.event
    @public_event
    async def toggle_model(self, model_id: str):
        """Select a model, or deselect it. A locked one cannot be selected."""
        model = rules.offered_model(get_catalog(), model_id)
        if model is None:
            return
        if model_id in self._model_ids:
            self._model_ids = [other for other in self._model_ids if other != model_id]
        elif model.provider in get_settings().available_providers:
            self._model_ids = [*self._model_ids, model_id]
        else:
            return
        self._settle()
        await self._remember("models", self._model_ids)

    @rx.event
    @public_event
    async def clear_models(self):
        """Deselect every model."""
        self._model_ids = []
        self._settle()
        await self._remember("models", self._model_ids)

    async def _put_settings(self, model: ModelSpec, values: dict[str, SettingValue]) -> None:
        self._settings = {**self._settings, model.id: values}
        self._show()
        await self._remember("settings", self._settings)

    async def _remember(self, name: str, value: Any) -> None:
        member = await member_of(self)
        if member is not None:
            await asyncio.to_thread(preferences.save, get_database(), member.account_id, name, value)

    # --- mode and frames

    @rx.event
    @public_event
    def choose_mode(self, mode: str):
        """Go to a kind of generation that all selected models do."""
        if any(tab.mode == mode and tab.usable for tab in self.tabs):
            self.mode = mode
            self._show()

    @rx.event
    async def use_frame(self, role: str, asset_id: str):
        """Put one of the account's pictures into a slot; the panel goes to Image to Video where it can."""
        member = await member_of(self)
        if member is None or role not in rules.FRAME_ROLES:
            return
        found = await asyncio.to_thread(find_frame, member.account_id, InputRole(role), asset_id)
        if found is None:
            await kit.say(self, "This picture is not in your library.", tone="error")
            return
        self._frames = {**self._frames, role: found}
        if any(tab.mode == Mode.IMAGE.value and tab.usable for tab in self.tabs):
            self.mode = Mode.IMAGE.value
        self._show()
        return

    @rx.event
    def remove_frame(self, role: str):
        """Empty a slot. The picture stays in the library."""
        self._frames = {kept: frame for kept, frame in self._frames.items() if kept != role}
        self._show()

    # --- the prompt

    @rx.event
    @public_event
    def sync_text(self, text: str):
        """Keep the draft, so that it is still there after a reload."""
        self.text = text[:KEPT_CHARACTERS]

    @rx.event
    async def generate(self, text: str, token: str):
        """Take the request in. The same token again gives the same clips: a double click is one request."""
        from sorceress_video.ui.gallery.state import GalleryState  # noqa: PLC0415 - it imports this module.

        member = await member_of(self)
        if member is None:
            return rx.redirect("/sign-in")
        self.text = text[:KEPT_CHARACTERS]
        try:
            clip_ids = await asyncio.to_thread(submit, member.account_id, self._choices(), text, token)
        except PlanRefused as refused:
            self.refusal = refused.reasons[0].sentence
            return None
        except AdmissionRefusedError as refused:
            self.refusal = str(refused)
            return None
        self.refusal = ""
        self.accepted = token
        return [GalleryState.clips_added(list(clip_ids)), PromptState.count_money]

    @rx.event
    async def reuse(self, clip_id: str):
        """Bring a clip's prompt, model, settings, mode and the frames that are still there back."""
        member = await member_of(self)
        back = await asyncio.to_thread(restore, member.account_id, clip_id) if member else None
        if back is None:
            await kit.say(self, "This clip is not there any more.", tone="error")
            return
        self._replace_text(back.prompt)
        if back.model_id is None:
            await kit.say(self, f"The prompt is back. {back.model_name} is not offered here.", tone="info")
            return
        self._model_ids = [back.model_id]
        self._settings = {**self._settings, back.model_id: back.settings}
        self._frames = back.frames
        self.mode = back.mode.value
        self._settle()
        await self._remember("models", self._model_ids)
        await self._remember("settings", self._settings)
        await kit.say(self, "Prompt, model and settings are back in the panel.", tone="success")
        return

    @rx.event
    async def use_prompt(self, clip_id: str):
        """Bring only a clip's prompt back."""
        member = await member_of(self)
        back = await asyncio.to_thread(restore, member.account_id, clip_id) if member else None
        if back is None:
            await kit.say(self, "This clip is not there any more.", tone="error")
            return
        self._replace_text(back.prompt)
        await kit.say(self, "The prompt is back in the panel.", tone="success")
        return

    @rx.event
    async def take_recipe(self, prompt: str, model_id: str, mode: str, settings: dict[str, Any]):
        """Bring in what a film says of how it was made; without a model that is offered, its prompt alone."""
        self._replace_text(prompt[:KEPT_CHARACTERS])
        model = rules.offered_model(get_catalog(), model_id)
        if model is None:
            await kit.say(self, "The prompt is in the panel.", tone="success")
            return
        self._model_ids = [model.id]
        self._settings = {**self._settings, model.id: model.repaired(settings)}
        if mode in {each.value for each in model.modes}:
            self.mode = mode
        self._settle()
        await self._remember("models", self._model_ids)
        await self._remember("settings", self._settings)
        await kit.say(self, "Prompt, model and settings are in the panel.", tone="success")

    def _replace_text(self, text: str) -> None:
        self.text = text
        self.text_version = secrets.token_hex(4)
        self.refusal = ""

    # --- what is shown

    def _choices(self) -> Choices:
        return Choices(
            model_ids=list(self._model_ids),
            settings=dict(self._settings),
            mode=Mode(self.mode),
            frames={InputRole(role): frame for role, frame in self._frames.items()},
            signed_in=self._signed_in,
            providers=get_settings().available_providers,
        )

    def _settle(self) -> None:
        """After the models changed: go to a mode that all of them do."""
        self.mode = rules.settle(get_catalog(), self._model_ids, Mode(self.mode)).value
        self._show()

    def _show(self) -> None:
        shown = rules.compose(get_catalog(), self._choices())
        self.selected_count = sum(line.selected for line in shown.lines.values())
        self.refusal = ""
        for name in _SHOWN:
            if getattr(self, name) != (value := getattr(shown, name)):
                setattr(self, name, value)


_SHOWN: Final = (
    "mode",
    "tabs",
    "lines",
    "slots",
    "notes",
    "prices",
    "total",
    "total_note",
    "limit",
    "limited_by",
    "faces",
)
