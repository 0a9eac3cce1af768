"""The files of a request in the panel: slots, trays, numbers, lengths, and what does not fit. Pure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sorceress_video.catalog import InputRole, MediaKind, Mode, get_catalog
from sorceress_video.generation.requests import InputRef
from sorceress_video.ui.prompt_panel.compose import (
    Choices,
    compose,
    first_short,
    followed,
    longest_motion,
    request_inputs,
    shortest_motion,
)
from sorceress_video.ui.prompt_panel.inputs import StoredInput
from sorceress_video.ui.prompt_panel.models import Tray

CATALOG = get_catalog()
KLING, MOTION, SEEDANCE = "kling-3.0-pro", "animatic-motion", "seedance-2.0"
READY = Choices(signed_in=True, providers=frozenset({"sandbox", "fal"}))
MIME = {MediaKind.IMAGE: "image/png", MediaKind.VIDEO: "video/mp4", MediaKind.AUDIO: "audio/mpeg"}


def given(role: InputRole, kind: MediaKind, number: int = 1, seconds: float | None = None) -> StoredInput:
    """A file of the account in its place."""
    sized = kind is not MediaKind.AUDIO
    ref = InputRef(
        role=role,
        asset_id=f"{role}-{number}",
        kind=kind,
        mime=MIME[kind],
        bytes=40_000,
        width=1280 if sized else None,
        height=720 if sized else None,
        seconds=seconds,
    )
    return StoredInput(ref, f"file {number}", f"/media/{number}/{kind}", f"/media/{number}/poster")


def motion(*lengths: float, models: tuple[str, ...] = (KLING,)) -> Choices:
    """Motion Match with a character and motion clips of these lengths in seconds."""
    clips = [
        given(InputRole.MOTION_CLIP, MediaKind.VIDEO, number, seconds)
        for number, seconds in enumerate(lengths, start=1)
    ]
    character = [given(InputRole.CHARACTER, MediaKind.IMAGE)]
    return replace(
        READY,
        mode=Mode.MOTION,
        model_ids=list(models),
        inputs={InputRole.CHARACTER: character, InputRole.MOTION_CLIP: clips},
    )


def multimodal(*inputs: StoredInput, models: tuple[str, ...] = (SEEDANCE,)) -> Choices:
    """Multimodal with these files."""
    by_role: dict[InputRole, list[StoredInput]] = {}
    for stored in inputs:
        by_role.setdefault(stored.ref.role, []).append(stored)
    return replace(READY, mode=Mode.MULTIMODAL, model_ids=list(models), inputs=by_role)


def tray_of(choices: Choices, role: InputRole) -> Tray:
    return next(tray for tray in compose(CATALOG, choices).trays if tray.role == role)


# --- Motion Match


@pytest.mark.spec("P4", "P6")
def test_motion_match_asks_for_a_character_and_motion_videos() -> None:
    shown = compose(CATALOG, motion())
    assert [(slot.label, slot.optional) for slot in shown.slots] == [("Character Image", False)]
    assert [(tray.label, tray.kind) for tray in shown.trays] == [("Motion Reference Videos", "video")]
    assert shown.faces.blank.label == "Add Motion Video"
    assert shown.faces.blank.target == "motion"
    without = replace(motion(4.0), inputs={InputRole.MOTION_CLIP: motion(4.0).inputs[InputRole.MOTION_CLIP]})
    assert compose(CATALOG, without).faces.blank.label == "Add Character Image"
    assert compose(CATALOG, without).faces.blank.target == "character"


@pytest.mark.spec("P6", "P9", "J1")
def test_each_model_makes_one_clip_of_each_motion_video() -> None:
    choices = motion(4.0, 5.0, 6.0, models=(KLING, MOTION))
    shown = compose(CATALOG, choices)
    assert tray_of(choices, InputRole.MOTION_CLIP).note == "3 clips × 2 models = 6 jobs"
    assert shown.faces.blank.label == "Generate 6 Videos", "a prompt is not needed"
    one = compose(CATALOG, motion(4.0))
    three = compose(CATALOG, motion(4.0, 4.0, 4.0))
    assert one.total.startswith("$")
    assert float(three.total.strip("$")) == pytest.approx(3 * float(one.total.strip("$")), abs=0.01)
    assert tray_of(motion(4.0), InputRole.MOTION_CLIP).note == "1 clip, 1 job"


@pytest.mark.spec("P6")
def test_a_motion_video_shows_its_number_name_and_length() -> None:
    first, second = tray_of(motion(4.0, 12.5), InputRole.MOTION_CLIP).items
    assert (first.label, first.name, first.length, first.size) == ("Clip 1", "file 1", "4 s", "1280 × 720")
    assert (second.label, second.length) == ("Clip 2", "12.5 s")
    assert first.thumb_url.endswith("/poster")


@pytest.mark.spec("P6")
def test_a_short_motion_video_is_prepared_before_anything_is_sent() -> None:
    choices = motion(1.5)
    item = tray_of(choices, InputRole.MOTION_CLIP).items[0]
    assert item.preparing
    assert item.problem == ""
    face = compose(CATALOG, choices).faces.blank
    assert face.action == "show"
    assert face.missing[0].sentence == "A motion video is being prepared."
    short = first_short(CATALOG, choices)
    assert short is not None
    assert shortest_motion(CATALOG, [KLING]) == 3.0

    longer = given(InputRole.MOTION_CLIP, MediaKind.VIDEO, 9, 3.083)
    ready = replace(
        choices, inputs={**choices.inputs, InputRole.MOTION_CLIP: [replace(short, fitted=longer.ref)]}
    )
    assert first_short(CATALOG, ready) is None
    assert compose(CATALOG, ready).faces.blank.action == "generate"
    assert request_inputs(CATALOG, ready)[1] == longer.ref
    assert tray_of(ready, InputRole.MOTION_CLIP).items[0].length == "1.5 → 3.1 s"
    # A model that takes the short one gets the person's own.
    easy = replace(ready, model_ids=[MOTION])
    assert request_inputs(CATALOG, easy)[1].seconds == 1.5


@pytest.mark.spec("P6")
def test_a_clip_that_cannot_be_lengthened_says_so_and_is_not_tried_for_ever() -> None:
    choices = motion(1.5)
    stored = replace(choices.inputs[InputRole.MOTION_CLIP][0], trouble="This video could not be prepared.")
    broken = replace(choices, inputs={**choices.inputs, InputRole.MOTION_CLIP: [stored]})
    assert first_short(CATALOG, broken) is None
    assert tray_of(broken, InputRole.MOTION_CLIP).items[0].problem == "This video could not be prepared."
    assert compose(CATALOG, broken).faces.blank.action == "show"


@pytest.mark.spec("P6", "P8")
def test_a_long_motion_video_is_refused_with_the_numbers_and_can_be_cut() -> None:
    choices = motion(41.2)
    item = tray_of(choices, InputRole.MOTION_CLIP).items[0]
    assert item.problem == "Kling 3.0 Pro takes the motion video up to 30 s; this lasts 41.2 s."
    assert item.trim_to == longest_motion(CATALOG, [KLING]) == 30.0
    assert compose(CATALOG, choices).faces.blank.action == "show"


# --- Multimodal


@pytest.mark.spec("P7")
def test_references_are_numbered_by_kind() -> None:
    choices = multimodal(
        given(InputRole.REFERENCE_IMAGE, MediaKind.IMAGE, 1),
        given(InputRole.REFERENCE_IMAGE, MediaKind.IMAGE, 2),
        given(InputRole.REFERENCE_VIDEO, MediaKind.VIDEO, 3, 4.0),
        given(InputRole.REFERENCE_AUDIO, MediaKind.AUDIO, 4, 5.0),
    )
    shown = compose(CATALOG, choices)
    assert [(tray.label, tray.most) for tray in shown.trays] == [
        ("Reference Images", 9),
        ("Reference Videos", 3),
        ("Reference Audio", 3),
    ]
    labels = [item.label for tray in shown.trays for item in tray.items]
    assert labels == ["@Image1", "@Image2", "@Video1", "@Audio1"]
    assert [reference.label for reference in shown.references] == labels
    assert shown.references[3].thumb_url == ""
    assert shown.faces.filled.action == "generate"


@pytest.mark.spec("P7")
def test_the_models_own_totals_hold() -> None:
    images = [given(InputRole.REFERENCE_IMAGE, MediaKind.IMAGE, number) for number in range(1, 10)]
    videos = [given(InputRole.REFERENCE_VIDEO, MediaKind.VIDEO, 10 + number, 4.0) for number in range(3)]
    sounds = [given(InputRole.REFERENCE_AUDIO, MediaKind.AUDIO, 20, 3.0)]
    whole = compose(CATALOG, multimodal(*images, *videos))
    assert whole.faces.filled.action == "generate"
    over = compose(CATALOG, multimodal(*images, *videos, *sounds)).faces.filled
    assert any("12 files" in thing.sentence for thing in over.missing)
    assert over.target == "references"
    long = [given(InputRole.REFERENCE_VIDEO, MediaKind.VIDEO, 30 + number, 9.0) for number in range(2)]
    sentences = [thing.sentence for thing in compose(CATALOG, multimodal(*long)).faces.filled.missing]
    assert any("15 s together; these last 18 s" in sentence for sentence in sentences)


@pytest.mark.spec("P7")
def test_labels_in_the_prompt_follow_removed_and_moved_files() -> None:
    text = "@Image1 hands @Image3 to @Video1"
    assert (
        followed(text, "reference_image", ["a", "b", "c"], ["a", "c"]) == "@Image1 hands @Image2 to @Video1"
    )
    assert (
        followed(text, "reference_image", ["a", "b", "c"], ["c", "a", "b"])
        == "@Image2 hands @Image1 to @Video1"
    )
    assert followed(text, "motion_clip", ["a"], []) == text


@pytest.mark.spec("P1")
def test_a_tab_that_is_blocked_offers_the_way_out() -> None:
    shown = compose(CATALOG, replace(READY, model_ids=[KLING, SEEDANCE]))
    tab = next(tab for tab in shown.tabs if tab.mode == "multimodal")
    assert not tab.usable
    assert (tab.remedy, tab.blockers) == ("Deselect Kling 3.0 Pro", [KLING])
