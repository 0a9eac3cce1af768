"""A deployment can add and override models; a broken file is one sentence that names file and field."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from sorceress_video.catalog import CatalogError, ModelSpec, UnknownModel, load_catalog
from sorceress_video.catalog.registry import MODELS_FOLDER

MODEL = """
id = "{id}"
name = "{name}"
vendor = "Me"
provider = "fal"

[[settings]]
name = "duration"
field = "duration"
kind = "choice"
label = "Duration"
options = [5, 10]
default = 5

[[routes]]
mode = "text"
endpoint = "me/text-to-video"
settings = ["duration"]
"""


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_deployments_file_adds_a_model_and_overrides_one_by_id(tmp_path: Path) -> None:
    write(tmp_path, "mine.toml", MODEL.format(id="mine", name="Mine"))
    write(tmp_path, "other-name.toml", MODEL.format(id="veo-3.1-fast", name="Our Veo"))
    shipped, both = load_catalog(MODELS_FOLDER), load_catalog(MODELS_FOLDER, tmp_path)
    assert len(both) == len(shipped) + 1
    assert "mine" in both
    assert both.get("veo-3.1-fast").name == "Our Veo"
    assert both.get("veo-3.1-fast").vendor == "Me"


def test_the_version_changes_with_the_content_and_only_with_it(tmp_path: Path) -> None:
    path = write(tmp_path, "mine.toml", MODEL.format(id="mine", name="Mine"))
    first = load_catalog(tmp_path).catalog_version
    assert load_catalog(tmp_path).catalog_version == first
    path.write_text(MODEL.format(id="mine", name="Mine 2"), encoding="utf-8")
    assert load_catalog(tmp_path).catalog_version != first


def test_an_unknown_model_is_its_own_error() -> None:
    with pytest.raises(UnknownModel) as caught:
        load_catalog(MODELS_FOLDER).get("x" * 500)
    assert len(caught.value.sentence) < 200


GOOD = MODEL.format(id="mine", name="Mine")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id = ", "broken.toml is not valid TOML"),
        (GOOD.replace('vendor = "Me"', ""), "broken.toml: vendor: field required"),
        (GOOD.replace("vendor =", "vendro ="), "broken.toml: vendor: field required"),
        (GOOD.replace('kind = "choice"', 'kind = "dial"'), "broken.toml: settings.0.kind: "),
        (GOOD.replace("default = 5", "default = 6"), "broken.toml: settings.0: the default of “duration”"),
        (GOOD.replace("default = 5", 'default = "5"'), "broken.toml: settings.0: the default of “duration”"),
        (GOOD.replace('["duration"]', '["length"]'), "speaks of the setting “length”"),
        (GOOD.replace('mode = "text"', 'mode = "song"'), "broken.toml: routes.0.mode: "),
        (GOOD + "[routes.overrides.duration]\ndefault = 7\n", "the default of “duration”"),
        (
            GOOD + '[[routes.inputs]]\nrole = "start_frame"\nfield = "a"\nkind = "image"\nrequired = true\n',
            "broken.toml: routes.0.inputs.0: the required input “start_frame”",
        ),
        (GOOD + "[pricing]\nrates = [{ kind = 'flat', usd = -1 }]\n", "broken.toml: pricing.rates.0.usd: "),
        (GOOD + "[pricing]\nrates = [{ kind = 'flat', usd = nan }]\n", "broken.toml: pricing.rates.0.usd: "),
        (GOOD.replace('id = "mine"', 'id = "../etc"'), "broken.toml: id: "),
    ],
)
def test_a_broken_file_is_one_sentence_with_file_and_field(tmp_path: Path, text: str, said: str) -> None:
    write(tmp_path, "broken.toml", text)
    with pytest.raises(CatalogError) as caught:
        load_catalog(tmp_path)
    assert said in caught.value.sentence
    assert "\n" not in caught.value.sentence
    assert caught.value.__cause__ is not None


def test_two_files_with_one_id_in_a_folder_are_refused(tmp_path: Path) -> None:
    write(tmp_path, "a.toml", GOOD)
    write(tmp_path, "b.toml", GOOD)
    with pytest.raises(CatalogError, match=r"b\.toml: id: “mine” is already the id of a\.toml"):
        load_catalog(tmp_path)


def test_a_missing_folder_and_bytes_that_are_no_text_are_said(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="is not there"):
        load_catalog(tmp_path / "nowhere")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(CatalogError, match=r"bytes\.toml is not UTF-8"):
        load_catalog(tmp_path)


def test_a_model_cannot_be_changed_after_loading() -> None:
    model: ModelSpec = load_catalog(MODELS_FOLDER).get("animatic")
    with pytest.raises(ValidationError):
        model.name = "Other"  # type: ignore[misc]


def test_the_example_of_the_guide_is_a_model_that_works(tmp_path: Path) -> None:
    guide = Path(__file__).parents[2] / "docs" / "adding-a-model.md"
    blocks = guide.read_text(encoding="utf-8").split("```toml\n")[1:]
    smallest, rule = (block.split("```")[0] for block in blocks)
    assert "[[rules]]" in rule
    write(tmp_path, "mine.toml", smallest)
    (model,) = load_catalog(tmp_path).models
    assert [model.price(mode, (), {}).micro_usd for mode in model.modes] == [350_000, 350_000]
