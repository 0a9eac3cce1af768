"""The info dialog says what a model does, offers, takes and costs, in words."""

from __future__ import annotations

import pytest

from sorceress_video.catalog import load_catalog, model_sheet
from sorceress_video.catalog.registry import MODELS_FOLDER
from tests.catalog.cloud_mapping import fact_models
from tests.catalog.test_cloud_models import held

CATALOG = load_catalog(MODELS_FOLDER)


def lines(model_id: str, group: str) -> list[str]:
    return [f"{row.label}: {row.text}" for row in model_sheet(CATALOG.get(model_id)) if row.group == group]


@pytest.mark.spec("M5")
def test_the_summary_of_a_cloud_model_names_its_abilities_limits_and_prices() -> None:
    assert lines("kling-3.0-pro", "does") == [
        "Text to Video: Yes",
        "Image to Video: Yes",
        "Start and end frame: Yes",
        "Motion Match: Yes",
        "Multimodal: No",
        "Native audio: Yes",
        "Camera lock: No",
    ]
    motion = "Motion Video: MP4 / MOV, up to 100 MB, sides 340 to 3850 px, 3 to 30 s"
    assert motion in lines("kling-3.0-pro", "takes")
    assert lines("kling-3.0-pro", "costs")[:3] == [
        "Motion Match: $0.168 a second of the motion video",
        "Native audio: On: $0.168 a second",
        "Otherwise: $0.112 a second",
    ]


@pytest.mark.spec("M5")
def test_prices_by_tokens_are_told_by_the_second_and_unknown_ones_as_unpublished() -> None:
    assert "Otherwise: $0.302 a second at 720p 16:9" in lines("seedance-2.0", "costs")
    assert lines("veo-3.1-fast", "costs")[0] == "Resolution: 4K: not published"
    assert lines("animatic", "costs") == ["Every clip: free"]


@pytest.mark.parametrize("fact", fact_models(), ids=lambda fact: fact["id"])
def test_every_known_model_can_be_summed_up(fact: dict[str, object]) -> None:
    rows = model_sheet(held(fact))
    assert {row.group for row in rows} >= {"does", "offers"}
    assert all(row.label and row.text for row in rows)
