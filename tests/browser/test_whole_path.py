"""The main job from beginning to end, as a person does it, on a desk and on a phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenDesk
from tests.browser.desk import DESKTOP, PHONE, Screen
from tests.support.studio import Studio

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

START = Path(__file__).parents[1] / "assets" / "start-frame.jpg"
PROMPT = "A lone rider crosses the ridge at dusk [[run:2]]"


@pytest.mark.spec("M3", "P4", "P8", "P10", "J1", "J2", "G3", "X1")
@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=lambda screen: screen.name)
def test_from_an_empty_gallery_to_clips_that_play(
    studio: Studio, open_desk: OpenDesk, screen: Screen, at_rest: None
) -> None:
    member = studio.member()
    desk = open_desk(member, screen)

    desk.show_prompt()
    expect(desk.button).to_contain_text("Select a Model")
    desk.select("animatic")
    expect(desk.get("models-count")).to_have_text("1 selected")
    desk.show_prompt()
    expect(desk.button).to_contain_text("Enter Prompt")
    desk.press(desk.get("mode-image"))
    expect(desk.button).to_contain_text("Add Start Frame")
    desk.get("start-frame-file").set_input_files(START)
    expect(desk.frame()).to_be_visible()
    expect(desk.button).to_contain_text("Enter Prompt")
    desk.describe(PROMPT)
    expect(desk.button).to_contain_text("Generate Video")
    desk.select("kling-3.0-pro", "seedance-2.0")
    expect(desk.get("models-count")).to_have_text("3 selected")
    desk.show_prompt()
    expect(desk.button).to_contain_text("Generate 3 Videos")
    expect(desk.get("estimate")).to_contain_text("$")
    desk.press(desk.button)

    expect(desk.cards()).to_have_count(3)
    expect(desk.page.locator("dialog.panel[open]")).to_have_count(0)
    progress = desk.page.locator("[data-testid=card-progress][aria-valuenow]")
    expect(progress.first).to_be_visible()
    for name in ("Animatic", "Kling 3.0 Pro", "Seedance 2.0"):
        desk.expect_status(desk.card(f"{name}: A lone rider"), "completed")
    expect(desk.get("announcement")).to_contain_text("finished")
    assert [row.status for row in studio.clips(member)] == ["completed"] * 3
    assert len({row.batch_id for row in studio.clips(member)}) == 1

    card = desk.card("Kling 3.0 Pro: A lone rider")
    expect(card.get_by_test_id("card-model")).to_have_text("Kling 3.0 Pro")
    made = next(row for row in studio.clips(member) if row.model_id == "kling-3.0-pro")
    expect(card.get_by_test_id("card-output")).to_have_text(f"{made.height}p")
    if screen.touch:
        card.get_by_test_id("card-play").tap()
    else:
        card.hover()
    desk.expect_playing(card.get_by_test_id("card-film"))

    desk.press(card.get_by_test_id("card-open"))
    desk.expect_playing(desk.get("player-film"))
    expect(desk.get("lightbox-prompt")).to_have_text(PROMPT)
    expect(desk.get("lightbox-facts")).to_contain_text(f"{made.width} × {made.height}")
    desk.page.keyboard.press("Escape")
    expect(desk.get("player")).to_have_count(0)
    expect(card.get_by_test_id("card-open")).to_be_focused()
