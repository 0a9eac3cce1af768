"""A form that the browser sends by itself, with a full navigation, as signing in and out needs it.

Reflex's own form always stops the browser's submit and hands the fields to a state handler instead.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import reflex as rx


class PlainForm(rx.Component):
    """``<form>`` with nothing added."""

    tag = "form"
    _is_tag_in_global_scope: ClassVar[bool] = True

    action: rx.Var[str]
    method: rx.Var[Literal["get", "post"]]


def plain_form(*children: rx.Component | None, action: str, **props: Any) -> rx.Component:
    """A form that posts its fields to a route of the server and follows the answer."""
    return PlainForm.create(*children, action=action, method="post", **props)
