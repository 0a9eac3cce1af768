"""Every width, touch alone, keys alone."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenDesk
from tests.browser.desk import DESKTOP, PHONE, Desk
from tests.support.studio import Studio

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

WINDOWS = (
    (320, 640),  # The narrowest that must still work: 1280 px at 400 % zoom; WCAG 1.4.10.
    (360, 800),
    (390, 800),
    (640, 400),  # 1280 × 800 px at 200 % zoom.
    (768, 800),
    (1023, 800),
    (1024, 800),
    (1440, 800),
)
LONG_WORD = "Donaudampfschifffahrtsgesellschaftskapitän" * 3

# How many neighbours in a row of controls reach into each other.
_CROSSING = """bar => {
  const boxes = [...bar.children].map((part) => part.getBoundingClientRect()).filter((box) => box.width > 0);
  return boxes.filter((box, place) => place > 0 && box.left < boxes[place - 1].right - 0.5).length;
}"""


@pytest.mark.spec("V1", "V2")
def test_no_width_scrolls_sideways(open_desk: OpenDesk, studio: Studio) -> None:
    member = studio.member("animatic", "kling-3.0-pro", "seedance-2.0", "veo-3.1-fast")
    studio.shelve(member, [LONG_WORD, "A short one"])
    desk = open_desk(member)
    desk.describe(LONG_WORD)
    for width, height in WINDOWS:
        desk.page.set_viewport_size({"width": width, "height": height})
        expect(desk.cards().first).to_be_visible()
        assert desk.overflow() == 0, f"the workspace at {width} px"
        crossing = desk.get("gallery-toolbar").evaluate(_CROSSING)
        assert crossing == 0, f"controls of the toolbar lie over each other at {width} px"
        for panel, opener in (("panel-models", "models-chip"), ("panel-prompt", "dock-prompt")):
            if width < 1024:
                desk.get(opener).click()
            dialog = desk.page.locator(f"dialog#{panel}")
            expect(dialog).to_be_visible()
            inside = dialog.evaluate("box => box.scrollWidth - box.clientWidth")
            assert (desk.overflow(), inside) == (0, 0), f"{panel} at {width} px"
            if panel == "panel-prompt":
                desk.button.click(trial=True)
            if width < 1024:
                desk.page.keyboard.press("Escape")
                expect(dialog).not_to_be_visible()
        desk.cards().last.get_by_test_id("card-open").click()
        expect(desk.get("player")).to_be_visible()
        assert desk.overflow() == 0, f"the lightbox at {width} px"
        desk.page.keyboard.press("Escape")
        expect(desk.get("player")).to_have_count(0)


@pytest.mark.spec("V2")
def test_the_sheets_of_a_phone_open_close_and_keep_what_was_entered(
    open_desk: OpenDesk, studio: Studio
) -> None:
    desk = open_desk(studio.member(), PHONE)
    desk.show_models()
    desk.model("animatic").tap()
    expect(desk.model("animatic")).to_have_attribute("aria-pressed", "true")
    desk.get("model-settings-animatic").tap()
    desk.get("setting-resolution-720p").tap()
    expect(desk.get("setting-resolution-720p")).to_have_attribute("aria-checked", "true")
    desk.get("settings-done").tap()
    expect(desk.page.locator("dialog#model-settings")).not_to_be_visible()
    expect(desk.page.locator("dialog#panel-models[open]")).to_be_visible()
    desk.page.touchscreen.tap(195, 20)  # The page behind the sheet.
    expect(desk.page.locator("dialog#panel-models[open]")).to_have_count(0)
    expect(desk.get("models-chip")).to_contain_text("1 model")
    desk.describe("Written on a phone")
    desk.close_sheets()
    expect(desk.get("dock-prompt")).to_contain_text("Written on a phone")
    for control in ("dock-prompt", "generate-dock", "models-chip"):
        box = desk.get(control).bounding_box()
        assert box is not None
        assert box["height"] >= 44, f"{control} is too low for a thumb"


@pytest.mark.spec("V2", "G1")
def test_on_a_phone_the_row_is_the_searchs_while_one_types(open_desk: OpenDesk, studio: Studio) -> None:
    desk = open_desk(studio.member(), PHONE)
    before = desk.get("search").bounding_box()
    desk.get("search").tap()
    expect(desk.get("models-chip")).to_be_hidden()
    typing = desk.get("search").bounding_box()
    assert before is not None
    assert typing is not None
    assert typing["width"] > 1.5 * before["width"]
    desk.get("search").fill("ember")
    desk.press(desk.get("search-clear"))
    expect(desk.get("search")).to_have_value("")
    expect(desk.get("search")).to_be_focused()
    desk.get("search").fill("embers")
    desk.page.keyboard.press("Enter")
    expect(desk.get("models-chip")).to_be_visible()
    assert desk.get("search").bounding_box() == before


@pytest.mark.spec("V2")
def test_the_button_says_what_is_missing_on_a_phone_and_leads_there(
    open_desk: OpenDesk, studio: Studio
) -> None:
    desk = open_desk(studio.member(), PHONE)
    expect(desk.button).to_have_text("Select a Model")
    desk.button.tap()
    expect(desk.page.locator("dialog#panel-models[open]")).to_be_visible()
    desk.select("animatic")
    desk.close_sheets()
    expect(desk.button).to_have_text("Enter Prompt")
    desk.button.tap()
    expect(desk.prompt).to_be_focused()


@pytest.mark.spec("V3", "P2")
def test_a_clip_by_keys_alone(open_desk: OpenDesk, studio: Studio, at_rest: None) -> None:
    member = studio.member()
    desk = open_desk(member)
    keys = desk.page.keyboard
    _tab_to(desk, "model-card-animatic")
    keys.press("Space")
    expect(desk.model("animatic")).to_have_attribute("aria-pressed", "true")
    _tab_to(desk, "prompt")
    keys.type("By keys alone")
    keys.press("Control+Enter")
    card = desk.card("By keys alone")
    desk.expect_status(card, "completed")
    keys.press("/")
    _tab_to(desk, "card-open")
    expect(card.get_by_test_id("card-reroll")).to_be_visible()
    keys.press("Tab")
    expect(card.get_by_test_id("card-reroll")).to_be_focused()
    keys.press("Tab")
    keys.press("Enter")
    expect(card.get_by_test_id("card-favorite")).to_have_attribute("aria-pressed", "true")
    keys.press("Shift+Tab")
    keys.press("Shift+Tab")
    expect(card.get_by_test_id("card-open")).to_be_focused()
    keys.press("Enter")
    expect(desk.get("player")).to_be_visible()
    keys.press("Escape")
    expect(card.get_by_test_id("card-open")).to_be_focused()


@pytest.mark.spec("V3", "G2")
def test_arrow_keys_walk_through_the_tiles(open_desk: OpenDesk, studio: Studio) -> None:
    member = studio.member()
    studio.shelve(member, [f"Tile {number}" for number in range(9)])
    desk = open_desk(member)
    desk.card("Tile 8").get_by_test_id("card-open").focus()
    for key, prompt in (
        ("ArrowRight", "Tile 7"),
        ("ArrowDown", "Tile 4"),
        ("End", "Tile 0"),
        ("Home", "Tile 8"),
    ):
        desk.page.keyboard.press(key)
        expect(desk.card(prompt).get_by_test_id("card-open")).to_be_focused()


@pytest.mark.spec("V3")
def test_the_theme_is_remembered_and_follows_the_system_on_demand(
    open_desk: OpenDesk, studio: Studio
) -> None:
    desk = open_desk(studio.member(), DESKTOP, color_scheme="light")
    root = desk.page.locator("html")
    expect(root).to_have_css("color-scheme", "dark")
    desk.get("theme").click()
    desk.get("theme-light").click()
    expect(root).to_have_css("color-scheme", "light")
    desk.reload()
    expect(root).to_have_css("color-scheme", "light")
    desk.get("theme").click()
    desk.get("theme-dark").click()
    expect(root).to_have_css("color-scheme", "dark")
    desk.get("theme").click()
    desk.get("theme-system").click()
    expect(root).to_have_css("color-scheme", "light")


@pytest.mark.spec("V3")
def test_what_is_selected_is_seen_in_colours_of_the_systems_choice(
    open_desk: OpenDesk, studio: Studio
) -> None:
    desk = open_desk(studio.member("animatic"), forced_colors="active")
    line = "element => getComputedStyle(element).borderTopWidth"
    for model, tick, border in (("animatic", "visible", "2px"), ("kling-3.0-pro", "hidden", "1px")):
        expect(desk.model(model).locator("svg").first).to_have_css("visibility", tick)
        card = desk.page.locator(".model-card").filter(has=desk.model(model))
        assert card.evaluate(line) == border


@pytest.mark.spec("V3", "G3")
def test_who_wants_no_motion_gets_none(open_desk: OpenDesk, studio: Studio) -> None:
    member = studio.member()
    studio.shelve(member, ["Standing still"])
    desk = open_desk(member, DESKTOP, reduced_motion="reduce")
    desk.cards().first.hover()
    expect(desk.cards().first.get_by_test_id("card-reroll")).to_be_visible()
    desk.cards().first.get_by_test_id("card-open").click()
    expect(desk.get("lightbox")).to_have_attribute("data-settled", "true")
    expect(desk.get("player")).to_have_attribute("data-playing", "false")
    expect(desk.get("card-film")).to_have_count(0)


def _tab_to(desk: Desk, testid: str, most: int = 60) -> None:
    """Press Tab until the focus is there."""
    for _ in range(most):
        desk.page.keyboard.press("Tab")
        if desk.page.evaluate("document.activeElement?.dataset.testid") == testid:
            return
    raise AssertionError(f"Tab does not lead to {testid}")
