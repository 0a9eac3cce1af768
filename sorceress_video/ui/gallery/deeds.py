"""What a person may do to a clip of the gallery: a part of the gallery's state.

Every public method is a network endpoint; the functions below check that the clip is the account's own.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Final

import reflex as rx

from sorceress_video.jobs import actions
from sorceress_video.jobs.admission import AdmissionRefusedError
from sorceress_video.library.ids import new_id
from sorceress_video.settings import get_settings
from sorceress_video.ui.gallery.address import LONGEST_ID
from sorceress_video.ui.kit.toast import Action, say
from sorceress_video.ui.prompt_panel.confirm import REROLL, RETRY, ConfirmationNeeded, check_repeat
from sorceress_video.ui.prompt_panel.models import ConfirmSheet
from sorceress_video.ui.prompt_panel.state import PromptState

REROLL_PAUSE: Final = 1.2
"""Seconds in which a second click on Reroll of the same clip is taken for a double click."""


def _state() -> type[rx.State]:
    """The state that these events belong to, for events that follow events."""
    from sorceress_video.ui.gallery.state import GalleryState  # noqa: PLC0415 - it is made of this.

    return GalleryState


class ClipDeeds(rx.State, mixin=True):
    """Cancel, retry, reroll, mark, delete and have back. Each ends with the window read anew."""

    _rerolled: tuple[str, float] = ("", 0.0)

    @rx.event
    async def cancel(self, clip_id: str):
        """Stop a clip in the making."""
        await self._act(actions.cancel, clip_id)

    @rx.event
    async def recheck(self, clip_id: str):
        """Ask the provider now how a clip stands."""
        await self._act(actions.recheck, clip_id)

    @rx.event
    async def dismiss(self, clip_id: str):
        """Give a doubtful clip up."""
        await self._act(actions.dismiss, clip_id)

    @rx.event
    async def retry(self, clip_id: str):
        """Another attempt, with the same inputs and settings, on the same card."""
        return await self._retry(clip_id, "", "")

    @rx.event
    async def reroll(self, clip_id: str):
        """The same once more, as a new clip."""
        account_id = await self._account()
        clip, when = self._rerolled
        if not account_id or (clip == clip_id and time.time() - when < REROLL_PAUSE):
            return None
        self._rerolled = (clip_id, time.time())
        return await self._reroll(clip_id, new_id(), "")

    @rx.event
    async def spend(self, deed: str, clip_id: str, token: str, agreed: str):
        """The person confirmed what a reroll or a retry costs; the same token again makes nothing more."""
        again = {REROLL: self._reroll, RETRY: self._retry}.get(deed)
        return await again(clip_id, token[:LONGEST_ID], agreed) if again and token else None

    @rx.event
    async def favorite(self, clip_id: str, wanted: bool):  # noqa: FBT001 - what the browser sends.
        """Mark a clip, or unmark it."""
        account_id = await self._account()
        if not account_id:
            return
        await asyncio.to_thread(actions.favorite, account_id, clip_id, favorite=wanted)
        await self._read(account_id)

    @rx.event
    async def remove(self, clip_id: str):
        """Delete a clip; it can be had back for some seconds."""
        account_id = await self._account()
        if not account_id or not await asyncio.to_thread(actions.remove, account_id, clip_id):
            return
        await self._read(account_id)
        await say(
            self,
            "Clip deleted",
            action=Action("Undo", "restore_clip", clip_id),
            seconds=get_settings().undo_seconds,
        )

    @rx.event
    async def restore(self, clip_id: str):
        """Undo a delete."""
        account_id = await self._account()
        if not account_id:
            return
        if not await asyncio.to_thread(actions.restore, account_id, clip_id):
            await say(self, "Too late: the files are gone.", tone="error")
        await self._read(account_id)

    @rx.event
    async def reuse(self, clip_id: str):
        """Bring the clip's prompt, model, settings and frames back into the panels."""
        return PromptState.reuse(clip_id)

    async def _reroll(self, clip_id: str, token: str, agreed: str):
        account_id = await self._account()
        if not account_id or await self._asks(REROLL, clip_id, token, agreed):
            return None
        try:
            admitted = await asyncio.to_thread(actions.reroll, account_id, clip_id, token)
        except AdmissionRefusedError as refused:
            return await self._refused(refused, clip_id)
        if admitted is None:
            await say(self, "This clip is not there any more.", tone="error")
            return None
        return [_state().clips_added(list(admitted.clip_ids)), PromptState.count_money]

    async def _retry(self, clip_id: str, token: str, agreed: str):
        if await self._asks(RETRY, clip_id, token, agreed):
            return None
        try:
            await self._act(actions.retry, clip_id)
        except AdmissionRefusedError as refused:
            return await self._refused(refused, clip_id)
        return PromptState.count_money

    async def _asks(self, deed: str, clip_id: str, token: str, agreed: str) -> bool:
        """Whether the person is asked first, as it costs more than their limit; else a question is closed."""
        account_id, prompt = await self._account(), await self.get_state(PromptState)
        try:
            await asyncio.to_thread(check_repeat, account_id, clip_id, deed=deed, token=token, agreed=agreed)
        except ConfirmationNeeded as needed:
            prompt.confirm = needed.sheet
            return True
        if prompt.confirm.sum:
            prompt.confirm = ConfirmSheet()
        return False

    async def _refused(self, refused: AdmissionRefusedError, clip_id: str):
        """Say why; without its motion video, put all else of the clip back into the panel for a new one."""
        await say(self, str(refused), tone="error")
        return PromptState.reuse(clip_id) if refused.code == "motion_gone" else None

    async def _act(self, action: Callable[[str, str], object], clip_id: str) -> None:
        account_id = await self._account()
        if account_id:
            try:
                await asyncio.to_thread(action, account_id, clip_id)
            finally:
                await self._read(account_id)
