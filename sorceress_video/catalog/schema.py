"""A model as data: the shapes that one TOML file of the catalog is made of.

Values are kept exactly as they go over the wire (``"8s"``, ``"5"`` and ``5`` are three different
values), because providers refuse a string where they expect a number. Units: seconds, bytes, pixels,
US dollars as ``Decimal``; aspect ratios are width divided by height.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator

from sorceress_video.catalog.rates import PixelTable, Pricing
from sorceress_video.catalog.terms import (
    Condition,
    Confidence,
    Frozen,
    InputRole,
    MediaKind,
    Mode,
    Name,
    Number,
    Scalar,
    SettingKind,
    SettingValue,
    among,
)

PROMPT_CHARS_WITHOUT_VENDOR_LIMIT = 10_000
"""Longest prompt, in characters, for a model whose vendor states no limit."""

SEED_RANGE = (0, 2_147_483_647)
"""Seeds that every provider takes; used where the vendor states no range."""


class Option(Frozen):
    """One choice: the wire value and, where the value does not speak for itself, words for it."""

    value: Scalar
    label: str = ""


def _as_option(item: object) -> object:
    return item if isinstance(item, dict | Option) else {"value": item}


Options = tuple[Annotated[Option, BeforeValidator(_as_option)], ...]


class ItemField(Frozen):
    """One field of the objects in a list setting (a shot's prompt, an element's pictures).

    A list of plain strings has a single field with an empty name. ``file`` and ``files`` stand for
    media; such lists cannot be given as plain values.
    """

    name: str = ""
    kind: Literal["text", "choice", "file", "files"]
    required: bool = False
    default: Scalar | None = None
    options: Options = ()
    max_chars: int | None = Field(None, ge=1)
    max_items: int | None = Field(None, ge=1)
    note: str = ""


class Setting(Frozen):
    """One thing a person can set on a model.

    ``name`` is the product's word and the same on every model (``audio``, ``duration``); ``field``
    is the provider's, or ``None`` where the value only chooses a route and is never sent. A default
    of ``None`` means that the field is left out unless it is set.
    """

    name: Name
    kind: SettingKind
    label: str
    field: str | None = None
    help: str = ""
    default: Scalar | None = None
    options: Options = ()
    min: Number | None = None
    max: Number | None = None
    step: Number | None = None
    unit: str = ""
    max_chars: int | None = Field(None, ge=1)
    max_items: int | None = Field(None, ge=1)
    items: tuple[ItemField, ...] = ()
    seconds_item: str | None = None
    max_total_seconds: int | None = None
    required: bool = False
    shown: bool = True
    note: str = ""

    @model_validator(mode="after")
    def _coherent(self) -> Self:
        if self.kind is SettingKind.CHOICE and not self.options:
            raise ValueError(f"the choice “{self.name}” has no options")
        if self.kind is not SettingKind.CHOICE and self.options:
            raise ValueError(f"only a choice has options, “{self.name}” is a {self.kind}")
        if self.kind is SettingKind.LIST and not self.items:
            raise ValueError(f"the list “{self.name}” has no items")
        if self.min is not None and self.max is not None and self.min > self.max:
            raise ValueError(f"“{self.name}” has a minimum above its maximum")
        if self.default is not None and not self._default_fits():
            raise ValueError(f"the default of “{self.name}” is not one of its values")
        return self

    def _default_fits(self) -> bool:
        default = self.default
        if self.kind is SettingKind.CHOICE:
            return among(default, [option.value for option in self.options])
        if self.kind is SettingKind.SWITCH:
            return isinstance(default, bool)
        if self.kind is SettingKind.TEXT:
            return isinstance(default, str)
        if self.kind is SettingKind.LIST:
            return False
        is_number = isinstance(default, int | float) and not isinstance(default, bool)
        return is_number and self.within(float(default))  # type: ignore[arg-type]

    def within(self, number: float) -> bool:
        """Whether a number lies inside the setting's range."""
        return (self.min is None or number >= self.min) and (self.max is None or number <= self.max)

    def overridden(self, override: SettingOverride) -> Setting:
        """The setting as one route has it."""
        changed = {name: getattr(override, name) for name in override.model_fields_set}
        try:
            return Setting(**{**dict(self), **changed})
        except ValidationError as error:
            # Without this the whole report of the inner model would become the outer one's message.
            raise ValueError(error.errors()[0]["msg"].removeprefix("Value error, ")) from error

    @property
    def takes_files(self) -> bool:
        """Whether its items carry media rather than plain values."""
        return any(item.kind in ("file", "files") for item in self.items)


class SettingOverride(Frozen):
    """How a setting differs in one route; what is absent stays as the model has it."""

    field: str | None = None
    default: Scalar | None = None
    options: Options | None = None
    min: Number | None = None
    max: Number | None = None
    required: bool | None = None
    step: Number | None = None
    max_chars: int | None = Field(None, ge=1)
    max_items: int | None = Field(None, ge=1)
    items: tuple[ItemField, ...] | None = None
    kind: SettingKind | None = None
    note: str | None = None


class NarrowerLimit(Frozen):
    """A limit on an input that is tighter under a condition."""

    when: Condition
    max_seconds: float | None = Field(None, gt=0)
    max_items: int | None = Field(None, ge=0)
    reason: str


class InputSpec(Frozen):
    """One media input of a route: its wire field and what the provider accepts there."""

    role: InputRole
    field: str
    kind: MediaKind
    array: bool = False
    required: bool = False
    min_items: int = Field(0, ge=0)
    max_items: int | None = Field(1, ge=1)
    formats: tuple[str, ...] = ()
    max_bytes: int | None = Field(None, gt=0)
    total_bytes: int | None = Field(None, gt=0)
    min_side: int | None = Field(None, gt=0)
    max_side: int | None = Field(None, gt=0)
    min_pixels: int | None = Field(None, gt=0)
    max_pixels: int | None = Field(None, gt=0)
    min_aspect: float | None = Field(None, gt=0)
    max_aspect: float | None = Field(None, gt=0)
    min_seconds: float | None = Field(None, ge=0)
    max_seconds: float | None = Field(None, gt=0)
    min_total_seconds: float | None = Field(None, ge=0)
    max_total_seconds: float | None = Field(None, gt=0)
    shorter_than_output: bool = False
    label: str = ""
    narrower: tuple[NarrowerLimit, ...] = ()
    note: str = ""

    @model_validator(mode="after")
    def _counts(self) -> Self:
        if self.required and self.min_items < 1:
            raise ValueError(f"the required input “{self.role}” needs min_items of at least 1")
        if not self.array and self.max_items != 1:
            raise ValueError(f"the input “{self.role}” is not an array, so max_items is 1")
        return self


class Needs(Frozen):
    """Which inputs a route wants together: when ``role`` is given (or always), at least one of ``any_of``."""

    role: InputRole | None = None
    any_of: tuple[InputRole, ...] = Field(min_length=1)
    reason: str


class Conflict(Frozen):
    """Inputs or settings that a route does not take together."""

    roles: tuple[InputRole, ...] = Field(min_length=2)
    reason: str


class FileCap(Frozen):
    """At most ``max_files`` files over these roles together (all roles when empty)."""

    roles: tuple[InputRole, ...] = ()
    max_files: int = Field(ge=1)
    reason: str


class Fixed(Frozen):
    """What the output is where nobody can choose it."""

    resolution: str | None = None
    aspect_ratio: str | None = None
    seconds: Number | None = None
    fps: int | None = None
    audio: bool | None = None


class PromptSpec(Frozen):
    """The prompt's field; ``replaced_by`` names the setting that may stand in its place (shots)."""

    field: str = "prompt"
    required: bool = True
    max_chars: int | None = Field(None, ge=1)
    replaced_by: str | None = None
    note: str = ""

    @property
    def limit(self) -> int:
        """Longest prompt in characters."""
        return self.max_chars or PROMPT_CHARS_WITHOUT_VENDOR_LIMIT


class Route(Frozen):
    """One endpoint of a model: the mode and inputs it serves and the settings that apply there."""

    mode: Mode
    endpoint: str = Field(min_length=1)
    variant: dict[str, tuple[Scalar, ...]] = Field(default_factory=dict)
    inputs: tuple[InputSpec, ...] = ()
    settings: tuple[str, ...] = ()
    overrides: dict[str, SettingOverride] = Field(default_factory=dict)
    prompt: PromptSpec | None = None
    fixed: Fixed | None = None
    caps: tuple[FileCap, ...] = ()
    needs: tuple[Needs, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    body: dict[str, Any] = Field(default_factory=dict)
    returns: tuple[str, ...] = ("video",)
    notes: tuple[str, ...] = ()

    @property
    def roles(self) -> frozenset[InputRole]:
        """Every role that the route takes."""
        return frozenset(spec.role for spec in self.inputs)

    @property
    def required_roles(self) -> frozenset[InputRole]:
        """The roles without which the provider refuses."""
        return frozenset(spec.role for spec in self.inputs if spec.required)

    def input(self, role: InputRole) -> InputSpec | None:
        """The input with this role, if the route has one."""
        return next((spec for spec in self.inputs if spec.role is role), None)


class Rule(Frozen):
    """When the condition holds, ``setting`` may only have these values (or this many items)."""

    when: Condition
    setting: str
    only: tuple[Scalar, ...] = ()
    max_items: int | None = Field(None, ge=0)
    reason: str

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if bool(self.only) == (self.max_items is not None):
            raise ValueError("a rule has either only or max_items")
        return self

    def broken_by(self, mode: Mode, roles: Collection[InputRole], values: Mapping[str, SettingValue]) -> bool:
        """Whether these values break the rule. A setting that is not in force cannot break one."""
        if self.setting not in values or not self.when.holds(mode, roles, values):
            return False
        value = values[self.setting]
        if self.max_items is not None:
            return isinstance(value, list) and len(value) > self.max_items
        return not among(value, self.only)


def unique(names: Sequence[str], what: str) -> None:
    """Raise ``ValueError`` naming the first repeated name."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ValueError(f"{what} “{name}” is there twice")
        seen.add(name)


class ModelData(Frozen):
    """Everything that a model's file says; ``ModelSpec`` adds what can be asked of it."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9.\-]{0,79}$")
    name: str = Field(min_length=1, max_length=60)
    vendor: str = Field(min_length=1, max_length=60)
    provider: str = Field(pattern=r"^[a-z][a-z0-9\-]*$")
    status: Literal["current", "legacy", "retired"] = "current"
    status_note: str = ""
    badges: tuple[str, ...] = ()
    summary: str = ""
    usual_seconds: tuple[float, float] | None = None
    preview: bool = False
    order: int = 100
    fixed: Fixed = Fixed()
    prompt: PromptSpec = PromptSpec()
    settings: tuple[Setting, ...] = ()
    routes: tuple[Route, ...] = Field(min_length=1)
    rules: tuple[Rule, ...] = ()
    pricing: Pricing = Pricing()
    sizes: PixelTable = Field(default_factory=dict)
    notes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    confidence: Confidence = "M"

    @field_validator("settings")
    @classmethod
    def _distinct_settings(cls, settings: tuple[Setting, ...]) -> tuple[Setting, ...]:
        unique([setting.name for setting in settings], "the setting")
        return settings

    @field_validator("routes")
    @classmethod
    def _distinct_roles(cls, routes: tuple[Route, ...]) -> tuple[Route, ...]:
        for route in routes:
            unique([spec.role for spec in route.inputs], f"in {route.endpoint} the input")
            unique(list(route.settings), f"in {route.endpoint} the setting")
        return routes

    @model_validator(mode="after")
    def _names_exist(self) -> Self:
        known = {setting.name for setting in self.settings}
        for where, name in self._mentioned():
            if name not in known:
                raise ValueError(f"{where} speaks of the setting “{name}”, which the model does not have")
        return self

    def _mentioned(self) -> list[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for route in self.routes:
            for name in (*route.settings, *route.variant, *route.overrides):
                found.append((route.endpoint, name))
            for spec in route.inputs:
                found += [(spec.role, name) for limit in spec.narrower for name in limit.when.settings]
        for rule in self.rules:
            found += [("a rule", name) for name in (rule.setting, *rule.when.settings)]
        conditions = [rate.when for rate in self.pricing.rates]
        conditions += [addition.when for addition in self.pricing.additions]
        found += [("the pricing", name) for condition in conditions for name in condition.settings]
        if self.prompt.replaced_by:
            found.append(("the prompt", self.prompt.replaced_by))
        return found


def merged_settings(data: ModelData, route: Route) -> tuple[Setting, ...]:
    """The settings of a route, in the route's order, with its overrides applied."""
    by_name = {setting.name: setting for setting in data.settings}
    return tuple(
        by_name[name].overridden(route.overrides[name]) if name in route.overrides else by_name[name]
        for name in route.settings
    )
