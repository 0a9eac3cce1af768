"""The collections of a tab: which there are, opening one, and what a person does with them."""

# ruff: noqa: RUF012 - the framework copies the defaults of a state for each tab.

from __future__ import annotations

import asyncio
from typing import Any

import reflex as rx

from sorceress_video.http.identity import signed_in_async
from sorceress_video.jobs import collected
from sorceress_video.library.collections import LONGEST_NAME, CollectionRefusedError
from sorceress_video.settings import get_settings
from sorceress_video.ui.collections.models import CollectionTile, tile_of
from sorceress_video.ui.gallery.address import LONGEST_ID
from sorceress_video.ui.gallery.state import GalleryState
from sorceress_video.ui.kit.toast import Action, on_action, say
from sorceress_video.ui.selection.reading import selection_of

_GONE = "This collection is not there any more."


class CollectionsState(rx.State):
    """The member's collections and those that others share, as tiles."""

    ready: bool = False
    tiles: list[CollectionTile] = []
    """Own ones first, by name."""
    holding: list[str] = []
    """Ids of those that hold the clip which the dialog is about."""

    @rx.event
    async def load(self):
        """Read which collections there are."""
        if account_id := await self._account():
            await self._list(account_id)

    @rx.event(supersedes=True)
    async def look_in(self, clip_id: str):
        """The dialog opens, for one clip or ("") for many: which collections there are and which hold it."""
        if account_id := await self._account():
            self.holding = []
            await self._list(account_id)
            if clip_id:
                held = await asyncio.to_thread(collected.holding, account_id, clip_id[:LONGEST_ID])
                self.holding = list(held)

    @rx.event
    async def make(self, name: str):
        """A new, empty collection."""
        account_id = await self._account()
        if not account_id:
            return
        try:
            await asyncio.to_thread(collected.make, account_id, name[: 2 * LONGEST_NAME])
        except CollectionRefusedError as refused:
            await say(self, str(refused), tone="error")
        await self._list(account_id)

    @rx.event
    async def collect(self, collection_id: str, name: str, chosen: dict[str, Any]):
        """Put a selection into a collection, or into a new one of that name."""
        account_id = await self._account()
        if not account_id:
            return
        gallery = await self.get_state(GalleryState)
        wanted = selection_of(chosen, gallery._filter())
        try:
            done = await asyncio.to_thread(
                collected.collect, account_id, collection_id[:LONGEST_ID], name[: 2 * LONGEST_NAME], wanted
            )
        except CollectionRefusedError as refused:
            await say(self, str(refused), tone="error")
            return
        if done is None:
            await say(self, _GONE, tone="error")
            return
        await self._list(account_id)
        await gallery._read(account_id)
        text = f"Already in “{done.name}”"
        if done.added:
            text = f"{'1 clip' if done.added == 1 else f'{done.added:,} clips'} added to “{done.name}”"
        await say(self, text, action=Action("Open", "open_collection", done.collection_id))

    @rx.event
    async def rename(self, collection_id: str, name: str):
        """Give a collection another name."""
        account_id = await self._account()
        if not account_id:
            return
        try:
            done = await asyncio.to_thread(
                collected.rename, account_id, collection_id[:LONGEST_ID], name[: 2 * LONGEST_NAME]
            )
        except CollectionRefusedError as refused:
            await say(self, str(refused), tone="error")
            return
        await self._after(account_id, done=done)

    @rx.event
    async def share(self, collection_id: str, wanted: bool):  # noqa: FBT001 - what the browser sends.
        """Let the team look at a collection, or stop that."""
        if account_id := await self._account():
            done = await asyncio.to_thread(
                collected.share, account_id, collection_id[:LONGEST_ID], shared=bool(wanted)
            )
            await self._after(account_id, done=done)
            if done:
                await say(
                    self,
                    "The team can look at this collection now"
                    if wanted
                    else "Only you see this collection now",
                )

    @rx.event
    async def use_as_cover(self, clip_id: str):
        """Give the open collection the picture of one of its clips."""
        account_id = await self._account()
        opened = (await self.get_state(GalleryState)).opened
        if account_id and opened.id:
            done = await asyncio.to_thread(
                collected.use_as_cover, account_id, opened.id, clip_id[:LONGEST_ID]
            )
            await self._after(account_id, done=done)
            if done:
                await say(self, f"“{opened.name}” has a new cover")

    @rx.event
    async def remove(self, collection_id: str):
        """Delete a collection; its clips stay, and it can be had back for some seconds."""
        account_id = await self._account()
        if not account_id:
            return
        collection_id = collection_id[:LONGEST_ID]
        if not await asyncio.to_thread(collected.remove, account_id, collection_id):
            await say(self, _GONE, tone="error")
            return
        gallery = await self.get_state(GalleryState)
        if gallery.opened.id == collection_id:
            await gallery._open(account_id, CollectionTile())
        await self._list(account_id)
        await say(
            self,
            "Collection deleted. Its clips are still there.",
            action=Action("Undo", "restore_collection", collection_id),
            seconds=get_settings().undo_seconds,
        )

    @rx.event
    async def restore(self, collection_id: str):
        """Undo a delete."""
        if account_id := await self._account():
            if not await asyncio.to_thread(collected.restore, account_id, collection_id[:LONGEST_ID]):
                await say(self, "Too late: the collection is gone.", tone="error")
            await self._list(account_id)

    @rx.event
    async def open(self, collection_id: str):
        """Show the clips of a collection in the gallery."""
        account_id = await self._account()
        if not account_id:
            return
        found = await asyncio.to_thread(collected.find, account_id, collection_id[:LONGEST_ID])
        if found is None:
            await say(self, _GONE, tone="error")
            await self._list(account_id)
            return
        gallery = await self.get_state(GalleryState)
        await gallery._open(account_id, tile_of(found))

    @rx.event
    async def back(self):
        """From the open collection to the favourites and the panel."""
        if account_id := await self._account():
            gallery = await self.get_state(GalleryState)
            await gallery._open(account_id, CollectionTile())
            await self._list(account_id)

    async def _after(self, account_id: str, *, done: bool) -> None:
        if not done:
            await say(self, _GONE, tone="error")
        await self._list(account_id)
        gallery = await self.get_state(GalleryState)
        await gallery._read(account_id)

    async def _list(self, account_id: str) -> None:
        tiles = [tile_of(card) for card in await asyncio.to_thread(collected.listed, account_id)]
        self.ready = True
        if tiles != self.tiles:
            self.tiles = tiles

    async def _account(self) -> str:
        member = await signed_in_async(self.router.headers.cookie)
        return member.account_id if member else ""


on_action("open_collection", CollectionsState.open)
on_action("restore_collection", CollectionsState.restore)
