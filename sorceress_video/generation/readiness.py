"""What the Generate button says and does: the first thing that is missing, from one table.

The reasons are the plan's own, so the button is ready exactly when the plan would be accepted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from sorceress_video.catalog import Mode, ModelSpec, SettingValue
from sorceress_video.generation.plan import clip_count, in_order, refusals
from sorceress_video.generation.reasons import Reason, ReasonCode
from sorceress_video.generation.requests import InputRef

Action = Literal["sign_in", "show", "generate"]
Target = Literal[
    "sign_in", "models", "start_frame", "character", "motion", "references", "prompt", "settings"
]


@dataclass(frozen=True, slots=True)
class ReadinessFacts:
    """What the page knows. ``models`` are the selected ones; ``settings`` are by model id.

    ``uploading`` is true while a file for this request is still on its way. ``unprepared`` says of a motion
    clip that it is being made long enough, or that it cannot be.
    """

    signed_in: bool
    mode: Mode
    models: Sequence[ModelSpec] = ()
    prompt: str = ""
    inputs: Sequence[InputRef] = ()
    settings: Mapping[str, Mapping[str, SettingValue]] = field(default_factory=dict)
    available_providers: Collection[str] = ()
    uploading: bool = False
    unprepared: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that stands in the way, in one sentence, and the place on the page that mends it."""

    code: str
    sentence: str
    target: Target


@dataclass(frozen=True, slots=True)
class Readiness:
    """The button. ``enabled`` means that a click generates; otherwise a click follows ``action`` to the first
    missing thing's target."""

    label: str
    action: Action
    enabled: bool
    missing: tuple[Missing, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """How one reason shows: its own label, or ``None`` to keep “Generate …”, and where it is mended."""

    label: str | None
    target: Target


SIGN_IN = Missing("signed_out", "Generating needs an account.", "sign_in")
SIGN_IN_LABEL = "Sign in to generate"
UPLOADING = Missing("uploading", "A file is still being uploaded.", "references")

STEPS: dict[ReasonCode, Step] = {
    ReasonCode.NO_MODEL: Step("Select a Model", "models"),
    ReasonCode.UNKNOWN_MODEL: Step("Select a Model", "models"),
    ReasonCode.DUPLICATE_MODEL: Step(None, "models"),
    ReasonCode.MODE_UNSUPPORTED: Step(None, "models"),
    ReasonCode.PROVIDER_LOCKED: Step(None, "models"),
    ReasonCode.START_FRAME_MISSING: Step("Add Start Frame", "start_frame"),
    ReasonCode.CHARACTER_MISSING: Step("Add Character Image", "character"),
    ReasonCode.MOTION_MISSING: Step("Add Motion Video", "motion"),
    ReasonCode.INPUT_MISSING: Step(None, "references"),
    ReasonCode.PROMPT_MISSING: Step("Enter Prompt", "prompt"),
    ReasonCode.PROMPT_TOO_LONG: Step(None, "prompt"),
    ReasonCode.PROMPT_CHARACTERS: Step(None, "prompt"),
    ReasonCode.PROMPT_OR_SHOTS: Step(None, "prompt"),
    ReasonCode.LABEL_WITHOUT_FILE: Step(None, "prompt"),
    ReasonCode.SETTING_REFUSED: Step(None, "settings"),
    ReasonCode.INPUT_UNSUPPORTED: Step(None, "references"),
    ReasonCode.INPUT_REFUSED: Step(None, "references"),
    ReasonCode.DUPLICATE_INPUT: Step(None, "references"),
    ReasonCode.TOO_MANY_CLIPS: Step(None, "models"),
    ReasonCode.BAD_TOKEN: Step(None, "prompt"),
}
"""Every reason of the plan, in the order in which the first one decides the label."""


_COMING = frozenset(
    {
        ReasonCode.START_FRAME_MISSING,
        ReasonCode.CHARACTER_MISSING,
        ReasonCode.MOTION_MISSING,
        ReasonCode.INPUT_MISSING,
    }
)
"""What a running upload is about to mend, so the button does not ask for it again."""


def readiness(facts: ReadinessFacts) -> Readiness:
    """The button's label, what a click does, and everything that is missing, the first thing first."""
    reasons = in_order(
        refusals(
            mode=facts.mode,
            models=facts.models,
            prompt=facts.prompt,
            settings=facts.settings,
            inputs=facts.inputs,
            available_providers=facts.available_providers,
        )
    )
    if facts.uploading:
        reasons = tuple(reason for reason in reasons if reason.code not in _COMING)
    missing = tuple(Missing(reason.code, reason.sentence, STEPS[reason.code].target) for reason in reasons)
    if facts.uploading:
        missing = (*missing, UPLOADING)
    if facts.unprepared:
        missing = (*missing, Missing("unprepared", facts.unprepared, "motion"))
    if not facts.signed_in:
        return Readiness(SIGN_IN_LABEL, "sign_in", enabled=False, missing=(SIGN_IN, *missing))
    if not missing:
        return Readiness(generate_label(facts), "generate", enabled=True, missing=())
    return Readiness(_label(reasons, facts), "show", enabled=False, missing=missing)


def generate_label(facts: ReadinessFacts) -> str:
    """“Generate Video”, or “Generate 3 Videos”."""
    count = clip_count(facts.mode, facts.models, facts.inputs)
    return f"Generate {count} Videos" if count > 1 else "Generate Video"


def _label(reasons: Sequence[Reason], facts: ReadinessFacts) -> str:
    own = STEPS[reasons[0].code].label if reasons else None
    return own or generate_label(facts)
