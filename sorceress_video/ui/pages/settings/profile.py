"""Who one is to the team: the name. The e-mail is what one signs in with."""

from __future__ import annotations

import asyncio

import reflex as rx

from sorceress_video.accounts import people
from sorceress_video.accounts.errors import AccountError
from sorceress_video.http.identity import forget_members
from sorceress_video.ui import kit
from sorceress_video.ui.frame.identity import member_of
from sorceress_video.ui.frame.state import FrameState
from sorceress_video.ui.pages.settings.section import answer, section


class ProfileState(rx.State):
    """The own name."""

    name: str = ""
    answer: str = ""
    refused: bool = False

    @rx.event
    async def load(self):
        """Read the name."""
        member = await member_of(self)
        self.name = member.name if member else ""  # Not the answer: somebody may have been faster than this.

    @rx.event
    async def rename(self, typed: str):
        """Take another name."""
        member = await member_of(self)
        if member is None:
            return None
        try:
            self.name = await asyncio.to_thread(people.rename, member.account_id, str(typed))
        except AccountError as error:
            self.refused, self.answer = True, error.sentence
            return None
        forget_members()
        self.refused, self.answer = False, "Saved."
        return FrameState.enter


def profile() -> rx.Component:
    """The section."""
    return section(
        "Profile",
        rx.el.div(
            rx.el.label("Name", html_for="profile-name", class_name="text-base font-medium text-text-1"),
            kit.commit_input(
                id="profile-name",
                value=ProfileState.name,
                max_length=people.LONGEST_NAME,
                custom_attrs={"autoComplete": "name", "dir": "auto"},
                on_commit=ProfileState.rename,
                data_testid="profile-name",
            ),
            answer(ProfileState.answer, refused=ProfileState.refused, testid="profile-answer"),
            class_name="flex flex-col gap-1.5 max-w-[360px]",
        ),
        rx.el.dl(
            _fact("E-mail", FrameState.email),
            _fact("Role", FrameState.role),
            _fact("Plan", FrameState.plan),
            class_name="grid grid-cols-[80px_minmax(0,1fr)] gap-y-1.5 text-base",
        ),
        id="profile",
        line="Your name is shown to the team.",
    )


def _fact(label: str, value: rx.Var[str]) -> rx.Component:
    return rx.fragment(
        rx.el.dt(label, class_name="text-text-3"), rx.el.dd(value, class_name="text-text-1 truncate")
    )
