"""Checking a model's settings: one value, a whole set, what the panel offers, what was stored before."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sorceress_video.catalog.coercion import coerced, option_label
from sorceress_video.catalog.errors import SettingRefused
from sorceress_video.catalog.schema import Option, Route, Rule, Setting
from sorceress_video.catalog.terms import InputRole, Mode, SettingKind, SettingValue

if TYPE_CHECKING:
    from sorceress_video.catalog.model import ModelSpec

Values = Mapping[str, SettingValue]


@dataclass(frozen=True, slots=True)
class OptionView:
    """One choice as the panel shows it; a disabled one says why."""

    value: str | int | float | bool
    label: str
    enabled: bool
    reason: str


@dataclass(frozen=True, slots=True)
class SettingView:
    """One setting as the panel shows it, with the value that is in force."""

    name: str
    label: str
    kind: SettingKind
    value: SettingValue
    default: SettingValue
    options: tuple[OptionView, ...]
    min: float | None
    max: float | None
    step: float | None
    unit: str
    help: str


# --- a whole set -------------------------------------------------------------------------------


def defaults(model: ModelSpec, route: Route) -> dict[str, SettingValue]:
    """Every setting of the route at its default; ``None`` where it is left out unless set."""
    return {setting.name: _start(setting) for setting in model.settings_in(route)}


def _start(setting: Setting) -> SettingValue:
    if setting.default is None and setting.required and setting.options:
        return setting.options[0].value
    return setting.default


def checked(
    model: ModelSpec, route: Route, roles: Collection[InputRole], values: Values
) -> dict[str, SettingValue]:
    """Complete, validated settings for a route.

    Settings that the model has but this route does not are left out. A default that a given value
    rules out gives way to the first value that is allowed.

    Raises:
        SettingRefused: an unknown name, a foreign value, or values that exclude each other.
    """
    for name in values:
        if model.find_setting(name) is None:
            raise SettingRefused(name[:80], f"{model.name} has no setting “{name[:80]}”.")
    result: dict[str, SettingValue] = {}
    given: set[str] = set()
    for setting in model.settings_in(route):
        value = coerced(model, setting, values[setting.name]) if setting.name in values else None
        if value is None:
            value = _start(setting)
        else:
            given.add(setting.name)
        result[setting.name] = value
    for rule in _broken(model, route, roles, result):
        if rule.setting in given or not rule.only:
            raise SettingRefused(rule.setting, rule.reason)
        result[rule.setting] = rule.only[0]
    for rule in _broken(model, route, roles, result):
        raise SettingRefused(rule.setting, rule.reason)
    return result


def fitted(
    model: ModelSpec, route: Route, roles: Collection[InputRole], values: Values
) -> dict[str, SettingValue]:
    """Like :func:`checked` for values that may be stale: what does not fit falls back to its default."""
    result: dict[str, SettingValue] = {}
    for setting in model.settings_in(route):
        valid = _valid_or_none(model, setting, values.get(setting.name))
        result[setting.name] = _start(setting) if valid is None else valid
    for rule in _broken(model, route, roles, result):
        result[rule.setting] = rule.only[0] if rule.only else None
    if any(_broken(model, route, roles, result)):
        return checked(model, route, roles, {})
    return result


def _valid_or_none(model: ModelSpec, setting: Setting, value: object) -> SettingValue:
    try:
        return coerced(model, setting, value)
    except SettingRefused:
        return None


def repaired(model: ModelSpec, values: Values) -> dict[str, SettingValue]:
    """Stored settings after the catalog changed: what no route of the model takes any more is dropped."""
    kept: dict[str, SettingValue] = {}
    for route in model.routes:
        for setting in model.settings_in(route):
            valid = _valid_or_none(model, setting, values.get(setting.name))
            if valid is not None:
                kept.setdefault(setting.name, valid)
    return kept


def _broken(model: ModelSpec, route: Route, roles: Collection[InputRole], values: Values) -> Iterator[Rule]:
    return (rule for rule in model.rules if rule.broken_by(route.mode, roles, values))


# --- what the panel offers ---------------------------------------------------------------------


def choices(
    model: ModelSpec, route: Route, roles: Collection[InputRole], values: Values
) -> tuple[SettingView, ...]:
    """The settings that the panel shows, each option with whether it can be had and why not."""
    in_force = fitted(model, route, roles, values)
    return tuple(
        _view(model, route, roles, setting, in_force) for setting in model.settings_in(route) if setting.shown
    )


def _view(
    model: ModelSpec, route: Route, roles: Collection[InputRole], setting: Setting, in_force: Values
) -> SettingView:
    return SettingView(
        name=setting.name,
        label=setting.label,
        kind=setting.kind,
        value=in_force[setting.name],
        default=_start(setting),
        options=tuple(
            _option_view(setting, option, _obstacle(model, route.mode, roles, setting, option, in_force))
            for option in setting.options
        ),
        min=setting.min,
        max=setting.max,
        step=setting.step,
        unit=setting.unit,
        help=setting.help,
    )


def _option_view(setting: Setting, option: Option, obstacle: str) -> OptionView:
    label = option_label(setting, option.value, option.label)
    return OptionView(option.value, label, not obstacle, obstacle)


def _obstacle(  # noqa: PLR0917 - the whole situation is what decides
    model: ModelSpec,
    mode: Mode,
    roles: Collection[InputRole],
    setting: Setting,
    option: Option,
    in_force: Values,
) -> str:
    """Why an option cannot be had beside the settings in force; empty when it can."""
    candidate = {**in_force, setting.name: option.value}
    concerned = (rule for rule in model.rules if setting.name in (rule.setting, *rule.when.settings))
    return next((rule.reason for rule in concerned if rule.broken_by(mode, roles, candidate)), "")
