"""Compare's state: the sides and what tells them apart. Playing is the browser's alone."""

# ruff: noqa: RUF012 - the framework copies the defaults of a state for each tab.

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Sequence
from typing import Final

import reflex as rx
import structlog

from sorceress_video.http.session_guard import public_event
from sorceress_video.library import gallery
from sorceress_video.library.database import Database, DatabaseError, get_database
from sorceress_video.library.gallery import ClipDetail
from sorceress_video.ui import kit
from sorceress_video.ui.compare.models import Row, Side
from sorceress_video.ui.compare.transform import side_of, table_of
from sorceress_video.ui.frame.identity import member_of
from sorceress_video.ui.gallery.state import GalleryState
from sorceress_video.ui.lightbox.state import LightboxState
from sorceress_video.ui.lightbox.transform import COMPARED

_LONGEST_ID: Final = 80
_TOO_FEW: Final = "Fewer than two of these clips are still there, so there is nothing to compare."
_UNREADABLE: Final = "The clips could not be read. Try again."

_log = structlog.get_logger(__name__)


class CompareState(rx.State):
    """What the server knows of the clips side by side."""

    sides: list[Side] = []
    rows: list[Row] = []
    asked: list[str] = []
    """The ids that ``sides`` is the answer to."""
    linked: list[str] = []
    """The clips that the page's address names, to be compared at once."""
    problem: str = ""

    @rx.event
    @public_event
    async def enter(self):
        """Compare what the address names; say so where it is gone."""
        asked = self.router.url.query_parameters.get("compare", "")
        wanted = _wanted(asked[: (_LONGEST_ID + 1) * COMPARED].split(","))
        if not asked or await member_of(self) is None:
            self.linked = []
            return
        await self._read(wanted)
        self.linked = [] if self.problem else wanted
        if self.problem:
            await kit.say(self, self.problem, tone="error")

    @rx.event(supersedes=True)
    async def open(self, clip_ids: list[str]):
        """Put clips side by side; those that are not the account's own are left out."""
        if await member_of(self) is not None:
            await self._read(_wanted(clip_ids))

    @rx.event
    async def favorite(self, clip_id: str, wanted: bool):  # noqa: FBT001 - what the browser sends.
        """Pick a clip as the winner, or take that back: it becomes a favourite."""
        if not any(side.id == clip_id for side in self.sides):
            return None
        self.sides = [
            dataclasses.replace(side, favorite=wanted) if side.id == clip_id else side for side in self.sides
        ]
        box = await self.get_state(LightboxState)
        if box.story.id == clip_id:
            box.story = dataclasses.replace(box.story, favorite=wanted)
        return GalleryState.favorite(clip_id, wanted)

    async def _read(self, wanted: list[str]) -> None:
        member = await member_of(self)
        if member is None:
            return
        try:
            found = await asyncio.to_thread(_look_up, get_database(), member.account_id, wanted)
        except DatabaseError as error:
            _log.warning("clips not read", error=type(error).__name__, reason=str(error)[:200])
            self.problem = _UNREADABLE
            return
        enough = len(found) > 1
        self.asked = wanted
        self.sides = [side_of(detail) for detail in found] if enough else []
        self.rows = table_of(found) if enough else []
        self.problem = "" if enough else _TOO_FEW


def _wanted(clip_ids: Sequence[str]) -> list[str]:
    """At most four different ids of what the browser sent."""
    ids = [clip_id[:_LONGEST_ID] for clip_id in clip_ids if isinstance(clip_id, str) and clip_id]
    return list(dict.fromkeys(ids))[:COMPARED]


def _look_up(db: Database, account_id: str, clip_ids: Sequence[str]) -> list[ClipDetail]:
    details = [gallery.detail(db, account_id, clip_id) for clip_id in clip_ids]
    return [detail for detail in details if detail is not None and detail.card.video_url]
