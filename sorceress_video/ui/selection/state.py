"""What is done with a selection, which lives in the browser and comes along with each event."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import reflex as rx
from redis.exceptions import RedisError

from sorceress_video.http.identity import signed_in_async
from sorceress_video.jobs import many, tickets
from sorceress_video.library import selection
from sorceress_video.library.database import get_database
from sorceress_video.library.gallery import GalleryFilter
from sorceress_video.library.selection import Selection, Whole
from sorceress_video.settings import get_settings
from sorceress_video.ui.gallery.state import GalleryState
from sorceress_video.ui.kit.toast import Action, on_action, say
from sorceress_video.ui.selection.reading import selection_of


@dataclass(frozen=True)
class Counted:
    """How many clips a selection holds; ``serial`` is the question's."""

    serial: int = 0
    count: int = 0


@dataclass(frozen=True)
class Everything:
    """What “Select All” selects: from the newest clip to the end, without those that are being made."""

    serial: int = 0
    count: int = 0
    newest: str = ""
    unfinished: list[str] = field(default_factory=list)


class SelectionState(rx.State):
    """Answers to the browser's questions about its selection."""

    counted: Counted = Counted()
    everything: Everything = Everything()
    archive: str = ""
    """Address of the ZIP that was asked for last."""

    @rx.event(supersedes=True)
    async def count(self, serial: int, chosen: dict[str, Any]):
        """How many clips it holds now."""
        if account_id := await self._account():
            wanted = await self._read(chosen)
            self.counted = Counted(serial, await asyncio.to_thread(_count, account_id, wanted))

    @rx.event
    async def all(self, serial: int):
        """Everything that the gallery shows at this moment."""
        if account_id := await self._account():
            shown = (await self._read({})).shown
            whole = await asyncio.to_thread(_whole, account_id, shown)
            self.everything = Everything(serial, whole.count, whole.newest, list(whole.unfinished))

    @rx.event
    async def download(self, chosen: dict[str, Any]):
        """Have a ZIP of it ready to be fetched."""
        account_id = await self._account()
        if not account_id:
            return
        wanted = await self._read(chosen)
        try:
            total, (ticket, count) = await asyncio.to_thread(_archive, account_id, wanted)
        except RedisError:
            await say(self, "The ZIP could not be prepared. Try again in a moment.", tone="error")
            return
        if not count:
            await say(self, "These clips are not there any more.", tone="error")
            return
        self.archive = f"/api/archives/{ticket}"
        if count < total:
            await say(self, f"A ZIP holds {count:,} clips at most: you get the newest of {total:,}.")

    @rx.event
    async def favorite(self, chosen: dict[str, Any], wanted: bool):  # noqa: FBT001 - what the browser sends.
        """Mark all of it, or unmark it; hearts that were taken away can be had back."""
        account_id = await self._account()
        if not account_id:
            return
        changed = await asyncio.to_thread(many.mark, account_id, await self._read(chosen), favorite=wanted)
        await self._show_again(account_id)
        if wanted:
            await say(self, f"{_clips(len(changed))} added to Favorites")
            return
        await self._offer_undo(
            f"{_clips(len(changed))} removed from Favorites", "unmark", "mark_again", account_id, changed
        )

    @rx.event
    async def mark_again(self, ticket: str):
        """Undo the unmarking."""
        if account_id := await self._account():
            back = await asyncio.to_thread(many.mark_again, account_id, ticket)
            await self._show_again(account_id)
            if not back:
                await say(self, "Too late to undo that.", tone="error")

    @rx.event
    async def remove(self, chosen: dict[str, Any]):
        """Delete all of it; one undo brings all of it back."""
        account_id = await self._account()
        if not account_id:
            return
        moment, gone = await asyncio.to_thread(many.remove, account_id, await self._read(chosen))
        await self._show_again(account_id)
        await say(
            self,
            f"{_clips(gone)} deleted",
            action=Action("Undo", "restore_clips", moment.isoformat()) if gone else None,
            seconds=get_settings().undo_seconds,
        )

    @rx.event
    async def restore(self, moment: str):
        """Undo a delete of many."""
        account_id = await self._account()
        try:
            when = datetime.fromisoformat(moment)
        except ValueError:
            return
        if not account_id or when.tzinfo is None:
            return
        if not await asyncio.to_thread(many.restore, account_id, when):
            await say(self, "Too late: the files are gone.", tone="error")
        await self._show_again(account_id)

    @rx.event
    async def take_out(self, chosen: dict[str, Any]):
        """Take all of it out of the open collection; the clips stay in the gallery."""
        account_id = await self._account()
        opened = (await self.get_state(GalleryState)).opened
        if not account_id or not opened.id:
            return
        out = await asyncio.to_thread(many.take_out, account_id, opened.id, await self._read(chosen))
        await self._show_again(account_id)
        await self._offer_undo(
            f"{_clips(len(out))} taken out of “{opened.name}”",
            "put-back",
            "put_back",
            account_id,
            [opened.id, *out],
        )

    @rx.event
    async def put_back(self, ticket: str):
        """Undo the taking out."""
        if account_id := await self._account():
            back = await asyncio.to_thread(many.put_back, account_id, ticket)
            await self._show_again(account_id)
            if not back:
                await say(self, "Too late to undo that.", tone="error")

    async def _offer_undo(
        self, text: str, purpose: tickets.Purpose, action: str, account_id: str, ids: list[str]
    ) -> None:
        seconds = get_settings().undo_seconds
        undo = None
        if 0 < len(ids) <= many.MOST_FILES:
            try:
                ticket = await asyncio.to_thread(tickets.issue, purpose, account_id, ids, seconds + 60)
                undo = Action("Undo", action, ticket)
            except RedisError:
                undo = None
        await say(self, text, action=undo, seconds=seconds)

    async def _read(self, chosen: object) -> Selection:
        gallery = await self.get_state(GalleryState)
        return selection_of(chosen, gallery._filter())

    async def _show_again(self, account_id: str) -> None:
        gallery = await self.get_state(GalleryState)
        await gallery._read(account_id)

    async def _account(self) -> str:
        member = await signed_in_async(self.router.headers.cookie)
        return member.account_id if member else ""


on_action("restore_clips", SelectionState.restore)
on_action("mark_again", SelectionState.mark_again)
on_action("put_back", SelectionState.put_back)


def _count(account_id: str, wanted: Selection) -> int:
    with get_database().read() as session:
        return selection.count(session, account_id, wanted)


def _whole(account_id: str, shown: GalleryFilter) -> Whole:
    with get_database().read() as session:
        return selection.whole(session, account_id, shown)


def _archive(account_id: str, wanted: Selection) -> tuple[int, tuple[str, int]]:
    return _count(account_id, wanted), many.zip_ticket(account_id, wanted)


def _clips(count: int) -> str:
    return "1 clip" if count == 1 else f"{count:,} clips"
