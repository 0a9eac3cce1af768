"""The lightbox's state: the story of one clip and its neighbours in the gallery as it is filtered now."""

# ruff: noqa: RUF012 - the framework copies the defaults of a state for each tab.

from __future__ import annotations

import asyncio
import dataclasses
from typing import Final

import reflex as rx
import structlog

from sorceress_video.catalog import Mode, get_catalog
from sorceress_video.http.identity import signed_in_async
from sorceress_video.http.session_guard import public_event
from sorceress_video.library import gallery, lineage
from sorceress_video.library.database import Database, DatabaseError, get_database
from sorceress_video.library.gallery import ClipDetail, GalleryFilter, Neighbours
from sorceress_video.ui import kit
from sorceress_video.ui.gallery.demo import demo_cards, demo_clips
from sorceress_video.ui.gallery.models import Card
from sorceress_video.ui.gallery.state import GalleryState
from sorceress_video.ui.gallery.transform import card_of
from sorceress_video.ui.lightbox.models import Story
from sorceress_video.ui.lightbox.transform import demo_story, story_of
from sorceress_video.ui.prompt_panel.compose import offered_model
from sorceress_video.ui.prompt_panel.state import PromptState

REACH: Final = 5
"""Clips of the film strip on each side of the one on the stage."""
LONGEST_ID: Final = 80

_GONE: Final = "This clip is not there any more."
_UNREADABLE: Final = "The clip's details could not be read."

_log = structlog.get_logger(__name__)


class LightboxState(rx.State):
    """What the server adds to the clip on the stage."""

    story: Story = Story()
    strip: list[Card] = []
    """The clip between its neighbours."""
    index: int = -1
    total: int = 0
    where: str = "All"
    problem: str = ""
    linked: Card | None = None
    """The clip that the page's address names, to be opened at once."""

    @rx.event
    @public_event
    async def enter(self):
        """Open the clip that the address names; say so where it is gone."""
        clip_id = self.router.url.query_parameters.get("clip", "")[:LONGEST_ID]
        if not clip_id:
            self.linked = None
            return
        await self._look_at(clip_id)
        if self.problem:
            self.linked = None
            await kit.say(self, self.problem, tone="error")
            return
        self.linked = next((card for card in self.strip if card.id == clip_id), None)

    @rx.event(supersedes=True)
    @public_event
    async def open(self, clip_id: str):
        """The clip came onto the stage: tell its story and who stands beside it."""
        await self._look_at(clip_id[:LONGEST_ID])

    @rx.event
    async def favorite(self, wanted: bool):  # noqa: FBT001 - what the browser sends.
        """Mark the clip on the stage, or unmark it."""
        self.story = dataclasses.replace(self.story, favorite=wanted)
        return GalleryState.favorite(self.story.id, wanted)

    @rx.event
    async def use_prompt(self):
        """Bring the prompt into the panel."""
        return PromptState.use_prompt(self.story.id)

    @rx.event
    async def reuse(self):
        """Bring prompt, model, settings and inputs back into the panels."""
        return PromptState.reuse(self.story.id)

    @rx.event
    async def reroll(self):
        """The same once more, as a new clip."""
        return GalleryState.reroll(self.story.id)

    @rx.event
    async def continue_with(self, asset_id: str):
        """A new clip begins with this frame: by the models that are selected, else by the clip's own."""
        begin = PromptState.use_frame("start_frame", asset_id)
        prompt = await self.get_state(PromptState)
        model = offered_model(get_catalog(), self.story.model_id)
        if prompt.selected_count == 0 and model is not None and Mode.IMAGE in model.modes:
            return [PromptState.toggle_model(model.id), begin]
        return begin

    async def _look_at(self, clip_id: str) -> None:
        member = await signed_in_async(self.router.headers.cookie)
        shown = await self.get_state(GalleryState)
        where = f"“{shown.search}”" if shown.search else shown.opened.name or shown.view.capitalize()
        if member is None:
            self._show_demo(clip_id, shown.search, where)
            return
        try:
            found = await asyncio.to_thread(
                _look_up, get_database(), member.account_id, shown._filter(), clip_id
            )
        except DatabaseError as error:
            _log.warning("clip not read", error=type(error).__name__, reason=str(error)[:200])
            self.problem = _UNREADABLE
            return
        if found is None:
            self.problem = _GONE
            return
        story, around = found
        cards = [card_of(clip, lambda _model_id: None) for clip in around.clips]
        self._show(story, cards, around.index, around.total, where)

    def _show_demo(self, clip_id: str, search: str, where: str) -> None:
        cards = demo_cards(search)
        at = next((index for index, card in enumerate(cards) if card.id == clip_id), -1)
        if at < 0:
            self.problem = _GONE
            return
        story = demo_story(next(clip for clip in demo_clips() if clip.id == clip_id))
        around = cards[max(0, at - REACH) : at + REACH + 1]
        self._show(story, around, at, len(cards), where)

    def _show(self, story: Story, strip: list[Card], index: int, total: int, where: str) -> None:
        """Set what differs, and nothing else: a variable that is set is a variable that is sent."""
        for name, value in (
            ("story", story),
            ("strip", strip),
            ("index", index),
            ("total", total),
            ("where", where),
            ("problem", ""),
        ):
            if getattr(self, name) != value:
                setattr(self, name, value)


def _look_up(
    db: Database, account_id: str, shown: GalleryFilter, clip_id: str
) -> tuple[Story, Neighbours] | None:
    detail: ClipDetail | None = gallery.detail(db, account_id, clip_id)
    if detail is None or detail.card.video_url is None:
        return None
    story = story_of(detail, lineage.family(db, account_id, clip_id))
    return story, gallery.neighbours(db, account_id, shown, clip_id, reach=REACH)
