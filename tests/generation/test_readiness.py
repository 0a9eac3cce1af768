"""The button says the first thing that is missing, and is ready exactly when the plan would be accepted."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sorceress_video.catalog import InputRole, Mode
from sorceress_video.generation.plan import PlanRefused
from sorceress_video.generation.readiness import STEPS, ReadinessFacts, readiness
from sorceress_video.generation.reasons import Reason, ReasonCode
from sorceress_video.generation.requests import InputRef
from tests.generation.requested import CATALOG, EVERY_PROVIDER, clip, image, planned, request

START = image(InputRole.START_FRAME)
CHARACTER = image(InputRole.CHARACTER)


def facts(
    mode: str, *model_ids: str, prompt: str = "", inputs: tuple[InputRef, ...] = (), **rest: Any
) -> ReadinessFacts:
    given_facts: dict[str, Any] = {"signed_in": True, "available_providers": EVERY_PROVIDER, **rest}
    models = [CATALOG.get(model_id) for model_id in model_ids]
    return ReadinessFacts(mode=Mode(mode), models=models, prompt=prompt, inputs=inputs, **given_facts)


# What is there, what the button says, and where a click leads.
LADDER = [
    (facts("text", signed_in=False), "Sign in to generate", "sign_in"),
    (
        facts("image", "animatic", prompt="x", inputs=(START,), signed_in=False),
        "Sign in to generate",
        "sign_in",
    ),
    (facts("text"), "Select a Model", "models"),
    (facts("motion", prompt="x", inputs=(CHARACTER,)), "Select a Model", "models"),
    (facts("image", "animatic"), "Add Start Frame", "start_frame"),
    (facts("image", "animatic", prompt="x"), "Add Start Frame", "start_frame"),
    (facts("motion", "animatic-motion"), "Add Character Image", "character"),
    (facts("motion", "animatic-motion", inputs=(clip("a"),)), "Add Character Image", "character"),
    (facts("motion", "animatic-motion", inputs=(CHARACTER,)), "Add Motion Video", "motion"),
    (facts("text", "animatic"), "Enter Prompt", "prompt"),
    (facts("text", "animatic", prompt=" \n\t"), "Enter Prompt", "prompt"),
    (facts("image", "animatic", inputs=(START,)), "Enter Prompt", "prompt"),
    (facts("text", "animatic", prompt="x"), "Generate Video", None),
    (facts("image", "animatic", prompt="x", inputs=(START,)), "Generate Video", None),
    (facts("motion", "animatic-motion", inputs=(CHARACTER, clip("a"))), "Generate Video", None),
    (facts("text", "animatic", "seedance-2.0", prompt="x"), "Generate 2 Videos", None),
    (facts("motion", "animatic-motion", inputs=(CHARACTER, clip("a"), clip("b"))), "Generate 2 Videos", None),
    (
        facts(
            "motion", "animatic-motion", "kling-3.0-pro", inputs=(CHARACTER, clip("a"), clip("b"), clip("c"))
        ),
        "Generate 6 Videos",
        None,
    ),
]


@pytest.mark.spec("P10")
@pytest.mark.parametrize(("known", "label", "target"), LADDER)
def test_the_first_thing_missing_decides_the_label(
    known: ReadinessFacts, label: str, target: str | None
) -> None:
    button = readiness(known)
    assert button.label == label
    assert button.enabled == (target is None)
    if target is None:
        assert (button.action, button.missing) == ("generate", ())
    else:
        assert button.action == ("sign_in" if target == "sign_in" else "show")
        assert button.missing[0].target == target
        assert button.missing[0].sentence.endswith(".")


# Reasons without a label of their own: the button keeps its words, is not ready, and says why.
BLOCKED = [
    (facts("text", "animatic", prompt="x" * 4001), "prompt_too_long", "prompt"),
    (facts("text", "animatic", prompt="a\x00b"), "prompt_characters", "prompt"),
    (facts("text", "seedance-2.0", prompt="x", available_providers={"sandbox"}), "provider_locked", "models"),
    (facts("text", "animatic", "animatic-motion", prompt="x"), "mode_unsupported", "models"),
    (
        facts("image", "kling-3.0-pro", prompt="x", inputs=(image(InputRole.START_FRAME, width=10),)),
        "input_refused",
        "references",
    ),
    (facts("text", "animatic", prompt="x", inputs=(START,)), "input_unsupported", "references"),
    (
        facts("text", "animatic", prompt="x", settings={"animatic": {"duration": 99}}),
        "setting_refused",
        "settings",
    ),
    (facts("multimodal", "animatic-references", prompt="x"), "input_missing", "references"),
    (facts("text", "animatic", prompt="x", uploading=True), "uploading", "references"),
]


@pytest.mark.parametrize(("known", "code", "target"), BLOCKED)
def test_what_stands_in_the_way_is_said_without_a_label_of_its_own(
    known: ReadinessFacts, code: str, target: str
) -> None:
    button = readiness(known)
    assert not button.enabled
    assert button.label.startswith("Generate ")
    assert (button.missing[0].code, button.missing[0].target) == (code, target)


def test_a_running_upload_is_waited_for_instead_of_asked_for_again() -> None:
    button = readiness(facts("image", "animatic", prompt="x", uploading=True))
    assert (button.label, button.enabled) == ("Generate Video", False)
    assert [missing.code for missing in button.missing] == ["uploading"]
    assert readiness(facts("image", "animatic", uploading=True)).label == "Enter Prompt"


def test_every_reason_of_the_plan_has_its_place_in_the_table_in_the_same_order() -> None:
    assert list(STEPS) == list(ReasonCode)


CHOICES = st.lists(st.sampled_from([model.id for model in CATALOG]), max_size=3, unique=True)
INPUTS = st.lists(st.sampled_from([START, CHARACTER, clip("a"), clip("b", 40.0)]), max_size=4, unique=True)


@settings(max_examples=120, deadline=None)
@given(CHOICES, st.sampled_from(list(Mode)), st.sampled_from(["", "A fox.", "x" * 3000]), INPUTS)
def test_the_button_is_ready_exactly_when_the_plan_is_accepted(
    model_ids: list[str], mode: Mode, prompt: str, inputs: list[InputRef]
) -> None:
    button = readiness(facts(mode, *model_ids, prompt=prompt, inputs=tuple(inputs)))
    reasons: tuple[Reason, ...] = ()
    count = 0
    try:
        count = len(planned(request(mode, *model_ids, prompt=prompt, inputs=tuple(inputs))).clips)
    except PlanRefused as error:
        reasons = error.reasons
    assert button.enabled == bool(count)
    assert [gap.sentence for gap in button.missing] == [reason.sentence for reason in reasons]
    if count:
        assert button.label == ("Generate Video" if count == 1 else f"Generate {count} Videos")
