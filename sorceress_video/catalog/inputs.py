"""What a model takes as media, said at once instead of by the provider after minutes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from sorceress_video.catalog.length import Timed, output_length
from sorceress_video.catalog.schema import InputSpec, Route
from sorceress_video.catalog.terms import InputRole, MediaKind, SettingValue

if TYPE_CHECKING:
    from sorceress_video.catalog.model import ModelSpec

FORMAT_OF_MIME = {
    "image/jpeg": "jpeg",
    "image/png": "png",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/heif": "heif",
    "image/heic": "heif",
    "image/bmp": "bmp",
    "image/gif": "gif",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/webm": "webm",
    "video/x-matroska": "mkv",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/x-wav": "wav",
    "audio/wave": "wav",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "audio/ogg": "ogg",
    "audio/flac": "flac",
}
_SYNONYMS = {"jpg": "jpeg"}
_ASPECT_SLACK = 0.005
_SECONDS_SLACK = 0.05


class MediaFacts(Protocol):
    """What was measured on a file. ``bytes`` is its size; sizes in pixels, length in seconds."""

    @property
    def kind(self) -> str:
        """``image``, ``video`` or ``audio``."""

    @property
    def mime(self) -> str:
        """Media type found by content."""

    @property
    def bytes(self) -> int:
        """Size of the file."""

    @property
    def width(self) -> int | None:
        """Pixels; ``None`` for audio."""

    @property
    def height(self) -> int | None:
        """Pixels; ``None`` for audio."""

    @property
    def seconds(self) -> float | None:
        """Length; ``None`` for images."""


class GivenInput(MediaFacts, Timed, Protocol):
    """A measured file in its role."""


@dataclass(frozen=True, slots=True)
class InputProblem:
    """Why the inputs cannot go to a model, in one sentence."""

    code: str
    sentence: str
    role: InputRole | None


def format_bytes(count: int) -> str:
    """“30 MB”, “4.2 MB”, “900 kB”."""
    if count >= 1_000_000:
        return f"{count / 1_000_000:.1f}".rstrip("0").rstrip(".") + " MB"
    return f"{max(1, round(count / 1000))} kB"


def format_seconds(seconds: float) -> str:
    """“8 s”, “3.4 s”."""
    return f"{seconds:.1f}".rstrip("0").rstrip(".") + " s"


# --- one file ----------------------------------------------------------------------------------

_Check = Callable[[InputSpec, MediaFacts], str | None]


def _kind(spec: InputSpec, facts: MediaFacts) -> str | None:
    if facts.kind == spec.kind.value:
        return None
    return f"takes {_a(spec.kind)} as {_the(spec)}; this is {_a_word(facts.kind)}"


def _format(spec: InputSpec, facts: MediaFacts) -> str | None:
    taken = {_SYNONYMS.get(name, name) for name in spec.formats}
    given = FORMAT_OF_MIME.get(facts.mime, facts.mime.rpartition("/")[2])
    if not taken or given in taken:
        return None
    names = ", ".join(sorted(name.upper() for name in taken))
    return f"takes {names} as {_the(spec)}; this is {given.upper()}"


def _too_heavy(spec: InputSpec, facts: MediaFacts) -> str | None:
    if spec.max_bytes is None or facts.bytes <= spec.max_bytes:
        return None
    return f"takes {_the(spec)} up to {format_bytes(spec.max_bytes)}; this has {format_bytes(facts.bytes)}"


def _too_small(spec: InputSpec, facts: MediaFacts) -> str | None:
    if facts.width is None or facts.height is None:
        return None
    size = f"{facts.width}×{facts.height}"
    if spec.min_side is not None and min(facts.width, facts.height) < spec.min_side:
        return f"needs {_the(spec)} with sides of at least {spec.min_side} px; this is {size}"
    if spec.min_pixels is not None and facts.width * facts.height < spec.min_pixels:
        return f"needs {_the(spec)} of at least {_pixels(spec.min_pixels)}; this is {size}"
    return None


def _too_large(spec: InputSpec, facts: MediaFacts) -> str | None:
    if facts.width is None or facts.height is None:
        return None
    size = f"{facts.width}×{facts.height}"
    if spec.max_side is not None and max(facts.width, facts.height) > spec.max_side:
        return f"takes {_the(spec)} with sides up to {spec.max_side} px; this is {size}"
    if spec.max_pixels is not None and facts.width * facts.height > spec.max_pixels:
        return f"takes {_the(spec)} of up to {_pixels(spec.max_pixels)}; this is {size}"
    return None


def _wrong_aspect(spec: InputSpec, facts: MediaFacts) -> str | None:
    if not facts.width or not facts.height:
        return None
    ratio = facts.width / facts.height
    low, high = spec.min_aspect, spec.max_aspect
    if low is not None and ratio < low - _ASPECT_SLACK:
        return (
            f"takes {_the(spec)} no taller than 1:{1 / low:g}; "
            f"this is {facts.width}×{facts.height} (1:{1 / ratio:.2f})"
        )
    if high is not None and ratio > high + _ASPECT_SLACK:
        return (
            f"takes {_the(spec)} no wider than {high:g}:1; "
            f"this is {facts.width}×{facts.height} ({ratio:.2f}:1)"
        )
    return None


def _too_long(spec: InputSpec, facts: MediaFacts) -> str | None:
    if (
        facts.seconds is None
        or spec.max_seconds is None
        or facts.seconds <= spec.max_seconds + _SECONDS_SLACK
    ):
        return None
    longest = format_seconds(spec.max_seconds)
    return f"takes {_the(spec)} up to {longest}; this lasts {format_seconds(facts.seconds)}"


def _too_short(spec: InputSpec, facts: MediaFacts) -> str | None:
    # A short motion clip is lengthened by the product, so it is no problem of the person.
    if spec.role is InputRole.MOTION_CLIP or facts.seconds is None or spec.min_seconds is None:
        return None
    if facts.seconds >= spec.min_seconds - _SECONDS_SLACK:
        return None
    shortest = format_seconds(spec.min_seconds)
    return f"needs {_the(spec)} of at least {shortest}; this lasts {format_seconds(facts.seconds)}"


_CHECKS: tuple[tuple[str, _Check], ...] = (
    ("wrong_kind", _kind),
    ("wrong_format", _format),
    ("too_heavy", _too_heavy),
    ("too_small", _too_small),
    ("too_large", _too_large),
    ("wrong_aspect", _wrong_aspect),
    ("too_long", _too_long),
    ("too_short", _too_short),
)


def file_problem(model_name: str, spec: InputSpec, facts: MediaFacts) -> InputProblem | None:
    """The first limit that a file breaks, with the model, the limit and what was measured."""
    for code, check in _CHECKS:
        if words := check(spec, facts):
            return InputProblem(code, f"{model_name} {words}.", spec.role)
    return None


def _the(spec: InputSpec) -> str:
    return f"the {spec.role.label.lower()}"


def _a(kind: MediaKind) -> str:
    return _a_word(kind.value)


def _a_word(kind: str) -> str:
    return {"image": "an image", "audio": "audio", "video": "a video"}.get(kind, "another kind of file")


def _pixels(count: int) -> str:
    return f"{count / 1_000_000:.2f} megapixels"


# --- all files of a request --------------------------------------------------------------------


def narrowed(
    route: Route, spec: InputSpec, roles: Collection[InputRole], values: Mapping[str, SettingValue]
) -> InputSpec:
    """The input's limits under the settings in force and beside the other inputs."""
    update: dict[str, object] = {}
    for limit in spec.narrower:
        if not limit.when.holds(route.mode, roles, values):
            continue
        if limit.max_seconds is not None:
            update["max_seconds"] = min(limit.max_seconds, spec.max_seconds or limit.max_seconds)
        if limit.max_items is not None:
            update["max_items"] = limit.max_items
    return spec.model_copy(update=update) if update else spec


def input_problems(
    model: ModelSpec,
    route: Route,
    inputs: Sequence[GivenInput],
    values: Mapping[str, SettingValue],
) -> tuple[InputProblem, ...]:
    """Everything about the given files that the route refuses; missing required ones are not its subject."""
    found: list[InputProblem] = []
    roles = {item.role for item in inputs}
    for spec in route.inputs:
        given = [item for item in inputs if item.role is spec.role]
        if given:
            found += _role_problems(model, narrowed(route, spec, roles, values), given)
    found += _together(model, route, inputs, values)
    return tuple(found)


def _role_problems(model: ModelSpec, spec: InputSpec, given: Sequence[GivenInput]) -> list[InputProblem]:
    found = [problem for item in given if (problem := file_problem(model.name, spec, item))]
    words = f"{spec.role.label.lower()}s"
    if spec.max_items is not None and len(given) > spec.max_items:
        sentence = f"{model.name} takes up to {spec.max_items} {words}; these are {len(given)}."
        found.append(InputProblem("too_many", sentence, spec.role))
    if len(given) < spec.min_items:
        sentence = f"{model.name} needs at least {spec.min_items} {words}; there are {len(given)}."
        found.append(InputProblem("too_few", sentence, spec.role))
    weight = sum(item.bytes for item in given)
    if spec.total_bytes is not None and weight > spec.total_bytes:
        sentence = (
            f"{model.name} takes {words} up to {format_bytes(spec.total_bytes)} together; "
            f"these have {format_bytes(weight)}."
        )
        found.append(InputProblem("too_heavy_together", sentence, spec.role))
    return found + _length_together(model, spec, given)


def _length_together(model: ModelSpec, spec: InputSpec, given: Sequence[GivenInput]) -> list[InputProblem]:
    seconds = sum(item.seconds or 0.0 for item in given)
    words = f"{spec.role.label.lower()}s"
    low, high = spec.min_total_seconds, spec.max_total_seconds
    if high is not None and seconds > high + _SECONDS_SLACK:
        sentence = (
            f"{model.name} takes {words} up to {format_seconds(high)} together; "
            f"these last {format_seconds(seconds)}."
        )
        return [InputProblem("too_long_together", sentence, spec.role)]
    if low and seconds < low - _SECONDS_SLACK:
        sentence = (
            f"{model.name} needs {words} of at least {format_seconds(low)} together; "
            f"these last {format_seconds(seconds)}."
        )
        return [InputProblem("too_short_together", sentence, spec.role)]
    return []


def _together(
    model: ModelSpec,
    route: Route,
    inputs: Sequence[GivenInput],
    values: Mapping[str, SettingValue],
) -> list[InputProblem]:
    roles = {item.role for item in inputs}
    found: list[InputProblem] = []
    for cap in route.caps:
        count = sum(1 for item in inputs if not cap.roles or item.role in cap.roles)
        if count > cap.max_files:
            found.append(InputProblem("too_many_files", f"{cap.reason} These are {count}.", None))
    found += [
        InputProblem("needs_another", need.reason, need.role)
        for need in route.needs
        if (need.role is None or need.role in roles) and not roles & set(need.any_of)
    ]
    found += [
        InputProblem("not_together", conflict.reason, conflict.roles[-1])
        for conflict in route.conflicts
        if roles.issuperset(conflict.roles)
    ]
    return found + _longer_than_output(model, route, inputs, values)


def _longer_than_output(
    model: ModelSpec,
    route: Route,
    inputs: Sequence[GivenInput],
    values: Mapping[str, SettingValue],
) -> list[InputProblem]:
    length = output_length(model, route, values, inputs)
    if length.seconds is None:
        return []
    limit = float(length.seconds)
    found: list[InputProblem] = []
    for spec in route.inputs:
        total = sum(item.seconds or 0.0 for item in inputs if item.role is spec.role)
        if spec.shorter_than_output and total > limit + _SECONDS_SLACK:
            sentence = (
                f"{model.name} needs {spec.role.label.lower()}s shorter than the clip "
                f"({format_seconds(limit)}); these last {format_seconds(total)}."
            )
            found.append(InputProblem("longer_than_clip", sentence, spec.role))
    return found
