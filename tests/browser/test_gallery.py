"""The gallery and the lightbox over clips that are there already."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, expect

from sorceress_video.media.reader import read_frames
from tests.browser.conftest import OpenDesk
from tests.browser.desk import DESKTOP, PHONE, Desk, Screen
from tests.support.studio import Studio

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

DOWNLOAD = 5_000  # milliseconds until it begins
_FIRST = """() => {
  const top = document.querySelector("[data-testid=gallery-scroll]").getBoundingClientRect().top + 12;
  return [...document.querySelectorAll("[data-testid=clip-card]")]
    .map((card) => [card.getBoundingClientRect(), card.dataset.clipId])
    .filter(([box]) => box.bottom > top)
    .sort(([a], [b]) => a.top - b.top || a.left - b.left)[0]?.[1];
}"""
_FIRST_IS = f"(id) => ({_FIRST})() === id"
PROMPTS = ["A fox in the snow", "A whale under the ice", "A fox on the roof"]


@pytest.mark.spec("G1", "G9")
def test_searching_favourites_and_what_stands_there_when_nothing_is_found(
    open_desk: OpenDesk, studio: Studio
) -> None:
    member = studio.member()
    studio.shelve(member, PROMPTS)
    desk = open_desk(member)
    expect(desk.cards()).to_have_count(3)
    expect(desk.cards().first).to_have_attribute("aria-label", "Animatic: A fox on the roof")
    desk.page.keyboard.press("/")
    expect(desk.get("search")).to_be_focused()
    desk.get("search").fill("FOX")
    expect(desk.cards()).to_have_count(2)
    desk.get("search").fill("100% _ fox")
    expect(desk.get("empty-search")).to_be_visible()
    desk.get("clear-search").click()
    expect(desk.cards()).to_have_count(3)

    desk.get("filter-favorites").click()
    expect(desk.get("empty-favorites")).to_be_visible()
    desk.get("show-all").click()
    whale = desk.card("A whale")
    whale.hover()
    whale.get_by_test_id("card-favorite").click()
    expect(whale.get_by_test_id("card-favorite")).to_have_attribute("aria-pressed", "true")
    desk.get("filter-favorites").click()
    expect(desk.cards()).to_have_count(1)
    desk.reload()
    desk.get("filter-favorites").click()
    expect(desk.card("A whale")).to_be_visible()


@pytest.mark.spec("G1", "G9")
@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=lambda screen: screen.name)
def test_operators_and_values_are_offered_while_one_types(
    open_desk: OpenDesk, studio: Studio, screen: Screen
) -> None:
    member = studio.member()
    studio.shelve(member, PROMPTS)
    desk = open_desk(member, screen)
    desk.press(desk.get("search"))
    expect(desk.get("search-suggestion")).to_have_count(5)
    desk.page.keyboard.type("mo")
    expect(desk.get("search-suggestion")).to_have_count(2)
    desk.press(desk.get("search-suggestion").filter(has_text="model:"))
    expect(desk.get("search")).to_have_value("model:")
    desk.page.keyboard.type("anim")
    expect(desk.get("search-suggestion").first).to_have_text("Animatic")
    desk.page.keyboard.press("ArrowDown")
    expect(desk.get("search")).to_have_attribute("aria-activedescendant", re.compile(r"-0$"))
    desk.page.keyboard.press("Enter")
    expect(desk.get("search")).to_have_value("model:Animatic ")
    desk.page.keyboard.type("fox -roof")
    expect(desk.cards()).to_have_count(1)
    expect(desk.get("found")).to_have_text("1 clip found")
    desk.page.keyboard.type(" is:blue")
    expect(desk.get("search-hint")).to_contain_text("“is:blue” is not known")
    desk.press(desk.get("search-clear"))
    expect(desk.cards()).to_have_count(3)
    expect(desk.get("search-hint")).to_have_count(0)

    desk.get("search").fill("whale")
    desk.get("search").press("Enter")
    expect(desk.cards()).to_have_count(1)
    desk.press(desk.get("filter-favorites-toggle" if screen.narrow else "filter-favorites"))
    expect(desk.get("empty-search")).to_contain_text("Nothing fits “whale” among your favorites.")
    desk.press(desk.get("search-everywhere"))
    expect(desk.cards()).to_have_count(1)


@pytest.mark.spec("G1", "P12")
def test_columns_are_kept_with_the_account(open_desk: OpenDesk, studio: Studio) -> None:
    member = studio.member()
    studio.shelve(member, PROMPTS)
    desk = open_desk(member)
    before = desk.cards().first.bounding_box()
    desk.get("columns").fill("1")
    desk.page.wait_for_function(
        "width => document.querySelector('[data-testid=clip-card]').offsetWidth > 2 * width",
        arg=before["width"],
    )
    elsewhere = open_desk(member)
    expect(elsewhere.get("columns")).to_have_value("1")


@pytest.mark.spec("G5")
@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=lambda screen: screen.name)
def test_delete_asks_once_and_can_be_undone(open_desk: OpenDesk, studio: Studio, screen: Screen) -> None:
    member = studio.member()
    studio.shelve(member, PROMPTS)
    desk = open_desk(member, screen)
    whale = desk.card("A whale")
    _choose(desk, whale, "delete")
    desk.press(desk.get("delete-cancel"))
    expect(whale).to_be_visible()
    _choose(desk, whale, "delete")
    desk.press(desk.get("delete-confirm"))
    expect(whale).to_have_count(0)
    expect(desk.cards()).to_have_count(2)
    desk.press(desk.page.get_by_role("button", name="Undo"))
    expect(whale).to_be_visible()
    assert len(studio.clips(member)) == 3


@pytest.mark.spec("G4")
@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=lambda screen: screen.name)
def test_download_gives_a_real_mp4(
    open_desk: OpenDesk, studio: Studio, screen: Screen, tmp_path: Path
) -> None:
    member = studio.member()
    studio.shelve(member, PROMPTS[:1])
    desk = open_desk(member, screen)
    with desk.page.expect_download(timeout=DOWNLOAD) as downloading:
        _choose(desk, desk.cards().first, "download")
    saved = tmp_path / downloading.value.suggested_filename
    downloading.value.save_as(saved)
    assert saved.suffix == ".mp4"
    assert sum(1 for _ in read_frames(saved)) == 108


@pytest.mark.spec("J8", "G4")
def test_reuse_brings_prompt_model_and_settings_back(open_desk: OpenDesk, studio: Studio) -> None:
    member = studio.member("kling-3.0-pro")
    studio.shelve(member, PROMPTS[:1])
    desk = open_desk(member)
    _choose(desk, desk.cards().first, "reuse")
    expect(desk.prompt).to_have_value(PROMPTS[0])
    expect(desk.model("animatic")).to_have_attribute("aria-pressed", "true")
    expect(desk.model("kling-3.0-pro")).to_have_attribute("aria-pressed", "false")
    expect(desk.page.locator("article").filter(has=desk.model("animatic"))).to_contain_text("480p · 3 s")


@pytest.mark.spec("J8", "G4")
def test_reroll_makes_the_same_once_more_however_often_it_is_pressed_at_once(
    open_desk: OpenDesk, studio: Studio, at_rest: None
) -> None:
    member = studio.member()
    studio.shelve(member, PROMPTS[:1])
    desk = open_desk(member)
    desk.cards().first.hover()
    desk.cards().first.get_by_test_id("card-reroll").dblclick()
    expect(desk.cards()).to_have_count(2)
    desk.expect_status(desk.cards().first, "completed")
    again, first = studio.clips(member)
    assert (again.parent_id, again.prompt, again.settings_line) == (
        first.id,
        first.prompt,
        first.settings_line,
    )


@pytest.mark.spec("X1", "X2")
def test_the_lightbox_walks_through_the_filter_and_gives_the_focus_back(
    open_desk: OpenDesk, studio: Studio
) -> None:
    member = studio.member()
    ids = studio.shelve(member, PROMPTS)
    desk = open_desk(member)
    desk.get("search").fill("fox")
    expect(desk.cards()).to_have_count(2)
    desk.card("A fox on the roof").get_by_test_id("card-open").click()
    box = desk.get("lightbox")
    expect(box).to_have_attribute("data-clip-id", ids[2])
    desk.expect_playing(desk.get("player-film"))
    expect(desk.get("lightbox-previous")).to_be_disabled()
    desk.page.keyboard.press("ArrowRight")
    expect(box).to_have_attribute("data-clip-id", ids[0])
    expect(box).to_have_attribute("data-settled", "true")
    expect(desk.get("lightbox-prompt")).to_have_text("A fox in the snow")
    expect(desk.get("lightbox-next")).to_be_disabled()
    expect(desk.get("lightbox-facts")).to_contain_text("960 × 540 · 4.5 s")
    expect(desk.get("lightbox-facts")).to_contain_text("Free")

    desk.get("player-play").click()
    expect(desk.get("player")).to_have_attribute("data-playing", "false")
    desk.get("lightbox-favorite").click()
    expect(desk.get("lightbox-favorite")).to_have_attribute("aria-pressed", "true")
    desk.page.keyboard.press("Escape")
    expect(desk.get("player")).to_have_count(0)
    expect(desk.card("A fox in the snow").get_by_test_id("card-open")).to_be_focused()
    expect(desk.card("A fox in the snow").get_by_test_id("card-favorite-mark")).to_be_attached()


@pytest.mark.spec("X2")
def test_use_prompt_closes_the_lightbox_and_fills_the_box(open_desk: OpenDesk, studio: Studio) -> None:
    member = studio.member()
    studio.shelve(member, PROMPTS[:1])
    desk = open_desk(member)
    desk.cards().first.get_by_test_id("card-open").click()
    expect(desk.get("lightbox")).to_have_attribute("data-settled", "true")
    desk.get("lightbox-use-prompt").click()
    expect(desk.get("player")).to_have_count(0)
    expect(desk.prompt).to_have_value(PROMPTS[0])
    expect(desk.get("models-count")).to_have_text("0 selected")


@pytest.mark.spec("G2")
def test_a_thousand_clips_scroll_to_the_last_with_few_cards_in_the_page(
    open_desk: OpenDesk, studio: Studio
) -> None:
    member = studio.member()
    studio.shelve(member, [f"Clip number {number:04d}" for number in range(1000)])
    desk = open_desk(member)
    expect(desk.card("Clip number 0999")).to_be_visible()
    scroller = desk.get("gallery-scroll")
    scroller.evaluate("box => { box.scrollTop = box.scrollHeight / 2; }")
    expect(desk.cards().first).to_have_attribute("aria-label", _between(300, 700))
    scroller.evaluate("box => { box.scrollTop = box.scrollHeight; }")
    expect(desk.card("Clip number 0000")).to_be_visible()
    assert desk.cards().count() <= 120
    desk.card("Clip number 0000").get_by_test_id("card-open").focus()
    desk.page.keyboard.press("Home")
    expect(desk.card("Clip number 0999").get_by_test_id("card-open")).to_be_focused()


@pytest.mark.spec("G1", "G2")
@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=lambda screen: screen.name)
def test_a_reload_and_a_copied_link_show_the_same_clips_at_the_same_place(
    open_desk: OpenDesk, studio: Studio, screen: Screen
) -> None:
    member = studio.member()
    studio.shelve(member, [f"Clip number {number:04d}" for number in range(600)])
    desk = open_desk(member, screen)
    desk.get("search").fill("clip")
    expect(desk.page).to_have_url(re.compile(r"[?&]q=clip"))
    desk.get("gallery-scroll").evaluate("box => { box.scrollTop = box.scrollHeight / 2; }")
    expect(desk.page).to_have_url(re.compile(r"[?&]at="))
    expect(desk.get("clip-skeleton")).to_have_count(0)
    first = _first_in_view(desk)
    desk.reload()
    expect(desk.get("search")).to_have_value("clip")
    desk.page.wait_for_function(_FIRST_IS, arg=first)

    link = desk.page.url.removeprefix(desk.url)
    elsewhere = open_desk(member, screen, path=link)
    elsewhere.page.wait_for_function(_FIRST_IS, arg=first)
    elsewhere.get("search").fill("number 0007")
    expect(elsewhere.cards()).to_have_count(1)
    expect(elsewhere.page).not_to_have_url(re.compile("[?&]at="))


@pytest.mark.spec("X1")
def test_from_the_lightbox_back_to_the_clip_that_was_looked_at_last(
    open_desk: OpenDesk, studio: Studio
) -> None:
    member = studio.member()
    ids = studio.shelve(member, [f"Clip number {number:04d}" for number in range(400)])
    desk = open_desk(member)
    desk.get("columns").fill("1")
    expect(desk.card("Clip number 0387")).to_have_count(0)
    desk.cards().first.get_by_test_id("card-open").click()
    expect(desk.get("lightbox")).to_have_attribute("data-settled", "true")
    for place in range(2, 14):
        desk.page.keyboard.press("ArrowRight")
        expect(desk.get("lightbox")).to_have_attribute("data-clip-id", ids[-place])
        expect(desk.get("lightbox")).to_have_attribute("data-settled", "true")
    desk.page.keyboard.press("Escape")
    expect(desk.card("Clip number 0387").get_by_test_id("card-open")).to_be_focused()


def _first_in_view(desk: Desk) -> str:
    """Id of the clip at the top of the view."""
    return str(desk.page.evaluate(f"({_FIRST})()"))


def _between(low: int, high: int) -> re.Pattern[str]:
    """Labels of the clips with these numbers."""
    return re.compile("(" + "|".join(f"{number:04d}" for number in range(low, high)) + ")$")


def _choose(desk: Desk, card: Locator, action: str) -> None:
    """An action of a card: over the picture under a pointer, in the card's menu under a finger."""
    if desk.screen.touch:
        card.get_by_test_id("card-menu").tap()
        desk.get(f"menu-{action}").tap()
    else:
        card.hover()
        card.get_by_test_id(f"card-{action}").click()


@pytest.mark.spec("G1")
def test_days_in_a_search_are_those_of_the_browser(open_desk: OpenDesk, studio: Studio) -> None:
    now = datetime.now(UTC)
    # Of these two there is always one where it is not the same day as in UTC.
    zone = "Pacific/Kiritimati" if now.hour >= 11 else "Pacific/Pago_Pago"
    today = now.astimezone(ZoneInfo(zone)).date()
    assert today != now.date()
    member = studio.member()
    studio.shelve(member, ["Made just now"])
    desk = open_desk(member, timezone_id=zone)
    desk.get("search").fill(f"after:{today} before:{today + timedelta(days=1)}")
    expect(desk.get("search-found")).to_have_text("1")
    desk.reload()
    expect(desk.card("Made just now")).to_be_visible()
