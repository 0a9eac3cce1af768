"""The lightbox's state: the story of one clip and its neighbours in the gallery as it is filtered now."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import Final

import reflex as rx
import structlog

from sorceress_video.http.identity import signed_in_async
from sorceress_video.http.session_guard import public_event
from sorceress_video.library import gallery
from sorceress_video.library.database import Database, DatabaseError, get_database
from sorceress_video.library.gallery import ClipDetail, GalleryFilter, Neighbours
from sorceress_video.ui.gallery.demo import demo_cards, demo_clips
from sorceress_video.ui.gallery.models import Card
from sorceress_video.ui.gallery.state import GalleryState
from sorceress_video.ui.gallery.transform import card_of
from sorceress_video.ui.lightbox.models import Story
from sorceress_video.ui.lightbox.transform import demo_story, story_of
from sorceress_video.ui.prompt_panel.state import PromptState

_GONE: Final = "This clip is not there any more."
_UNREADABLE: Final = "The clip's details could not be read."

_log = structlog.get_logger(__name__)


class LightboxState(rx.State):
    """What the server adds to the clip on the stage."""

    story: Story = Story()
    previous: Card | None = None
    next: Card | None = None
    index: int = -1
    total: int = 0
    where: str = "All"
    problem: str = ""

    @rx.event(supersedes=True)
    @public_event
    async def open(self, clip_id: str):
        """The clip came onto the stage: tell its story and who stands beside it."""
        member = await signed_in_async(self.router.headers.cookie)
        shown = await self.get_state(GalleryState)
        self.where = f"“{shown.search}”" if shown.search else shown.view.capitalize()
        if member is None:
            self._open_demo(clip_id, shown.search)
            return
        filtered = GalleryFilter("favorites" if shown.view == "favorites" else "all", shown.search)
        try:
            found = await asyncio.to_thread(_look_up, get_database(), member.account_id, filtered, clip_id)
        except DatabaseError as error:
            _log.warning("clip not read", error=type(error).__name__, reason=str(error)[:200])
            self.problem = _UNREADABLE
            return
        if found is None:
            self.problem = _GONE
            return
        detail, around = found
        self.problem = ""
        self.story = story_of(detail)
        self.previous = _neighbour(around.previous)
        self.next = _neighbour(around.next)
        self.index, self.total = around.index, around.total

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
    async def reroll(self):
        """The same once more, as a new clip."""
        return GalleryState.reroll(self.story.id)

    def _open_demo(self, clip_id: str, search: str) -> None:
        cards = demo_cards(search)
        at = next((index for index, card in enumerate(cards) if card.id == clip_id), -1)
        if at < 0:
            self.problem = _GONE
            return
        self.problem = ""
        self.story = demo_story(next(clip for clip in demo_clips() if clip.id == clip_id))
        self.previous = cards[at - 1] if at > 0 else None
        self.next = cards[at + 1] if at + 1 < len(cards) else None
        self.index, self.total = at, len(cards)


def _look_up(
    db: Database, account_id: str, shown: GalleryFilter, clip_id: str
) -> tuple[ClipDetail, Neighbours] | None:
    detail = gallery.detail(db, account_id, clip_id)
    if detail is None:
        return None
    return detail, gallery.neighbours(db, account_id, shown, clip_id)


def _neighbour(clip: gallery.ClipCard | None) -> Card | None:
    return None if clip is None else card_of(clip, lambda _model_id: None)
