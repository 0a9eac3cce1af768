"""The prompt panel's rules: modes, slots, notes, estimate, and what the button says. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from sorceress_video.catalog import Catalog, InputRole, MediaKind, Mode, Price, SettingRefused, get_catalog
from sorceress_video.generation.requests import InputRef
from sorceress_video.library.ledger import AskLimit, MonthSpend
from sorceress_video.ui.prompt_panel import estimate
from sorceress_video.ui.prompt_panel.compose import (
    Choices,
    changed_settings,
    compose,
    remembered,
    remembered_mode,
    request_inputs,
    request_settings,
    settle,
)
from sorceress_video.ui.prompt_panel.inputs import PANEL_ROLES, StoredInput
from sorceress_video.ui.prompt_panel.models import BudgetBar, PriceLine

CATALOG = get_catalog()
KLING, VEO, SEEDANCE, ANIMATIC = "kling-3.0-pro", "veo-3.1-fast", "seedance-2.0", "animatic"
READY = Choices(signed_in=True, providers=frozenset({"sandbox", "fal"}))


def frame(role: InputRole, width: int = 1920, height: int = 1080) -> StoredInput:
    ref = InputRef(
        role=role,
        asset_id=f"{role}-{width}",
        kind=MediaKind.IMAGE,
        mime="image/png",
        bytes=40_000,
        width=width,
        height=height,
    )
    return StoredInput(ref, "ridge.png", "/media/x/image", "/media/x/poster")


def with_frames(choices: Choices, *roles: InputRole, width: int = 1920, height: int = 1080) -> Choices:
    return replace(choices, mode=Mode.IMAGE, inputs={role: [frame(role, width, height)] for role in roles})


def character() -> InputRef:
    return frame(InputRole.CHARACTER).ref


def motion(number: int, seconds: float) -> InputRef:
    return InputRef(
        role=InputRole.MOTION_CLIP,
        asset_id=f"motion-{number}",
        kind=MediaKind.VIDEO,
        mime="video/mp4",
        bytes=900_000,
        width=1280,
        height=720,
        seconds=seconds,
    )


def catalog_where(model_id: str, **changes: object) -> Catalog:
    """The catalog with one model changed."""
    models = [
        model
        if model.id != model_id
        else type(model).model_validate(model.model_dump(exclude_unset=True) | changes)
        for model in CATALOG
    ]
    return Catalog(models, "changed")


def without_end_frame(model_id: str) -> Catalog:
    routes = [
        route.model_copy(
            update={"inputs": tuple(spec for spec in route.inputs if spec.role is not InputRole.END_FRAME)}
        ).model_dump(exclude_unset=True)
        for route in CATALOG.get(model_id).routes
    ]
    return catalog_where(model_id, routes=routes)


# --- modes


@pytest.mark.spec("P1")
def test_a_tab_that_not_every_model_does_is_disabled_and_says_who_does_not() -> None:
    text_only = [
        route.model_dump(exclude_unset=True) for route in CATALOG.get(VEO).routes if route.mode is Mode.TEXT
    ]
    catalog = catalog_where(VEO, routes=text_only)
    shown = compose(catalog, replace(READY, model_ids=[VEO, KLING]))
    image = next(tab for tab in shown.tabs if tab.mode == "image")
    assert not image.usable
    assert "Veo 3.1 Fast" in image.reason
    assert "Kling" not in image.reason
    assert settle(catalog, [VEO, KLING], Mode.IMAGE) is Mode.TEXT


def test_the_selected_models_decide_which_tabs_there_are() -> None:
    shown = compose(CATALOG, replace(READY, model_ids=[SEEDANCE]))
    assert [tab.mode for tab in shown.tabs] == ["text", "image", "multimodal"]
    every = compose(CATALOG, READY)
    assert [tab.mode for tab in every.tabs] == ["text", "image", "motion", "multimodal"]
    assert all(tab.usable for tab in every.tabs)


# --- prompt and slots


@pytest.mark.spec("P2")
def test_the_smallest_limit_of_the_selected_models_counts() -> None:
    shown = compose(CATALOG, replace(READY, model_ids=[ANIMATIC, KLING, VEO]))
    assert (shown.limit, shown.limited_by) == (2500, "Kling 3.0 Pro")


@pytest.mark.spec("P5")
def test_an_end_frame_is_offered_only_where_every_model_takes_one() -> None:
    catalog = without_end_frame(VEO)
    choices = with_frames(replace(READY, model_ids=[KLING, VEO]), InputRole.START_FRAME, InputRole.END_FRAME)
    end = next(slot for slot in compose(catalog, choices).slots if slot.role == "end_frame")
    assert not end.usable
    assert end.reason == "Veo 3.1 Fast does not take one."
    assert end.frame is not None, "the picture stays in its slot"
    assert [ref.role for ref in request_inputs(catalog, choices)] == [InputRole.START_FRAME]


def test_text_to_video_takes_no_frames_along() -> None:
    choices = replace(with_frames(READY, InputRole.START_FRAME), mode=Mode.TEXT, model_ids=[KLING])
    assert request_inputs(CATALOG, choices) == ()
    assert compose(CATALOG, choices).slots == []


@pytest.mark.spec("P4")
def test_a_frame_of_another_shape_is_announced_to_be_cropped() -> None:
    choices = with_frames(
        replace(READY, model_ids=[ANIMATIC]), InputRole.START_FRAME, width=1000, height=1000
    )
    assert [note.text for note in compose(CATALOG, choices).notes] == ["Animatic crops this frame to 16:9."]
    fitting = with_frames(replace(READY, model_ids=[ANIMATIC]), InputRole.START_FRAME)
    assert compose(CATALOG, fitting).notes == []


@pytest.mark.spec("P8")
def test_a_frame_that_a_model_will_not_take_is_refused_at_once_with_the_numbers() -> None:
    choices = with_frames(replace(READY, model_ids=[KLING]), InputRole.START_FRAME, width=200, height=120)
    shown = compose(CATALOG, choices)
    bad = [note.text for note in shown.notes if note.tone == "bad"]
    assert len(bad) == 1
    assert "300 px" in bad[0]
    assert "200×120" in bad[0]
    assert shown.faces.filled.action == "show"


# --- estimate


@pytest.mark.spec("P9")
def test_the_estimate_is_the_sum_with_its_parts() -> None:
    shown = compose(CATALOG, replace(READY, model_ids=[ANIMATIC, KLING, VEO]))
    assert [(line.name, line.factors, line.price) for line in shown.prices] == [
        ("Animatic", "1 × free", "free"),
        ("Kling 3.0 Pro", "1 × $0.84", "$0.84"),
        ("Veo 3.1 Fast", "1 × $1.20", "$1.20"),
    ]
    assert shown.total == "$2.04"


@pytest.mark.spec("P9")
def test_each_motion_clip_counts_and_clips_of_one_length_show_what_one_costs() -> None:
    kling = CATALOG.get(KLING)

    def line(*seconds: float) -> PriceLine:
        inputs = [character(), *(motion(number, length) for number, length in enumerate(seconds))]
        (part,) = estimate.parts([kling], Mode.MOTION, {}, inputs)
        return estimate.price_line(part)

    one = line(5.0)
    assert one.factors == f"1 × {one.price}"
    assert line(5.0, 5.0).factors == f"2 × {one.price}"
    assert line(5.0, 9.0).factors == "2 clips"
    assert Decimal(line(5.0, 5.0).price.strip("$")) == 2 * Decimal(one.price.strip("$"))


@pytest.mark.spec("P9")
def test_a_sum_beyond_the_months_budget_is_said_before_the_click() -> None:
    resets = datetime(2026, 12, 1, tzinfo=UTC)
    poor = replace(READY, model_ids=[KLING], money=MonthSpend(4_500_000, 5_000_000, resets))
    assert "$0.50 of this month's budget is left" in compose(CATALOG, poor).total_note
    rich = replace(poor, money=MonthSpend(0, 5_000_000, resets))
    assert compose(CATALOG, rich).total_note == ""


@pytest.mark.spec("P9")
def test_the_month_shows_what_was_spent_and_where_there_is_a_budget_what_is_left() -> None:
    resets = datetime(2026, 12, 1, tzinfo=UTC)
    bar = estimate.budget_bar(MonthSpend(68_100_000, 200_000_000, resets))
    assert (bar.spent, bar.left, bar.share) == (
        "$68.10 spent · resets 1 Dec",
        "$131.90 left of $200.00",
        "34.1%",
    )
    assert estimate.budget_bar(MonthSpend(9, 5, resets)).left == "$0.00 left of $0.00"
    assert estimate.budget_bar(MonthSpend(1_000_000, None, resets)).spent == "$1.00 spent this month"
    assert estimate.budget_bar(MonthSpend(1_000_000, None, resets)).left == ""
    assert estimate.budget_bar(MonthSpend(0, None, resets)) == BudgetBar()


@pytest.mark.spec("P9")
@pytest.mark.parametrize(
    ("prices", "limit", "asks"),
    [
        ([1_000_000], None, False),
        ([1_000_000], 1_000_000, False),
        ([1_000_000, 1], 1_000_000, True),
        ([0], 0, False),
        ([1], 0, True),
        ([None], 1_000_000, True),
        ([None], None, False),
    ],
)
def test_a_sum_above_the_limit_or_an_unknown_one_asks_first(
    prices: list[int | None], limit: int | None, asks: bool
) -> None:
    part = estimate.Part("m", "Model", tuple(Price(price) for price in prices))
    assert estimate.asks_first([part], AskLimit(limit)) is asks


def test_a_confirmation_is_for_one_sum_and_no_other() -> None:
    def sum_of(*prices: int | None) -> str:
        return estimate.sum_of([estimate.Part("m", "Model", tuple(Price(price) for price in prices))])

    sums = [sum_of(5), sum_of(6), sum_of(5, None), sum_of(5, None, None), sum_of(None)]
    assert len(set(sums)) == len(sums)
    assert sum_of(2, 3) == sum_of(5)


@pytest.mark.spec("P9")
def test_an_unpublished_price_is_said_and_not_counted_as_nothing() -> None:
    choices = replace(READY, model_ids=[KLING, VEO], settings={VEO: {"resolution": "4k"}})
    shown = compose(CATALOG, choices)
    assert shown.total == "$0.84 + unknown"
    assert shown.total_note


@pytest.mark.spec("P9")
def test_a_price_with_an_upper_bound_says_up_to() -> None:
    shown = compose(CATALOG, replace(READY, model_ids=[SEEDANCE], settings={SEEDANCE: {"duration": "auto"}}))
    assert shown.total.startswith("up to $")


# --- the button


@pytest.mark.spec("P10")
@pytest.mark.parametrize(
    ("choices", "filled", "blank"),
    [
        (Choices(), "Sign in to generate", "Sign in to generate"),
        (READY, "Select a Model", "Select a Model"),
        (replace(READY, model_ids=[KLING]), "Generate Video", "Enter Prompt"),
        (replace(READY, model_ids=[KLING, VEO, ANIMATIC]), "Generate 3 Videos", "Enter Prompt"),
        (replace(READY, model_ids=[KLING], mode=Mode.IMAGE), "Add Start Frame", "Add Start Frame"),
        (
            with_frames(replace(READY, model_ids=[KLING]), InputRole.START_FRAME),
            "Generate Video",
            "Enter Prompt",
        ),
    ],
)
def test_the_button_names_the_first_thing_that_is_missing(choices: Choices, filled: str, blank: str) -> None:
    shown = compose(CATALOG, choices)
    assert (shown.faces.filled.label, shown.faces.blank.label) == (filled, blank)
    assert (shown.faces.filled.action == "generate") == filled.startswith("Generate")


def test_while_the_start_frame_is_on_its_way_it_is_not_asked_for_again() -> None:
    faces = compose(CATALOG, replace(READY, model_ids=[KLING], mode=Mode.IMAGE)).faces
    assert faces.filled_uploading.label == "Generate Video"
    assert faces.filled_uploading.action == "show"
    assert [thing.sentence for thing in faces.filled_uploading.missing] == ["A file is still being uploaded."]


@pytest.mark.spec("P10")
def test_a_missing_thing_leads_to_a_place_that_the_panels_have() -> None:
    places = {"sign_in", "models", "start_frame", "character", "motion", "references", "prompt", ""}
    modes = [replace(READY, model_ids=[KLING], mode=mode) for mode in PANEL_ROLES]
    for choices in (Choices(), READY, *modes, replace(modes[3], model_ids=[SEEDANCE])):
        shown = compose(CATALOG, choices)
        for face in (shown.faces.filled, shown.faces.blank, shown.faces.filled_uploading):
            assert {face.target, *(thing.target for thing in face.missing)} <= places


# --- settings


def test_a_change_keeps_what_was_set_for_the_other_mode() -> None:
    veo = CATALOG.get(VEO)
    choices = replace(READY, mode=Mode.IMAGE, settings={VEO: {"aspect_ratio": "9:16", "seed": 7}})
    changed = changed_settings(veo, choices, "resolution", "1080p")
    assert changed["aspect_ratio"] == "9:16"
    assert changed["resolution"] == "1080p"


def test_a_default_is_not_stored() -> None:
    kling = CATALOG.get(KLING)
    choices = replace(READY, settings={KLING: {"duration": "10"}})
    assert changed_settings(kling, choices, "duration", "5") == {}


def test_values_that_exclude_each_other_are_refused() -> None:
    choices = replace(READY, settings={VEO: {"resolution": "1080p"}})
    with pytest.raises(SettingRefused):
        changed_settings(CATALOG.get(VEO), choices, "duration", "4s")


@pytest.mark.spec("P12")
def test_remembered_choices_outlive_a_changed_catalog() -> None:
    models, settings = remembered(
        CATALOG,
        [KLING, "gone-2.0", KLING, 7],
        {KLING: {"duration": "10", "gone": 1}, "gone-2.0": {"duration": "5"}, VEO: "nonsense"},
    )
    assert models == [KLING]
    assert settings == {KLING: {"duration": "10"}}
    assert remembered(CATALOG, None, "nonsense") == ([], {})


@pytest.mark.spec("P12")
@pytest.mark.parametrize("kept", [None, "moon", 7, ["image"], {"image": 1}, "IMAGE"])
def test_a_remembered_mode_that_means_nothing_is_the_first_one(kept: object) -> None:
    assert remembered_mode(kept) is Mode.TEXT
    assert remembered_mode("image") is Mode.IMAGE


def test_a_request_has_complete_settings_for_its_models_only() -> None:
    choices = replace(READY, model_ids=[KLING], settings={KLING: {"duration": "10"}, VEO: {"seed": 1}})
    settings = request_settings(CATALOG, choices)
    assert set(settings) == {KLING}
    assert settings[KLING]["duration"] == "10"
    assert settings[KLING]["aspect_ratio"] == "16:9"
