"""What the browser may do with the files of the next request: a part of the prompt panel's state."""

# ruff: noqa: RUF012 - the framework copies the defaults of a state for each tab.

from __future__ import annotations

import asyncio
from typing import Final

import reflex as rx

from sorceress_video.catalog import InputRole, get_catalog
from sorceress_video.http import frames
from sorceress_video.jobs.motion import MotionRefusedError
from sorceress_video.ui import kit
from sorceress_video.ui.frame.identity import member_of
from sorceress_video.ui.prompt_panel import compose as rules
from sorceress_video.ui.prompt_panel.inputs import MOST_FILES, PANEL_ROLES, SLOT_ROLES, StoredInput
from sorceress_video.ui.prompt_panel.models import Reference, Slot, Tray
from sorceress_video.ui.prompt_panel.submit import find_film, find_input, fitted, trimmed

KEPT_CHARACTERS: Final = 20_000
"""Longest draft that a tab's state keeps; what is typed beyond it stays in the browser."""

_MODE_OF: Final = {role: mode for mode, roles in PANEL_ROLES.items() for role in roles}


def _state() -> type[rx.State]:
    """The state that these events belong to, for events that follow events."""
    from sorceress_video.ui.prompt_panel.state import PromptState  # noqa: PLC0415 - it is made of this.

    return PromptState


class FileEvents(rx.State, mixin=True):
    """Slots and trays. Every file is looked up by owner, whatever the browser says."""

    slots: list[Slot] = []
    trays: list[Tray] = []
    references: list[Reference] = []

    _inputs: dict[str, list[StoredInput]] = {}

    @rx.event
    async def use_frame(self, role: str, asset_id: str):
        """Put one of the account's pictures into a slot; the panel goes to a mode that has the slot."""
        member = await member_of(self)
        place = rules.role_among(role, SLOT_ROLES)
        if member is None or place is None:
            return
        found = await asyncio.to_thread(find_input, member.account_id, place, asset_id)
        if found is None:
            await kit.say(self, "This picture is not in your library.", tone="error")
            return
        self._inputs = {**self._inputs, role: [found]}
        self._go_to(place)

    @rx.event
    async def use_clip_frame(self, role: str, clip_id: str, which: str):
        """Put the first or the last frame of a clip into a slot."""
        member = await member_of(self)
        if member is None or rules.role_among(role, SLOT_ROLES) is None or which not in ("first", "last"):
            return None
        try:
            asset = await frames.take(member.account_id, clip_id, which)
        except frames.FrameRefused as refused:
            await kit.say(self, refused.sentence, tone="error")
            return None
        if asset is None:
            await kit.say(self, "This clip is not there any more.", tone="error")
            return None
        return _state().use_frame(role, asset.id)

    @rx.event
    def remove_frame(self, role: str):
        """Empty a slot. The picture stays in the library."""
        self._inputs = {kept: files for kept, files in self._inputs.items() if kept != role}
        self._show()

    @rx.event
    async def add_file(self, role: str, asset_id: str):
        """Put one of the account's files into a tray, behind those that are there."""
        member = await member_of(self)
        place = rules.role_among(role, MOST_FILES)
        found = member and place and await asyncio.to_thread(find_input, member.account_id, place, asset_id)
        return await self._take(place, found or None, "This file is not in your library.")

    @rx.event
    async def add_film(self, role: str, clip_id: str):
        """Put the video of one of the account's clips into a tray."""
        member = await member_of(self)
        place = rules.role_among(role, MOST_FILES)
        found = member and place and await asyncio.to_thread(find_film, member.account_id, place, clip_id)
        return await self._take(place, found or None, "This clip is not there any more.")

    @rx.event
    async def add_motion_from_clip(self, clip_id: str):
        """Use one of the account's clips as a motion clip."""
        return _state().add_film(InputRole.MOTION_CLIP.value, clip_id)

    @rx.event
    def remove_file(self, role: str, asset_id: str, text: str):
        """Take a file out of a tray; labels in the prompt follow. The file stays in the library."""
        files = self._inputs.get(role, [])
        self._rearrange(role, [kept for kept in files if kept.ref.asset_id != asset_id], text)
        return self._fitting()

    @rx.event
    def move_file(self, role: str, asset_id: str, place: int, text: str):
        """Put a file of a tray at another place, counted from 0; labels in the prompt follow."""
        files = self._inputs.get(role, [])
        moved = [kept for kept in files if kept.ref.asset_id == asset_id]
        others = [kept for kept in files if kept.ref.asset_id != asset_id]
        at = max(0, min(place, len(others)))
        self._rearrange(role, [*others[:at], *moved, *others[at:]], text)

    @rx.event
    async def trim_motion(self, asset_id: str, start: float):
        """Put the part of a motion clip that the models take in its place."""
        member = await member_of(self)
        longest = rules.longest_motion(get_catalog(), self._model_ids)
        if member is None or longest is None or not self._holds(InputRole.MOTION_CLIP, asset_id):
            return None
        try:
            cut = await asyncio.to_thread(trimmed, member.account_id, asset_id, float(start), longest)
        except (MotionRefusedError, ValueError) as refused:
            await kit.say(self, str(refused), tone="error")
            return None
        self._swap(asset_id, cut)
        return self._fitting()

    @rx.event(background=True)
    async def fit_motion(self):
        """Lengthen the motion clips that are too short for a selected model, one after the other."""
        member = await member_of(self)
        while member is not None:
            async with self:
                short = rules.first_short(get_catalog(), self._choices())
                least = rules.shortest_motion(get_catalog(), self._model_ids)
            if short is None:
                return
            longer = await asyncio.to_thread(fitted, member.account_id, short, least)
            async with self:
                self._swap(short.ref.asset_id, longer)

    async def _take(self, place: InputRole | None, found: StoredInput | None, gone: str):
        if place is None:
            return None
        files = self._inputs.get(place.value, [])
        if found is None:
            await kit.say(self, gone, tone="error")
            return None
        if self._holds(place, found.ref.asset_id):
            await kit.say(self, f"{found.name or 'This file'} is there already.", tone="info")
            return None
        if len(files) >= MOST_FILES[place]:
            await kit.say(self, f"Up to {MOST_FILES[place]} files fit here.", tone="error")
            return None
        self._inputs = {**self._inputs, place.value: [*files, found]}
        self._go_to(place)
        if not any(tray.role == place.value for tray in self.trays):
            words = (
                f"{found.name or 'The clip'} waits in {_MODE_OF[place].label}: select a model that does it."
            )
            await kit.say(self, words, tone="info")
        return self._fitting()

    def _holds(self, place: InputRole, asset_id: str) -> bool:
        return any(kept.ref.asset_id == asset_id for kept in self._inputs.get(place.value, []))

    def _swap(self, asset_id: str, other: StoredInput) -> None:
        role = InputRole.MOTION_CLIP.value
        files = [other if kept.ref.asset_id == asset_id else kept for kept in self._inputs.get(role, [])]
        self._inputs = {**self._inputs, role: files}
        self._show()

    def _rearrange(self, role: str, files: list[StoredInput], text: str) -> None:
        before = [kept.ref.asset_id for kept in self._inputs.get(role, [])]
        after = [kept.ref.asset_id for kept in files]
        if before == after:
            return
        self._inputs = {**self._inputs, role: files}
        followed = rules.followed(text[:KEPT_CHARACTERS], role, before, after)
        if followed != text:
            self._replace_text(followed)
        self._show()

    def _go_to(self, place: InputRole) -> None:
        usable = {tab.mode for tab in self.tabs if tab.usable}
        modes = [mode.value for mode, roles in PANEL_ROLES.items() if place in roles]
        if self.mode not in modes:
            self.mode = next((mode for mode in modes if mode in usable), self.mode)
        self._show()

    def _fitting(self):
        """The event that lengthens what is too short; None where nothing is."""
        short = rules.first_short(get_catalog(), self._choices())
        return None if short is None else _state().fit_motion
