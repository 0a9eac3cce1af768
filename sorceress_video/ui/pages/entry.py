"""The doors: sign-in, the owner's setup, the account page. Plain forms that post to the server."""

from __future__ import annotations

import reflex as rx

from sorceress_video.accounts.errors import SENTENCES
from sorceress_video.ui import kit
from sorceress_video.ui.frame.brand import mark
from sorceress_video.ui.frame.state import FrameState
from sorceress_video.ui.pages.sessions import sessions
from sorceress_video.ui.recipe.view import downloads_setting

_SCRIPT = rx.asset("entry.jsx", shared=True)
_DONE = {"password": "Your password is changed. Other browsers were signed out."}


class _FromAddress(rx.Component):
    """See ``entry.jsx``."""

    library = _SCRIPT.importable_path
    tag = "FromAddress"

    name: rx.Var[str]


class _Refusal(rx.Component):
    """See ``entry.jsx``."""

    library = _SCRIPT.importable_path
    tag = "Refusal"

    sentences: rx.Var[dict[str, str]]


class _Success(rx.Component):
    """See ``entry.jsx``."""

    library = _SCRIPT.importable_path
    tag = "Success"

    sentences: rx.Var[dict[str, str]]


def sign_in() -> rx.Component:
    """``/sign-in``."""
    return _door(
        "Sign in",
        "to Sorceress AI Video Gen",
        kit.plain_form(
            _Refusal.create(sentences=SENTENCES),
            _FromAddress.create(name="next"),
            _email(),
            _password("Password", "password", "current-password"),
            _submit("Sign in", "sign-in-submit"),
            action="/auth/sign-in",
            class_name="flex flex-col gap-4",
        ),
        "No account? Ask the owner of this workspace.",
    )


def setup() -> rx.Component:
    """``/setup``: reached only through the one-time link."""
    return _door(
        "Make the owner account",
        "This link works once. Whoever uses it owns this workspace.",
        kit.plain_form(
            _Refusal.create(sentences=SENTENCES),
            _FromAddress.create(name="token"),
            _email(),
            _password("Password", "password", "new-password", hint="At least 8 characters."),
            _password("The same again", "again", "new-password"),
            _submit("Make the account", "setup-submit"),
            action="/auth/setup",
            class_name="flex flex-col gap-4",
        ),
    )


def settings() -> rx.Component:
    """``/settings``: the own account."""
    return _door(
        "Your account",
        rx.cond(FrameState.email != "", FrameState.email, "\u00a0"),
        kit.plain_form(
            _Refusal.create(sentences=SENTENCES),
            _Success.create(sentences=_DONE),
            rx.el.input(
                type="hidden",
                name="username",
                value=FrameState.email,
                read_only=True,
                auto_complete="username",
            ),
            _password("Present password", "present", "current-password"),
            _password("New password", "password", "new-password", hint="At least 8 characters."),
            _password("The same again", "again", "new-password"),
            _submit("Change password", "change-password-submit"),
            action="/auth/password",
            class_name="flex flex-col gap-4",
        ),
        "Other browsers where you are signed in are signed out.",
        below=rx.fragment(downloads_setting(), sessions()),
        back=True,
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


def _door(
    title: str,
    line: str | rx.Var[str],
    form: rx.Component,
    foot: str = "",
    *,
    below: rx.Component | None = None,
    back: bool = False,
) -> rx.Component:
    return rx.el.main(
        rx.el.div(
            mark(36),
            rx.el.h1(title, class_name="text-xl font-semibold text-text-1 mt-5"),
            rx.el.p(line, class_name="text-md text-text-3 mt-1 mb-6 text-pretty"),
            form,
            rx.el.p(foot, class_name="text-sm text-text-3 mt-5 text-pretty") if foot else None,
            below,
            kit.link_button(
                "Back to the workspace", href="/", variant="text", class_name="mt-4", data_testid="go-home"
            )
            if back
            else None,
            class_name="w-full max-w-[340px]",
        ),
        class_name="entry",
    )


def _email() -> rx.Component:
    return kit.field(
        "E-mail",
        kit.text_input(
            id="email",
            type="email",
            name="email",
            required=True,
            max_length=254,
            auto_complete="username",
            auto_focus=True,
            class_name="h-10",
            data_testid="email",
        ),
        for_id="email",
    )


def _password(label: str, name: str, complete: str, *, hint: str | None = None) -> rx.Component:
    new = complete == "new-password"
    return kit.field(
        label,
        kit.text_input(
            id=name,
            type="password",
            name=name,
            required=True,
            min_length=8 if new else None,
            max_length=128,
            auto_complete=complete,
            class_name="h-10",
            data_testid=name,
        ),
        for_id=name,
        hint=hint,
    )


def _submit(label: str, testid: str) -> rx.Component:
    return kit.button(
        label, variant="primary", size="lg", type="submit", class_name="mt-1 w-full", data_testid=testid
    )
