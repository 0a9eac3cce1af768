"""From a clip's settings to the JSON body that its provider expects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sorceress_video.catalog.labels import in_words_of
from sorceress_video.catalog.schema import Route
from sorceress_video.catalog.terms import InputRole, SettingValue

if TYPE_CHECKING:
    from sorceress_video.catalog.model import ModelSpec


def request_body(
    model: ModelSpec,
    route: Route,
    settings: Mapping[str, SettingValue],
    prompt: str,
    media: Mapping[InputRole, Sequence[str]],
) -> dict[str, object]:
    """The body for the route's endpoint: fixed fields, prompt, settings by wire field, media by wire field.

    Labels in the prompt become the provider's own.

    Settings of ``None`` and settings without a wire field are left out. ``media`` holds addresses in
    the order of the person's numbering (``@Image1`` first).
    """
    body: dict[str, object] = dict(route.body)
    spec = model.prompt_in(route)
    if prompt:
        body[spec.field] = in_words_of(route, prompt)
    for setting in model.settings_in(route):
        value = settings.get(setting.name)
        if setting.field is not None and value is not None:
            body[setting.field] = value
    for item in route.inputs:
        addresses = media.get(item.role, ())
        if addresses:
            body[item.field] = list(addresses) if item.array else addresses[0]
    return body
