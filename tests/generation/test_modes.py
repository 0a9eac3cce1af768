"""Tabs: what the selected models define, usable only if all of them do it."""

from __future__ import annotations

import pytest

from sorceress_video.catalog import Mode
from sorceress_video.generation.modes import mode_tabs, settled_mode
from tests.generation.requested import CATALOG

# Selected models, and each tab with the names of those that block it.
TABS = [
    ((), {}),
    (("animatic",), {"Text to Video": (), "Image to Video": ()}),
    (("animatic-motion",), {"Motion Match": ()}),
    (
        ("seedance-2.0", "animatic"),
        {"Text to Video": (), "Image to Video": (), "Multimodal": ("Animatic",)},
    ),
    (
        ("seedance-2.0", "kling-3.0-pro", "veo-3.1-fast"),
        {
            "Text to Video": (),
            "Image to Video": (),
            "Motion Match": ("Seedance 2.0", "Veo 3.1 Fast"),
            "Multimodal": ("Kling 3.0 Pro", "Veo 3.1 Fast"),
        },
    ),
    (
        ("animatic", "animatic-motion"),
        {
            "Text to Video": ("Animatic Motion",),
            "Image to Video": ("Animatic Motion",),
            "Motion Match": ("Animatic",),
        },
    ),
]


@pytest.mark.spec("P1")
@pytest.mark.parametrize(("model_ids", "tabs"), TABS)
def test_a_tab_is_usable_only_if_all_selected_models_support_it(
    model_ids: tuple[str, ...], tabs: dict[str, tuple[str, ...]]
) -> None:
    found = mode_tabs([CATALOG.get(model_id) for model_id in model_ids])
    assert {tab.label: tuple(model.name for model in tab.blockers) for tab in found} == tabs
    for tab in found:
        assert tab.usable == (not tab.blockers)
        assert bool(tab.reason) == bool(tab.blockers)
        assert all(model.name in tab.reason for model in tab.blockers)


def test_extending_a_clip_has_no_tab() -> None:
    veo = CATALOG.get("veo-3.1-fast")
    assert Mode.EXTEND in veo.modes
    assert Mode.EXTEND not in [tab.mode for tab in mode_tabs([veo])]


def test_a_disabled_tab_names_who_does_not_do_it() -> None:
    tabs = mode_tabs([CATALOG.get(i) for i in ("seedance-2.0", "kling-3.0-pro", "veo-3.1-fast")])
    reasons = {tab.mode: tab.reason for tab in tabs}
    assert reasons[Mode.MOTION] == "Seedance 2.0 and Veo 3.1 Fast do not do Motion Match."


@pytest.mark.parametrize(
    ("model_ids", "wanted", "settled"),
    [
        (("animatic",), "image", "image"),
        (("animatic",), "motion", "text"),
        (("animatic-motion",), "text", "motion"),
        (("animatic", "animatic-motion"), "text", "text"),
        ((), "image", "image"),
    ],
)
def test_the_mode_stays_while_it_is_usable(model_ids: tuple[str, ...], wanted: str, settled: str) -> None:
    models = [CATALOG.get(model_id) for model_id in model_ids]
    assert settled_mode(models, Mode(wanted)) == Mode(settled)
