"""fal's errors as a table: what each means for the clip, what was charged, and how a person is told.

Two shapes come over the wire. A model answers ``{"detail": [{"loc", "msg", "type", "ctx"?}]}``; fal itself
answers ``{"detail": "…", "error_type": "…"}``. Both are named by their type, never by their words. fal bills
no request that ended with a 5xx or never left the queue, and may bill one that a model refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sorceress_video.net import one_line, redact
from worker.cloud.providers.base import Billing, FaultKind, ProviderFault

_K, _B = FaultKind, Billing

CHARGED: Final = {
    Billing.NO: "Not charged.",
    Billing.MAYBE: "fal may have charged for it.",
    Billing.YES: "It was charged.",
}
"""How a sentence says what the attempt cost."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an error type means once the request was accepted.

    Args:
        kind: what it means for the clip.
        billing: whether fal charges for it.
        words: the sentence; ``{model}`` and ``{what}`` (the input at fault) are filled in.
        detail: added where the error's ``ctx`` has all of its names.
    """

    kind: FaultKind
    billing: Billing
    words: str
    detail: str = ""


def _refused(words: str, detail: str = "") -> Meaning:
    return Meaning(_K.REFUSED, _B.MAYBE, words, detail)


def _busy(words: str) -> Meaning:
    return Meaning(_K.BUSY, _B.NO, words)


def _broken(words: str, billing: Billing = Billing.NO) -> Meaning:
    return Meaning(_K.BROKEN, billing, words)


MEANINGS: Final[Mapping[str, Meaning]] = {
    # --- the model tried and failed
    "internal_server_error": _broken("{model} failed with an error of its own; a retry may help."),
    "generation_timeout": _broken("{model} took longer than fal allows; a retry may help."),
    "downstream_service_error": _broken(
        "The service behind {model} failed; a retry may help.", billing=_B.MAYBE
    ),
    "downstream_service_unavailable": _busy("The service behind {model} is not available right now."),
    # --- the content
    "content_policy_violation": _refused(
        "{model} refused {what}: its content checker flagged it. Change it before you try again."
    ),
    "no_media_generated": _refused(
        "{model} finished without a video, most often because a content checker held it back."
    ),
    "face_detection_error": _refused("{model} found no usable face in {what}."),
    "feature_not_supported": _refused("{model} does not support this combination of settings."),
    # --- files
    "image_too_small": _refused(
        "{model} refused {what}: it is too small", "at least {min_width} × {min_height} pixels"
    ),
    "image_too_large": _refused(
        "{model} refused {what}: it is too large", "at most {max_width} × {max_height} pixels"
    ),
    "image_load_error": _refused("{model} cannot read {what}; save it anew as JPEG or PNG."),
    "file_download_error": _broken("fal could not load {what}; a retry uploads it again.", billing=_B.MAYBE),
    "file_too_large": _refused("{model} refused {what}: the file is too large", "at most {max_size} bytes"),
    "unsupported_image_format": _refused(
        "{model} does not read this kind of image", "it takes {supported_formats}"
    ),
    "unsupported_video_format": _refused(
        "{model} does not read this kind of video", "it takes {supported_formats}"
    ),
    "unsupported_audio_format": _refused(
        "{model} does not read this kind of audio", "it takes {supported_formats}"
    ),
    "audio_duration_too_long": _refused(
        "The audio is too long for {model}", "{provided_duration} s, at most {max_duration} s"
    ),
    "audio_duration_too_short": _refused(
        "The audio is too short for {model}", "{provided_duration} s, at least {min_duration} s"
    ),
    "video_duration_too_long": _refused(
        "The video is too long for {model}", "{provided_duration} s, at most {max_duration} s"
    ),
    "video_duration_too_short": _refused(
        "The video is too short for {model}", "{provided_duration} s, at least {min_duration} s"
    ),
    "invalid_archive": _refused("{model} cannot open the archive", "it takes {supported_extensions}"),
    "archive_file_count_below_minimum": _refused(
        "The archive holds too few files for {model}", "{provided_count}, at least {min_count}"
    ),
    "archive_file_count_exceeds_maximum": _refused(
        "The archive holds too many files for {model}", "{provided_count}, at most {max_count}"
    ),
    # --- values
    "greater_than": _refused("{model} refused {what}: too small", "more than {gt}"),
    "greater_than_equal": _refused("{model} refused {what}: too small", "at least {ge}"),
    "less_than": _refused("{model} refused {what}: too large", "less than {lt}"),
    "less_than_equal": _refused("{model} refused {what}: too large", "at most {le}"),
    "multiple_of": _refused("{model} refused {what}", "a multiple of {multiple_of}"),
    "sequence_too_short": _refused("{model} refused {what}: too short", "at least {min_length}"),
    "sequence_too_long": _refused("{model} refused {what}: too long", "at most {max_length}"),
    "one_of": _refused("{model} refused {what}", "one of {expected}"),
    "literal_error": _refused("{model} refused {what}", "allowed: {expected}"),
    "missing": _refused("{model} misses {what}."),
    "value_error.missing": _refused("{model} misses {what}."),
    # --- fal itself: nothing ran, the request waits for another turn
    "request_timeout": _busy("{model} had no capacity in time."),
    "startup_timeout": _busy("{model} did not start in time at fal."),
    "runner_scheduling_failure": _busy("fal has no free machine for {model} right now."),
    "runner_connection_timeout": _busy("fal could not reach a machine for {model}."),
    "runner_connection_refused": _busy("fal could not reach a machine for {model}."),
    "concurrent_requests_limit": _busy("fal runs as many clips of this account as it allows."),
    # --- fal itself: it broke while it ran
    "runner_disconnected": _broken("fal lost the machine that ran {model}; a retry may help."),
    "runner_connection_error": _broken("fal lost the machine that ran {model}; a retry may help."),
    "runner_incomplete_response": _broken("fal got half an answer from {model}; a retry may help."),
    "runner_server_error": _broken("The machine that ran {model} failed; a retry may help."),
    "internal_error": _broken("fal failed while it ran {model}; a retry may help."),
    # --- the caller
    "client_disconnected": _broken("fal gave the clip up, because nobody listened.", billing=_B.MAYBE),
    "client_cancelled": _broken("The clip was cancelled at fal.", billing=_B.MAYBE),
    "bad_request": Meaning(_K.REFUSED, _B.NO, "fal does not understand the request for {model}."),
}
"""Every documented type. What is not here is judged by its HTTP status."""


@dataclass(frozen=True, slots=True)
class FalError:
    """An error as it came over the wire.

    Args:
        type: its name; empty where fal named none.
        message: the provider's words, untrusted.
        field: name of the input at fault, if it says.
        ctx: numbers and lists that go with the type.
        of_model: whether the model itself said it.
    """

    type: str
    message: str = ""
    field: str = ""
    ctx: Mapping[str, Any] | None = None
    of_model: bool = False


def read_error(body: object, header_type: str | None = None) -> FalError | None:
    """The first error in an answer's body; None if the body is none of fal's shapes."""
    if not isinstance(body, dict):
        return None
    detail = body.get("detail")
    if isinstance(detail, list) and detail and isinstance(detail[0], dict):
        first = detail[0]
        ctx = first.get("ctx")
        return FalError(
            type=_text(first.get("type")),
            message=_text(first.get("msg")),
            field=_field(first.get("loc")),
            ctx=ctx if isinstance(ctx, dict) else None,
            of_model=True,
        )
    named = _text(body.get("error_type")) or _text(header_type)
    if isinstance(detail, str) or named:
        return FalError(type=named, message=_text(detail))
    return None


def fault_of(
    error: FalError, status: int, *, model: str, accepted: bool, secrets: Sequence[str] = ()
) -> ProviderFault:
    """What an error means for the clip.

    Args:
        error: as read from the wire.
        status: the HTTP status that it came with.
        model: the model's name for the sentence, or words that stand for it.
        accepted: whether the request had been accepted before; if not, nothing was charged.
        secrets: what must not be quoted back.
    """
    meaning = MEANINGS.get(error.type) or _by_status(error, status, secrets)
    billing = meaning.billing if accepted else Billing.NO
    sentence = meaning.words.format(model=model, what=_what(error.field))
    if meaning.detail:
        sentence = f"{sentence}{_detail(meaning.detail, error.ctx)}."
    code = one_line(error.type, 60) or f"http_{status}"
    return ProviderFault(meaning.kind, code, f"{_capital(sentence)} {CHARGED[billing]}", billing=billing)


def _by_status(error: FalError, status: int, secrets: Sequence[str]) -> Meaning:
    said = one_line(redact(error.message, secrets), 160).replace("{", "(").replace("}", ")")
    reason = f": “{said}”" if said else ""
    if status in (503, 429):
        return _busy("fal has no capacity for {model} right now.")
    if status >= 500:
        return _broken(f"{{model}} failed at fal{reason}; a retry may help.")
    return _refused(f"{{model}} refused the request ({{what}}){reason}.")


def _detail(template: str, ctx: Mapping[str, Any] | None) -> str:
    shown = {name: _shown(value) for name, value in (ctx or {}).items()}
    try:
        return f" ({template.format_map(shown)})"
    except (KeyError, ValueError, IndexError):
        return ""


def _shown(value: object) -> str:
    if isinstance(value, list):
        return one_line(", ".join(str(item) for item in value), 120)
    return one_line(str(value), 120)


_NOUNS: Final = (
    ("prompt", "the prompt"),
    ("last_frame", "the end frame"),
    ("end_image", "the end frame"),
    ("first_frame", "the start frame"),
    ("start_image", "the start frame"),
    ("image", "the image"),
    ("video", "the video"),
    ("audio", "the audio"),
)
"""Parts of fal's field names, and what a person calls them; the first that fits wins."""


def _what(field: str) -> str:
    for part, noun in _NOUNS:
        if part in field:
            return noun
    words = one_line(field.replace("_", " "), 40)
    return f"“{words}”" if words else "an input"


def _field(loc: object) -> str:
    names = [part for part in loc if isinstance(part, str)] if isinstance(loc, list) else []
    return names[-1] if names and names[-1] != "body" else ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:] if not sentence.startswith("fal ") else sentence
