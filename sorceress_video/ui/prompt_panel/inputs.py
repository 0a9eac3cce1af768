"""The files of a request as the panel holds and shows them. Pure: no Reflex, no database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sorceress_video.catalog import InputRole, MediaKind, Mode, ModelSpec, NoRoute, SettingValue, label_of
from sorceress_video.catalog.inputs import format_seconds
from sorceress_video.generation.requests import InputRef, roles_of
from sorceress_video.ui.prompt_panel.models import Frame, Note, Reference, Slot, Tray, TrayItem

PANEL_ROLES: Final[Mapping[Mode, tuple[InputRole, ...]]] = {
    Mode.TEXT: (),
    Mode.IMAGE: (InputRole.START_FRAME, InputRole.END_FRAME),
    Mode.MOTION: (InputRole.CHARACTER, InputRole.MOTION_CLIP),
    Mode.MULTIMODAL: (InputRole.REFERENCE_IMAGE, InputRole.REFERENCE_VIDEO, InputRole.REFERENCE_AUDIO),
}
"""Every mode that has a panel, and the inputs that it asks for, in their order."""

SLOT_ROLES: Final = frozenset({InputRole.START_FRAME, InputRole.END_FRAME, InputRole.CHARACTER})
"""Places for one picture; the others are trays for several files."""
ALWAYS_SENT: Final = frozenset({InputRole.START_FRAME, InputRole.CHARACTER, InputRole.MOTION_CLIP})
"""What every model of its mode needs; other inputs go along only where all selected models take them."""
MOST_FILES: Final[Mapping[InputRole, int]] = {
    InputRole.MOTION_CLIP: 24,
    InputRole.REFERENCE_IMAGE: 9,
    InputRole.REFERENCE_VIDEO: 3,
    InputRole.REFERENCE_AUDIO: 3,
}
KINDS: Final[Mapping[InputRole, MediaKind]] = {
    InputRole.START_FRAME: MediaKind.IMAGE,
    InputRole.END_FRAME: MediaKind.IMAGE,
    InputRole.CHARACTER: MediaKind.IMAGE,
    InputRole.MOTION_CLIP: MediaKind.VIDEO,
    InputRole.REFERENCE_IMAGE: MediaKind.IMAGE,
    InputRole.REFERENCE_VIDEO: MediaKind.VIDEO,
    InputRole.REFERENCE_AUDIO: MediaKind.AUDIO,
}
_TRAY_LABELS: Final = {
    InputRole.MOTION_CLIP: "Motion Reference Videos",
    InputRole.REFERENCE_IMAGE: "Reference Images",
    InputRole.REFERENCE_VIDEO: "Reference Videos",
    InputRole.REFERENCE_AUDIO: "Reference Audio",
}
_ASPECT_SLACK: Final = 0.02
_SECONDS_SLACK: Final = 0.05


@dataclass(frozen=True)
class StoredInput:
    """A file of the account in its place, with what was measured on it.

    ``fitted`` is a longer version of a motion clip that is too short for a selected model; ``trouble`` says
    why there cannot be one.
    """

    ref: InputRef
    name: str
    url: str
    poster_url: str
    fitted: InputRef | None = None
    trouble: str = ""


Inputs = Mapping[InputRole, Sequence[StoredInput]]


@dataclass(frozen=True)
class Intake:
    """What decides about the inputs: selected models, mode, files, and settings by model id."""

    models: Sequence[ModelSpec]
    mode: Mode
    inputs: Inputs
    settings: Mapping[str, Mapping[str, SettingValue]]


def least_motion(models: Sequence[ModelSpec]) -> float:
    """Seconds that a motion clip needs, so that every selected model takes it; 0 where none says."""
    return max((bound[0] for bound in _motion_bounds(models)), default=0.0)


def most_motion(models: Sequence[ModelSpec]) -> float | None:
    """Seconds that a motion clip may have, so that every selected model takes it."""
    return min((bound[1] for bound in _motion_bounds(models) if bound[1] is not None), default=None)


def _motion_bounds(models: Sequence[ModelSpec]) -> list[tuple[float, float | None]]:
    specs = [
        spec
        for model in models
        for route in model.routes
        if route.mode is Mode.MOTION and (spec := route.input(InputRole.MOTION_CLIP))
    ]
    return [(spec.min_seconds or 0.0, spec.max_seconds) for spec in specs]


def is_short(ref: InputRef, least: float) -> bool:
    """Whether a motion clip has to be lengthened."""
    return ref.seconds is not None and ref.seconds < least - _SECONDS_SLACK


def needs_fitting(stored: StoredInput, least: float) -> bool:
    """Whether a longer version of a motion clip is still missing."""
    if not is_short(stored.ref, least) or stored.trouble:
        return False
    return stored.fitted is None or is_short(stored.fitted, least)


def taken(models: Sequence[ModelSpec], mode: Mode, inputs: Inputs) -> tuple[InputRef, ...]:
    """The files that go along: those of the mode, optional ones only where every model takes them.

    What not every model takes stays in its place, unused, and the place says so.
    """
    least = least_motion(models)
    return tuple(
        _sent(stored, role, least)
        for role in PANEL_ROLES[mode]
        if role in ALWAYS_SENT or not lacking(models, mode, role)
        for stored in inputs.get(role, ())
    )


def _sent(stored: StoredInput, role: InputRole, least: float) -> InputRef:
    fits = stored.fitted is not None and not is_short(stored.fitted, least)
    if role is InputRole.MOTION_CLIP and fits and is_short(stored.ref, least):
        return stored.fitted or stored.ref
    return stored.ref


def lacking(models: Sequence[ModelSpec], mode: Mode, role: InputRole) -> list[str]:
    """Names of the selected models that do not take an input of this role."""
    return [model.name for model in models if role not in model.accepts(mode)]


def preparing(models: Sequence[ModelSpec], mode: Mode, inputs: Inputs) -> list[StoredInput]:
    """The motion clips that are being made long enough."""
    if mode is not Mode.MOTION:
        return []
    least = least_motion(models)
    return [stored for stored in inputs.get(InputRole.MOTION_CLIP, ()) if needs_fitting(stored, least)]


def unprepared(models: Sequence[ModelSpec], mode: Mode, inputs: Inputs) -> str:
    """What keeps the motion clips from being sent as they are; empty where nothing does."""
    if mode is not Mode.MOTION:
        return ""
    least = least_motion(models)
    for stored in inputs.get(InputRole.MOTION_CLIP, ()):
        if stored.trouble and is_short(_sent(stored, InputRole.MOTION_CLIP, least), least):
            return f"{stored.name or 'A motion video'} is too short and cannot be prepared: remove it."
    return "A motion video is being prepared." if preparing(models, mode, inputs) else ""


# --- what the panel shows


def slots(given: Intake) -> list[Slot]:
    """The places for one picture in this mode."""
    shown = []
    for role in PANEL_ROLES[given.mode]:
        if role not in SLOT_ROLES:
            continue
        reason = _why_not(given, role, "one")
        stored = next(iter(given.inputs.get(role, ())), None)
        shown.append(
            Slot(
                role=role.value,
                label=role.label,
                optional=role not in ALWAYS_SENT,
                usable=not reason,
                reason=reason,
                frame=_frame(stored) if stored else None,
            )
        )
    return shown


def trays(given: Intake) -> list[Tray]:
    """The places for several files in this mode."""
    return [
        Tray(
            role=role.value,
            label=_TRAY_LABELS[role],
            kind=KINDS[role].value,
            most=MOST_FILES[role],
            optional=role not in ALWAYS_SENT,
            reason=_why_not(given, role, "any"),
            note=_tray_note(given, role),
            items=[
                _item(given, role, number, stored)
                for number, stored in enumerate(given.inputs.get(role, ()), start=1)
            ],
        )
        for role in PANEL_ROLES[given.mode]
        if role not in SLOT_ROLES
    ]


def references(mode: Mode, inputs: Inputs) -> list[Reference]:
    """What a prompt can name with ``@`` in this mode."""
    if mode is not Mode.MULTIMODAL:
        return []
    return [
        Reference(
            label=label_of(role, number),
            kind=KINDS[role].value,
            name=stored.name,
            thumb_url=stored.poster_url if KINDS[role] is not MediaKind.AUDIO else "",
            seconds=stored.ref.seconds or 0.0,
        )
        for role in PANEL_ROLES[mode]
        for number, stored in enumerate(inputs.get(role, ()), start=1)
    ]


def notes(given: Intake) -> list[Note]:
    """Remarks on the pictures in the slots: what a model will not take, and what it will crop."""
    pictures = [ref for ref in taken(given.models, given.mode, given.inputs) if ref.role in SLOT_ROLES]
    remarks = [Note(problem, "bad") for ref in pictures if (problem := _problem(given, ref))]
    start = next((ref for ref in pictures if ref.role is InputRole.START_FRAME), None)
    if start is not None:
        remarks += [
            Note(words, "info") for model in given.models if (words := _crop(given, model, pictures, start))
        ]
    return remarks


def _why_not(given: Intake, role: InputRole, what: str) -> str:
    names = [] if role in ALWAYS_SENT else lacking(given.models, given.mode, role)
    return f"{' and '.join(names)} {'do' if len(names) > 1 else 'does'} not take {what}." if names else ""


def _tray_note(given: Intake, role: InputRole) -> str:
    """“3 clips × 2 models = 6 jobs”."""
    models, clips = given.models, len(given.inputs.get(role, ()))
    if role is not InputRole.MOTION_CLIP or not clips:
        return ""
    words = f"{clips} clip{'s' if clips > 1 else ''}"
    if len(models) < 2:
        return f"{words}, {clips} job{'s' if clips > 1 else ''}" if models else words
    return f"{words} × {len(models)} models = {clips * len(models)} jobs"


def _item(given: Intake, role: InputRole, number: int, stored: StoredInput) -> TrayItem:
    motion = role is InputRole.MOTION_CLIP
    least, ref = (least_motion(given.models) if motion else 0.0), stored.ref
    waiting = motion and needs_fitting(stored, least)
    sent = _sent(stored, role, least)
    problem = stored.trouble or _problem(given, ref)
    longest = most_motion(given.models) if motion else None
    return TrayItem(
        asset_id=ref.asset_id,
        name=stored.name,
        label=f"Clip {number}" if motion else label_of(role, number),
        thumb_url="" if ref.kind is MediaKind.AUDIO else stored.poster_url,
        url=stored.url,
        length=_length_words(ref, sent),
        size=f"{ref.width} × {ref.height}" if ref.width and ref.height else "",
        preparing=waiting,
        problem=problem,
        trim_to=longest if longest and ref.seconds and ref.seconds > longest + _SECONDS_SLACK else 0.0,
        seconds=ref.seconds or 0.0,
    )


def _length_words(ref: InputRef, sent: InputRef) -> str:
    """“1.5 s”; “1.5 → 3.1 s” where a longer version goes along."""
    if ref.seconds is None:
        return ""
    if sent.asset_id == ref.asset_id or sent.seconds is None:
        return format_seconds(ref.seconds)
    return f"{format_seconds(ref.seconds).removesuffix(' s')} → {format_seconds(sent.seconds)}"


def _problem(given: Intake, ref: InputRef) -> str:
    """The first limit of a selected model that the file breaks."""
    for model in given.models:
        if ref.role not in ALWAYS_SENT and ref.role not in model.accepts(given.mode):
            continue
        values = given.settings.get(model.id, {})
        if problem := model.input_problem(ref.role, ref, mode=given.mode, given=values):
            return problem
    return ""


def _crop(given: Intake, model: ModelSpec, inputs: Sequence[InputRef], start: InputRef) -> str:
    """“Veo 3.1 Fast crops this frame to 16:9.” where the clip's shape is not the frame's."""
    values = given.settings.get(model.id, {})
    try:
        shape = model.output_shape(given.mode, roles_of(inputs), values, inputs)
    except NoRoute:
        return ""
    wide, _, high = (shape.aspect or "").partition(":")
    if not (wide.isdigit() and high.isdigit() and start.width and start.height):
        return ""
    if abs(start.width / start.height / (int(wide) / int(high)) - 1) <= _ASPECT_SLACK:
        return ""
    return f"{model.name} crops this frame to {shape.aspect}."


def _frame(stored: StoredInput) -> Frame:
    ref = stored.ref
    size = f"{ref.width} × {ref.height}" if ref.width and ref.height else ""
    return Frame(ref.asset_id, stored.name, stored.url, stored.poster_url, size)
