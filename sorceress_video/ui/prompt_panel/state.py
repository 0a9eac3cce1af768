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
from sorceress_video.library import gallery, ledger, preferences
from sorceress_video.library.database import get_database
from sorceress_video.library.ledger import MonthSpend
from sorceress_video.ui import kit
from sorceress_video.ui.frame.identity import member_of
from sorceress_video.ui.frame.providers import ready_providers_async
from sorceress_video.ui.prompt_panel import compose as rules
from sorceress_video.ui.prompt_panel import estimate
from sorceress_video.ui.prompt_panel.compose import Choices
from sorceress_video.ui.prompt_panel.confirm import ConfirmationNeeded
from sorceress_video.ui.prompt_panel.files import KEPT_CHARACTERS, FileEvents
from sorceress_video.ui.prompt_panel.models import (
    BudgetBar,
    ButtonFaces,
    CardLine,
    ConfirmSheet,
    ModeTab,
    Note,
    PriceLine,
)
from sorceress_video.ui.prompt_panel.submit import restore, submit


class PromptState(FileEvents, rx.State):
    """Models, settings, mode, frames and prompt of the next request.

    Identity comes from the connection's cookie at every event; what the browser sends is checked here or by
    the rule that uses it.
    """

    ready: bool = False
    selected_count: int = 0
    mode: str = Mode.TEXT.value
    tabs: list[ModeTab] = []
    blocked_mode: str = ""
    """The mode whose blockers are shown; empty where none was asked for."""
    lines: dict[str, CardLine] = {}
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
    history: list[str] = []
    """The account's last prompts, the newest first, once somebody has asked for them."""
    history_read: int = 0
    """Grows with every reading of them."""
    accepted: str = ""
    """Token of the last request that was taken in."""
    refusal: str = ""
    answers: int = 0
    """Grows with every answer to Generate, so that the button knows that it was heard."""
    confirm: ConfirmSheet = ConfirmSheet()

    _arriving: bool = True
    """Whether a page was opened whose address was not read yet."""
    _signed_in: bool = False
    _providers: frozenset[str] = frozenset()
    _model_ids: list[str] = []
    _settings: dict[str, dict[str, SettingValue]] = {}
    _money: MonthSpend | None = None

    # --- coming in

    @rx.event
    @public_event
    async def enter(self):
        """Load what the account chose last; take the frame that the address of a page just opened names."""
        member = await member_of(self)
        self._signed_in = member is not None
        await self._ready_providers()
        if member is not None and not self.ready:
            chosen = await asyncio.to_thread(preferences.load, get_database(), member.account_id)
            self._model_ids, self._settings = rules.remembered(
                get_catalog(), chosen.get("models"), chosen.get("settings")
            )
            self.mode = rules.remembered_mode(chosen.get("mode")).value
        self.ready = True
        await self._read_money()
        self._settle()
        asset_id = self.router.url.query_parameters.get("start_frame", "") if self._arriving else ""
        self._arriving = False
        if asset_id and member is not None:
            return PromptState.use_frame(InputRole.START_FRAME.value, asset_id)
        return self._fitting()

    def _open_page(self) -> None:
        self.confirm = ConfirmSheet()
        self._arriving = True

    @rx.event
    @public_event
    async def count_money(self):
        """Read what the month has cost so far."""
        await self._read_money()
        self._show()

    async def _ready_providers(self) -> frozenset[str]:
        self._providers = await ready_providers_async()
        return self._providers

    async def _read_money(self) -> None:
        member = await member_of(self)
        self._money = (
            await asyncio.to_thread(ledger.month_spend, get_database(), member.account_id) if member else None
        )
        self.budget = estimate.budget_bar(self._money) if self._money else BudgetBar()

    # --- models and settings

    @rx.event
    @public_event
    async def toggle_model(self, model_id: str):
        """Select a model, or deselect it. A locked one cannot be selected."""
        model = rules.offered_model(get_catalog(), model_id)
        if model is None:
            return None
        if model_id in self._model_ids:
            self._model_ids = [other for other in self._model_ids if other != model_id]
        elif model.provider in await self._ready_providers():
            self._model_ids = [*self._model_ids, model_id]
        else:
            return None
        self._settle()
        await self._remember("models", self._model_ids)
        return self._fitting()

    @rx.event
    @public_event
    async def leave_out(self, mode: str):
        """Deselect the models that keep a mode from being used, and go to it."""
        tab = next((tab for tab in self.tabs if tab.mode == mode), None)
        if tab is None:
            return None
        self._model_ids = [kept for kept in self._model_ids if kept not in tab.blockers]
        self.mode = mode
        self._settle()
        await self._remember("models", self._model_ids)
        return self._fitting()

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

    # --- mode and files

    @rx.event
    @public_event
    async def choose_mode(self, mode: str):
        """Go to a kind of generation that all selected models do; of another one, say who does not."""
        tab = next((tab for tab in self.tabs if tab.mode == mode), None)
        if tab is None:
            return None
        if not tab.usable:
            self.blocked_mode = "" if self.blocked_mode == mode else mode
            return None
        self.mode = mode
        self._show()
        await self._remember("mode", mode)
        return self._fitting()

    # --- the prompt

    @rx.event
    @public_event
    def sync_text(self, text: str):
        """Keep the draft, so that it is still there after a reload."""
        self.text = text[:KEPT_CHARACTERS]

    @rx.event
    @public_event
    async def read_history(self):
        """Have the last prompts at hand."""
        member = await member_of(self)
        if member is None:
            return
        prompts = await asyncio.to_thread(gallery.last_prompts, get_database(), member.account_id)
        self.history = rules.within(prompts, KEPT_CHARACTERS)
        self.history_read += 1

    @rx.event
    async def generate(self, text: str, token: str, agreed: str = ""):
        """Take the request in. The same token again gives the same clips: a double click is one request.

        Above the member's limit it is only asked about, until ``agreed`` is exactly its sum.
        """
        from sorceress_video.ui.gallery.state import GalleryState  # noqa: PLC0415 - it imports this module.

        member = await member_of(self)
        if member is None:
            return rx.redirect("/sign-in")
        self.text = text[:KEPT_CHARACTERS]
        self.answers += 1
        try:
            clip_ids = await asyncio.to_thread(
                submit, member.account_id, self._choices(), text, token, agreed=agreed
            )
        except ConfirmationNeeded as needed:
            self.confirm = needed.sheet
            return None
        except PlanRefused as refused:
            self._refuse(refused.reasons[0].sentence)
            return None
        except AdmissionRefusedError as refused:
            self._refuse(str(refused))
            return None
        self._refuse("")
        self.accepted = token
        return [GalleryState.clips_added(list(clip_ids)), PromptState.count_money]

    @rx.event
    def spend_nothing(self):
        """The question was closed."""
        self.confirm = ConfirmSheet()

    def _refuse(self, sentence: str) -> None:
        self.refusal = sentence
        self.confirm = ConfirmSheet()

    @rx.event
    async def reuse(self, clip_id: str):
        """Bring a clip's prompt, model, settings, mode and the frames that are still there back."""
        member = await member_of(self)
        back = await asyncio.to_thread(restore, member.account_id, clip_id) if member else None
        if back is None:
            await kit.say(self, "This clip is not there any more.", tone="error")
            return None
        self._replace_text(back.prompt)
        if back.model_id is None:
            await kit.say(self, f"The prompt is back. {back.model_name} is not offered here.", tone="info")
            return None
        self._model_ids = [back.model_id]
        self._settings = {**self._settings, back.model_id: back.settings}
        self._inputs = {role.value: list(files) for role, files in back.inputs.items()}
        self.mode = back.mode.value
        self._settle()
        await self._remember("models", self._model_ids)
        await self._remember("settings", self._settings)
        if back.gone:
            words = f"Back in the panel, but no longer there: {', '.join(back.gone)}."
            await kit.say(self, words, tone="info")
        else:
            await kit.say(self, "Prompt, model and settings are back in the panel.", tone="success")
        return self._fitting()

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
            inputs={InputRole(role): files for role, files in self._inputs.items()},
            signed_in=self._signed_in,
            providers=self._providers,
            money=self._money,
        )

    def _settle(self) -> None:
        """After the models changed: go to a mode that all of them do."""
        self.mode = rules.settle(get_catalog(), self._model_ids, Mode(self.mode)).value
        self._show()

    def _show(self) -> None:
        shown = rules.compose(get_catalog(), self._choices())
        self.selected_count = sum(line.selected for line in shown.lines.values())
        self.refusal = self.blocked_mode = ""
        for name in _SHOWN:
            if getattr(self, name) != (value := getattr(shown, name)):
                setattr(self, name, value)


_SHOWN: Final = (
    "mode",
    "tabs",
    "lines",
    "slots",
    "trays",
    "references",
    "notes",
    "prices",
    "total",
    "total_note",
    "limit",
    "limited_by",
    "faces",
)
