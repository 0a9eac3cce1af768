"""The catalog's vocabulary: modes, roles, kinds of setting, wire values, conditions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr

Scalar: TypeAlias = StrictBool | StrictInt | StrictFloat | StrictStr
Number: TypeAlias = StrictInt | StrictFloat
SettingValue: TypeAlias = str | int | float | bool | list[Any] | None
"""A setting's value as JSON; lists hold strings or flat objects (shots, elements)."""

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40)]
Confidence = Literal["H", "M", "L"]
Usd = Annotated[Decimal, Field(ge=0, le=1000, allow_inf_nan=False)]


class Mode(StrEnum):
    """A kind of generation. ``extend`` has no tab of its own."""

    TEXT = "text"
    IMAGE = "image"
    MOTION = "motion"
    MULTIMODAL = "multimodal"
    EXTEND = "extend"

    @property
    def label(self) -> str:
        """The tab's words."""
        return _MODE_LABELS[self]


_MODE_LABELS = {
    Mode.TEXT: "Text to Video",
    Mode.IMAGE: "Image to Video",
    Mode.MOTION: "Motion Match",
    Mode.MULTIMODAL: "Multimodal",
    Mode.EXTEND: "Extend",
}


class MediaKind(StrEnum):
    """What a file is, judged by its content."""

    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"


class InputRole(StrEnum):
    """What a file does in a generation."""

    START_FRAME = "start_frame"
    END_FRAME = "end_frame"
    CHARACTER = "character"
    MOTION_CLIP = "motion_clip"
    REFERENCE_IMAGE = "reference_image"
    REFERENCE_VIDEO = "reference_video"
    REFERENCE_AUDIO = "reference_audio"
    DRIVING_AUDIO = "driving_audio"
    SOURCE_VIDEO = "source_video"

    @property
    def label(self) -> str:
        """The slot's words."""
        return _ROLE_LABELS[self]

    @property
    def with_article(self) -> str:
        """The slot's words inside a sentence: “a start frame”, “an end frame”."""
        words = self.label.lower()
        return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


_ROLE_LABELS = {
    InputRole.START_FRAME: "Start Frame",
    InputRole.END_FRAME: "End Frame",
    InputRole.CHARACTER: "Character Image",
    InputRole.MOTION_CLIP: "Motion Video",
    InputRole.REFERENCE_IMAGE: "Reference Image",
    InputRole.REFERENCE_VIDEO: "Reference Video",
    InputRole.REFERENCE_AUDIO: "Reference Audio",
    InputRole.DRIVING_AUDIO: "Audio Track",
    InputRole.SOURCE_VIDEO: "Source Video",
}


class SettingKind(StrEnum):
    """How a setting is offered and checked."""

    CHOICE = "choice"
    SWITCH = "switch"
    SLIDER = "slider"
    INTEGER = "integer"
    SEED = "seed"
    TEXT = "text"
    LIST = "list"


class Frozen(BaseModel):
    """Base of every shape in a catalog file: immutable, and a misspelt field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def same_value(left: object, right: object) -> bool:
    """Whether two wire values are the same JSON value: ``True`` is not ``1`` and ``"5"`` is not ``5``."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, int | float) and isinstance(right, int | float):
        return left == right
    return type(left) is type(right) and left == right


def among(value: object, allowed: Collection[object]) -> bool:
    """Whether ``value`` is one of ``allowed`` as a wire value."""
    return any(same_value(value, other) for other in allowed)


class Condition(Frozen):
    """When a rule, a rate or a narrower limit applies; an empty condition always does."""

    settings: dict[str, tuple[Scalar, ...]] = Field(default_factory=dict)
    modes: tuple[Mode, ...] = ()
    roles: tuple[InputRole, ...] = ()
    without_roles: tuple[InputRole, ...] = ()

    def holds(self, mode: Mode, roles: Collection[InputRole], values: Mapping[str, SettingValue]) -> bool:
        """Whether mode, the roles that have a file, and the settings in force satisfy all parts."""
        return (
            (not self.modes or mode in self.modes)
            and all(role in roles for role in self.roles)
            and not any(role in roles for role in self.without_roles)
            and all(among(values.get(name), allowed) for name, allowed in self.settings.items())
        )
