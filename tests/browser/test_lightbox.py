"""The lightbox in a real browser: going on, coming back by the address, and the frame that is on screen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlmodel import select

from sorceress_video.library.tables import Asset
from tests.browser.conftest import OpenDesk
from tests.browser.desk import DESKTOP, PHONE, Desk, Screen
from tests.support.studio import Studio

pytestmark = pytest.mark.browser


def open_clip(desk: Desk, number: int = 0) -> None:
    """Open a card and wait until the server has told its story."""
    desk.press(desk.get("card-open").nth(number))
    expect(desk.get("lightbox")).to_have_attribute("data-settled", "true")


def place(desk: Desk, text: str) -> None:
    expect(desk.get("lightbox-place")).to_have_text(text)


@pytest.mark.spec("X1")
def test_arrow_keys_go_on_the_address_comes_back_and_the_focus_returns(
    studio: Studio, open_desk: OpenDesk
) -> None:
    member = studio.member("animatic")
    ids = studio.shelve(member, [f"Scene {number}" for number in range(14)])[::-1]
    desk = open_desk(member)
    open_clip(desk)
    for _ in range(8):  # Beyond the strip, faster than the server.
        desk.page.keyboard.press("ArrowRight")
    place(desk, "9 of 14 · All")
    expect(desk.page).to_have_url(re.compile(rf"clip={ids[8]}"))

    desk.reload()
    place(desk, "9 of 14 · All")
    desk.page.keyboard.press("Escape")
    expect(desk.get("lightbox")).to_be_hidden()
    expect(desk.page).not_to_have_url(re.compile("clip="))
    expect(desk.page.locator(f'[data-clip-id="{ids[8]}"] [data-tile]')).to_be_focused()


@pytest.mark.spec("X2")
def test_the_prompt_is_copied_without_the_clipboard_of_secure_pages(
    studio: Studio, open_desk: OpenDesk
) -> None:
    member = studio.member("animatic")
    studio.shelve(member, ["A ridge at dusk"])
    desk = open_desk(member, path=None)
    desk.page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    desk.open()
    open_clip(desk)
    desk.press(desk.get("lightbox-copy"))
    expect(desk.get("lightbox-copy")).to_have_text("Copied")
    desk.page.keyboard.press("Escape")
    desk.prompt.focus()
    desk.page.keyboard.press("ControlOrMeta+v")
    expect(desk.prompt).to_have_value("A ridge at dusk")


@pytest.mark.spec("X1")
def test_a_finger_swipes_on_and_picks_from_the_strip(studio: Studio, open_desk: OpenDesk) -> None:
    member = studio.member("animatic")
    studio.shelve(member, [f"Scene {number}" for number in range(4)])
    desk = open_desk(member, PHONE)
    open_clip(desk)
    desk.page.evaluate(
        """() => {
          const stage = document.querySelector("[data-testid=player]");
          const touch = (type, x) => stage.dispatchEvent(
            new PointerEvent(type, { pointerType: "touch", clientX: x, clientY: 200, bubbles: true }));
          touch("pointerdown", 300);
          touch("pointerup", 80);
        }"""
    )
    place(desk, "2 of 4 · All")
    desk.press(desk.get("strip-clip").nth(3))
    place(desk, "4 of 4 · All")
    assert desk.overflow() == 0


@pytest.mark.spec("X3")
@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=lambda screen: screen.name)
def test_the_frame_on_screen_begins_the_next_clip(
    studio: Studio, open_desk: OpenDesk, screen: Screen
) -> None:
    member = studio.member("animatic")
    (clip_id,) = studio.shelve(member, ["A ridge"])
    desk = open_desk(member, screen, reduced_motion="reduce")
    open_clip(desk)
    film = desk.get("player-film")
    expect(film).to_have_js_property("paused", True)  # Reduced motion: nothing plays by itself.
    for _ in range(30):
        desk.press(desk.get("player-forward"))
    expect(desk.get("player-time")).to_contain_text("00:01.06")
    desk.press(desk.get("frame-start-frame"))

    expect(desk.get("lightbox")).to_be_hidden()
    expect(desk.frame()).to_be_visible()
    expect(desk.get("start-frame")).to_be_focused()
    with studio.db.read() as session:
        (frame,) = session.exec(select(Asset).where(Asset.source_clip_id == clip_id)).all()
    assert frame.source_seconds == pytest.approx(30 / 24, abs=0.001)


@pytest.mark.spec("X3")
def test_continue_makes_a_child_of_the_clip(studio: Studio, open_desk: OpenDesk, at_rest: None) -> None:
    member = studio.member("animatic")
    (parent_id,) = studio.shelve(member, ["A ridge"])
    desk = open_desk(member)
    open_clip(desk)
    desk.press(desk.get("frame-continue"))
    expect(desk.frame()).to_be_visible()
    desk.generate("The ridge goes on")
    desk.expect_status(desk.card("The ridge goes on").first, "completed")

    child = studio.clips(member)[0]
    assert (child.parent_id, child.parent_relation) == (parent_id, "continue")
    open_clip(desk)
    kin = desk.get("lineage-clip")
    expect(kin).to_have_count(2)
    kin.last.focus()
    desk.page.keyboard.press("ArrowUp")
    expect(kin.first).to_be_focused()
    desk.page.keyboard.press("Enter")
    expect(desk.get("lightbox")).to_have_attribute("data-clip-id", parent_id)
    expect(kin.first).to_have_attribute("aria-current", "true")
    expect(kin.first).to_be_focused()  # The clip itself, from which the tree is walked on.
    desk.page.keyboard.press("ArrowDown")
    expect(kin.last).to_have_attribute("data-id", child.id)
    expect(kin.last).to_be_focused()


@pytest.mark.spec("X2")
def test_a_downloaded_clip_dropped_on_the_workspace_brings_its_prompt_back(
    studio: Studio, open_desk: OpenDesk, tmp_path: Path
) -> None:
    member = studio.member()
    studio.shelve(member, ["A ridge at dusk, slowly"])
    desk = open_desk(member)
    open_clip(desk)
    with desk.page.expect_download() as saving:
        desk.press(desk.get("lightbox-download"))
    film = tmp_path / saving.value.suggested_filename
    saving.value.save_as(film)
    assert re.fullmatch(r"animatic-[0-9a-f]{10}\.mp4", film.name)
    desk.page.keyboard.press("Escape")

    desk.drop(film, desk.get("gallery"), "video/mp4")
    expect(desk.get("recipe-prompt")).to_have_text("A ridge at dusk, slowly")
    expect(desk.get("recipe-settings")).to_contain_text("480p")
    desk.press(desk.get("recipe-take"))
    expect(desk.prompt).to_have_value("A ridge at dusk, slowly")
    expect(desk.model("animatic")).to_have_attribute("aria-pressed", "true")

    foreign = Path("assets/demo/moonlit-lake.mp4").resolve()
    desk.drop(foreign, desk.get("gallery"), "video/mp4")
    expect(desk.page.get_by_text("does not say how it was made")).to_be_visible()
