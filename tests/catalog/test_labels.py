"""Labels in prompts: the product's own, the providers' words for them, and what moving files does to them."""

from __future__ import annotations

import pytest

from sorceress_video.catalog import InputRole, Mode, get_catalog, labels_in, renumbered
from sorceress_video.catalog.schema import Route

SEEDANCE = get_catalog().get("seedance-2.0")
IMAGE, VIDEO = InputRole.REFERENCE_IMAGE, InputRole.REFERENCE_VIDEO


def route_written(**patterns: str) -> Route:
    """Seedance's route for references, with other words for the labels."""
    route = SEEDANCE.route(Mode.MULTIMODAL)
    inputs = [
        spec.model_copy(update={"label": patterns.get(spec.role.value, spec.label)}) for spec in route.inputs
    ]
    return route.model_copy(update={"inputs": tuple(inputs)})


@pytest.mark.spec("P7")
@pytest.mark.parametrize(
    ("pattern", "sent"),
    [
        ("@Image{n}", "@Image1 walks past @Image2 to @Video1."),
        ("[Image{n}]", "[Image1] walks past [Image2] to @Video1."),
        ("<<<image_{n}>>>", "<<<image_1>>> walks past <<<image_2>>> to @Video1."),
        ("", "@Image1 walks past @Image2 to @Video1."),
    ],
)
def test_every_provider_gets_labels_in_its_own_words(pattern: str, sent: str) -> None:
    route = route_written(reference_image=pattern)
    model = SEEDANCE.model_copy(update={"routes": (route,)})
    prompt = "@Image1 walks past @Image2 to @Video1."
    roles = {IMAGE: ["a", "b"], VIDEO: ["c"]}
    body = model.request_body(Mode.MULTIMODAL, frozenset(roles), {}, prompt, roles)
    assert body["prompt"] == sent


@pytest.mark.spec("P7")
def test_a_route_without_labels_sends_the_prompt_as_it_is() -> None:
    body = SEEDANCE.request_body(Mode.TEXT, frozenset(), {}, "@Image1 is plain text", {})
    assert body["prompt"] == "@Image1 is plain text"


@pytest.mark.parametrize(
    "text", ["mail@Image1x", "@image1", "@Image", "@Image12345", "@Images1", "@Image 1", "＠Image1"]
)
def test_what_only_looks_like_a_label_is_none(text: str) -> None:
    found = list(labels_in(text))
    assert found == ([(IMAGE, 1, "@Image1")] if "@Image1x" in text else [])


@pytest.mark.spec("P7")
@pytest.mark.parametrize(
    ("places", "after"),
    [
        ({1: 1, 2: None, 3: 2}, "@Image1 meets and @Image2, then @Video2."),
        ({1: None, 2: 1, 3: 2}, "meets @Image1 and @Image2, then @Video2."),
        ({1: 2, 2: 1, 3: 3}, "@Image2 meets @Image1 and @Image3, then @Video2."),
        ({}, "@Image1 meets @Image2 and @Image3, then @Video2."),
    ],
)
def test_the_prompt_follows_the_files(places: dict[int, int | None], after: str) -> None:
    assert renumbered("@Image1 meets @Image2 and @Image3, then @Video2.", IMAGE, places) == after


def test_spaces_that_no_label_left_behind_stay() -> None:
    text = "  two  spaces,\n\n  and @Image1"
    assert renumbered(text, IMAGE, {1: 3}) == "  two  spaces,\n\n  and @Image3"
    assert renumbered(text, VIDEO, {1: None}) == text
    assert renumbered(text, IMAGE, {1: None}) == "  two  spaces,\n\n  and"
