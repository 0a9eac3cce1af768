"""One click becomes all of its clips or none, each complete enough to be sent without a second look."""

from __future__ import annotations

import json
import math
from dataclasses import asdict
from typing import Any

import pytest
from pydantic import ValidationError

from sorceress_video.catalog import InputRole, MediaKind, Mode
from sorceress_video.generation.plan import MAX_CLIPS, PlanRefused
from sorceress_video.generation.reasons import ReasonCode
from sorceress_video.generation.requests import GenerationRequest, InputRef, fitted_settings
from tests.generation.requested import CATALOG, clip, image, planned, request

START, END = image(InputRole.START_FRAME, "first"), image(InputRole.END_FRAME, "last")
CHARACTER = image(InputRole.CHARACTER)


def refused(asked: GenerationRequest, **changes: Any) -> list[ReasonCode]:
    with pytest.raises(PlanRefused) as caught:
        planned(asked, **changes)
    assert all(reason.sentence.endswith(".") for reason in caught.value.reasons)
    assert all(len(reason.sentence) < 400 for reason in caught.value.reasons)
    return [reason.code for reason in caught.value.reasons]


@pytest.mark.spec("J1")
def test_each_selected_model_gives_one_clip_in_their_order() -> None:
    plan = planned(request("text", "veo-3.1-fast", "animatic", "seedance-2.0"))
    assert [item.model_id for item in plan.clips] == ["veo-3.1-fast", "animatic", "seedance-2.0"]
    assert [item.estimate_micro_usd for item in plan.clips] == [1_200_000, 0, 2_419_200]
    assert plan.total.micro_usd == 3_619_200


def test_a_clip_carries_everything_that_its_provider_needs() -> None:
    asked = request("image", "veo-3.1-fast", inputs=(START, END), settings={"veo-3.1-fast": {"seed": 7}})
    (item,) = planned(asked).clips
    assert item.endpoint == "fal-ai/veo3.1/fast/first-last-frame-to-video"
    assert (item.provider, item.model_name, item.mode) == ("fal", "Veo 3.1 Fast", Mode.IMAGE)
    assert item.prompt == "A fox runs."
    assert item.inputs == (START, END)
    assert item.settings["seed"] == 7
    assert (item.width, item.height) == (1280, 720)  # the shape of the start frame
    assert item.expected_seconds == 8
    assert item.usual_seconds == (40, 120)
    json.dumps(asdict(item)["settings"], allow_nan=False)


@pytest.mark.spec("J1")
def test_motion_match_gives_one_clip_for_each_model_and_motion_video() -> None:
    inputs = (CHARACTER, clip("a", 4.0), clip("b", 8.0))
    plan = planned(request("motion", "kling-3.0-pro", "animatic-motion", prompt="", inputs=inputs))
    pairs = [(item.model_id, item.inputs[-1].asset_id, item.estimate_micro_usd) for item in plan.clips]
    assert pairs == [
        ("kling-3.0-pro", "a", 672_000),
        ("kling-3.0-pro", "b", 1_344_000),
        ("animatic-motion", "a", 0),
        ("animatic-motion", "b", 0),
    ]
    assert all(item.inputs[0] == CHARACTER for item in plan.clips)
    assert [item.expected_seconds for item in plan.clips[:2]] == [4, 8]


def test_a_length_that_the_model_chooses_is_not_promised() -> None:
    asked = request("text", "seedance-2.0", settings={"seedance-2.0": {"duration": "auto"}})
    plan = planned(asked)
    assert plan.clips[0].expected_seconds is None
    assert plan.clips[0].estimate_up_to
    assert plan.total.up_to


def test_an_unknown_price_makes_the_sum_unknown() -> None:
    asked = request("text", "veo-3.1-fast", "animatic", settings={"veo-3.1-fast": {"resolution": "4k"}})
    plan = planned(asked)
    assert plan.clips[0].estimate_micro_usd is None
    assert plan.total.micro_usd is None


REFUSALS = [
    (request("text"), [ReasonCode.NO_MODEL]),
    (request("text", "nope"), [ReasonCode.UNKNOWN_MODEL]),
    (request("text", "animatic", "nope"), [ReasonCode.UNKNOWN_MODEL]),
    (request("text", "animatic", "animatic"), [ReasonCode.DUPLICATE_MODEL]),
    (request("motion", "animatic"), [ReasonCode.MODE_UNSUPPORTED]),
    (request("text", "animatic", prompt=""), [ReasonCode.PROMPT_MISSING]),
    (request("text", "animatic", prompt="x" * 100_000), [ReasonCode.PROMPT_TOO_LONG]),
    (request("text", "seedance-2.0", prompt="x" * 100_000), [ReasonCode.PROMPT_TOO_LONG]),
    (request("text", "animatic", prompt="a\x00b"), [ReasonCode.PROMPT_CHARACTERS]),
    (request("text", "animatic", prompt="a\x1b[31mb"), [ReasonCode.PROMPT_CHARACTERS]),
    (request("image", "animatic"), [ReasonCode.START_FRAME_MISSING]),
    (request("image", "animatic", inputs=(END,)), [ReasonCode.START_FRAME_MISSING]),
    (request("text", "animatic", inputs=(START,)), [ReasonCode.INPUT_UNSUPPORTED]),
    (request("image", "animatic", inputs=(START, CHARACTER)), [ReasonCode.INPUT_UNSUPPORTED]),
    (
        request("image", "animatic", inputs=(START, START)),
        [ReasonCode.INPUT_REFUSED, ReasonCode.DUPLICATE_INPUT],
    ),
    (
        request("image", "animatic", inputs=(START, image(InputRole.START_FRAME, "other"))),
        [ReasonCode.INPUT_REFUSED],
    ),
    (
        request("image", "kling-3.0-pro", inputs=(image(InputRole.START_FRAME, height=12),)),
        [ReasonCode.INPUT_REFUSED],
    ),
    (
        request("image", "animatic", inputs=(image(InputRole.START_FRAME, kind="video", mime="video/mp4"),)),
        [ReasonCode.INPUT_REFUSED],
    ),
    (request("motion", "animatic-motion", inputs=(CHARACTER,)), [ReasonCode.MOTION_MISSING]),
    (
        request("motion", "kling-3.0-pro", inputs=(CHARACTER, clip("a", 31))),
        [ReasonCode.INPUT_REFUSED],
    ),
    (request("multimodal", "seedance-2.0"), [ReasonCode.INPUT_MISSING]),
    (
        request("text", "animatic", settings={"animatic": {"duration": 99}}),
        [ReasonCode.SETTING_REFUSED],
    ),
    (
        request("text", "animatic", settings={"animatic": {"seed": math.nan}}),
        [ReasonCode.SETTING_REFUSED],
    ),
    (
        request("text", "kling-3.0-pro", settings={"kling-3.0-pro": {"multi_prompt": [{"prompt": "a"}]}}),
        [ReasonCode.PROMPT_OR_SHOTS],
    ),
    (
        GenerationRequest(token="", mode=Mode.TEXT, prompt="x", model_ids=("animatic",)),
        [ReasonCode.BAD_TOKEN],
    ),
    (
        GenerationRequest(token="a\nb", mode=Mode.TEXT, prompt="x", model_ids=("animatic",)),
        [ReasonCode.BAD_TOKEN],
    ),
]


@pytest.mark.parametrize(("asked", "codes"), REFUSALS)
def test_what_cannot_be_made_is_refused_with_every_reason(
    asked: GenerationRequest, codes: list[ReasonCode]
) -> None:
    assert refused(asked) == codes


def test_one_model_that_cannot_keeps_all_clips_back() -> None:
    asked = request("text", "animatic", "seedance-2.0")
    assert refused(asked, providers=frozenset({"sandbox"})) == [ReasonCode.PROVIDER_LOCKED]


def test_the_prompts_limit_is_the_models_own() -> None:
    long = request("text", "animatic", "kling-3.0-pro", prompt="x" * 3000)
    with pytest.raises(PlanRefused) as caught:
        planned(long)
    (reason,) = caught.value.reasons
    assert reason.model_id == "kling-3.0-pro"
    assert reason.sentence == "Kling 3.0 Pro takes prompts of up to 2500 characters; this one has 3000."


@pytest.mark.parametrize(
    "prompt", ["🦊" * 20, "שועל רץ ביער", "\u202eabc", "line\nline\ttab", "<script>alert(1)</script>"]
)
def test_prompts_in_every_script_are_sent_as_they_are(prompt: str) -> None:
    assert planned(request("text", "animatic", prompt=prompt)).clips[0].prompt == prompt


def test_more_clips_than_one_request_may_make_are_refused_before_any_work() -> None:
    clips = tuple(clip(f"clip-{number}") for number in range(MAX_CLIPS + 1))
    asked = request("motion", "animatic-motion", inputs=(CHARACTER, *clips))
    assert refused(asked) == [ReasonCode.TOO_MANY_CLIPS]
    fine = request("motion", "animatic-motion", inputs=(CHARACTER, *clips[:MAX_CLIPS]))
    assert len(planned(fine).clips) == MAX_CLIPS
    assert refused(request("text", *(f"m{number}" for number in range(5000)))) == [ReasonCode.TOO_MANY_CLIPS]


def test_a_label_without_a_file_is_marked_before_anything_is_sent() -> None:
    picture = image(InputRole.REFERENCE_IMAGE)

    def labelled(prompt: str) -> GenerationRequest:
        return request("multimodal", "seedance-2.0", prompt=prompt, inputs=(picture,))

    assert planned(labelled("@Image1 runs")).clips
    for prompt in ("@Image2 runs", "@Image99", "@Image0", "@Image11 beside @Image1", "@Video1"):
        assert refused(labelled(prompt)) == [ReasonCode.LABEL_WITHOUT_FILE]
    assert planned(request("text", "seedance-2.0", prompt="@Image1 is plain text here")).clips


def test_settings_of_models_that_are_not_selected_do_not_matter() -> None:
    assert planned(request("text", "animatic", settings={"seedance-2.0": {"duration": "99"}})).clips


def test_stored_settings_are_fitted_to_the_mode_before_they_are_sent() -> None:
    stored = {"veo-3.1-fast": {"aspect_ratio": "auto", "resolution": "1080p", "duration": "4s", "gone": 1}}
    veo = CATALOG.get("veo-3.1-fast")
    settings = fitted_settings([veo, CATALOG.get("animatic-motion")], Mode.TEXT, (), stored)
    assert set(settings) == {"veo-3.1-fast"}
    (item,) = planned(request("text", "veo-3.1-fast", settings=settings)).clips
    assert (item.settings["aspect_ratio"], item.settings["duration"]) == ("16:9", "8s")


@pytest.mark.parametrize(
    "changes",
    [
        {"role": "wizard"},
        {"asset_id": ""},
        {"bytes": -1},
        {"width": 0},
        {"seconds": math.nan},
        {"seconds": math.inf},
        {"kind": "font"},
        {"owner": "me"},
    ],
)
def test_an_input_that_is_no_input_never_becomes_one(changes: dict[str, Any]) -> None:
    facts = {**START.model_dump(), **changes}
    with pytest.raises(ValidationError):
        InputRef(**facts)


def test_requests_cannot_be_changed_after_they_were_made() -> None:
    asked = request("text", "animatic")
    with pytest.raises(ValidationError):
        asked.prompt = "other"  # type: ignore[misc]
    assert START.kind is MediaKind.IMAGE
