"""What a model cannot take is said at once, with the model, the limit and what was measured."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sorceress_video.catalog import InputRole, Mode, input_problems, load_catalog
from sorceress_video.catalog.registry import MODELS_FOLDER
from tests.catalog.measured import Measured, audio, video

CATALOG = load_catalog(MODELS_FOLDER)
SEEDANCE, KLING, VEO = (CATALOG.get(i) for i in ("seedance-2.0", "kling-3.0-pro", "veo-3.1-fast"))
FRAME = Measured(InputRole.START_FRAME)
CHARACTER = Measured(InputRole.CHARACTER)


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        (FRAME, None),
        (replace(FRAME, width=300, height=500), None),
        (
            replace(FRAME, width=1, height=1),
            "Kling 3.0 Pro needs the start frame with sides of at least 300 px; this is 1×1.",
        ),
        (
            replace(FRAME, width=300, height=1000),
            "Kling 3.0 Pro takes the start frame no taller than 1:2.5; this is 300×1000 (1:3.33).",
        ),
        (
            replace(FRAME, width=2600, height=1000),
            "Kling 3.0 Pro takes the start frame no wider than 2.5:1; this is 2600×1000 (2.60:1).",
        ),
        (
            replace(FRAME, bytes=12_345_678),
            "Kling 3.0 Pro takes the start frame up to 10 MB; this has 12.3 MB.",
        ),
        (
            replace(FRAME, mime="image/webp"),
            "Kling 3.0 Pro takes JPEG, PNG as the start frame; this is WEBP.",
        ),
        (
            video(InputRole.START_FRAME, 3.0),
            "Kling 3.0 Pro takes an image as the start frame; this is a video.",
        ),
    ],
)
def test_a_start_frame_is_judged_by_each_limit(facts: Measured, sentence: str | None) -> None:
    assert KLING.input_problem(InputRole.START_FRAME, facts) == sentence


def test_a_motion_clip_over_the_maximum_is_refused_with_the_numbers_and_a_short_one_is_not() -> None:
    role = InputRole.MOTION_CLIP
    assert KLING.input_problem(role, video(role, 1.2)) is None
    assert KLING.input_problem(role, video(role, 30.0)) is None
    assert (
        KLING.input_problem(role, video(role, 31.4))
        == "Kling 3.0 Pro takes the motion video up to 30 s; this lasts 31.4 s."
    )


def test_a_setting_can_tighten_a_limit() -> None:
    role, clip = InputRole.MOTION_CLIP, video(InputRole.MOTION_CLIP, 12.0)
    assert KLING.input_problem(role, clip, mode=Mode.MOTION, given={"character_orientation": "video"}) is None
    problem = KLING.input_problem(role, clip, mode=Mode.MOTION, given={"character_orientation": "image"})
    assert problem == "Kling 3.0 Pro takes the motion video up to 10 s; this lasts 12 s."


def test_a_role_that_the_model_lacks_is_said() -> None:
    assert (
        VEO.input_problem(InputRole.CHARACTER, CHARACTER) == "Veo 3.1 Fast does not take a character image."
    )
    assert (
        SEEDANCE.input_problem(InputRole.END_FRAME, FRAME, mode=Mode.MULTIMODAL)
        == "Seedance 2.0 does not take an end frame in Multimodal."
    )


def test_a_file_that_one_route_takes_is_no_problem_before_the_mode_is_known() -> None:
    heavy = replace(FRAME, bytes=9_000_000)  # too heavy alone, but not as one of two frames
    assert VEO.input_problem(InputRole.START_FRAME, heavy) is None


def problems(*inputs: Measured, **settings: object) -> list[str]:
    roles = frozenset(item.role for item in inputs)
    route = SEEDANCE.route(Mode.MULTIMODAL, roles)
    checked = SEEDANCE.checked(Mode.MULTIMODAL, roles, settings)  # type: ignore[arg-type]
    return [problem.code for problem in input_problems(SEEDANCE, route, inputs, checked)]


IMAGE = Measured(InputRole.REFERENCE_IMAGE)
CLIP = video(InputRole.REFERENCE_VIDEO, 5.0, width=1112, height=834)
SOUND = audio(InputRole.REFERENCE_AUDIO, 4.0)


@pytest.mark.parametrize(
    ("inputs", "codes"),
    [
        ((IMAGE,), []),
        ((IMAGE, CLIP, SOUND), []),
        ((IMAGE,) * 9 + (CLIP,) * 3, []),
        ((IMAGE,) * 10, ["too_many"]),
        ((CLIP,) * 4, ["too_many", "too_long_together"]),
        (
            (IMAGE,) * 9 + (replace(CLIP, seconds=1.0),) * 3 + (replace(SOUND, seconds=1.0),),
            ["too_many_files"],
        ),
        ((SOUND,), ["needs_another"]),
        ((IMAGE, replace(SOUND, seconds=9.0)), ["longer_than_clip"]),
        ((IMAGE, replace(SOUND, seconds=16.0)), ["too_long_together", "longer_than_clip"]),
        ((replace(CLIP, seconds=1.0),), ["too_short_together"]),
        ((replace(CLIP, bytes=20_000_000),) * 3, ["too_heavy_together"]),
        ((replace(CLIP, width=640, height=360),), ["too_small"]),
        ((replace(CLIP, width=1920, height=1080),), ["too_large"]),
    ],
)
def test_references_are_judged_one_by_one_and_together(
    inputs: tuple[Measured, ...], codes: list[str]
) -> None:
    assert problems(*inputs) == codes


def test_sound_may_be_as_long_as_the_longest_clip_that_the_model_may_choose() -> None:
    assert problems(IMAGE, replace(SOUND, seconds=14.0), duration="auto") == []
    assert problems(IMAGE, replace(SOUND, seconds=14.0), duration="8") == ["longer_than_clip"]
