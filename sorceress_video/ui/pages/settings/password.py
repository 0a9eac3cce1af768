"""Changing the password: a plain form, because a new session's cookie comes with a new page."""

from __future__ import annotations

import reflex as rx

from sorceress_video.accounts.errors import SENTENCES
from sorceress_video.ui import kit
from sorceress_video.ui.frame.state import FrameState
from sorceress_video.ui.pages.door import password_field, refusal, submit, success
from sorceress_video.ui.pages.settings.section import section

_DONE = {"password": "Your password is changed. Other browsers were signed out."}


def password() -> rx.Component:
    """The section."""
    return section(
        "Password",
        kit.plain_form(
            refusal(SENTENCES),
            success(_DONE),
            rx.el.input(
                type="hidden",
                name="username",
                value=FrameState.email,
                read_only=True,
                auto_complete="username",
            ),
            password_field("Present password", "present", "current-password"),
            password_field("New password", "password", "new-password", hint="At least 8 characters."),
            password_field("The same again", "again", "new-password"),
            submit("Change password", "change-password-submit"),
            action="/auth/password",
            class_name="flex flex-col gap-4 max-w-[360px]",
        ),
        id="password",
        line="Other browsers where you are signed in are signed out.",
    )
