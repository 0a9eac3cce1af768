"""Naming references while typing: the list that “@” opens, the marks, and labels that name no file."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenDesk
from tests.browser.desk import DESKTOP, PHONE, Desk, Screen
from tests.support.studio import Studio

ASSETS = Path(__file__).parents[1] / "assets"
PICTURES = [ASSETS / f"{name}.jpg" for name in ("start-frame", "end-frame", "portrait")]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


def with_references(open_desk: OpenDesk, studio: Studio, screen: Screen = DESKTOP) -> Desk:
    desk = open_desk(studio.member("animatic-references"), screen)
    desk.show_prompt()
    desk.get("reference-image-file").set_input_files(PICTURES)
    expect(desk.get("tray-item")).to_have_count(3)
    return desk


@pytest.mark.spec("P7")
def test_at_offers_the_references_by_keys_and_the_choice_can_be_undone(
    open_desk: OpenDesk, studio: Studio
) -> None:
    desk = with_references(open_desk, studio)
    desk.prompt.press_sequentially("A fox like @")
    expect(desk.get("references").get_by_role("option")).to_have_count(3)
    expect(desk.get("reference-Image1").locator("img")).to_be_visible()
    desk.prompt.press("ArrowDown")
    chosen = desk.get("reference-Image2")
    expect(chosen).to_have_attribute("aria-selected", "true")
    assert desk.prompt.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    desk.prompt.press("Enter")
    expect(desk.prompt).to_have_value("A fox like @Image2 ")
    expect(desk.get("references")).to_have_count(0)
    desk.prompt.press_sequentially("in @portr")
    expect(desk.get("references").get_by_role("option")).to_have_count(1)
    desk.prompt.press("Tab")
    expect(desk.prompt).to_have_value("A fox like @Image2 in @Image3 ")
    expect(desk.prompt).to_be_focused()
    desk.prompt.press("Control+z")
    expect(desk.prompt).to_have_value("A fox like @Image2 in @portr")
    desk.prompt.press("End")
    desk.prompt.press_sequentially(" and @")
    expect(desk.get("references")).to_be_visible()
    desk.prompt.press("Escape")
    expect(desk.get("references")).to_have_count(0)
    expect(desk.prompt).to_be_focused()


@pytest.mark.spec("P7", "V2")
def test_a_reference_is_chosen_by_a_tap(open_desk: OpenDesk, studio: Studio) -> None:
    desk = with_references(open_desk, studio, PHONE)
    desk.prompt.press_sequentially("Like @im")
    option = desk.get("reference-Image3")
    box = option.bounding_box()
    assert box is not None
    assert box["height"] >= 44
    option.tap()
    expect(desk.prompt).to_have_value("Like @Image3 ")
    assert desk.overflow() == 0


@pytest.mark.spec("P7")
def test_a_label_without_a_file_is_marked_before_anything_is_sent(
    open_desk: OpenDesk, studio: Studio
) -> None:
    desk = with_references(open_desk, studio)
    desk.prompt.fill("@Image1 beside @Image7 and @Video1, mail me@Image.example")
    marks = desk.get("label-marks").locator("mark")
    expect(marks).to_have_text(["@Image1", "@Image7", "@Video1"])
    expect(desk.get("label-marks").locator("mark[data-dangling]")).to_have_count(2)
    expect(desk.get("dangling")).to_have_text(
        "@Image7 and @Video1 name no file. Add the files or take the labels out."
    )
    expect(desk.prompt).to_have_attribute("aria-invalid", "true")
    expect(desk.button).to_have_attribute("data-action", "show")
    desk.button.click()
    expect(desk.prompt).to_be_focused()
    desk.prompt.fill("@Image1 beside @Image2")
    expect(desk.get("dangling")).to_have_text("")
    expect(desk.button).to_have_attribute("data-action", "generate")
    layer, box = desk.get("label-marks").bounding_box(), desk.prompt.bounding_box()
    assert layer == box
