"""Many clips at once, and collections, as a person does it with a mouse or a finger."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import OpenDesk
from tests.browser.desk import DESKTOP, PHONE, Desk, Screen
from tests.support.studio import Studio

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

DOWNLOAD = 10_000  # milliseconds until it begins
SCREENS = pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=lambda screen: screen.name)

_DRAG = """tile => {
  const transfer = new DataTransfer();
  tile.dispatchEvent(new DragEvent("dragstart", { dataTransfer: transfer, bubbles: true, cancelable: true }));
  return Object.fromEntries([...transfer.types].map((type) => [type, transfer.getData(type)]));
}"""


def tile(card: Locator) -> Locator:
    return card.get_by_test_id("card-open")


def expect_selected(desk: Desk, count: int) -> None:
    expect(desk.get("selection-count")).to_have_text(f"{count} selected")


@pytest.mark.spec("G6")
@SCREENS
def test_everything_but_one_is_deleted_at_once_and_comes_back_at_once(
    open_desk: OpenDesk, studio: Studio, screen: Screen
) -> None:
    member = studio.member()
    studio.shelve(member, [f"Clip number {number:03d}" for number in range(150)])
    desk = open_desk(member, screen)
    desk.press(desk.get("select"))
    desk.press(desk.get("select-all"))
    expect_selected(desk, 150)
    kept = desk.card("Clip number 149")
    desk.press(tile(kept))
    expect(tile(kept)).to_have_attribute("aria-checked", "false")
    expect_selected(desk, 149)
    desk.press(desk.get("selection-delete"))
    expect(desk.get("delete-dialog")).to_contain_text("Delete 149 clips?")
    desk.press(desk.get("delete-confirm"))
    expect(desk.cards()).to_have_count(1)
    expect(desk.get("selection-bar")).to_have_count(0)
    desk.press(desk.page.get_by_role("button", name="Undo"))
    expect(desk.card("Clip number 148")).to_be_visible()
    assert len(studio.clips(member)) == 150


@pytest.mark.spec("G6")
def test_a_range_reaches_over_cards_that_are_not_loaded_and_keys_do_the_rest(
    open_desk: OpenDesk, studio: Studio
) -> None:
    member = studio.member()
    studio.shelve(member, [f"Clip number {number:03d}" for number in range(400)])
    desk = open_desk(member)
    desk.get("select").click()
    tile(desk.card("Clip number 398")).click()
    expect_selected(desk, 1)
    desk.get("gallery-scroll").evaluate("box => { box.scrollTop = box.scrollHeight; }")
    last = desk.card("Clip number 001")
    expect(last).to_be_visible()
    tile(last).click(modifiers=["Shift"])
    expect_selected(desk, 398)
    expect(tile(desk.card("Clip number 002"))).to_have_attribute("aria-checked", "true")
    expect(tile(desk.card("Clip number 000"))).to_have_attribute("aria-checked", "false")
    desk.page.keyboard.press("Control+a")
    expect_selected(desk, 400)
    desk.page.keyboard.press("Escape")
    expect(desk.get("selection-bar")).to_have_count(0)


@pytest.mark.spec("G6")
def test_only_finished_clips_can_be_selected_and_the_page_says_so(
    open_desk: OpenDesk, studio: Studio
) -> None:
    member = studio.member()
    made = studio.shelve(member, ["A fox", "A whale"])
    studio.change(made[0], status="failed", error_text="Refused.", billed="no", video_id=None)
    desk = open_desk(member)
    desk.get("select").click()
    desk.card("A fox").click()
    expect(desk.get("selection-words")).to_have_text("Only finished clips can be selected.")
    expect_selected(desk, 0)
    expect(desk.get("selection-delete")).to_be_disabled()


@pytest.mark.spec("G6")
@SCREENS
def test_a_zip_of_the_selected_clips_is_saved(
    open_desk: OpenDesk, studio: Studio, screen: Screen, tmp_path: Path
) -> None:
    member = studio.member()
    studio.shelve(member, ["A fox", "A whale", "A wolf"])
    desk = open_desk(member, screen)
    desk.press(desk.get("select"))
    for prompt in ("A fox", "A wolf"):
        desk.press(tile(desk.card(prompt)))
    expect_selected(desk, 2)
    with desk.page.expect_download(timeout=DOWNLOAD) as downloading:
        desk.press(desk.get("selection-zip"))
    saved = tmp_path / "clips.zip"
    downloading.value.save_as(saved)
    assert downloading.value.suggested_filename == "2 clips.zip"
    with zipfile.ZipFile(saved) as packed:
        assert packed.testzip() is None
        assert len(packed.namelist()) == 2


@pytest.mark.spec("G6")
def test_a_long_press_begins_a_selection(open_desk: OpenDesk, studio: Studio) -> None:
    member = studio.member()
    studio.shelve(member, ["A fox", "A whale"])
    desk = open_desk(member, PHONE)
    box = tile(desk.card("A whale")).bounding_box()
    assert box is not None
    at = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    touch = desk.page.context.new_cdp_session(desk.page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [at]})
    expect_selected(desk, 1)
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    desk.press(tile(desk.card("A fox")))
    expect_selected(desk, 2)
    expect(desk.get("lightbox")).not_to_be_visible()


@pytest.mark.spec("G10")
@SCREENS
def test_a_collection_is_made_opened_searched_and_left(
    open_desk: OpenDesk, studio: Studio, screen: Screen
) -> None:
    member = studio.member()
    studio.shelve(member, ["A fox", "A whale", "A wolf"])
    desk = open_desk(member, screen)
    favorites = desk.get("filter-favorites-toggle" if screen.narrow else "filter-favorites")
    desk.press(favorites)
    expect(desk.get("collections-empty")).to_be_visible()
    desk.press(desk.get("show-all"))
    desk.press(desk.get("select"))
    desk.press(tile(desk.card("A fox")))
    desk.press(tile(desk.card("A wolf")))
    desk.press(desk.get("selection-collect"))
    desk.get("collect-name").fill("Beasts")
    desk.press(desk.get("collect-make"))
    desk.press(desk.page.get_by_role("button", name="Open", exact=True))
    expect(desk.get("collection-name")).to_have_text("Beasts")
    expect(desk.cards()).to_have_count(2)
    desk.get("search").fill("wolf")
    expect(desk.cards()).to_have_count(1)
    desk.reload()
    expect(desk.get("collection-name")).to_have_text("Beasts")
    expect(desk.cards()).to_have_count(1)
    desk.press(desk.get("collection-back"))
    expect(desk.get("collection-tile")).to_contain_text("2 clips")
    desk.press(desk.get("collection-tile"))
    desk.press(desk.get("collection-delete"))
    expect(desk.get("collections-empty")).to_be_visible()
    assert len(studio.clips(member)) == 3


@pytest.mark.spec("G11")
def test_a_shared_collection_can_be_looked_at_until_it_is_not_shared(
    open_desk: OpenDesk, studio: Studio
) -> None:
    owner, other = studio.member(), studio.member()
    studio.shelve(owner, ["A fox"])
    hers, his = open_desk(owner), open_desk(other)
    hers.card("A fox").hover()
    hers.get("card-collect").click()
    hers.get("collect-name").fill("To look at")
    hers.get("collect-make").click()
    hers.page.get_by_role("button", name="Open", exact=True).click()
    hers.get("collection-share").and_(hers.page.get_by_role("switch")).click()
    expect(hers.get("collection-share").and_(hers.page.get_by_role("switch"))).to_be_checked()

    his.get("filter-favorites").click()
    his.get("collection-tile").filter(has_text="To look at").click()
    card = his.card("A fox")
    card.hover()
    his.expect_playing(card.get_by_test_id("card-film"))
    expect(card.get_by_test_id("card-delete")).to_have_count(0)
    expect(his.get("select")).to_have_count(0)
    poster = card.get_by_test_id("card-poster").get_attribute("src")
    tile(card).click()
    expect(his.get("lightbox")).to_have_attribute("data-settled", "true")
    his.expect_playing(his.get("player-film"))
    expect(his.get("lightbox-prompt")).to_have_text("A fox")
    expect(his.get("lightbox-download")).to_have_count(0)
    assert his.page.request.get(studio.url + str(poster)).status == 200

    hers.get("collection-share").and_(hers.page.get_by_role("switch")).click()
    expect(hers.get("collection-share").and_(hers.page.get_by_role("switch"))).not_to_be_checked()
    assert his.page.request.get(studio.url + str(poster)).status == 404


@pytest.mark.spec("G8")
def test_a_dragged_card_carries_the_clip_its_link_and_a_file(open_desk: OpenDesk, studio: Studio) -> None:
    member = studio.member()
    (clip_id,) = studio.shelve(member, ["A fox"])
    desk = open_desk(member)
    carried = tile(desk.card("A fox")).evaluate(_DRAG)
    clip = desk.page.evaluate("text => JSON.parse(text)", carried["application/x-sorceress-clip"])
    assert (clip["id"], clip["width"], clip["height"], clip["seconds"]) == (clip_id, 960, 540, 4.5)
    assert clip["video"].startswith("/media/")
    mime, name, address = carried["downloadurl"].split(":", 2)
    assert (mime, name) == ("video/mp4", f"animatic-{clip_id[:10]}.mp4")
    assert address.startswith(studio.url)
    answer = desk.page.request.get(address)
    assert (answer.status, answer.headers["content-type"]) == (200, "video/mp4")
    assert name in answer.headers["content-disposition"]
