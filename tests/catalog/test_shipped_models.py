"""The shipped models say what the vendors say, and the Sandbox ones are honest and free."""

from __future__ import annotations

from typing import Any

import pytest

from sorceress_video.catalog import InputRole, Mode, ModelSpec, load_catalog
from sorceress_video.catalog.registry import MODELS_FOLDER
from sorceress_video.catalog.terms import same_value
from tests.catalog.cloud_mapping import MB, MODES, PROMPTS, SIDES, fact_models, product_name

CATALOG = load_catalog(MODELS_FOLDER)
SANDBOX = ("animatic", "animatic-motion", "animatic-references")
CLOUD = ("seedance-2.0", "kling-3.0-pro", "veo-3.1-fast")
FACTS = {fact["id"]: fact for fact in fact_models()}
ROLES: dict[str, frozenset[InputRole]] = {
    "t2v": frozenset(),
    "i2v": frozenset({InputRole.START_FRAME}),
    "start_end": frozenset({InputRole.START_FRAME, InputRole.END_FRAME}),
    "reference": frozenset({InputRole.REFERENCE_IMAGE}),
    "motion_control": frozenset({InputRole.CHARACTER, InputRole.MOTION_CLIP}),
    "extend": frozenset({InputRole.SOURCE_VIDEO}),
}
# Where the product's words or start values differ from the vendor's on purpose.
OWN_NAMES = {"auto_fix": "prompt_enhancement", "keep_original_sound": "keep_sound"}
OWN_DEFAULTS = {("seedance-2.0", "duration"): "8", ("seedance-2.0", "aspect_ratio"): "16:9"}
FACT_MODES = [(model_id, name) for model_id in CLOUD for name in FACTS[model_id]["modes"]]


def name_of(field: str) -> str:
    return OWN_NAMES.get(field, product_name(field))


def test_the_catalog_ships_three_sandbox_and_three_cloud_models_in_this_order() -> None:
    assert tuple(model.id for model in CATALOG.models) == SANDBOX + CLOUD


@pytest.mark.parametrize("model_id", SANDBOX)
def test_sandbox_models_are_labelled_as_previews_and_cost_nothing(model_id: str) -> None:
    model = CATALOG.get(model_id)
    assert model.provider == "sandbox"
    assert model.preview
    assert {"Animatic", "Free"} <= set(model.badges)
    assert "Animatic" in model.name
    for mode in model.modes:
        assert model.price(mode, model.requires(mode), {}).text == "free"


def test_rehearsing_trouble_is_hidden_but_can_be_asked_for() -> None:
    for model in map(CATALOG.get, SANDBOX):
        for mode in model.modes:
            roles = model.requires(mode)
            assert "rehearsal" not in [view.name for view in model.choices(mode, roles, {})]
            assert model.checked(mode, roles, {})["rehearsal"] == "off"
            assert model.checked(mode, roles, {"rehearsal": "refuse"})["rehearsal"] == "refuse"


def test_the_sandbox_models_have_lengths_and_resolutions_of_their_own() -> None:
    def values(model_id: str, mode: Mode, name: str) -> list[object]:
        views = {view.name: view for view in CATALOG.get(model_id).choices(mode, frozenset(), {})}
        return [option.value for option in views[name].options]

    assert values("animatic", Mode.TEXT, "duration") == [3, 4, 5, 6, 7, 8, 9, 10]
    assert values("animatic", Mode.TEXT, "resolution") == ["480p", "720p", "1080p"]
    assert values("animatic", Mode.TEXT, "aspect_ratio") == ["16:9", "9:16", "1:1", "4:3", "21:9"]
    assert values("animatic-references", Mode.MULTIMODAL, "duration") != values(
        "animatic", Mode.TEXT, "duration"
    )
    assert values("animatic-motion", Mode.MOTION, "resolution") == ["480p", "720p"]


def facts_of(model_id: str, mode_name: str) -> tuple[ModelSpec, dict[str, Any]]:
    return CATALOG.get(model_id), FACTS[model_id]["modes"][mode_name]


@pytest.mark.parametrize(("model_id", "mode_name"), FACT_MODES)
def test_each_mode_of_the_vendor_leads_to_its_endpoint(model_id: str, mode_name: str) -> None:
    model, fact = facts_of(model_id, mode_name)
    route = model.route(Mode(MODES[mode_name][0]), ROLES[mode_name])
    assert route.endpoint == fact["endpoint"]
    assert set(fact["output"]) == set(route.returns)


@pytest.mark.parametrize(("model_id", "mode_name"), FACT_MODES)
def test_each_parameter_of_the_vendor_is_there_with_its_wire_values(model_id: str, mode_name: str) -> None:
    model, fact = facts_of(model_id, mode_name)
    route = model.route(Mode(MODES[mode_name][0]), ROLES[mode_name])
    settings = {setting.field: setting for setting in model.settings_in(route)}
    assert set(settings) == {param["name"] for param in fact["params"]} - PROMPTS
    for param in fact["params"]:
        if param["name"] in PROMPTS:
            assert model.prompt_in(route).max_chars == param.get("max")
            continue
        setting = settings[param["name"]]
        assert setting.name == name_of(param["name"])
        values = [option.value for option in setting.options]
        if "enum" in param:
            assert len(values) == len(param["enum"])
            assert sum(same_value(a, b) for a in values for b in param["enum"]) == len(values)
        default = OWN_DEFAULTS.get((model_id, setting.name), param.get("default"))
        assert same_value(setting.default, default) or (default is None and setting.default is None)
        assert (setting.min, setting.step) == (param.get("min"), param.get("step"))
        assert setting.required == param["required"]


@pytest.mark.parametrize(("model_id", "mode_name"), FACT_MODES)
def test_each_media_limit_of_the_vendor_is_there(model_id: str, mode_name: str) -> None:
    model, fact = facts_of(model_id, mode_name)
    route = model.route(Mode(MODES[mode_name][0]), ROLES[mode_name])
    inputs = {spec.field: spec for spec in route.inputs}
    for media in fact.get("media", []):
        spec = inputs[media["field"]]
        assert spec.kind == media["kind"]
        assert spec.array == media["array"]
        assert spec.max_items == media["max_items"]
        assert set(spec.formats) == set(media.get("formats", ()))
        assert spec.label == media.get("prompt_tag", "")
        if "max_mb" in media:
            assert spec.max_bytes == media["max_mb"] * MB
        if "max_total_mb" in media:
            assert spec.total_bytes == media["max_total_mb"] * MB
        if "total_duration_s" in media:
            assert (spec.min_total_seconds or 0, spec.max_total_seconds) == tuple(media["total_duration_s"])
        if "duration_s" in media:
            assert (spec.min_seconds, spec.max_seconds) == tuple(media["duration_s"])
        if "aspect_ratio_range" in media:
            assert (spec.min_aspect, spec.max_aspect) == tuple(media["aspect_ratio_range"])
        for side, limit in SIDES.get(media.get("side_px", ""), {}).items():
            assert getattr(spec, side) == limit


def test_every_model_tells_what_the_cards_need() -> None:
    for model in CATALOG:
        assert model.summary
        assert model.badges
        assert model.usual_seconds is not None
        assert model.sources
        assert all(len(setting.label) < 30 for setting in model.settings)


@pytest.mark.parametrize(
    ("model_id", "mode", "roles", "line"),
    [
        ("seedance-2.0", "text", (), "720p · 8 s · 16:9 · audio"),
        ("kling-3.0-pro", "text", (), "1080p · 5 s · 16:9 · audio"),
        ("kling-3.0-pro", "image", ("start_frame",), "1080p · 5 s · audio"),
        ("kling-3.0-pro", "motion", ("character",), "1080p · length of the motion"),
        ("veo-3.1-fast", "text", (), "720p · 8 s · 16:9 · audio"),
        ("veo-3.1-fast", "image", ("start_frame",), "720p · 8 s · auto ratio · audio"),
        ("animatic", "text", (), "720p · 5 s · 16:9"),
        ("animatic-references", "multimodal", (), "720p · 6 s · 16:9"),
    ],
)
def test_the_card_sums_up_the_settings_in_force(
    model_id: str, mode: str, roles: tuple[str, ...], line: str
) -> None:
    given = frozenset(map(InputRole, roles))
    assert CATALOG.get(model_id).summary_line(Mode(mode), given, {}) == line


def test_the_summary_follows_the_settings() -> None:
    given = {"resolution": "1080p", "duration": "auto", "aspect_ratio": "auto", "audio": False}
    line = CATALOG.get("seedance-2.0").summary_line(Mode.TEXT, frozenset(), given)
    assert line == "1080p · auto length · auto ratio"
