"""A setting only ever takes a value that its model has, as the exact wire value."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sorceress_video.catalog import (
    InputRole,
    Mode,
    ModelSpec,
    NoRoute,
    SettingKind,
    SettingRefused,
    load_catalog,
)
from sorceress_video.catalog.registry import MODELS_FOLDER
from sorceress_video.catalog.terms import among

CATALOG = load_catalog(MODELS_FOLDER)
SEEDANCE, KLING, VEO = (CATALOG.get(i) for i in ("seedance-2.0", "kling-3.0-pro", "veo-3.1-fast"))
ANIMATIC = CATALOG.get("animatic")
NOTHING: frozenset[InputRole] = frozenset()
START = frozenset({InputRole.START_FRAME})
BOTH = frozenset({InputRole.START_FRAME, InputRole.END_FRAME})
MOTION = frozenset({InputRole.CHARACTER, InputRole.MOTION_CLIP})


def refused(model: ModelSpec, values: dict[str, Any], mode: Mode = Mode.TEXT) -> SettingRefused:
    with pytest.raises(SettingRefused) as caught:
        model.checked(mode, NOTHING if mode is Mode.TEXT else model.requires(mode), values)
    return caught.value


def test_defaults_are_complete_and_valid_for_every_model_and_mode() -> None:
    for model in CATALOG:
        for mode in model.modes:
            roles = model.requires(mode)
            defaults = model.defaults(mode, roles)
            assert set(defaults) == set(model.route(mode, roles).settings)
            assert model.checked(mode, roles, defaults) == model.checked(mode, roles, {})


def test_a_required_choice_without_vendor_default_starts_with_the_first() -> None:
    assert KLING.checked(Mode.MOTION, MOTION, {})["character_orientation"] == "video"


@pytest.mark.parametrize(
    ("model", "values", "name"),
    [
        (SEEDANCE, {"duration": "3"}, "duration"),
        (SEEDANCE, {"duration": 8}, "duration"),
        (SEEDANCE, {"duration": "8s"}, "duration"),
        (SEEDANCE, {"duration": True}, "duration"),
        (SEEDANCE, {"duration": ["8"]}, "duration"),
        (SEEDANCE, {"duration": {"value": "8"}}, "duration"),
        (SEEDANCE, {"audio": "yes"}, "audio"),
        (SEEDANCE, {"audio": 1}, "audio"),
        (SEEDANCE, {"seed": -1}, "seed"),
        (SEEDANCE, {"seed": 1.5}, "seed"),
        (SEEDANCE, {"seed": 2**31}, "seed"),
        (SEEDANCE, {"seed": math.nan}, "seed"),
        (SEEDANCE, {"seed": math.inf}, "seed"),
        (SEEDANCE, {"seed": "１２"}, "seed"),
        (SEEDANCE, {"seed": "9" * 400}, "seed"),
        (SEEDANCE, {"seed": True}, "seed"),
        (SEEDANCE, {"end_user_id": "x" * 129}, "end_user_id"),
        (SEEDANCE, {"end_user_id": "a\x00b"}, "end_user_id"),
        (SEEDANCE, {"colour": "red"}, "colour"),
        (SEEDANCE, {"__class__": "x"}, "__class__"),
        (KLING, {"guidance": math.nan}, "guidance"),
        (KLING, {"guidance": 1.01}, "guidance"),
        (KLING, {"guidance": -0.01}, "guidance"),
        (KLING, {"guidance": 10**400}, "guidance"),
        (KLING, {"guidance": "1e3"}, "guidance"),
        (KLING, {"guidance": False}, "guidance"),
        (KLING, {"negative_prompt": "x" * 2501}, "negative_prompt"),
        (KLING, {"negative_prompt": ["x"]}, "negative_prompt"),
        (KLING, {"multi_prompt": [{"prompt": "a", "duration": "9"}] * 2}, "multi_prompt"),
        (KLING, {"multi_prompt": [{"prompt": "a", "duration": "1"}] * 7}, "multi_prompt"),
        (KLING, {"multi_prompt": [{"prompt": "", "duration": "1"}]}, "multi_prompt"),
        (KLING, {"multi_prompt": [{"duration": "1"}]}, "multi_prompt"),
        (KLING, {"multi_prompt": [{"prompt": "a", "loop": True}]}, "multi_prompt"),
        (KLING, {"multi_prompt": [{"prompt": "a", "duration": 5}]}, "multi_prompt"),
        (KLING, {"multi_prompt": ["a"]}, "multi_prompt"),
        (KLING, {"multi_prompt": "a"}, "multi_prompt"),
        (ANIMATIC, {"duration": 5.5}, "duration"),
        (ANIMATIC, {"duration": True}, "duration"),
    ],
)
def test_a_foreign_value_is_refused_by_name(model: ModelSpec, values: dict[str, Any], name: str) -> None:
    error = refused(model, values)
    assert error.name == name
    assert error.sentence.endswith(".")
    assert len(error.sentence) < 300


def test_elements_with_other_peoples_addresses_cannot_be_smuggled_in() -> None:
    elements = [{"frontal_image_url": "http://169.254.169.254/latest"}]
    assert refused(KLING, {"elements": elements}, Mode.IMAGE).name == "elements"


@pytest.mark.parametrize(
    ("model", "values", "expected"),
    [
        (ANIMATIC, {"duration": "7"}, {"duration": 7}),
        (ANIMATIC, {"duration": 7.0}, {"duration": 7}),
        (ANIMATIC, {"seed": "12"}, {"seed": 12}),
        (ANIMATIC, {"seed": ""}, {"seed": None}),
        (ANIMATIC, {"seed": 12.0}, {"seed": 12}),
        (SEEDANCE, {"audio": "false"}, {"audio": False}),
        (SEEDANCE, {"audio": None}, {"audio": True}),
        (KLING, {"guidance": "0.25"}, {"guidance": 0.25}),
        (KLING, {"guidance": 1}, {"guidance": 1.0}),
        (KLING, {"multi_prompt": []}, {"multi_prompt": None}),
        (KLING, {"multi_prompt": [{"prompt": "a"}]}, {"multi_prompt": [{"prompt": "a", "duration": "5"}]}),
    ],
)
def test_what_a_form_sends_becomes_the_wire_value(
    model: ModelSpec, values: dict[str, Any], expected: dict[str, Any]
) -> None:
    result = model.checked(Mode.TEXT, NOTHING, values)
    for name, value in expected.items():
        assert result[name] == value
        assert type(result[name]) is type(value)


def test_a_setting_of_another_mode_is_left_out() -> None:
    settings = KLING.checked(Mode.MOTION, MOTION, {"duration": "5", "keep_sound": False})
    assert set(settings) == {"character_orientation", "keep_sound", "elements"}
    assert settings["keep_sound"] is False


def test_impossible_choices_are_disabled_with_the_reason_in_both_directions() -> None:
    def options(values: dict[str, Any], name: str) -> dict[object, str]:
        views = {view.name: view for view in VEO.choices(Mode.TEXT, NOTHING, values)}
        return {option.value: option.reason for option in views[name].options}

    reason = "Veo 3.1 Fast makes 1080p and 4K only at 8 s."
    assert options({"resolution": "1080p"}, "duration") == {"4s": reason, "6s": reason, "8s": ""}
    assert options({"duration": "4s"}, "resolution") == {"720p": "", "1080p": reason, "4k": reason}
    assert not any(options({}, "duration").values())


def test_values_that_exclude_each_other_are_refused_with_the_reason() -> None:
    error = refused(VEO, {"resolution": "4k", "duration": "4s"})
    assert (error.name, error.sentence) == ("duration", "Veo 3.1 Fast makes 1080p and 4K only at 8 s.")
    assert VEO.checked(Mode.TEXT, NOTHING, {"resolution": "4k"})["duration"] == "8s"


def test_a_stored_pair_that_excludes_itself_is_settled_for_the_screen() -> None:
    stored = {"resolution": "4k", "duration": "4s"}
    assert VEO.fitted(Mode.TEXT, NOTHING, stored)["duration"] == "8s"
    assert VEO.summary_line(Mode.TEXT, NOTHING, stored) == "4k · 8 s · 16:9 · audio"


def test_an_option_of_one_route_is_not_offered_in_another() -> None:
    def ratios(mode: Mode, roles: frozenset[InputRole]) -> list[object]:
        views = {view.name: view for view in VEO.choices(mode, roles, {})}
        return [option.value for option in views["aspect_ratio"].options]

    assert "auto" not in ratios(Mode.TEXT, NOTHING)
    assert "auto" in ratios(Mode.IMAGE, START)
    assert refused(VEO, {"aspect_ratio": "auto"}).name == "aspect_ratio"
    assert VEO.fitted(Mode.TEXT, NOTHING, {"aspect_ratio": "auto"})["aspect_ratio"] == "16:9"
    assert VEO.repaired({"aspect_ratio": "auto"}) == {"aspect_ratio": "auto"}


def test_stored_settings_survive_a_change_of_the_catalog() -> None:
    stored: dict[str, Any] = {
        "resolution": "8k",
        "duration": "6s",
        "gone": 1,
        "audio": False,
        "seed": math.nan,
        "aspect_ratio": None,
    }
    assert VEO.repaired(stored) == {"duration": "6s", "audio": False}


@pytest.mark.parametrize(
    ("model", "mode", "roles", "endpoint"),
    [
        (VEO, Mode.TEXT, NOTHING, "fal-ai/veo3.1/fast"),
        (VEO, Mode.IMAGE, NOTHING, "fal-ai/veo3.1/fast/image-to-video"),
        (VEO, Mode.IMAGE, START, "fal-ai/veo3.1/fast/image-to-video"),
        (VEO, Mode.IMAGE, BOTH, "fal-ai/veo3.1/fast/first-last-frame-to-video"),
        (SEEDANCE, Mode.IMAGE, BOTH, "bytedance/seedance-2.0/image-to-video"),
        (KLING, Mode.MOTION, MOTION, "fal-ai/kling-video/v3/pro/motion-control"),
    ],
)
def test_the_most_specific_route_is_taken(
    model: ModelSpec, mode: Mode, roles: frozenset[InputRole], endpoint: str
) -> None:
    assert model.route(mode, roles).endpoint == endpoint


def test_inputs_that_no_route_takes_are_refused_in_words() -> None:
    with pytest.raises(NoRoute, match=r"Veo 3\.1 Fast does not take a start frame in Text to Video"):
        VEO.route(Mode.TEXT, START)
    with pytest.raises(NoRoute, match="Animatic does not do Motion Match"):
        ANIMATIC.route(Mode.MOTION)


def test_the_wire_body_has_the_providers_words_and_types() -> None:
    settings = VEO.checked(Mode.IMAGE, BOTH, {"seed": 7})
    media = {InputRole.START_FRAME: ["https://a/1.png"], InputRole.END_FRAME: ["https://a/2.png"]}
    assert VEO.request_body(Mode.IMAGE, BOTH, settings, "a fox", media) == {
        "prompt": "a fox",
        "resolution": "720p",
        "duration": "8s",
        "aspect_ratio": "auto",
        "generate_audio": True,
        "seed": 7,
        "auto_fix": False,
        "safety_tolerance": "4",
        "first_frame_url": "https://a/1.png",
        "last_frame_url": "https://a/2.png",
    }


def test_the_wire_body_of_shots_has_no_prompt_and_lists_stay_lists() -> None:
    settings = KLING.checked(Mode.TEXT, NOTHING, {"multi_prompt": [{"prompt": "a"}]})
    body = KLING.request_body(Mode.TEXT, NOTHING, settings, "", {})
    assert "prompt" not in body
    assert body["multi_prompt"] == [{"prompt": "a", "duration": "5"}]

    roles = frozenset({InputRole.REFERENCE_IMAGE})
    settings = SEEDANCE.checked(Mode.MULTIMODAL, roles, {})
    body = SEEDANCE.request_body(Mode.MULTIMODAL, roles, settings, "x", {InputRole.REFERENCE_IMAGE: ["u"]})
    assert body["image_urls"] == ["u"]
    assert "video_urls" not in body


JSONISH = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(max_size=12),
        st.sampled_from(
            ["auto", "8", "8s", "4s", "720p", "1080p", "4k", "16:9", "true", "0.5", "-1", "7", "NaN"]
        ),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=5,
)
CASES = [(model, mode) for model in CATALOG for mode in model.modes]


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_no_foreign_value_ever_gets_through(data: st.DataObject) -> None:
    model, mode = data.draw(st.sampled_from(CASES))
    names = st.sampled_from([setting.name for setting in model.settings])
    given_values = data.draw(st.dictionaries(names | st.text(max_size=6), JSONISH, max_size=4))
    roles = model.requires(mode)
    try:
        result = model.checked(mode, roles, given_values)
    except SettingRefused:
        return
    route = model.route(mode, roles, given_values)
    assert list(result) == list(route.settings)
    for name, value in result.items():
        setting = model.setting_in(route, name)
        if value is None:
            assert not setting.required
        elif setting.kind is SettingKind.CHOICE:
            assert among(value, [option.value for option in setting.options])
        elif setting.kind is SettingKind.SWITCH:
            assert isinstance(value, bool)
        elif setting.kind in (SettingKind.INTEGER, SettingKind.SEED):
            assert type(value) is int
            assert 0 <= value < 2**31
        elif setting.kind is SettingKind.SLIDER:
            assert type(value) is float
            assert setting.within(value)
        elif setting.kind is SettingKind.TEXT:
            assert isinstance(value, str)
            assert "\x00" not in value
        else:
            assert isinstance(value, list)
            assert value
    assert not [rule for rule in model.rules if rule.broken_by(mode, roles, result)]


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.data())
def test_the_screen_never_fails_on_stored_rubbish(data: st.DataObject) -> None:
    model, mode = data.draw(st.sampled_from(CASES))
    names = st.sampled_from([setting.name for setting in model.settings])
    stored = data.draw(st.dictionaries(names | st.text(max_size=6), JSONISH, max_size=5))
    roles = model.requires(mode)
    fitted = model.fitted(mode, roles, stored)
    assert model.checked(mode, roles, fitted) == fitted
    assert model.summary_line(mode, roles, stored)
    assert model.price(mode, roles, stored).text
    for view in model.choices(mode, roles, stored):
        enabled = [option.value for option in view.options if option.enabled]
        assert not view.options or view.value is None or among(view.value, enabled)
    assert model.checked(mode, roles, {}) == model.checked(mode, roles, model.defaults(mode, roles))
    repaired = model.repaired(stored)
    assert set(repaired) <= set(stored)
    assert model.repaired(repaired) == repaired
