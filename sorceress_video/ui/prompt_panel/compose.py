"""From what a person chose to what both side panels show. Pure: no Reflex, no database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from sorceress_video.catalog import (
    Catalog,
    InputRole,
    Mode,
    ModelSpec,
    NoRoute,
    Price,
    SettingValue,
    total,
)
from sorceress_video.generation.modes import mode_tabs, settled_mode
from sorceress_video.generation.readiness import Readiness, ReadinessFacts, readiness
from sorceress_video.generation.requests import InputRef, fitted_settings, roles_of
from sorceress_video.library.ledger import MonthSpend
from sorceress_video.ui.prompt_panel.models import (
    BudgetBar,
    ButtonFace,
    ButtonFaces,
    CardLine,
    Composition,
    Frame,
    MissingThing,
    ModeTab,
    Note,
    PriceLine,
    Slot,
)

OFFERED_MODES: Final = (Mode.TEXT, Mode.IMAGE)
"""The kinds of generation that this version has panels for."""

FRAME_ROLES: Final = (InputRole.START_FRAME, InputRole.END_FRAME)
_ASPECT_SLACK: Final = 0.02
_TARGETS: Final = {"references": "start_frame"}

Settings = Mapping[str, Mapping[str, SettingValue]]


@dataclass(frozen=True)
class StoredFrame:
    """A picture of the account in a slot, with what was measured on it."""

    ref: InputRef
    name: str
    url: str
    poster_url: str


@dataclass(frozen=True)
class Choices:
    """What a person chose. ``settings`` are the values that were set, by model id and product name."""

    model_ids: Sequence[str] = ()
    settings: Settings = field(default_factory=dict)
    mode: Mode = Mode.TEXT
    frames: Mapping[InputRole, StoredFrame] = field(default_factory=dict)
    signed_in: bool = False
    providers: Collection[str] = ()


def offered_models(catalog: Catalog) -> tuple[ModelSpec, ...]:
    """The models that can do something in this version, in the catalog's order."""
    return tuple(model for model in catalog if not set(OFFERED_MODES).isdisjoint(model.modes))


def offered_model(catalog: Catalog, model_id: str) -> ModelSpec | None:
    """The offered model with this id."""
    return next((model for model in offered_models(catalog) if model.id == model_id), None)


def selected_models(catalog: Catalog, model_ids: Sequence[str]) -> list[ModelSpec]:
    """The chosen models that the catalog still offers, in the catalog's order."""
    return [model for model in offered_models(catalog) if model.id in model_ids]


def settle(catalog: Catalog, model_ids: Sequence[str], wanted: Mode) -> Mode:
    """The mode to be in with these models: the wanted one while they do it, else the first that all do."""
    mode = settled_mode(selected_models(catalog, model_ids), wanted)
    return mode if mode in OFFERED_MODES else wanted


def inputs_of(choices: Choices) -> tuple[InputRef, ...]:
    """The files that go along: frames only where the mode takes them, the end frame only where all do."""
    if choices.mode is not Mode.IMAGE:
        return ()
    return tuple(choices.frames[role].ref for role in FRAME_ROLES if role in choices.frames)


def compose(catalog: Catalog, choices: Choices) -> Composition:
    """Both panels, for these choices."""
    models = selected_models(catalog, choices.model_ids)
    inputs = _taken(models, choices)
    prices = [(model, _price(model, choices, inputs)) for model in models]
    whole = total([price for _, price in prices])
    limit, limited_by = _prompt_limit(models, choices.mode, inputs)
    return Composition(
        mode=choices.mode.value,
        tabs=_tabs(models, choices.mode),
        lines={model.id: _line(model, choices) for model in offered_models(catalog)},
        slots=_slots(models, choices),
        notes=_notes(models, choices, inputs),
        prices=[PriceLine(model.id, model.name, price.text) for model, price in prices],
        total=_total_text(whole, prices),
        total_note=whole.note,
        limit=limit,
        limited_by=limited_by,
        faces=_faces(models, choices, inputs),
    )


def values_in_force(model: ModelSpec, choices: Choices) -> tuple[Mode, frozenset[InputRole]]:
    """The mode and input roles that a model's settings are shown for."""
    mode = choices.mode
    if mode not in model.modes:
        mode = next(other for other in OFFERED_MODES if other in model.modes)
    return mode, roles_of(_taken([model], choices)) if mode is choices.mode else frozenset()


def changed_settings(
    model: ModelSpec, choices: Choices, name: str, value: SettingValue
) -> dict[str, SettingValue]:
    """The model's set values after one change. What still has its default is not among them.

    Raises:
        SettingRefused: the model does not take this value, or not together with the others.
    """
    mode, roles = values_in_force(model, choices)
    stored = choices.settings.get(model.id, {})
    before = model.fitted(mode, roles, stored)
    after = model.checked(mode, roles, {**before, name: value})
    defaults = model.defaults(mode, roles)
    set_here = {key: kept for key, kept in after.items() if kept != defaults[key]}
    elsewhere = {key: kept for key, kept in stored.items() if key not in after}
    return {**elsewhere, **set_here}


def remembered(
    catalog: Catalog, models: object, settings: object
) -> tuple[list[str], dict[str, dict[str, SettingValue]]]:
    """Selection and settings as stored with the account, without what the catalog no longer has."""
    offered = {model.id: model for model in offered_models(catalog)}
    chosen = models if isinstance(models, list) else []
    values = settings if isinstance(settings, dict) else {}
    return (
        [model_id for model_id in dict.fromkeys(map(str, chosen)) if model_id in offered],
        {
            model_id: offered[model_id].repaired(kept)
            for model_id, kept in values.items()
            if model_id in offered and isinstance(kept, dict)
        },
    )


def request_settings(catalog: Catalog, choices: Choices) -> dict[str, dict[str, SettingValue]]:
    """Complete settings of the selected models for this mode and these frames."""
    models = selected_models(catalog, choices.model_ids)
    return fitted_settings(models, choices.mode, request_inputs(catalog, choices), choices.settings)


def request_inputs(catalog: Catalog, choices: Choices) -> tuple[InputRef, ...]:
    """The files of a request."""
    return _taken(selected_models(catalog, choices.model_ids), choices)


def _taken(models: Sequence[ModelSpec], choices: Choices) -> tuple[InputRef, ...]:
    # An end frame that not every model takes stays in its slot, unused, and the slot says so.
    return tuple(
        ref
        for ref in inputs_of(choices)
        if ref.role is InputRole.START_FRAME or not _without(models, choices.mode, ref.role)
    )


def _without(models: Sequence[ModelSpec], mode: Mode, role: InputRole) -> list[str]:
    return [model.name for model in models if role not in model.accepts(mode)]


def _tabs(models: Sequence[ModelSpec], current: Mode) -> list[ModeTab]:
    known = {tab.mode: tab for tab in mode_tabs(models)}
    tabs: list[ModeTab] = []
    for mode in OFFERED_MODES:
        tab = known.get(mode)
        reason = tab.reason if tab else f"None of the selected models does {mode.label}." if models else ""
        tabs.append(ModeTab(mode.value, mode.label, not reason, mode is current, reason))
    return tabs


def _line(model: ModelSpec, choices: Choices) -> CardLine:
    """A card speaks for the present mode, or for the first that the model has."""
    mode, roles = values_in_force(model, choices)
    inputs = _taken([model], choices) if roles else ()
    values = choices.settings.get(model.id, {})
    selected = model.id in choices.model_ids
    try:
        price = model.price(mode, roles, values, inputs)
        return CardLine(selected, model.summary_line(mode, roles, values), price.text, price.note)
    except NoRoute as error:
        return CardLine(selected, error.sentence)


def _price(model: ModelSpec, choices: Choices, inputs: Sequence[InputRef]) -> Price:
    try:
        return model.price(choices.mode, roles_of(inputs), choices.settings.get(model.id, {}), inputs)
    except NoRoute as error:
        return Price(None, note=error.sentence)


def budget_bar(money: MonthSpend) -> BudgetBar:
    """The bar of the month's budget; empty where there is none."""
    if money.budget is None:
        return BudgetBar()
    used = 1.0 if money.budget == 0 else min(1.0, money.spent / money.budget)
    return BudgetBar(
        line=f"{_dollars(money.spent)} of {_dollars(money.budget)} this month",
        resets=f"resets {money.resets_at.day} {money.resets_at:%b}",
        share=f"{used:.1%}",
    )


def _dollars(micro_usd: int) -> str:
    return f"${micro_usd / 1e6:,.2f}"


def _total_text(whole: Price, prices: Sequence[tuple[ModelSpec, Price]]) -> str:
    if not prices:
        return ""
    if whole.micro_usd is not None or len(prices) == 1:
        return whole.text
    known = total([price for _, price in prices if price.micro_usd is not None])
    return f"{known.text} + unknown" if known.micro_usd else "unknown"


def _slots(models: Sequence[ModelSpec], choices: Choices) -> list[Slot]:
    if choices.mode is not Mode.IMAGE:
        return []
    slots = []
    for role in FRAME_ROLES:
        lacking = _without(models, choices.mode, role) if role is InputRole.END_FRAME else []
        verb = "do" if len(lacking) > 1 else "does"
        reason = f"{' and '.join(lacking)} {verb} not take one." if lacking else ""
        stored = choices.frames.get(role)
        slots.append(
            Slot(
                role=role.value,
                label=role.label,
                optional=role is InputRole.END_FRAME,
                usable=not lacking,
                reason=reason,
                frame=_frame(stored) if stored else None,
            )
        )
    return slots


def _frame(stored: StoredFrame) -> Frame:
    ref = stored.ref
    size = f"{ref.width} × {ref.height}" if ref.width and ref.height else ""
    return Frame(ref.asset_id, stored.name, stored.url, stored.poster_url, size)


def _notes(models: Sequence[ModelSpec], choices: Choices, inputs: Sequence[InputRef]) -> list[Note]:
    notes = [
        Note(problem, "bad")
        for model in models
        for ref in inputs
        if (
            problem := model.input_problem(
                ref.role, ref, mode=choices.mode, given=choices.settings.get(model.id, {})
            )
        )
    ]
    start = next((ref for ref in inputs if ref.role is InputRole.START_FRAME), None)
    if start is not None:
        notes += [Note(text, "info") for model in models if (text := _crop(model, choices, inputs, start))]
    return notes


def _crop(model: ModelSpec, choices: Choices, inputs: Sequence[InputRef], start: InputRef) -> str:
    """“Veo 3.1 Fast crops this frame to 16:9.” where the clip's shape is not the frame's."""
    try:
        shape = model.output_shape(choices.mode, roles_of(inputs), choices.settings.get(model.id, {}), inputs)
    except NoRoute:
        return ""
    wide, _, high = (shape.aspect or "").partition(":")
    if not (wide.isdigit() and high.isdigit() and start.width and start.height):
        return ""
    if abs(start.width / start.height / (int(wide) / int(high)) - 1) <= _ASPECT_SLACK:
        return ""
    return f"{model.name} crops this frame to {shape.aspect}."


def _prompt_limit(models: Sequence[ModelSpec], mode: Mode, inputs: Sequence[InputRef]) -> tuple[int, str]:
    """The smallest limit of the selected models in characters, and whose it is; 0 where none is selected."""
    limits: list[tuple[int, str]] = []
    for model in models:
        try:
            spec = model.prompt_in(model.route(mode, roles_of(inputs)))
        except NoRoute:
            spec = model.prompt
        limits.append((spec.limit, model.name))
    return min(limits, default=(0, ""))


def _faces(models: Sequence[ModelSpec], choices: Choices, inputs: Sequence[InputRef]) -> ButtonFaces:
    filled, blank = _facts(models, choices, inputs, "x"), _facts(models, choices, inputs, "")
    return ButtonFaces(
        filled=_face(readiness(filled)),
        blank=_face(readiness(blank)),
        filled_uploading=_face(readiness(replace(filled, uploading=True))),
        blank_uploading=_face(readiness(replace(blank, uploading=True))),
    )


def _facts(
    models: Sequence[ModelSpec], choices: Choices, inputs: Sequence[InputRef], prompt: str
) -> ReadinessFacts:
    return ReadinessFacts(
        signed_in=choices.signed_in,
        mode=choices.mode,
        models=models,
        prompt=prompt,
        inputs=inputs,
        settings=fitted_settings(models, choices.mode, inputs, choices.settings),
        available_providers=choices.providers,
    )


def _face(ready: Readiness) -> ButtonFace:
    first = ready.missing[0].target if ready.missing else ""
    return ButtonFace(
        label=ready.label,
        short=_short(ready.label),
        action=ready.action,
        target=_TARGETS.get(first, first),
        missing=[
            MissingThing(thing.sentence, _TARGETS.get(thing.target, thing.target)) for thing in ready.missing
        ],
    )


def _short(label: str) -> str:
    """The label for the narrow dock: “Generate 3” for “Generate 3 Videos”."""
    return label.removesuffix(" Videos").removesuffix(" Video").replace("Sign in to generate", "Sign in")
