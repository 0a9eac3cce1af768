"""From a request to clips, or to the reasons why not. All clips of a request together, or none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from sorceress_video.catalog import (
    Catalog,
    InputRole,
    Mode,
    ModelSpec,
    NoRoute,
    Price,
    Route,
    SettingRefused,
    SettingValue,
    UnknownModel,
    has_control_characters,
    in_words_of,
    input_problems,
    total,
)
from sorceress_video.generation.reasons import Reason, ReasonCode
from sorceress_video.generation.references import labels_without_file
from sorceress_video.generation.requests import GenerationRequest, InputRef, roles_of

MAX_CLIPS = 24
"""Most clips of one request."""

_MAX_TOKEN = 80
_MISSING_ROLE = {
    InputRole.START_FRAME: ReasonCode.START_FRAME_MISSING,
    InputRole.CHARACTER: ReasonCode.CHARACTER_MISSING,
    InputRole.MOTION_CLIP: ReasonCode.MOTION_MISSING,
}
_REQUIRED_ORDER = tuple(InputRole)

StoredSettings = Mapping[str, Mapping[str, SettingValue]]


@dataclass(frozen=True, slots=True)
class PlannedClip:
    """One clip to admit: everything that its row, its estimate and its provider need.

    ``settings`` are complete, validated and JSON by product name (``ModelSpec.request_body`` turns them into
    the wire). ``expected_seconds`` is the length of the clip, ``None`` where the model chooses;
    ``usual_seconds`` how long the model takes, shortest and longest. ``width`` and ``height`` are a hint.
    """

    model_id: str
    model_name: str
    provider: str
    endpoint: str
    mode: Mode
    prompt: str
    settings: dict[str, SettingValue]
    inputs: tuple[InputRef, ...]
    estimate_micro_usd: int | None
    estimate_up_to: bool
    expected_seconds: float | None
    usual_seconds: tuple[float, float] | None
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class Plan:
    """The clips of one request in the order of the models, and what they cost together."""

    clips: tuple[PlannedClip, ...]
    total: Price


class PlanRefused(Exception):  # noqa: N818 - a refusal
    """The request cannot be made into clips; nothing of it is admitted."""

    def __init__(self, reasons: tuple[Reason, ...]) -> None:
        super().__init__(" ".join(reason.sentence for reason in reasons))
        self.reasons = reasons


def plan(request: GenerationRequest, catalog: Catalog, *, available_providers: Collection[str]) -> Plan:
    """The clips of a request.

    ``available_providers`` are those that can be used now (a key is there, or none is needed).

    Raises:
        PlanRefused: with every reason found, the one to show first in front.
    """
    if len(request.model_ids) > MAX_CLIPS:
        raise PlanRefused((_too_many(len(request.model_ids)),))
    reasons = list(_token_reasons(request.token))
    models: list[ModelSpec] = []
    for model_id, count in Counter(request.model_ids).items():
        try:
            models.append(catalog.get(model_id))
        except UnknownModel as error:
            reasons.append(Reason(ReasonCode.UNKNOWN_MODEL, error.sentence, model_id[:80]))
            continue
        if count > 1:
            sentence = f"{models[-1].name} is selected {count} times."
            reasons.append(Reason(ReasonCode.DUPLICATE_MODEL, sentence, model_id))
    if models or not request.model_ids:
        reasons += refusals(
            mode=request.mode,
            models=models,
            prompt=request.prompt,
            settings=request.settings,
            inputs=request.inputs,
            available_providers=available_providers,
        )
    if reasons:
        raise PlanRefused(in_order(reasons))
    clips = tuple(
        _clip(model, request, inputs) for model in models for inputs in shares(request.mode, request.inputs)
    )
    estimates = [Price(clip.estimate_micro_usd, clip.estimate_up_to) for clip in clips]
    return Plan(clips, total(estimates))


def in_order(reasons: Sequence[Reason]) -> tuple[Reason, ...]:
    """Reasons in the order in which a person is told, each sentence once."""
    ranks = {code: rank for rank, code in enumerate(ReasonCode)}
    distinct: dict[str, Reason] = {}
    for reason in reasons:
        distinct.setdefault(reason.sentence, reason)
    return tuple(sorted(distinct.values(), key=lambda reason: ranks[reason.code]))


def clip_count(mode: Mode, models: Sequence[ModelSpec], inputs: Sequence[InputRef]) -> int:
    """How many clips a request makes: one for each model, in Motion Match times the motion clips."""
    return len(models) * len(shares(mode, inputs))


def refusals(
    *,
    mode: Mode,
    models: Sequence[ModelSpec],
    prompt: str,
    settings: StoredSettings,
    inputs: Sequence[InputRef],
    available_providers: Collection[str],
) -> list[Reason]:
    """Everything that stands against making clips of this; empty when nothing does."""
    if not models:
        return [Reason(ReasonCode.NO_MODEL, "No model is selected.")]
    reasons = list(_shared_reasons(mode, models, prompt, inputs))
    for model in models:
        if model.provider not in available_providers:
            sentence = f"{model.name} is locked: there is no key for {model.provider}."
            reasons.append(Reason(ReasonCode.PROVIDER_LOCKED, sentence, model.id))
        reasons += _model_reasons(model, mode, prompt, settings.get(model.id, {}), inputs)
    return reasons


def _shared_reasons(
    mode: Mode, models: Sequence[ModelSpec], prompt: str, inputs: Sequence[InputRef]
) -> Iterator[Reason]:
    if has_control_characters(prompt):
        yield Reason(ReasonCode.PROMPT_CHARACTERS, "The prompt holds characters that cannot be sent.")
    for (role, _), count in Counter((item.role, item.asset_id) for item in inputs).items():
        if count > 1:
            sentence = f"The same file is there {count} times as {role.label.lower()}."
            yield Reason(ReasonCode.DUPLICATE_INPUT, sentence)
    clips = clip_count(mode, models, inputs)
    if clips > MAX_CLIPS:
        yield _too_many(clips)


def _token_reasons(token: str) -> Iterator[Reason]:
    if not token or len(token) > _MAX_TOKEN or not token.isascii() or not token.isprintable():
        sentence = f"A request needs a token of its own, of at most {_MAX_TOKEN} plain characters."
        yield Reason(ReasonCode.BAD_TOKEN, sentence)


def _too_many(clips: int) -> Reason:
    sentence = f"One request makes up to {MAX_CLIPS} clips; this one would make {clips}."
    return Reason(ReasonCode.TOO_MANY_CLIPS, sentence)


def _model_reasons(
    model: ModelSpec,
    mode: Mode,
    prompt: str,
    values: Mapping[str, SettingValue],
    inputs: Sequence[InputRef],
) -> Iterator[Reason]:
    roles = roles_of(inputs)
    try:
        route = model.route(mode, roles, values)
    except NoRoute as error:
        known = mode in model.modes
        code = ReasonCode.INPUT_UNSUPPORTED if known else ReasonCode.MODE_UNSUPPORTED
        yield Reason(code, error.sentence, model.id)
        return
    yield from _missing_inputs(model, route, roles)
    try:
        settings = model.checked(mode, roles, values)
    except SettingRefused as error:
        yield Reason(ReasonCode.SETTING_REFUSED, error.sentence, model.id)
        settings = model.fitted(mode, roles, values)
    yield from _prompt_reasons(model, route, prompt, settings)
    yield from _input_reasons(model, route, settings, inputs)
    for label in labels_without_file(prompt, route, inputs):
        sentence = f"The prompt names {label}, but there is no such file."
        yield Reason(ReasonCode.LABEL_WITHOUT_FILE, sentence)


def _missing_inputs(model: ModelSpec, route: Route, roles: frozenset[InputRole]) -> Iterator[Reason]:
    for role in sorted(route.required_roles - roles, key=_REQUIRED_ORDER.index):
        code = _MISSING_ROLE.get(role, ReasonCode.INPUT_MISSING)
        yield Reason(code, f"{model.name} needs {role.with_article}.", model.id)


def _prompt_reasons(
    model: ModelSpec, route: Route, prompt: str, settings: Mapping[str, SettingValue]
) -> Iterator[Reason]:
    spec = model.prompt_in(route)
    replaced = bool(spec.replaced_by and settings.get(spec.replaced_by))
    blank = not prompt.strip()
    if replaced and not blank:
        sentence = f"{model.name} takes either a prompt or shots, not both."
        yield Reason(ReasonCode.PROMPT_OR_SHOTS, sentence, model.id)
    if spec.required and blank and not replaced:
        yield Reason(ReasonCode.PROMPT_MISSING, f"{model.name} needs a prompt.", model.id)
    length = len(in_words_of(route, prompt))  # Labels may be longer in the provider's words.
    if length > spec.limit:
        sentence = f"{model.name} takes prompts of up to {spec.limit} characters; this one has {length}."
        yield Reason(ReasonCode.PROMPT_TOO_LONG, sentence, model.id)


def _input_reasons(
    model: ModelSpec,
    route: Route,
    settings: Mapping[str, SettingValue],
    inputs: Sequence[InputRef],
) -> Iterator[Reason]:
    for share in shares(route.mode, inputs):
        for problem in input_problems(model, route, share, settings):
            missing = problem.code == "needs_another" and not share
            code = ReasonCode.INPUT_MISSING if missing else ReasonCode.INPUT_REFUSED
            yield Reason(code, problem.sentence, model.id)


def shares(mode: Mode, inputs: Sequence[InputRef]) -> tuple[tuple[InputRef, ...], ...]:
    """The inputs of each clip of one model: all of them, in Motion Match with one motion clip each."""
    clips = [item for item in inputs if item.role is InputRole.MOTION_CLIP]
    if mode is not Mode.MOTION or len(clips) < 2:
        return (tuple(inputs),)
    rest = [item for item in inputs if item.role is not InputRole.MOTION_CLIP]
    return tuple((*rest, clip) for clip in clips)


def _clip(model: ModelSpec, request: GenerationRequest, inputs: tuple[InputRef, ...]) -> PlannedClip:
    roles = roles_of(inputs)
    settings = model.checked(request.mode, roles, request.settings.get(model.id, {}))
    shape = model.output_shape(request.mode, roles, settings, inputs)
    price = model.price(request.mode, roles, settings, inputs)
    return PlannedClip(
        model_id=model.id,
        model_name=model.name,
        provider=model.provider,
        endpoint=model.route(request.mode, roles, settings).endpoint,
        mode=request.mode,
        prompt=request.prompt,
        settings=settings,
        inputs=inputs,
        estimate_micro_usd=price.micro_usd,
        estimate_up_to=price.up_to,
        expected_seconds=shape.seconds,
        usual_seconds=model.usual_seconds,
        width=shape.width,
        height=shape.height,
    )
