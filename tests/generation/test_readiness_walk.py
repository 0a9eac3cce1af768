"""Every combination of models, mode, inputs, prompt, account and source gives the label of the first gap.

The expectation is worked out here from the words of the specification, not from the table that is tested.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, product
from typing import get_args

import pytest

from sorceress_video.catalog import InputRole, Mode, ModelSpec
from sorceress_video.generation.modes import TABS
from sorceress_video.generation.readiness import ReadinessFacts, Target, readiness
from sorceress_video.generation.requests import InputRef
from tests.generation.requested import CATALOG, EVERY_PROVIDER, clip, image

PROMPTS = ("", "A fox runs.")
SOURCES = (EVERY_PROVIDER, frozenset({"sandbox"}))
"""With every key, and without fal's."""
START = image(InputRole.START_FRAME)
CHARACTER = image(InputRole.CHARACTER)
REFERENCE = image(InputRole.REFERENCE_IMAGE)
FILES: dict[Mode, tuple[tuple[InputRef, ...], ...]] = {
    Mode.TEXT: ((),),
    Mode.IMAGE: ((), (START,), (START, image(InputRole.END_FRAME, "last"))),
    Mode.MOTION: (
        (),
        (CHARACTER,),
        (clip("a"),),
        (CHARACTER, clip("a")),
        (CHARACTER, clip("a"), clip("b"), clip("c")),
    ),
    Mode.MULTIMODAL: ((), (REFERENCE,), (REFERENCE, image(InputRole.REFERENCE_IMAGE, "other"))),
}
LABELS = {
    "Sign in to generate": "sign_in",
    "Select a Model": "models",
    "Add Start Frame": "start_frame",
    "Add Character Image": "character",
    "Add Motion Video": "motion",
    "Enter Prompt": "prompt",
}
"""The words that name a missing thing, and the place that a click on them leads to."""


def selections() -> Iterator[tuple[ModelSpec, ...]]:
    """Every selection of up to three models."""
    for size in range(4):
        yield from combinations(tuple(CATALOG), size)


def combinations_of(mode: Mode) -> Iterator[ReadinessFacts]:
    for models, files, prompt, source in product(selections(), FILES[mode], PROMPTS, SOURCES):
        yield ReadinessFacts(
            signed_in=True, mode=mode, models=models, prompt=prompt, inputs=files, available_providers=source
        )


def roles_in(files: Sequence[InputRef]) -> set[InputRole]:
    return {item.role for item in files}


def named_gap(facts: ReadinessFacts) -> str | None:
    """The label of the first thing missing by the specification; None where that has no label of its own."""
    mode, given = facts.mode, roles_in(facts.inputs)
    ladder = (
        (not facts.models, "Select a Model"),
        (any(mode not in model.modes for model in facts.models), None),
        (any(model.provider not in facts.available_providers for model in facts.models), None),
        (mode is Mode.IMAGE and InputRole.START_FRAME not in given, "Add Start Frame"),
        (mode is Mode.MOTION and InputRole.CHARACTER not in given, "Add Character Image"),
        (mode is Mode.MOTION and InputRole.MOTION_CLIP not in given, "Add Motion Video"),
        (mode is Mode.MULTIMODAL and not given, None),
        (mode is not Mode.MOTION and not facts.prompt, "Enter Prompt"),
    )
    return next((label for missing, label in ladder if missing), None)


def generate_words(facts: ReadinessFacts) -> str:
    motion = sum(item.role is InputRole.MOTION_CLIP for item in facts.inputs)
    count = len(facts.models) * (max(1, motion) if facts.mode is Mode.MOTION else 1)
    return f"Generate {count} Videos" if count > 1 else "Generate Video"


@pytest.mark.spec("P10")
@pytest.mark.parametrize("mode", TABS)
def test_every_combination_has_the_label_of_the_first_thing_missing(mode: Mode) -> None:
    for facts in combinations_of(mode):
        button, gap = readiness(facts), named_gap(facts)
        assert button.label == (gap or generate_words(facts)), facts
        assert button.enabled == (not button.missing), facts
        assert button.action == ("generate" if button.enabled else "show"), facts
        if gap:
            assert button.missing[0].target == LABELS[gap], facts


@pytest.mark.spec("P10")
@pytest.mark.parametrize("mode", TABS)
def test_signed_out_the_button_asks_to_sign_in_and_lists_all_else_behind_it(mode: Mode) -> None:
    for facts in combinations_of(mode):
        inside, outside = readiness(facts), readiness(replace(facts, signed_in=False))
        assert (outside.label, outside.action, outside.enabled) == ("Sign in to generate", "sign_in", False)
        assert outside.missing[0].target == "sign_in"
        assert outside.missing[1:] == inside.missing


@pytest.mark.spec("P10")
@pytest.mark.parametrize("mode", TABS)
def test_whatever_is_missing_is_said_once_in_a_sentence_and_has_a_place(mode: Mode) -> None:
    for facts in combinations_of(mode):
        missing = readiness(facts).missing
        sentences = [gap.sentence for gap in missing]
        assert len(set(sentences)) == len(sentences), facts
        assert all(sentence.endswith(".") for sentence in sentences), facts
        assert all(gap.target in get_args(Target) for gap in missing), facts


@pytest.mark.spec("P10")
def test_the_walk_comes_by_every_label_that_names_a_missing_thing() -> None:
    seen = {readiness(facts).label for mode in TABS for facts in combinations_of(mode)}
    assert set(LABELS) - {"Sign in to generate"} <= seen
    assert {"Generate Video", "Generate 2 Videos"} <= seen
