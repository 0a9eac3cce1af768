"""Motion Match and Multimodal as a person uses them: files in, numbers, labels, and what is made."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from sorceress_video.media.encode import H264Writer
from tests.browser.conftest import OpenDesk
from tests.browser.desk import DESKTOP, PHONE, Screen
from tests.support.studio import Studio

ASSETS = Path(__file__).parents[1] / "assets"
PICTURES = [ASSETS / f"{name}.jpg" for name in ("start-frame", "end-frame", "portrait")]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(180), pytest.mark.usefixtures("at_rest")]


def film(path: Path, seconds: float) -> Path:
    """A bar that crosses the picture, 640×360."""
    frames = round(seconds * 24)
    with H264Writer(path, 640, 360, 24, crf=28, preset="ultrafast") as writer:
        for number in range(frames):
            picture = np.full((360, 640, 3), 40, np.uint8)
            left = int(number / frames * 560)
            picture[120:240, left : left + 80] = (200, 120, 255)
            writer.write_rgb(picture)
    return path


@pytest.mark.spec("P6", "J1", "P10", "P1")
@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=lambda screen: screen.name)
def test_each_motion_video_becomes_a_clip_with_the_character(
    open_desk: OpenDesk, studio: Studio, tmp_path: Path, screen: Screen
) -> None:
    member = studio.member("animatic-motion")
    desk = open_desk(member, screen)
    desk.show_prompt()
    desk.press(desk.get("mode-motion"))
    expect(desk.button).to_contain_text("Add Character Image")
    desk.get("character-file").set_input_files(PICTURES[2])
    expect(desk.frame("character")).to_be_visible()
    expect(desk.button).to_contain_text("Add Motion Video")
    desk.press(desk.button)
    expect(desk.get("motion-clip-add")).to_be_focused()
    desk.get("motion-clip-file").set_input_files(
        [film(tmp_path / "walk.mp4", 1.5), film(tmp_path / "hop.mp4", 0.6)]
    )
    tiles = desk.get("tray-item")
    expect(tiles).to_have_count(2)
    expect(tiles.nth(0)).to_contain_text("Clip 1")
    expect(tiles.nth(0)).to_contain_text("walk.mp4")
    expect(tiles.nth(1)).to_contain_text("0.6 → 1.1 s")
    expect(desk.get("tray-preparing")).to_have_count(0)
    expect(desk.get("motion-clip-note")).to_have_text("2 clips, 2 jobs")
    expect(desk.button).to_contain_text("Generate 2 Videos")
    desk.press(desk.button)
    expect(desk.cards()).to_have_count(2)
    for place in range(2):
        desk.expect_status(desk.cards().nth(place), "completed")
    lengths = sorted(row.seconds or 0 for row in studio.clips(member))
    assert lengths == pytest.approx([1.1, 1.5], abs=0.1)


@pytest.mark.spec("P6", "P8")
def test_a_motion_video_that_is_too_long_can_be_cut(
    open_desk: OpenDesk, studio: Studio, tmp_path: Path
) -> None:
    desk = open_desk(studio.member("kling-3.0-pro"))
    desk.get("mode-motion").click()
    desk.get("motion-clip-file").set_input_files(film(tmp_path / "long.mp4", 31))
    expect(desk.get("tray-problem")).to_have_text(
        "Kling 3.0 Pro takes the motion video up to 30 s; this lasts 31 s."
    )
    desk.get("trim-use").click()
    expect(desk.get("tray-problem")).to_have_count(0)
    expect(desk.get("tray-item")).to_contain_text("30 s")


@pytest.mark.spec("P6", "P7", "G8")
def test_a_clip_of_the_gallery_is_dropped_as_motion_video_and_as_frame(
    open_desk: OpenDesk, studio: Studio
) -> None:
    member = studio.member("kling-3.0-pro")
    (clip_id,) = studio.shelve(member, ["Rain over the harbour"], "neon-rain")
    desk = open_desk(member)
    transfer = desk.page.evaluate_handle(
        """id => { const transfer = new DataTransfer();
        transfer.setData("application/x-sorceress-clip", JSON.stringify({ id })); return transfer; }""",
        clip_id,
    )
    desk.get("mode-motion").click()
    tray = desk.get("motion-clip")
    tray.dispatch_event("dragover", {"dataTransfer": transfer})
    tray.dispatch_event("drop", {"dataTransfer": transfer})
    expect(desk.get("tray-item")).to_contain_text("4.5 s")
    desk.get("mode-image").click()
    slot = desk.get("start-frame").locator("..")
    slot.dispatch_event("drop", {"dataTransfer": transfer})
    desk.get("frame-last").click()
    expect(desk.frame()).to_be_visible()


@pytest.mark.spec("P1", "P7")
@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=lambda screen: screen.name)
def test_references_are_named_in_the_prompt_and_the_prompt_follows_them(
    open_desk: OpenDesk, studio: Studio, screen: Screen
) -> None:
    member = studio.member("animatic-references", "kling-3.0-pro")
    desk = open_desk(member, screen)
    desk.show_prompt()
    blocked = desk.get("mode-multimodal")
    expect(blocked).to_have_attribute("aria-disabled", "true")
    blocked.dispatch_event("click")  # Disabled, and yet it answers: Playwright would wait for ever.
    expect(desk.get("mode-blocked")).to_contain_text("Kling 3.0 Pro does not do Multimodal.")
    desk.press(desk.get("mode-deselect"))
    expect(blocked).to_have_attribute("aria-selected", "true")

    desk.get("reference-image-file").set_input_files(PICTURES)
    expect(desk.get("tray-item")).to_have_count(3)
    labels = desk.get("tray-label")
    expect(labels).to_contain_text(["@Image1", "@Image2", "@Image3"])
    desk.prompt.fill("Dawn:")
    desk.press(labels.nth(0))
    desk.press(labels.nth(2))
    expect(desk.prompt).to_have_value("Dawn: @Image1 @Image3 ")
    desk.get("tray-remove").nth(0).click()
    expect(desk.get("tray-item")).to_have_count(2)
    expect(desk.prompt).to_have_value("Dawn: @Image2 ")
    expect(desk.button).to_contain_text("Generate Video")
    desk.prompt.fill("Dawn: @Image7")
    desk.press(desk.button)
    assert studio.clips(member) == []
    desk.prompt.fill("Dawn: @Image2 then @Image1")
    desk.generate()
    desk.expect_status(desk.cards().first, "completed")
