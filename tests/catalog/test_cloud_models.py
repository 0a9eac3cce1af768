"""The schema holds every cloud model that is known, and nothing of it is lost on the way."""

from __future__ import annotations

from typing import Any

import pytest

from sorceress_video.catalog import InputRole, Mode, ModelSpec, Route
from sorceress_video.catalog.schema import InputSpec, PromptSpec, Setting
from sorceress_video.catalog.terms import same_value
from tests.catalog.cloud_mapping import (
    MB,
    MODES,
    PROMPTS,
    SIDES,
    endpoints_of,
    fact_models,
    map_model,
    product_name,
)
from tests.catalog.cloud_prices import numbers_in

FACTS = fact_models()
IDS = [fact["id"] for fact in FACTS]


def held(fact: dict[str, Any]) -> ModelSpec:
    return ModelSpec.model_validate(map_model(fact))


def route_of(model: ModelSpec, mode_name: str, endpoint: str, mode: dict[str, Any]) -> Route:
    fields = {media["field"] for media in mode.get("media", [])}
    for route in model.routes:
        right_mode = mode_name == "all" or route.mode == MODES[mode_name][0]
        if right_mode and route.endpoint == endpoint and {item.field for item in route.inputs} == fields:
            return route
    assert mode_name == "all", f"no route for {mode_name} at {endpoint}"
    return next(route for route in model.routes if route.endpoint == endpoint)


def test_there_are_thirty_six_models_to_hold() -> None:
    assert len(FACTS) == len(set(IDS)) == 36


@pytest.mark.parametrize("fact", FACTS, ids=IDS)
def test_every_endpoint_of_the_facts_has_a_route(fact: dict[str, Any]) -> None:
    model = held(fact)
    wanted = {endpoint for mode in fact["modes"].values() for endpoint, _ in endpoints_of(mode["endpoint"])}
    wanted |= {endpoint for variant in fact.get("variants", []) for endpoint in variant.get("endpoints", [])}
    assert {route.endpoint for route in model.routes} == wanted


@pytest.mark.parametrize("fact", FACTS, ids=IDS)
def test_every_parameter_keeps_values_default_and_range(fact: dict[str, Any]) -> None:
    model = held(fact)
    for mode_name, mode in fact["modes"].items():
        for endpoint, _ in endpoints_of(mode["endpoint"]):
            route = route_of(model, mode_name, endpoint, mode)
            for param in mode["params"]:
                if param["name"] in PROMPTS:
                    assert_prompt(param, model.prompt_in(route))
                else:
                    assert_setting(param, model.setting_in(route, product_name(param["name"])))


def assert_prompt(param: dict[str, Any], prompt: PromptSpec) -> None:
    assert prompt.field == param["name"]
    assert prompt.required == param["required"]
    assert prompt.max_chars == param.get("max")
    assert prompt.note == param.get("note", "")


def assert_setting(param: dict[str, Any], setting: Setting) -> None:
    assert setting.field == param["name"]
    assert setting.required == param["required"]
    assert setting.note == param.get("note", "")
    values = [option.value for option in setting.options]
    assert len(values) == len(param.get("enum", []))
    assert all(same_value(ours, theirs) for ours, theirs in zip(values, param.get("enum", []), strict=True))
    assert same_value(setting.default, param["default"]) if "default" in param else setting.default is None
    assert setting.min == param.get("min")
    assert param.get("max") in (setting.max, setting.max_chars)
    assert setting.step == param.get("step")
    names = list(param["items"]) if isinstance(param.get("items"), dict) else [""] * ("items" in param)
    assert [item.name for item in setting.items if item.name or names] == names


@pytest.mark.parametrize("fact", FACTS, ids=IDS)
def test_every_media_limit_is_kept(fact: dict[str, Any]) -> None:
    model = held(fact)
    for mode_name, mode in fact["modes"].items():
        for endpoint, _ in endpoints_of(mode["endpoint"]):
            for media in mode.get("media", []):
                specs = [
                    spec
                    for route in model.routes
                    if route.endpoint == endpoint
                    and (mode_name == "all" or route.mode == MODES[mode_name][0])
                    for spec in route.inputs
                    if spec.field == media["field"]
                ]
                assert specs
                assert any(matches_media(media, spec) for spec in specs), (endpoint, media)


def matches_media(media: dict[str, Any], spec: InputSpec) -> bool:
    low, high = media.get("aspect_ratio_range", (None, None))
    shortest, longest = media.get("duration_s", (None, None))
    least, most = media.get("total_duration_s", (None, None))
    expected = {
        "kind": media["kind"],
        "array": media["array"],
        "required": media["required"],
        "min_items": media["min_items"],
        "max_items": media["max_items"],
        "formats": tuple(media.get("formats", ())),
        "max_bytes": media["max_mb"] * MB if "max_mb" in media else None,
        "total_bytes": media["max_total_mb"] * MB if "max_total_mb" in media else None,
        "min_aspect": low,
        "max_aspect": high,
        "min_seconds": shortest,
        "max_seconds": longest,
        "min_total_seconds": least,
        "max_total_seconds": most,
        "label": media.get("prompt_tag", ""),
        "note": media.get("note", ""),
        **(SIDES[media["side_px"]] if "side_px" in media else {}),
    }
    return all(getattr(spec, key) == value for key, value in expected.items())


@pytest.mark.parametrize("fact", FACTS, ids=IDS)
def test_every_constraint_is_kept_in_words_beside_what_it_enforces(fact: dict[str, Any]) -> None:
    model = held(fact)
    kept = {note for route in model.routes for note in route.notes}
    for mode in fact["modes"].values():
        assert set(mode.get("constraints", [])) <= kept


@pytest.mark.parametrize("fact", FACTS, ids=IDS)
def test_every_figure_of_the_price_is_kept(fact: dict[str, Any]) -> None:
    pricing = held(fact).pricing
    figures = {float(rate.usd) for rate in pricing.rates if rate.usd is not None}
    figures |= {float(rate.base_usd) for rate in pricing.rates if rate.base_usd is not None}
    figures |= {float(rate.multiplier) for rate in pricing.rates}
    figures |= {float(addition.usd) for addition in pricing.additions}
    figures |= {float(quote.usd) for quote in pricing.quotes}
    assert set(numbers_in(fact["price"])) <= figures
    words = [
        text for text in fact["price"].values() if isinstance(text, str) and text != fact["price"]["kind"]
    ]
    assert set(words) <= set(pricing.notes)


@pytest.mark.parametrize("fact", FACTS, ids=IDS)
def test_a_held_model_answers_for_every_mode_and_variant(fact: dict[str, Any]) -> None:
    model = held(fact)
    variant = model.find_setting("variant")
    for route in model.routes:
        given = {"variant": route.variant["variant"][0]} if variant else {}
        settings = model.checked(route.mode, route.roles, given)
        assert model.route(route.mode, route.roles, settings).endpoint == route.endpoint
        assert model.summary_line(route.mode, route.roles, settings) is not None
        assert model.price(route.mode, route.roles, settings).text
        assert model.choices(route.mode, route.roles, settings) is not None


def test_rules_in_prose_become_rules_that_hold() -> None:
    ltx = next(held(fact) for fact in FACTS if fact["id"] == "ltx-2.3")
    views = {
        view.name: view
        for view in ltx.choices(Mode.TEXT, frozenset(), {"variant": "fast", "duration": 20, "fps": 25})
    }
    blocked = {option.value: option.reason for option in views["fps"].options if not option.enabled}
    assert blocked == dict.fromkeys((24, 48, 50), "over 10 s only at 25 fps and 1080p")

    vidu = next(held(fact) for fact in FACTS if fact["id"] == "vidu-q3")
    both = frozenset({InputRole.START_FRAME, InputRole.END_FRAME})
    resolution = {view.name: view for view in vidu.choices(Mode.IMAGE, both, {})}["resolution"]
    assert [option.value for option in resolution.options if not option.enabled] == ["360p"]


@pytest.mark.parametrize(
    ("model_id", "mode", "settings", "micro_usd"),
    [
        ("seedance-1.5-pro", "text", {}, 259_200),  # 5 s 720p with sound: about 0.26
        ("seedance-1.0-pro", "text", {"aspect_ratio": "16:9"}, 607_500),  # 5 s 1080p: about 0.62
        ("kling-2.5-turbo-pro", "text", {"duration": "10"}, 700_000),
        ("kling-2.6-pro", "text", {"audio": False}, 350_000),  # measured
        ("veo-3.1", "text", {"resolution": "4k", "duration": "8s"}, 4_800_000),
        ("hailuo-2.3", "text", {"duration": "10"}, 560_000),
        ("luma-ray-2", "text", {"resolution": "720p", "duration": "9s"}, 2_000_000),
        ("pixverse-v5.5", "text", {"duration": "8", "audio": True}, 450_000),
        ("pixverse-v6", "text", {"duration": 10, "resolution": "1080p", "audio": True}, 1_150_000),
        ("vidu-q2", "text", {"resolution": "1080p"}, 600_000),
        ("grok-imagine-video", "text", {"duration": 10}, 700_000),
        ("wan-2.2-a14b", "text", {}, 405_000),  # 81 frames at 16 fps, 0.08 a second
    ],
)
def test_the_prices_of_held_models_follow_the_facts(
    model_id: str, mode: str, settings: dict[str, Any], micro_usd: int
) -> None:
    model = next(held(fact) for fact in FACTS if fact["id"] == model_id)
    assert model.price(Mode(mode), frozenset(), settings).micro_usd == micro_usd
