"""How long and how large a clip will be, from its settings and inputs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING, Protocol

from sorceress_video.catalog.schema import Route
from sorceress_video.catalog.terms import InputRole, Mode, SettingKind, SettingValue

if TYPE_CHECKING:
    from sorceress_video.catalog.model import ModelSpec

_SECONDS = re.compile(r"(\d+(?:\.\d+)?)s?")
_RESOLUTION = re.compile(r"(\d{3,4})[pP]")
_ASPECT = re.compile(r"(\d{1,2}):(\d{1,2})")
_NAMED_RESOLUTIONS = {"2k": 1440, "4k": 2160}
_DEFAULT_FPS = 24


class Timed(Protocol):
    """An input as far as length and price need it; sizes in pixels, length in seconds."""

    @property
    def role(self) -> InputRole:
        """What the file does."""

    @property
    def width(self) -> int | None:
        """Pixels; ``None`` for audio."""

    @property
    def height(self) -> int | None:
        """Pixels; ``None`` for audio."""

    @property
    def seconds(self) -> float | None:
        """Length; ``None`` for images."""


@dataclass(frozen=True, slots=True)
class Length:
    """Seconds of output; ``bound`` marks the longest that the model may choose by itself."""

    seconds: Decimal | None
    bound: bool = False


@dataclass(frozen=True, slots=True)
class OutputShape:
    """What will come out, as far as it is known beforehand; sizes in pixels."""

    resolution: str | None
    aspect: str | None
    seconds: float | None
    width: int | None
    height: int | None


def seconds_in(value: object) -> Decimal | None:
    """Seconds that a duration value says (``8``, ``"8"``, ``"8s"``); ``None`` for “auto” and 0."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return Decimal(str(value)) if value > 0 else None
    if isinstance(value, str) and (match := _SECONDS.fullmatch(value)):
        return Decimal(match[1]) or None
    return None


def output_length(
    model: ModelSpec, route: Route, values: Mapping[str, SettingValue], inputs: Sequence[Timed]
) -> Length:
    """Length of the clip: shots, frames, duration, what is fixed, or the motion clip, in this order."""
    shots = _shots_seconds(model, values)
    if shots is not None:
        return Length(shots)
    frames = values.get("frames")
    if isinstance(frames, int) and not isinstance(frames, bool):
        return Length(Decimal(frames) / _fps(model, route, values))
    if "duration" in values:
        exact = seconds_in(values["duration"])
        return Length(exact) if exact is not None else Length(_longest(model, route), bound=True)
    for fixed in (route.fixed, model.fixed):
        if fixed is not None and fixed.seconds is not None:
            return Length(Decimal(str(fixed.seconds)))
    return Length(motion_seconds(route, inputs)) if route.mode is Mode.MOTION else Length(None)


def motion_seconds(route: Route, inputs: Sequence[Timed]) -> Decimal | None:
    """Seconds of the motion clip, after a short one was lengthened to the model's minimum."""
    clip = next((item for item in inputs if item.role is InputRole.MOTION_CLIP), None)
    if clip is None or clip.seconds is None:
        return None
    spec = route.input(InputRole.MOTION_CLIP)
    least = spec.min_seconds if spec is not None and spec.min_seconds is not None else 0.0
    return Decimal(str(max(clip.seconds, least)))


def _shots_seconds(model: ModelSpec, values: Mapping[str, SettingValue]) -> Decimal | None:
    for name, value in values.items():
        setting = model.find_setting(name)
        if setting is not None and setting.seconds_item and isinstance(value, list) and value:
            lengths = [seconds_in(entry.get(setting.seconds_item)) for entry in value]
            return sum((length for length in lengths if length is not None), Decimal(0))
    return None


def _fps(model: ModelSpec, route: Route, values: Mapping[str, SettingValue]) -> int:
    chosen = values.get("fps")
    if isinstance(chosen, int) and not isinstance(chosen, bool) and chosen > 0:
        return chosen
    return (route.fixed and route.fixed.fps) or model.fixed.fps or _DEFAULT_FPS


def _longest(model: ModelSpec, route: Route) -> Decimal | None:
    setting = model.setting_in(route, "duration")
    if setting.kind is not SettingKind.CHOICE:
        return None if setting.max is None else Decimal(str(setting.max))
    known = [seconds for option in setting.options if (seconds := seconds_in(option.value)) is not None]
    return max(known, default=None)


def output_shape(
    model: ModelSpec, route: Route, values: Mapping[str, SettingValue], inputs: Sequence[Timed]
) -> OutputShape:
    """Resolution label, aspect ratio, length and size of the clip as far as they are known now."""
    resolution = _known(values.get("resolution")) or _fixed(model, route, "resolution")
    aspect = _known(values.get("aspect_ratio")) or _fixed(model, route, "aspect_ratio")
    length = output_length(model, route, values, inputs)
    seconds = None if length.seconds is None or length.bound else float(length.seconds)
    width, height = _size(model, resolution, aspect, _frame_ratio(inputs))
    return OutputShape(resolution, aspect, seconds, width, height)


def _known(value: object) -> str | None:
    return value if isinstance(value, str) and value and value != "auto" else None


def _fixed(model: ModelSpec, route: Route, part: str) -> str | None:
    for fixed in (route.fixed, model.fixed):
        value: str | None = getattr(fixed, part, None)
        if value is not None:
            return value
    return None


def _frame_ratio(inputs: Sequence[Timed]) -> Fraction | None:
    leading = (InputRole.START_FRAME, InputRole.CHARACTER, InputRole.END_FRAME, InputRole.SOURCE_VIDEO)
    for role in leading:
        for item in inputs:
            if item.role is role and item.width and item.height:
                return Fraction(item.width, item.height)
    return None


def _size(
    model: ModelSpec, resolution: str | None, aspect: str | None, frame: Fraction | None
) -> tuple[int | None, int | None]:
    if resolution is not None and aspect is not None:
        listed = model.sizes.get(resolution, {}).get(aspect)
        if listed is not None:
            return listed
    short = _short_side(resolution)
    ratio = aspect_ratio(aspect) or frame
    if short is None or ratio is None:
        return None, None
    long = _even(short * (ratio if ratio >= 1 else 1 / ratio))
    return (long, _even(Fraction(short))) if ratio >= 1 else (_even(Fraction(short)), long)


def aspect_ratio(label: str | None) -> Fraction | None:
    """Width divided by height of a label such as “16:9”."""
    match = _ASPECT.fullmatch(label or "")
    return Fraction(int(match[1]), int(match[2])) if match and int(match[2]) else None


def _short_side(resolution: str | None) -> int | None:
    if resolution is None:
        return None
    if match := _RESOLUTION.fullmatch(resolution):
        return int(match[1])
    return _NAMED_RESOLUTIONS.get(resolution.lower())


def _even(length: Fraction) -> int:
    # H.264 in 4:2:0 needs even sides.
    return max(2, round(length / 2) * 2)
