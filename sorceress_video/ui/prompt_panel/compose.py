"""From what a person chose to what both side panels show. Pure: no Reflex, no database."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sorceress_video.catalog import (
    Catalog,
    InputRole,
    Mode,
    ModelSpec,
    NoRoute,
    SettingValue,
    renumbered,
)
from sorceress_video.catalog.labels import STEMS
from sorceress_video.generation.modes import listed, mode_tabs, settled_mode
from sorceress_video.generation.readiness import Missing, ReadinessFacts, readiness
from sorceress_video.generation.requests import InputRef, fitted_settings, roles_of
from sorceress_video.library.ledger import MonthSpend
from sorceress_video.ui.prompt_panel import estimate
from sorceress_video.ui.prompt_panel.inputs import (
    PANEL_ROLES,
    Inputs,
    Intake,
    StoredInput,
    least_motion,
    most_motion,
    notes,
    preparing,
    references,
    slots,
    taken,
    trays,
    unprepared,
)
from sorceress_video.ui.prompt_panel.models import (
    ButtonFace,
    ButtonFaces,
    CardLine,
    Composition,
    MissingThing,
    ModeTab,
)

Settings = Mapping[str, Mapping[str, SettingValue]]


@dataclass(frozen=True)
class Choices:
    """What a person chose. ``settings`` are the values that were set, by model id and product name."""

    model_ids: Sequence[str] = ()
    settings: Settings = field(default_factory=dict)
    mode: Mode = Mode.TEXT
    inputs: Inputs = field(default_factory=dict)
    signed_in: bool = False
    providers: Collection[str] = ()
    money: MonthSpend | None = None


def offered_models(catalog: Catalog) -> tuple[ModelSpec, ...]:
    """The models that can do something in this version, in the catalog's order."""
    return tuple(model for model in catalog if not PANEL_ROLES.keys().isdisjoint(model.modes))


def offered_model(catalog: Catalog, model_id: str) -> ModelSpec | None:
    """The offered model with this id."""
    return next((model for model in offered_models(catalog) if model.id == model_id), None)


def selected_models(catalog: Catalog, model_ids: Sequence[str]) -> list[ModelSpec]:
    """The chosen models that the catalog still offers, in the catalog's order."""
    return [model for model in offered_models(catalog) if model.id in model_ids]


def settle(catalog: Catalog, model_ids: Sequence[str], wanted: Mode) -> Mode:
    """The mode to be in with these models: the wanted one while they do it, else the first that all do."""
    mode = settled_mode(selected_models(catalog, model_ids), wanted)
    return mode if mode in PANEL_ROLES else wanted


def compose(catalog: Catalog, choices: Choices) -> Composition:
    """Both panels, for these choices."""
    models = selected_models(catalog, choices.model_ids)
    inputs = taken(models, choices.mode, choices.inputs)
    parts = estimate.parts(models, choices.mode, choices.settings, inputs)
    limit, limited_by = _prompt_limit(models, choices.mode, inputs)
    given = Intake(models, choices.mode, choices.inputs, choices.settings)
    return Composition(
        mode=choices.mode.value,
        tabs=_tabs(models, choices.mode),
        lines={model.id: _line(model, choices) for model in offered_models(catalog)},
        slots=slots(given),
        trays=trays(given),
        references=references(choices.mode, choices.inputs),
        notes=notes(given),
        prices=[estimate.price_line(part) for part in parts],
        total=estimate.total_text(parts),
        total_note=estimate.over_budget(parts, choices.money) or estimate.whole(parts).note,
        limit=limit,
        limited_by=limited_by,
        faces=_faces(models, choices, inputs),
    )


def values_in_force(model: ModelSpec, choices: Choices) -> tuple[Mode, frozenset[InputRole]]:
    """The mode and input roles that a model's settings are shown for."""
    mode = choices.mode
    if mode not in model.modes:
        mode = next(other for other in PANEL_ROLES if other in model.modes)
    if mode is not choices.mode:
        return mode, frozenset()
    return mode, roles_of(taken([model], mode, choices.inputs))


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


def remembered_mode(mode: object) -> Mode:
    """The kind of generation as stored with the account; the first one where it means nothing."""
    return next((known for known in PANEL_ROLES if known.value == mode), Mode.TEXT)


def within(texts: Sequence[str], characters: int) -> list[str]:
    """As many of the first texts as fit together."""
    kept: list[str] = []
    for text in texts:
        characters -= len(text)
        if characters < 0:
            break
        kept.append(text)
    return kept


def role_among(role: str, roles: Collection[InputRole]) -> InputRole | None:
    """The role that the browser named, if it is one of these."""
    return next((known for known in roles if known.value == role), None)


def first_short(catalog: Catalog, choices: Choices) -> StoredInput | None:
    """The first motion clip that still has to be lengthened for the selected models."""
    models = selected_models(catalog, choices.model_ids)
    return next(iter(preparing(models, choices.mode, choices.inputs)), None)


def shortest_motion(catalog: Catalog, model_ids: Sequence[str]) -> float:
    """Seconds that a motion clip needs for these models."""
    return least_motion(selected_models(catalog, model_ids))


def longest_motion(catalog: Catalog, model_ids: Sequence[str]) -> float | None:
    """Seconds that a motion clip may have for these models."""
    return most_motion(selected_models(catalog, model_ids))


def followed(text: str, role: str, before: Sequence[str], after: Sequence[str]) -> str:
    """The prompt after a tray's files changed their places; asset ids in order."""
    place = role_among(role, STEMS)
    if place is None:
        return text
    now = {asset_id: number for number, asset_id in enumerate(after, start=1)}
    places = {number: now.get(asset_id) for number, asset_id in enumerate(before, start=1)}
    return renumbered(text, place, places)


def request_settings(catalog: Catalog, choices: Choices) -> dict[str, dict[str, SettingValue]]:
    """Complete settings of the selected models for this mode and these frames."""
    models = selected_models(catalog, choices.model_ids)
    return fitted_settings(models, choices.mode, request_inputs(catalog, choices), choices.settings)


def request_inputs(catalog: Catalog, choices: Choices) -> tuple[InputRef, ...]:
    """The files of a request."""
    return taken(selected_models(catalog, choices.model_ids), choices.mode, choices.inputs)


def _tabs(models: Sequence[ModelSpec], current: Mode) -> list[ModeTab]:
    """The kinds that the selected models define; every kind where none is selected."""
    known = {tab.mode: tab for tab in mode_tabs(models)}
    return [
        ModeTab(
            mode.value,
            mode.label,
            mode.label.removesuffix(" to Video"),
            usable=tab.usable if tab else True,
            selected=mode is current,
            reason=tab.reason if tab else "",
            remedy=f"Deselect {listed([model.name for model in tab.blockers])}" if tab else "",
            blockers=[model.id for model in tab.blockers] if tab else [],
        )
        for mode in PANEL_ROLES
        if (tab := known.get(mode)) or not models
    ]


def _line(model: ModelSpec, choices: Choices) -> CardLine:
    """A card speaks for the present mode, or for the first that the model has."""
    mode, roles = values_in_force(model, choices)
    inputs = taken([model], mode, choices.inputs) if roles else ()
    values = choices.settings.get(model.id, {})
    selected = model.id in choices.model_ids
    try:
        price = model.price(mode, roles, values, inputs)
        usd = -1.0 if price.micro_usd is None else price.micro_usd / 1_000_000
        return CardLine(selected, model.summary_line(mode, roles, values), price.text, price.note, usd)
    except NoRoute as error:
        return CardLine(selected, error.sentence)


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
        filled=_face(filled),
        blank=_face(blank),
        filled_uploading=_face(replace(filled, uploading=True)),
        blank_uploading=_face(replace(blank, uploading=True)),
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
        unprepared=unprepared(models, choices.mode, choices.inputs),
    )


def _face(facts: ReadinessFacts) -> ButtonFace:
    ready = readiness(facts)
    places = [_place(thing, facts.mode) for thing in ready.missing]
    return ButtonFace(
        label=ready.label,
        short=_short(ready.label),
        action=ready.action,
        target=places[0] if places else "",
        missing=[
            MissingThing(thing.sentence, place) for thing, place in zip(ready.missing, places, strict=True)
        ],
    )


def _place(thing: Missing, mode: Mode) -> str:
    """Where on the page a thing is mended. Only Multimodal has a place for all of its files together."""
    if thing.target != "references" or mode is Mode.MULTIMODAL:
        return thing.target
    return next((role.value for role in PANEL_ROLES[mode]), "models")


def _short(label: str) -> str:
    """The label for the narrow dock: “Generate 3” for “Generate 3 Videos”."""
    return label.removesuffix(" Videos").removesuffix(" Video").replace("Sign in to generate", "Sign in")
