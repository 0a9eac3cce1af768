"""The offer that follows when a film with a recipe is dropped, and the switch that leaves recipes out."""

# ruff: noqa: RUF012 - the framework copies the defaults of a state for each tab.

from __future__ import annotations

import asyncio
from typing import Any, Final

import reflex as rx

from sorceress_video.catalog import get_catalog
from sorceress_video.jobs.downloads import EMBED_METADATA, wants_tags
from sorceress_video.library import preferences
from sorceress_video.library.database import get_database
from sorceress_video.media.tags import LONGEST_RECIPE, Recipe, read_recipe
from sorceress_video.ui import kit
from sorceress_video.ui.frame.identity import member_of
from sorceress_video.ui.lightbox.models import Fact
from sorceress_video.ui.lightbox.transform import settings_table
from sorceress_video.ui.prompt_panel.compose import offered_model
from sorceress_video.ui.prompt_panel.state import PromptState
from sorceress_video.ui.recipe.models import Offer

_NOTHING: Final = "This film does not say how it was made."


class RecipeState(rx.State):
    """What a dropped film says of itself. All of it is somebody's word."""

    offer: Offer = Offer()
    _taken: dict[str, Any] = {}

    @rx.event
    async def read(self, text: str):
        """A film was dropped whose tag says this: offer what of it can be used here."""
        recipe = read_recipe(text[: LONGEST_RECIPE + 1]) if isinstance(text, str) else None
        if await member_of(self) is None:
            return
        if recipe is None:
            await kit.say(self, _NOTHING, tone="info")
            return
        self._taken = {
            "prompt": recipe.prompt,
            "model_id": recipe.model.id,
            "mode": recipe.mode,
            "settings": {**recipe.settings, **({} if recipe.seed is None else {"seed": recipe.seed})},
        }
        self.offer = _offer_of(recipe)

    @rx.event
    async def take(self):
        """Bring prompt, model and settings into the panels."""
        return self._bring(self._taken.get("model_id", ""))

    @rx.event
    async def take_prompt(self):
        """Bring the prompt alone."""
        return self._bring("")

    @rx.event
    async def decline(self):
        """Nothing of it is wanted."""
        self._open_page()

    def _open_page(self) -> None:
        self._taken, self.offer = {}, Offer()

    def _bring(self, model_id: str) -> Any:
        taken = self._taken
        self._taken, self.offer = {}, Offer()
        if not taken:
            return None
        return PromptState.take_recipe(taken["prompt"], model_id, taken["mode"], taken["settings"])


class DownloadsState(rx.State):
    """Whether downloads carry prompt and settings."""

    embed: bool = True

    @rx.event
    async def load(self):
        """Read the choice."""
        member = await member_of(self)
        if member is not None:
            self.embed = await asyncio.to_thread(wants_tags, get_database(), member.account_id)

    @rx.event
    async def choose(self, embed: bool):  # noqa: FBT001 - what the browser sends.
        """Carry them, or leave them out from now on."""
        member = await member_of(self)
        if member is None:
            return
        self.embed = embed is True
        await asyncio.to_thread(
            preferences.save, get_database(), member.account_id, EMBED_METADATA, self.embed
        )


def _offer_of(recipe: Recipe) -> Offer:
    model = offered_model(get_catalog(), recipe.model.id)
    facts = settings_table(model.id, model.repaired(dict(recipe.settings))) if model else []
    if recipe.seed is not None and model is not None and model.find_setting("seed"):
        facts.append(Fact("Seed", str(recipe.seed)))
    return Offer(
        open=True,
        prompt=recipe.prompt,
        model=model.name if model else recipe.model.name,
        offered=model is not None,
        settings=facts,
    )
