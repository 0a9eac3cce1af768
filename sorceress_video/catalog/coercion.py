"""One setting's value: from what a form, a stored preference or the API sent to the exact wire value."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from sorceress_video.catalog.errors import SettingRefused
from sorceress_video.catalog.schema import SEED_RANGE, ItemField, Setting
from sorceress_video.catalog.terms import SettingKind, SettingValue, same_value

if TYPE_CHECKING:
    from sorceress_video.catalog.model import ModelSpec

_WHOLE = re.compile(r"-?[0-9]{1,19}")
_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,15})?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_MAX_TEXT = 10_000
_MAX_LIST = 32


def has_control_characters(text: str) -> bool:
    """Whether a text holds NUL, other control characters (not line breaks or tabs) or lone surrogates."""
    return _CONTROL.search(text) is not None


def option_label(setting: Setting, value: object, label: str = "") -> str:
    """Words for a choice: its own label, else the wire value with the setting's unit (“8 s”)."""
    if label:
        return label
    text = str(value)
    if isinstance(value, bool):
        return "On" if value else "Off"
    if setting.unit and (number := re.fullmatch(r"(\d+(?:\.\d+)?)[a-z]*", text)):
        return f"{number[1]} {setting.unit}"
    return text[:1].upper() + text[1:] if text.isalpha() else text


def coerced(model: ModelSpec, setting: Setting, value: object) -> SettingValue:
    """The wire value that ``value`` stands for.

    Text from a form is understood (``"5"`` for the choice ``5``); everything else must be exact.

    Raises:
        SettingRefused: the setting does not take the value; the sentence says what it takes.
    """
    if value is None or (value == "" and setting.kind is not SettingKind.TEXT):
        if setting.required:
            raise SettingRefused(setting.name, f"{model.name} needs {_lower(setting.label)}.")
        return None
    return _BY_KIND[setting.kind](model, setting, value)


def _choice(model: ModelSpec, setting: Setting, value: object) -> SettingValue:
    values = [option.value for option in setting.options]
    for candidate in values:
        if same_value(candidate, value):
            return candidate
    if isinstance(value, str):
        for candidate in values:
            if not isinstance(candidate, str) and str(candidate).lower() == value.lower():
                return candidate
    offered = ", ".join(option_label(setting, option.value, option.label) for option in setting.options)
    raise SettingRefused(
        setting.name,
        f"{model.name} does not offer {_lower(setting.label)} {_shown(value)}; it offers {offered}.",
    )


def _switch(model: ModelSpec, setting: Setting, value: object) -> SettingValue:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise SettingRefused(setting.name, f"{setting.label} of {model.name} is on or off, not {_shown(value)}.")


def _integer(model: ModelSpec, setting: Setting, value: object) -> SettingValue:
    number = _as_int(value)
    if number is None:
        raise SettingRefused(
            setting.name, f"{setting.label} of {model.name} is a whole number, not {_shown(value)}."
        )
    _refuse_outside(model, setting, number)
    return number


def _seed(model: ModelSpec, setting: Setting, value: object) -> SettingValue:
    low = SEED_RANGE[0] if setting.min is None else int(setting.min)
    high = SEED_RANGE[1] if setting.max is None else int(setting.max)
    number = _as_int(value)
    if number is None or not low <= number <= high:
        raise SettingRefused(
            setting.name,
            f"A seed of {model.name} is a whole number from {low} to {high}, not {_shown(value)}.",
        )
    return number


def _slider(model: ModelSpec, setting: Setting, value: object) -> SettingValue:
    number: float | None = None
    if isinstance(value, int | float) and not isinstance(value, bool):
        number = float(value) if abs(value) < 1e15 else None
    elif isinstance(value, str) and _DECIMAL.fullmatch(value):
        number = float(value)
    if number is None or not math.isfinite(number):
        raise SettingRefused(
            setting.name, f"{setting.label} of {model.name} is a number, not {_shown(value)}."
        )
    _refuse_outside(model, setting, number)
    return number


def _text(model: ModelSpec, setting: Setting, value: object) -> SettingValue:
    if not isinstance(value, str):
        raise SettingRefused(setting.name, f"{setting.label} of {model.name} is text, not {_shown(value)}.")
    limit = setting.max_chars or _MAX_TEXT
    if len(value) > limit:
        raise SettingRefused(
            setting.name,
            f"{setting.label} of {model.name} takes {limit} characters, this text has {len(value)}.",
        )
    if has_control_characters(value):
        raise SettingRefused(setting.name, f"{setting.label} holds characters that cannot be sent.")
    return value


def _list(model: ModelSpec, setting: Setting, value: object) -> SettingValue:
    if not isinstance(value, list):
        raise SettingRefused(setting.name, f"{setting.label} of {model.name} is a list, not {_shown(value)}.")
    if setting.takes_files and value:
        raise SettingRefused(
            setting.name, f"{setting.label} of {model.name} takes files, which a plain setting cannot carry."
        )
    limit = setting.max_items or _MAX_LIST
    if len(value) > limit:
        raise SettingRefused(
            setting.name, f"{setting.label} of {model.name} takes {limit} entries, these are {len(value)}."
        )
    entries: list[object] = [_item(model, setting, entry) for entry in value]
    _refuse_long_shots(model, setting, entries)
    return entries or None


def _item(model: ModelSpec, setting: Setting, entry: object) -> object:
    if setting.items[0].name == "":
        return _item_value(model, setting, setting.items[0], entry)
    if not isinstance(entry, dict):
        raise SettingRefused(setting.name, f"Each entry of {_lower(setting.label)} has named fields.")
    known = {item.name for item in setting.items}
    foreign = [key for key in entry if key not in known]
    if foreign:
        raise SettingRefused(setting.name, f"{setting.label} has no field {_shown(foreign[0])}.")
    filled: dict[str, object] = {}
    for item in setting.items:
        value = entry.get(item.name, item.default)
        if value is not None:
            filled[item.name] = _item_value(model, setting, item, value)
        elif item.required:
            raise SettingRefused(setting.name, f"Each entry of {_lower(setting.label)} needs {item.name}.")
    return filled


def _item_value(model: ModelSpec, setting: Setting, item: ItemField, value: object) -> SettingValue:
    kind = SettingKind.CHOICE if item.kind == "choice" else SettingKind.TEXT
    single = Setting(
        name=setting.name,
        label=f"{setting.label}: {item.name}" if item.name else setting.label,
        kind=kind,
        options=item.options,
        max_chars=item.max_chars,
    )
    checked = _BY_KIND[kind](model, single, value)
    if item.required and checked == "":
        raise SettingRefused(setting.name, f"Each entry of {_lower(setting.label)} needs {item.name}.")
    return checked


def _refuse_long_shots(model: ModelSpec, setting: Setting, entries: list[object]) -> None:
    if setting.seconds_item is None or setting.max_total_seconds is None:
        return
    total = sum(int(entry.get(setting.seconds_item, 0)) for entry in entries if isinstance(entry, dict))
    if total > setting.max_total_seconds:
        raise SettingRefused(
            setting.name,
            f"{setting.label} of {model.name} may last {setting.max_total_seconds} s together, "
            f"these last {total} s.",
        )


_BY_KIND: dict[SettingKind, Callable[[ModelSpec, Setting, object], SettingValue]] = {
    SettingKind.CHOICE: _choice,
    SettingKind.SWITCH: _switch,
    SettingKind.INTEGER: _integer,
    SettingKind.SEED: _seed,
    SettingKind.SLIDER: _slider,
    SettingKind.TEXT: _text,
    SettingKind.LIST: _list,
}


def _as_int(value: object) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        return int(value)
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        return int(value)
    return None


def _refuse_outside(model: ModelSpec, setting: Setting, number: float) -> None:
    if not setting.within(number):
        low = "any" if setting.min is None else f"{setting.min:g}"
        high = "any" if setting.max is None else f"{setting.max:g}"
        raise SettingRefused(
            setting.name,
            f"{setting.label} of {model.name} goes from {low} to {high}, not {_shown(number)}.",
        )


def _lower(label: str) -> str:
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else repr(value) if isinstance(value, int | float) else "this"
    text = "".join(character if character.isprintable() else "�" for character in text[:40])
    return f"“{text}”" if isinstance(value, str) else text
