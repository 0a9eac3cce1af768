"""Why a request cannot become clips: a closed set of codes, each with one sentence for the person."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ReasonCode(StrEnum):
    """What is missing or wrong, in the order in which a person is told."""

    NO_MODEL = "no_model"
    UNKNOWN_MODEL = "unknown_model"
    DUPLICATE_MODEL = "duplicate_model"
    MODE_UNSUPPORTED = "mode_unsupported"
    PROVIDER_LOCKED = "provider_locked"
    START_FRAME_MISSING = "start_frame_missing"
    CHARACTER_MISSING = "character_missing"
    MOTION_MISSING = "motion_missing"
    INPUT_MISSING = "input_missing"
    PROMPT_MISSING = "prompt_missing"
    PROMPT_TOO_LONG = "prompt_too_long"
    PROMPT_CHARACTERS = "prompt_characters"
    PROMPT_OR_SHOTS = "prompt_or_shots"
    LABEL_WITHOUT_FILE = "label_without_file"
    SETTING_REFUSED = "setting_refused"
    INPUT_UNSUPPORTED = "input_unsupported"
    INPUT_REFUSED = "input_refused"
    DUPLICATE_INPUT = "duplicate_input"
    TOO_MANY_CLIPS = "too_many_clips"
    BAD_TOKEN = "bad_token"  # noqa: S105 - a code, not a secret


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason; ``model_id`` where it concerns a single model."""

    code: ReasonCode
    sentence: str
    model_id: str | None = None
