"""What the doors are made of: the column of a sign-in form, its fields, and what the address says."""

from __future__ import annotations

import reflex as rx

from sorceress_video.ui import kit
from sorceress_video.ui.frame.brand import mark

_SCRIPT = rx.asset("entry.jsx", shared=True)


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
    name: rx.Var[str]


class _Arrival(rx.Component):
    """See ``entry.jsx``."""

    library = _SCRIPT.importable_path
    tag = "Arrival"


class _Success(rx.Component):
    """See ``entry.jsx``."""

    library = _SCRIPT.importable_path
    tag = "Success"

    sentences: rx.Var[dict[str, str]]


def from_address(name: str) -> rx.Component:
    """A hidden field with a part of the address's query."""
    return _FromAddress.create(name=name)


def arrival(place: str) -> rx.Component:
    """Brings the section into view that the address names, once it is there."""
    return _Arrival.create(id=place)


def refusal(sentences: dict[str, str], *, name: str = "error") -> rx.Component:
    """Why the form came back, as the address says under this name."""
    return _Refusal.create(sentences=sentences, name=name)


def success(sentences: dict[str, str]) -> rx.Component:
    """What was done."""
    return _Success.create(sentences=sentences)


def door(title: str, line: str | rx.Var[str], *content: rx.Component, foot: str = "") -> rx.Component:
    """A page with one form in its middle."""
    return rx.el.main(
        rx.el.div(
            mark(36),
            rx.el.h1(title, class_name="text-xl font-semibold text-text-1 mt-5"),
            rx.el.p(line, class_name="text-md text-text-3 mt-1 mb-6 text-pretty"),
            *content,
            rx.el.p(foot, class_name="text-sm text-text-3 mt-5 text-pretty") if foot else None,
            class_name="w-full max-w-[340px]",
        ),
        class_name="entry",
    )


def email_field(**props: object) -> rx.Component:
    """The address that one signs in with."""
    return kit.field(
        "E-mail",
        kit.text_input(
            id="email",
            type="email",
            name="email",
            required=True,
            max_length=254,
            auto_complete="username",
            class_name="h-10",
            data_testid="email",
            **props,
        ),
        for_id="email",
    )


def password_field(label: str, name: str, complete: str, *, hint: str | None = None) -> rx.Component:
    """A password; ``complete`` says to password managers which."""
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


def submit(label: str, testid: str) -> rx.Component:
    """The form's one button."""
    return kit.button(
        label, variant="primary", size="lg", type="submit", class_name="mt-1 w-full", data_testid=testid
    )
