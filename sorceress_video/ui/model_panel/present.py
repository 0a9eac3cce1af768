"""From the catalog to cards, settings and summaries. Pure: no Reflex, no database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final

from sorceress_video.catalog import (
    InputRole,
    InputSpec,
    Mode,
    ModelSpec,
    OptionView,
    SettingKind,
    SettingValue,
    SettingView,
    format_micro_usd,
)
from sorceress_video.catalog.inputs import format_bytes, format_seconds
from sorceress_video.catalog.rates import Rate
from sorceress_video.catalog.terms import Condition
from sorceress_video.settings import PROVIDER_KEYS
from sorceress_video.ui.model_panel.models import (
    Badge,
    Fact,
    InfoSheet,
    ModelCard,
    OptionRow,
    SettingRow,
    SettingsSheet,
)

PROVIDER_NAMES: Final = {"fal": "fal", "replicate": "Replicate", "runway": "Runway", "sandbox": "Animatic"}

_MOST_SEGMENTS: Final = 4
_MOST_SEGMENT_LETTERS: Final = 20
_SHORT_KINDS: Final = {
    Mode.TEXT: "Text",
    Mode.IMAGE: "Image",
    Mode.MOTION: "Motion",
    Mode.MULTIMODAL: "Multimodal",
}
_SAID_ELSEWHERE: Final = frozenset({"Motion Match", "Multimodal", "References", "Free"})
"""Badges that a card shows already: as a kind, or as the price."""
_TONES: Final = {
    "New": "accent",
    "Animatic": "accent",
    "Fast": "info",
    "Start frame required": "gold",
    "Character image required": "gold",
}
_CONTROLS: Final = {
    SettingKind.SWITCH: "switch",
    SettingKind.SLIDER: "slider",
    SettingKind.INTEGER: "number",
    SettingKind.SEED: "number",
    SettingKind.TEXT: "text",
}


# --- cards ---------------------------------------------------------------------------------------


def model_card(model: ModelSpec, providers: Collection[str]) -> ModelCard:
    """A model's card; locked where its provider has no key."""
    return ModelCard(
        id=model.id,
        name=model.name,
        vendor=model.vendor,
        kinds=_kinds(model),
        badges=[Badge(word, _TONES.get(word, "quiet")) for word in _badges(model)],
        lock="" if model.provider in providers else lock_line(model.provider),
        has_settings=any(setting.shown and _control_of(setting.kind) for setting in model.settings),
        has_audio=_has_audio(model),
    )


def _badges(model: ModelSpec) -> list[str]:
    return [word for word in model.badges if word not in _SAID_ELSEWHERE and word != model.name]


def lock_line(provider: str) -> str:
    """Which key is missing; for an admin a link to where it is entered."""
    key = PROVIDER_KEYS.get(provider)
    if key is None:  # Of a model file of the deployment's own.
        return f"This version has no provider “{provider}”"
    return f"Needs a {PROVIDER_NAMES[provider]} key ({key.variable})"


def _has_audio(model: ModelSpec) -> bool:
    fixed = (model.fixed, *(route.fixed for route in model.routes if route.fixed))
    return any(part.audio for part in fixed) or any(
        setting.shown and setting.name == "audio" for setting in model.settings
    )


def _kinds(model: ModelSpec) -> list[str]:
    kinds = [_SHORT_KINDS[mode] for mode in model.modes if mode in _SHORT_KINDS]
    if InputRole.END_FRAME in model.accepts(Mode.IMAGE):
        kinds.insert(kinds.index("Image") + 1, "Start–End")
    return kinds


# --- settings ------------------------------------------------------------------------------------


def settings_sheet(
    model: ModelSpec, mode: Mode, roles: Collection[InputRole], values: Mapping[str, SettingValue]
) -> SettingsSheet:
    """The settings of a model in this mode with these inputs."""
    rows = [_row(view) for view in model.choices(mode, roles, values) if _control_of(view.kind)]
    return SettingsSheet(model.id, model.name, model.vendor, rows, any(row.changed for row in rows))


def _control_of(kind: SettingKind) -> str:
    return "select" if kind is SettingKind.CHOICE else _CONTROLS.get(kind, "")


def _row(view: SettingView) -> SettingRow:
    number = view.value if isinstance(view.value, int | float) else 0.0
    return SettingRow(
        name=view.name,
        label=view.label,
        help=view.help,
        control=_choice_control(view.options) if view.options else _control_of(view.kind),
        value="" if view.value is None else _text(view.value),
        checked=view.value is True,
        number=float(number),
        min=float(view.min or 0),
        max=float(view.max or 0),
        step=float(view.step or 0),
        unit=view.unit,
        changed=view.value != view.default,
        options=[_option(option, view.value) for option in view.options],
        reasons=_reasons(view.options),
    )


def _choice_control(options: Sequence[OptionView]) -> str:
    letters = sum(len(option.label) for option in options)
    fits = len(options) <= _MOST_SEGMENTS and letters <= _MOST_SEGMENT_LETTERS
    return "segments" if fits else "select"


def _option(option: OptionView, value: SettingValue) -> OptionRow:
    selected = type(option.value) is type(value) and option.value == value
    return OptionRow(_text(option.value), option.label, option.enabled, selected, option.reason)


def _reasons(options: Sequence[OptionView]) -> list[str]:
    """“4 s, 6 s: only with 720p.”: each reason once, after all that it rules out."""
    ruled_out: dict[str, list[str]] = {}
    for option in options:
        if option.reason:
            ruled_out.setdefault(option.reason, []).append(option.label)
    return [f"{', '.join(labels)}: {reason}" for reason, labels in ruled_out.items()]


def _text(value: SettingValue) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


# --- summary -------------------------------------------------------------------------------------


def info_sheet(model: ModelSpec) -> InfoSheet:
    """Everything that the catalog knows of a model, in words."""
    return InfoSheet(
        model_id=model.id,
        name=model.name,
        vendor=model.vendor,
        summary=model.summary,
        abilities=_abilities(model),
        facts=_facts(model),
        limits=_limits(model),
        prices=_prices(model),
        notes=list(model.pricing.notes[:1]),
    )


def _abilities(model: ModelSpec) -> list[Fact]:
    names = {setting.name for setting in model.settings if setting.shown}
    start_and_end = InputRole.END_FRAME in model.accepts(Mode.IMAGE)
    table = [(mode.label, mode in model.modes) for mode in _SHORT_KINDS]
    table[2:2] = [("Start and end frame", start_and_end)]
    table += [
        ("Native audio", _has_audio(model)),
        ("Camera lock", "camera_lock" in names or "camera_fixed" in names),
    ]
    return [Fact(label, yes=yes) for label, yes in table]


def _facts(model: ModelSpec) -> list[Fact]:
    facts = [
        Fact("Resolution", _offered(model, "resolution") or model.fixed.resolution or ""),
        Fact("Duration", _offered(model, "duration") or _fixed_seconds(model)),
        Fact("Aspect ratio", _offered(model, "aspect_ratio") or model.fixed.aspect_ratio or ""),
        Fact("Prompt", f"up to {model.prompt.limit:,} characters".replace(",", "\u202f")),
        Fact("Usually takes", _usual(model)),
    ]
    return [fact for fact in facts if fact.text]


def _offered(model: ModelSpec, name: str) -> str:
    labels = dict.fromkeys(
        option.label
        for mode in model.modes
        for view in model.choices(mode, frozenset(), {})
        if view.name == name
        for option in view.options
    )
    numbers = sorted(int(number) for label in labels if (number := label.removesuffix(" s")).isdigit())
    run = list(range(numbers[0], numbers[-1] + 1)) if numbers else []
    if name == "duration" and len(numbers) > 3 and numbers == run:
        others = [label for label in labels if not label.removesuffix(" s").isdigit()]
        return ", ".join([*others, f"{numbers[0]} – {numbers[-1]} s"])
    return ", ".join(sorted(labels, key=_number) if name == "duration" else labels)


def _number(label: str) -> float:
    digits = label.removesuffix(" s")
    return float(digits) if digits.isdigit() else -1.0


def _fixed_seconds(model: ModelSpec) -> str:
    return "" if model.fixed.seconds is None else format_seconds(float(model.fixed.seconds))


def _usual(model: ModelSpec) -> str:
    if model.usual_seconds is None:
        return ""
    low, high = model.usual_seconds
    return f"{_clock(low)} – {_clock(high)}"


def _clock(seconds: float) -> str:
    return f"{seconds:g} s" if seconds < 90 else f"{seconds / 60:.1f}".removesuffix(".0") + " min"


def _limits(model: ModelSpec) -> list[Fact]:
    specs = {spec.role: spec for route in model.routes for spec in route.inputs}
    return [Fact(role.label, words) for role, spec in specs.items() if (words := _limit_words(spec))]


def _limit_words(spec: InputSpec) -> str:
    parts = [
        ", ".join(dict.fromkeys(name.upper().replace("JPG", "JPEG") for name in spec.formats)),
        f"up to {format_bytes(spec.max_bytes)}" if spec.max_bytes else "",
        _sides(spec),
        _aspects(spec),
        _lengths(spec),
        f"up to {spec.max_items} files" if spec.array and spec.max_items else "",
    ]
    return " · ".join(part for part in parts if part)


def _sides(spec: InputSpec) -> str:
    if spec.min_side and spec.max_side:
        return f"sides {spec.min_side} – {spec.max_side} px"
    if spec.min_side:
        return f"sides from {spec.min_side} px"
    return f"sides up to {spec.max_side} px" if spec.max_side else ""


def _aspects(spec: InputSpec) -> str:
    if spec.min_aspect and spec.max_aspect:
        return f"between 1:{1 / spec.min_aspect:.3g} and {spec.max_aspect:.3g}:1"
    return ""


def _lengths(spec: InputSpec) -> str:
    if spec.min_seconds and spec.max_seconds:
        return f"{spec.min_seconds:g} – {format_seconds(spec.max_seconds)}"
    return f"up to {format_seconds(spec.max_seconds)}" if spec.max_seconds else ""


def _prices(model: ModelSpec) -> list[Fact]:
    rates = [Fact(_when(model, rate.when) or "Otherwise", _rate_words(rate)) for rate in model.pricing.rates]
    if len(rates) == 1 and rates[0].label == "Otherwise":
        rates = [Fact("Each clip", rates[0].text)]
    added = [
        Fact(
            _when(model, addition.when)
            or (f"Each {addition.role.label.lower()}" if addition.role else "Each clip"),
            f"+ {format_micro_usd(int(addition.usd * 1_000_000))}",
        )
        for addition in model.pricing.additions
    ]
    return rates + added


def _when(model: ModelSpec, when: Condition) -> str:
    parts = [mode.label for mode in when.modes]
    parts += [f"with {role.label.lower()}" for role in when.roles]
    for name, values in when.settings.items():
        setting = model.find_setting(name)
        label = setting.label if setting else name
        words = {option.value: option.label for option in setting.options} if setting else {}
        for value in values:
            if isinstance(value, bool):
                parts.append(label if value else f"without {label.lower()}")
            else:
                parts.append(words.get(value) or str(value))
    text = ", ".join(parts)
    return text[:1].upper() + text[1:]


def _rate_words(rate: Rate) -> str:
    if rate.usd is None:
        return "not published"
    price = format_micro_usd(int(rate.usd * rate.multiplier * 1_000_000))
    if rate.kind == "flat" or not (rate.usd or rate.base_usd):
        return price if price == "free" else f"{price} a clip"
    if rate.kind == "per_1k_tokens":
        return f"{price} per 1\u202f000 tokens"
    if rate.kind == "base_plus_second":
        base = format_micro_usd(int((rate.base_usd or 0) * rate.multiplier * 1_000_000))
        return f"{base} up to {rate.base_seconds:g} s, then {price} a second"
    basis = {"motion": " of motion video", "input_and_output": " of input and clip"}.get(rate.basis, "")
    return f"{price} a second{basis}"
