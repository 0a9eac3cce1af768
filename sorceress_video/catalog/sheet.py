"""A model's summary for the person who asks what it can do: rows of words, nothing to compute on the page."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from sorceress_video.catalog.coercion import option_label
from sorceress_video.catalog.inputs import format_bytes, format_seconds
from sorceress_video.catalog.prices import format_micro_usd, micro
from sorceress_video.catalog.rates import Rate
from sorceress_video.catalog.schema import InputSpec
from sorceress_video.catalog.terms import Condition, InputRole, Mode

if TYPE_CHECKING:
    from sorceress_video.catalog.model import ModelSpec

_BILLED = {
    "output": "a second",
    "motion": "a second of the motion video",
    "input_and_output": "a second, with those of the videos given",
}
_OFFERED = (("resolution", "Resolution"), ("duration", "Duration"), ("aspect_ratio", "Aspect ratio"))
_TYPICAL_SHAPE = "16:9"


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One line of the summary; ``group`` is ``does``, ``offers``, ``takes`` or ``costs``."""

    group: str
    label: str
    text: str


def model_sheet(model: ModelSpec) -> tuple[SheetRow, ...]:
    """What the model does, offers, takes and costs, in this order."""
    return (*_does(model), *_offers(model), *_takes(model), *_costs(model))


def _does(model: ModelSpec) -> Iterator[SheetRow]:
    def row(label: str, *, has: bool) -> SheetRow:
        return SheetRow("does", label, "Yes" if has else "No")

    yield row(Mode.TEXT.label, has=Mode.TEXT in model.modes)
    yield row(Mode.IMAGE.label, has=Mode.IMAGE in model.modes)
    yield row("Start and end frame", has=InputRole.END_FRAME in model.accepts(Mode.IMAGE))
    yield row(Mode.MOTION.label, has=Mode.MOTION in model.modes)
    yield row(Mode.MULTIMODAL.label, has=Mode.MULTIMODAL in model.modes)
    yield row("Native audio", has=model.find_setting("audio") is not None or bool(model.fixed.audio))
    yield row("Camera lock", has=model.find_setting("camera_lock") is not None)


def _offers(model: ModelSpec) -> Iterator[SheetRow]:
    for name, label in (
        ("resolution", "Resolution"),
        ("duration", "Duration"),
        ("aspect_ratio", "Aspect ratio"),
    ):
        words = list(dict.fromkeys(_words(model, name)))
        if name == "resolution" and not words and model.fixed.resolution:
            words = [model.fixed.resolution]
        if words:
            yield SheetRow("offers", label, ", ".join(words))
    limits = sorted({model.prompt_in(route).limit for route in model.routes})
    yield SheetRow("offers", "Prompt", f"up to {limits[-1]} characters")
    if model.usual_seconds:
        low, high = model.usual_seconds
        yield SheetRow("offers", "Usual time", f"{format_seconds(low)} to {format_seconds(high)}")


def _words(model: ModelSpec, name: str) -> Iterator[str]:
    for route in model.routes:
        for setting in model.settings_in(route):
            if setting.name == name and setting.options:
                yield from (option_label(setting, option.value, option.label) for option in setting.options)
            elif setting.name == name and setting.min is not None and setting.max is not None:
                yield f"{setting.min:g} to {setting.max:g} {setting.unit}".strip()


def _takes(model: ModelSpec) -> Iterator[SheetRow]:
    seen: set[tuple[InputRole, str]] = set()
    for route in model.routes:
        for spec in route.inputs:
            text = ", ".join(_limits(spec))
            if text and (spec.role, text) not in seen:
                seen.add((spec.role, text))
                yield SheetRow("takes", spec.role.label, text)


def _limits(spec: InputSpec) -> Iterator[str]:
    if spec.array:
        yield f"up to {spec.max_items}" if spec.max_items else "any number"
    if spec.formats:
        yield " / ".join(dict.fromkeys(name.upper().replace("JPG", "JPEG") for name in spec.formats))
    if spec.max_bytes:
        yield f"up to {format_bytes(spec.max_bytes)}"
    if spec.total_bytes:
        yield f"up to {format_bytes(spec.total_bytes)} together"
    if spec.min_side or spec.max_side:
        yield f"sides {_span(spec.min_side, spec.max_side)} px"
    if spec.min_pixels and spec.max_pixels:
        yield f"{spec.min_pixels / 1e6:.2g} to {spec.max_pixels / 1e6:.2g} megapixels"
    if spec.min_aspect and spec.max_aspect:
        yield f"1:{1 / spec.min_aspect:g} to {spec.max_aspect:g}:1"
    if spec.min_seconds or spec.max_seconds:
        yield f"{_span(spec.min_seconds, spec.max_seconds)} s"
    if spec.min_total_seconds or spec.max_total_seconds:
        yield f"{_span(spec.min_total_seconds, spec.max_total_seconds)} s together"


def _span(low: float | None, high: float | None) -> str:
    if low and high:
        return f"{low:g} to {high:g}"
    return f"from {low:g}" if low else f"up to {high:g}"


def _costs(model: ModelSpec) -> Iterator[SheetRow]:
    rates = model.pricing.rates
    for rate in rates:
        label = _circumstances(model, rate.when) or ("Otherwise" if len(rates) > 1 else "Every clip")
        for text in _rate_words(model, rate):
            yield SheetRow("costs", label, text)
    for addition in model.pricing.additions:
        each = f" for each {addition.role.label.lower()}" if addition.role else ""
        label = _circumstances(model, addition.when) or "Every clip"
        yield SheetRow("costs", label, f"+ {format_micro_usd(micro(addition.usd))}{each}")
    for note in model.pricing.notes:
        yield SheetRow("costs", "Note", note)


def _circumstances(model: ModelSpec, when: Condition) -> str:
    parts = [mode.label for mode in when.modes] + [f"with a {role.label.lower()}" for role in when.roles]
    for name, values in when.settings.items():
        setting = model.setting(name)
        labels = {option.value: option.label for option in setting.options}
        words = ", ".join(option_label(setting, value, labels.get(value, "")) for value in values)
        parts.append(f"{setting.label}: {words}")
    return " · ".join(parts)


def _rate_words(model: ModelSpec, rate: Rate) -> Iterator[str]:
    if rate.usd is None:
        yield "not published"
        return
    usd = format_micro_usd(micro(rate.usd * rate.multiplier))
    if rate.kind == "flat":
        yield usd
    elif rate.kind == "per_second":
        yield f"{usd} {_BILLED[rate.basis]}"
    elif rate.kind == "base_plus_second":
        base = format_micro_usd(micro((rate.base_usd or rate.usd) * rate.multiplier))
        yield f"{base} for {rate.base_seconds:g} s, then {usd} a second"
    else:
        yield from _token_words(model, rate)


def _token_words(model: ModelSpec, rate: Rate) -> Iterator[str]:
    """A second in each resolution: tokens mean nothing to the person who pays."""
    for resolution, shapes in model.sizes.items():
        if _TYPICAL_SHAPE in shapes and rate.usd is not None:
            width, height = shapes[_TYPICAL_SHAPE]
            tokens = Decimal(width * height * rate.fps) / 1024
            usd = format_micro_usd(micro(rate.usd * tokens / 1000 * rate.multiplier))
            yield f"{usd} {_BILLED[rate.basis]} at {resolution} {_TYPICAL_SHAPE}"
