"""Single-use links on the page: the doors behind them, and the form that makes one.

The browser asks the routes itself, so that no token of a link is ever in a page's state.
"""

from __future__ import annotations

from typing import Any

import reflex as rx

from sorceress_video.accounts.people import LONGEST_NAME
from sorceress_video.ui import kit
from sorceress_video.ui.pages.door import door, email_field, password_field, submit

_SCRIPT = rx.asset("links.jsx", shared=True)


class _LinkDoor(rx.Component):
    """See ``links.jsx``."""

    library = _SCRIPT.importable_path
    tag = "LinkDoor"

    kind: rx.Var[str]
    action: rx.Var[str]


class _LinkMaker(rx.Component):
    """See ``links.jsx``."""

    library = _SCRIPT.importable_path
    tag = "LinkMaker"

    action: rx.Var[str]
    on_made: rx.EventHandler[rx.event.no_args_event_spec]


def link_maker(*fields: rx.Component, action: str | rx.Var[str], on_made: Any) -> rx.Component:
    """The form in a dialog whose answer is a link, shown once."""
    return _LinkMaker.create(*fields, action=action, on_made=on_made)


def join() -> rx.Component:
    """``/join#<token>``: becoming a member."""
    return door(
        "Join the workspace",
        "Make clips with the team in Sorceress AI Video Gen.",
        _LinkDoor.create(
            kit.field(
                "Name",
                kit.text_input(
                    id="name",
                    name="name",
                    required=True,
                    max_length=LONGEST_NAME,
                    auto_complete="name",
                    dir="auto",
                    class_name="h-10",
                    data_testid="name",
                ),
                for_id="name",
                hint="Shown to the team.",
            ),
            email_field(),
            password_field("Password", "password", "new-password", hint="At least 8 characters."),
            password_field("The same again", "again", "new-password"),
            submit("Join", "join-submit"),
            kind="invitation",
            action="/auth/join",
        ),
    )


def new_password() -> rx.Component:
    """``/new-password#<token>``: a password set by a link that an admin made."""
    return door(
        "Set a new password",
        "You are signed in here afterwards, and signed out everywhere else.",
        _LinkDoor.create(
            rx.el.input(
                type="email",
                name="email",
                read_only=True,
                auto_complete="username",
                aria_label="E-mail",
                class_name=kit.join(kit.INPUT, "h-10 text-text-3"),
                data_testid="email",
            ),
            password_field("New password", "password", "new-password", hint="At least 8 characters."),
            password_field("The same again", "again", "new-password"),
            submit("Set the password", "new-password-submit"),
            kind="password",
            action="/auth/new-password",
        ),
    )
