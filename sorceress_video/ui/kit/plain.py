"""Elements that the browser handles by itself, where the framework's own would step in.

Reflex's form always stops the browser's submit and hands the fields to a state handler; its link is the
router's, which goes to another page inside the app instead of saving a file or loading the page anew.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import reflex as rx


class _Form(rx.Component):
    tag = "form"
    _is_tag_in_global_scope: ClassVar[bool] = True

    action: rx.Var[str]
    method: rx.Var[Literal["get", "post"]]


class _Link(rx.Component):
    tag = "a"
    _is_tag_in_global_scope: ClassVar[bool] = True

    href: rx.Var[str]
    download: rx.Var[bool]
    target: rx.Var[str]
    rel: rx.Var[str]
    title: rx.Var[str]


def plain_form(*children: rx.Component | None, action: str, **props: Any) -> rx.Component:
    """A form that posts its fields to a route of the server and follows the answer."""
    return _Form.create(*children, action=action, method="post", **props)


def plain_link(*children: Any, href: str | rx.Var[str], **props: Any) -> rx.Component:
    """A link that the browser follows: to a page anew, or, with ``download``, to a file to save.

    What the file is called is said by the route.
    """
    return _Link.create(*children, href=href, **props)
