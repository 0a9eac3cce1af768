"""The doors: sign-in and the owner's setup, as plain forms that post to the server; the page for no page."""

from __future__ import annotations

import reflex as rx

from sorceress_video.accounts.errors import SENTENCES
from sorceress_video.ui import kit
from sorceress_video.ui.frame.brand import mark
from sorceress_video.ui.pages.door import door, email_field, from_address, password_field, refusal, submit


def sign_in() -> rx.Component:
    """``/sign-in``."""
    return door(
        "Sign in",
        "to Sorceress AI Video Gen",
        kit.plain_form(
            refusal(SENTENCES),
            from_address("next"),
            email_field(auto_focus=True),
            password_field("Password", "password", "current-password"),
            submit("Sign in", "sign-in-submit"),
            action="/auth/sign-in",
            class_name="flex flex-col gap-4",
        ),
        foot="No account, or no password any more? Ask an admin of this workspace for a link.",
    )


def setup() -> rx.Component:
    """``/setup``: reached only through the one-time link."""
    return door(
        "Make the owner account",
        "This link works once. Whoever uses it owns this workspace.",
        kit.plain_form(
            refusal(SENTENCES),
            from_address("token"),
            email_field(auto_focus=True),
            password_field("Password", "password", "new-password", hint="At least 8 characters."),
            password_field("The same again", "again", "new-password"),
            submit("Make the account", "setup-submit"),
            action="/auth/setup",
            class_name="flex flex-col gap-4",
        ),
    )


def not_found() -> rx.Component:
    """What answers at an address that is none."""
    return rx.el.main(
        mark(36),
        rx.el.h1("There is nothing here", class_name="text-xl font-semibold text-text-1 mt-5"),
        rx.el.p(
            "The address is wrong, or what stood here is gone.",
            class_name="text-md text-text-3 mt-1.5 text-pretty",
        ),
        kit.link_button(
            "Go to the workspace", href="/", variant="primary", class_name="mt-6", data_testid="go-home"
        ),
        class_name="entry text-center items-center",
    )
