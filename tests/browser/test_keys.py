"""Everything by keys: the map, the sheet that lists it, and a focus that is never lost."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import OpenDesk
from tests.browser.desk import Desk
from tests.support.studio import Studio

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.mark.spec("V3")
def test_keys_lead_everywhere_and_stay_letters_while_somebody_types(
    open_desk: OpenDesk, studio: Studio
) -> None:
    member = studio.member()
    studio.shelve(member, ["A harbour"])
    desk = open_desk(member)
    keys = desk.page.keyboard
    keys.press("/")
    expect(desk.get("search")).to_be_focused()
    keys.type("gp?m")
    expect(desk.get("search")).to_have_value("gp?m")
    keys.press("Escape")
    keys.press("Escape")
    keys.press("p")
    expect(desk.prompt).to_be_focused()
    keys.type("[g]")
    expect(desk.prompt).to_have_value("[g]")
    keys.press("Control+k")
    expect(desk.get("search")).to_be_focused()
    keys.press("Escape")
    keys.press("m")
    expect(desk.page.locator("#panel-models :focus")).to_have_count(1)
    keys.press("[")
    expect(desk.page.locator("html")).to_have_attribute("data-left-panel", "folded")
    expect(desk.get("unfold-left")).to_be_focused()
    keys.press("[")
    expect(desk.page.locator("html")).to_have_attribute("data-left-panel", "open")
    keys.press("g")
    expect(_tile(desk, "A harbour")).to_be_focused()


@pytest.mark.spec("V3")
def test_the_sheet_lists_the_keys_and_switches_single_ones_off(open_desk: OpenDesk, studio: Studio) -> None:
    desk = open_desk(studio.member())
    keys = desk.page.keyboard
    keys.press("?")
    sheet = desk.get("key-sheet")
    expect(sheet).to_be_visible()
    expect(sheet.get_by_role("heading", name="On a clip")).to_be_visible()
    expect(sheet.locator("dt", has_text="Reuse prompt and settings")).to_be_visible()
    keys.press("p")
    expect(sheet).to_be_visible()
    desk.get("single-keys").click()
    keys.press("Escape")
    expect(sheet).not_to_be_visible()
    desk.reload()
    for dead in ("?", "p", "/"):
        keys.press(dead)
    expect(sheet).not_to_be_visible()
    expect(desk.page.locator("body")).to_be_focused()
    keys.press("Control+k")
    expect(desk.get("search")).to_be_focused()
    desk.get("keys-open").click()
    expect(desk.get("single-keys")).to_have_attribute("aria-checked", "false")
    desk.get("single-keys").click()
    keys.press("Escape")
    expect(desk.get("keys-open")).to_be_focused()
    keys.press("p")
    expect(desk.prompt).to_be_focused()


@pytest.mark.spec("V3", "G3", "G4", "G5")
def test_the_focused_clip_obeys_its_keys(open_desk: OpenDesk, studio: Studio) -> None:
    member = studio.member()
    studio.shelve(member, ["The last", "In the middle", "The first"])
    desk = open_desk(member)
    keys = desk.page.keyboard
    card = desk.card("In the middle")
    film = card.get_by_test_id("card-film")
    keys.press("g")
    expect(_tile(desk, "The first")).to_be_focused()
    keys.press("ArrowRight")
    expect(_tile(desk, "In the middle")).to_be_focused()
    desk.expect_playing(film)
    keys.press("f")
    expect(card.get_by_test_id("card-favorite")).to_have_attribute("aria-pressed", "true")
    keys.press(" ")
    expect(film).to_have_count(0)
    keys.press(" ")
    desk.expect_playing(film)
    keys.press(" ")
    expect(film).to_have_count(0)
    with desk.page.expect_download() as download:
        keys.press("d")
    assert download.value.suggested_filename.startswith("animatic-")
    keys.press("Delete")
    expect(desk.get("delete-dialog")).to_be_visible()
    keys.press("Escape")
    expect(_tile(desk, "In the middle")).to_be_focused()
    keys.press("Delete")
    keys.press("Enter")
    expect(card).to_have_count(0)
    expect(_tile(desk, "The last")).to_be_focused()
    keys.press("u")
    expect(desk.prompt).to_have_value("The last")


@pytest.mark.spec("V3", "G2")
def test_the_focus_is_kept_when_its_clip_scrolls_away(open_desk: OpenDesk, studio: Studio) -> None:
    member = studio.member()
    studio.shelve(member, [f"Tile {number}" for number in range(60)])
    desk = open_desk(member)
    _tile(desk, "Tile 58").focus()
    scroll = desk.get("gallery-scroll")
    scroll.evaluate("box => { box.scrollTop = box.scrollHeight; }")
    expect(desk.card("Tile 58")).to_have_count(0)
    expect(desk.page.get_by_role("list", name="Clips")).to_be_focused()
    desk.page.keyboard.press("ArrowRight")
    expect(_tile(desk, "Tile 57")).to_be_focused()


@pytest.mark.spec("V3", "J2")
def test_the_focus_is_kept_when_its_clip_changes_its_state(
    open_desk: OpenDesk, studio: Studio, at_rest: None
) -> None:
    desk = open_desk(studio.member("kling-3.0-pro"))
    desk.generate("Watched by keys [[run:2]]")
    card = desk.card("Watched by keys")
    desk.expect_status(card, "running")
    card.locator("[data-tile]").focus()
    desk.expect_status(card, "completed")
    expect(card.get_by_test_id("card-open")).to_be_focused()


def _tile(desk: Desk, prompt: str) -> Locator:
    return desk.card(prompt).get_by_test_id("card-open")
