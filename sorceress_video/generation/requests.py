"""What a person or a program asks for: one click on Generate."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from sorceress_video.catalog import InputRole, MediaKind, Mode, ModelSpec, NoRoute, SettingValue


class InputRef(BaseModel):
    """A stored file in its role, with what was measured on it.

    ``bytes`` is its size, ``width`` and ``height`` are pixels after orientation, ``seconds`` its length. The
    facts come from the library, never from the sender of a request.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: InputRole
    asset_id: str = Field(min_length=1, max_length=80)
    kind: MediaKind
    mime: str = Field(max_length=80)
    bytes: int = Field(ge=0)
    width: int | None = Field(None, ge=1)
    height: int | None = Field(None, ge=1)
    seconds: float | None = Field(None, ge=0, allow_inf_nan=False)


class GenerationRequest(BaseModel):
    """One request for clips. ``token`` is the sender's own and makes a resend give the same clips back.

    ``settings`` holds values by model id and product name; what is absent takes its default. The order of
    ``inputs`` is the order of the labels (``@Image1`` is the first reference image).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    token: str
    mode: Mode
    prompt: str = ""
    model_ids: tuple[str, ...] = ()
    settings: Mapping[str, Mapping[str, Any]] = Field(default_factory=dict)
    inputs: tuple[InputRef, ...] = ()


def roles_of(inputs: Iterable[InputRef]) -> frozenset[InputRole]:
    """The roles that have a file."""
    return frozenset(item.role for item in inputs)


def fitted_settings(
    models: Sequence[ModelSpec],
    mode: Mode,
    inputs: Sequence[InputRef],
    stored: Mapping[str, Mapping[str, SettingValue]],
) -> dict[str, dict[str, SettingValue]]:
    """Stored preferences as settings of a request: complete for this mode and these inputs.

    A request is checked strictly, so a preference of another mode (an “auto” aspect ratio that only exists
    with a start frame) must give way first. Models that do not serve the mode are left out.
    """
    roles = roles_of(inputs)
    result: dict[str, dict[str, SettingValue]] = {}
    for model in models:
        try:
            result[model.id] = model.fitted(mode, roles, stored.get(model.id, {}))
        except NoRoute:
            continue
    return result
