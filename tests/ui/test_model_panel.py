"""The model panel: what cards, settings and summaries say, and what a tab may change."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sorceress_video.catalog import Mode, ModelSpec, SettingKind, get_catalog
from sorceress_video.library import preferences
from sorceress_video.library.tables import Account
from sorceress_video.ui.model_panel.present import info_sheet, model_card, settings_sheet
from sorceress_video.ui.model_panel.state import ModelPanelState
from sorceress_video.ui.prompt_panel.compose import offered_models
from sorceress_video.ui.prompt_panel.state import PromptState
from tests.http.workspace import Workspace, workspace
from tests.ui.reading import page
from tests.ui.tab import Tab, open_tab

__all__ = ["workspace"]

EVERYTHING = frozenset({"sandbox", "fal"})


def model(model_id: str) -> ModelSpec:
    return get_catalog().get(model_id)


@pytest.fixture
def deployment(workspace: Workspace, valkey: str) -> Workspace:
    workspace.configure(REDIS_URL=valkey, FAL_KEY="a key of the test's own")
    return workspace


@pytest.fixture
def ada(deployment: Workspace) -> Account:
    return deployment.add_account()


@pytest.fixture
async def tab(
    deployment: Workspace, ada: Account, valkey: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Tab]:
    """A tab in which Ada has the workspace open."""
    cookies = deployment.cookie_for(ada)
    async with open_tab("; ".join(f"{k}={v}" for k, v in cookies.items()), valkey, monkeypatch) as opened:
        await opened.send(PromptState.enter)
        await opened.send(ModelPanelState.enter)
        yield opened


def line(tab: Tab, model_id: str) -> dict[str, Any]:
    return dict(page(tab, PromptState)["lines"][model_id])


def rows(tab: Tab) -> dict[str, Any]:
    return {row["name"]: row for row in page(tab, ModelPanelState)["sheet"]["rows"]}


# --- cards


@pytest.mark.spec("M2")
def test_a_model_without_a_key_is_locked_and_says_which_key() -> None:
    assert model_card(model("kling-3.0-pro"), {"sandbox"}).lock == "Needs a fal key (FAL_KEY)"
    assert model_card(model("kling-3.0-pro"), EVERYTHING).lock == ""
    strange = model("kling-3.0-pro").model_copy(update={"provider": "acme"})
    assert model_card(strange, EVERYTHING - {"acme"}).lock == "This version has no provider “acme”"
    assert model_card(model("animatic"), {"sandbox"}).lock == ""


@pytest.mark.spec("M2")
def test_a_card_names_the_kinds_of_generation_that_the_model_does() -> None:
    assert model_card(model("kling-3.0-pro"), EVERYTHING).kinds == ["Text", "Image", "Start–End", "Motion"]


@pytest.mark.spec("M2", "M7")
def test_a_card_says_whether_its_clips_can_have_sound() -> None:
    sound = {spec.id for spec in offered_models(get_catalog()) if model_card(spec, EVERYTHING).has_audio}
    assert {"kling-3.0-pro", "seedance-2.0", "veo-3.1-fast"} <= sound
    assert "animatic" not in sound


@pytest.mark.spec("M2", "M6")
async def test_a_card_shows_length_settings_and_price_of_one_clip(tab: Tab) -> None:
    card = line(tab, "kling-3.0-pro")
    assert card["summary"] == "1080p · 5 s · 16:9 · audio"
    assert (card["price"], card["usd"]) == ("$0.84", 0.84)
    assert line(tab, "animatic")["usd"] == 0


@pytest.mark.spec("M4")
@pytest.mark.parametrize("spec", offered_models(get_catalog()), ids=lambda spec: spec.id)
def test_only_a_model_that_has_settings_shows_the_gear(spec: ModelSpec) -> None:
    assert model_card(spec, EVERYTHING).has_settings is any(
        settings_sheet(spec, mode, frozenset(), {}).rows for mode in spec.modes
    )


def test_only_models_that_can_do_something_here_are_offered() -> None:
    offered = {spec.id for spec in offered_models(get_catalog())}
    assert {"animatic", "animatic-motion", "animatic-references"} <= offered
    assert {"seedance-2.0", "kling-3.0-pro", "veo-3.1-fast"} <= offered


# --- settings


@pytest.mark.spec("M4")
@pytest.mark.parametrize(
    ("spec", "mode"),
    [(spec, mode) for spec in offered_models(get_catalog()) for mode in spec.modes],
    ids=lambda part: getattr(part, "id", part),
)
def test_every_shown_setting_has_a_control(spec: ModelSpec, mode: Mode) -> None:
    shown = {view.name for view in spec.choices(mode, frozenset(), {}) if view.kind is not SettingKind.LIST}
    sheet = settings_sheet(spec, mode, frozenset(), {})
    assert {row.name for row in sheet.rows} == shown
    assert all(row.control for row in sheet.rows)
    assert not sheet.changed


@pytest.mark.spec("M4")
def test_what_cannot_be_had_together_is_disabled_with_one_reason_for_all() -> None:
    sheet = settings_sheet(model("veo-3.1-fast"), Mode.TEXT, frozenset(), {"resolution": "1080p"})
    duration = next(row for row in sheet.rows if row.name == "duration")
    assert [(option.label, option.enabled) for option in duration.options] == [
        ("4 s", False),
        ("6 s", False),
        ("8 s", True),
    ]
    assert len(duration.reasons) == 1
    assert duration.reasons[0].startswith("4 s, 6 s: ")


@pytest.mark.spec("M4")
async def test_a_changed_setting_shows_on_the_card_and_in_the_price(tab: Tab) -> None:
    before = line(tab, "kling-3.0-pro")
    await tab.send(ModelPanelState.open_settings, "kling-3.0-pro")
    await tab.send(ModelPanelState.change_setting, "duration", "10")
    after = line(tab, "kling-3.0-pro")
    assert "10 s" in after["summary"]
    assert "10 s" not in before["summary"]
    assert after["price"] != before["price"]
    assert rows(tab)["duration"]["changed"]


@pytest.mark.spec("M4")
async def test_reset_goes_back_to_the_default(tab: Tab) -> None:
    await tab.send(ModelPanelState.open_settings, "kling-3.0-pro")
    await tab.send(ModelPanelState.change_setting, "duration", "10")
    await tab.send(ModelPanelState.slide_setting, "guidance", 0.8)
    await tab.send(ModelPanelState.reset_setting, "duration")
    assert not rows(tab)["duration"]["changed"]
    assert rows(tab)["guidance"]["changed"]
    await tab.send(ModelPanelState.reset_settings)
    assert not page(tab, ModelPanelState)["sheet"]["changed"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("duration", "99"),
        ("duration", "'; drop table clip"),
        ("rehearsal_of_nothing", "x"),
        ("guidance", "7"),
    ],
)
async def test_a_value_that_the_model_does_not_take_is_refused_and_not_kept(
    tab: Tab, deployment: Workspace, ada: Account, name: str, value: str
) -> None:
    await tab.send(ModelPanelState.open_settings, "kling-3.0-pro")
    await tab.send(ModelPanelState.change_setting, name, value)
    assert tab.of(ModelPanelState)["setting_refusal"]
    assert preferences.load(deployment.db, ada.id).get("settings", {}).get("kling-3.0-pro", {}) == {}


@pytest.mark.spec("P12")
async def test_settings_and_models_are_kept_with_the_account(
    tab: Tab, deployment: Workspace, ada: Account, valkey: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await tab.send(PromptState.toggle_model, "kling-3.0-pro")
    await tab.send(ModelPanelState.open_settings, "kling-3.0-pro")
    await tab.send(ModelPanelState.change_setting, "duration", "10")
    assert preferences.load(deployment.db, ada.id) == {
        "models": ["kling-3.0-pro"],
        "settings": {"kling-3.0-pro": {"duration": "10"}},
    }
    cookies = deployment.cookie_for(ada)
    header = "; ".join(f"{k}={v}" for k, v in cookies.items())
    async with open_tab(header, valkey, monkeypatch, token="another-device") as other:
        await other.send(PromptState.enter)
        card = line(other, "kling-3.0-pro")
        assert card["selected"]
        assert "10 s" in card["summary"]


# --- summary


@pytest.mark.spec("M5")
@pytest.mark.parametrize("spec", offered_models(get_catalog()), ids=lambda spec: spec.id)
def test_the_summary_names_abilities_limits_and_every_rate(spec: ModelSpec) -> None:
    info = info_sheet(spec)
    labels = [fact.label for fact in info.abilities]
    assert labels == [
        "Text to Video",
        "Image to Video",
        "Start and end frame",
        "Motion Match",
        "Multimodal",
        "Native audio",
        "Camera lock",
    ]
    assert len(info.prices) >= len(spec.pricing.rates)
    assert all(fact.text for fact in (*info.facts, *info.limits, *info.prices))
    assert {"Resolution", "Prompt"} <= {fact.label for fact in info.facts}


# --- source


@pytest.mark.spec("M1")
async def test_the_page_always_opens_on_cloud(tab: Tab) -> None:
    await tab.send(ModelPanelState.choose_source, "local")
    assert tab.of(ModelPanelState)["source"] == "local"
    await tab.send(ModelPanelState.enter)
    assert tab.of(ModelPanelState)["source"] == "local", "a connection that came back opens no page"
    await tab.open_page()
    assert tab.of(ModelPanelState)["source"] == "cloud"


async def test_a_source_or_model_that_does_not_exist_changes_nothing(tab: Tab) -> None:
    await tab.send(ModelPanelState.choose_source, "moon")
    await tab.send(ModelPanelState.open_settings, "no-such-model")
    await tab.send(ModelPanelState.open_info, "no-such-model")
    shown = tab.of(ModelPanelState)
    assert shown.get("source", "cloud") == "cloud"
    assert not shown.get("settings_open")
    assert not shown.get("info_open")
