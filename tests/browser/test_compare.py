"""Compare in a real browser: one play head for all, and an address that holds everything."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from sorceress_video.library.tables import Clip
from tests.browser.conftest import OpenDesk
from tests.browser.desk import DESKTOP, PHONE, Desk, Screen
from tests.media.files import write_clip
from tests.support.studio import Member, Studio

pytestmark = [pytest.mark.browser, pytest.mark.spec("X4")]

_FRAMES = """() => [...document.querySelectorAll("[data-testid=compare-film]")]
  .map((film) => Math.floor(film.currentTime * 24 + 1e-3))"""
_TOGETHER = """() => {
  const films = [...document.querySelectorAll("[data-testid=compare-film]")];
  const times = films.map((film) => film.currentTime);
  const apart = Math.max(...times) - Math.min(...times);
  return films.every((film) => !film.paused) && Math.min(...times) > 0.5 && apart < 0.04;
}"""


def batch_of(studio: Studio, member: Member, count: int) -> list[str]:
    """Finished clips of one click; their ids, oldest first."""
    films = ("ridge-at-dusk", "moonlit-lake", "golden-dunes")
    ids = [studio.shelve(member, [f"Take {n}"], film=films[n])[0] for n in range(count)]
    with studio.db.write() as session:
        batch_id = session.get_one(Clip, ids[0]).batch_id
        for clip_id in ids:
            session.get_one(Clip, clip_id).batch_id = batch_id
    return ids


def expect_frames(desk: Desk, frames: list[int]) -> None:
    desk.page.wait_for_function(
        f"(wanted) => ({_FRAMES})().join() === wanted", arg=",".join(map(str, frames))
    )


def test_a_batch_plays_in_step_and_the_address_holds_the_comparison(
    studio: Studio, open_desk: OpenDesk
) -> None:
    member = studio.member("animatic")
    batch_of(studio, member, 3)
    desk = open_desk(member)
    desk.press(desk.get("card-open").first)
    desk.press(desk.get("lightbox-compare"))
    expect(desk.get("compare-film")).to_have_count(3)
    desk.page.wait_for_function(_TOGETHER)

    desk.page.keyboard.press(" ")
    expect(desk.get("compare-transport")).to_have_attribute("data-playing", "false")
    desk.get("compare-scrub").fill("1")
    desk.press(desk.get("offset-more").nth(1))
    desk.press(desk.get("compare-forward"))
    expect_frames(desk, [25, 26, 25])
    desk.press(desk.get("layout-wipe"))
    expect(desk.page).to_have_url(re.compile(r"compare=[0-9a-f,]{98}&offset=0,1,0&layout=wipe$"))

    desk.reload()
    expect(desk.get("compare-stage")).to_have_attribute("data-layout", "wipe")
    expect_frames(desk, [0, 1, 0])
    edge = desk.get("compare-edge")
    edge.focus()
    desk.page.keyboard.press("ArrowLeft")
    expect(edge).to_have_attribute("aria-valuenow", "48")
    desk.press(desk.get("compare-winner").nth(2))
    expect(desk.get("compare-winner").nth(2)).to_have_attribute("aria-pressed", "true")
    desk.page.keyboard.press("Escape")
    expect(desk.get("compare")).to_be_hidden()
    expect(desk.page).not_to_have_url(re.compile("compare="))
    expect(desk.get("card-favorite-mark")).to_have_count(1)


def test_films_of_other_lengths_and_rates_stand_at_the_same_moment(
    studio: Studio, open_desk: OpenDesk, tmp_path: Path
) -> None:
    member = studio.member("animatic")
    ids = [
        studio.shelve(
            member,
            [f"At {fps}"],
            film=str(write_clip(tmp_path / f"{fps}.mp4", fps=fps, frames=frames)),
            fps=float(fps),
            seconds=frames / fps,
            has_audio=True,
        )[0]
        for fps, frames in ((12, 24), (24, 72))
    ]
    desk = open_desk(member, path=f"/?compare={','.join(ids)}")
    films = desk.get("compare-film")
    expect(films).to_have_count(2)
    expect(desk.get("compare-time")).to_have_text("00:00.00 / 00:03.00")
    desk.get("compare-scrub").fill("1")
    desk.press(desk.get("compare-forward"))
    expect_frames(desk, [25, 25])  # Of 24 a second: the slower film shows its frame 12 at the same time.
    desk.get("compare-scrub").fill("2.5")
    expect_frames(desk, [47, 60])  # The shorter one holds its last frame.

    def silent() -> list[bool]:
        return films.evaluate_all("films => films.map((film) => film.muted)")

    assert silent() == [False, True]
    desk.press(desk.get("compare-listen").nth(1))
    expect(desk.get("compare-listen").nth(1)).to_have_attribute("aria-pressed", "true")
    assert silent() == [True, False]
    desk.page.keyboard.press("m")
    expect(desk.get("compare-listen").nth(1)).to_have_attribute("aria-pressed", "false")
    assert silent() == [True, True]


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=lambda screen: screen.name)
def test_a_link_compares_and_nothing_moves_by_itself(
    studio: Studio, open_desk: OpenDesk, screen: Screen
) -> None:
    member = studio.member("animatic")
    first, second = batch_of(studio, member, 2)
    desk = open_desk(member, screen, path=f"/?compare={first},{second}&layout=overlay&offset=0,x")
    expect(desk.get("compare-film")).to_have_count(2)
    expect(desk.get("compare-transport")).to_have_attribute("data-playing", "false")
    expect(desk.get("compare-mix")).to_be_visible()
    desk.press(desk.get("layout-side"))
    expect(desk.get("compare-row").and_(desk.page.locator("[data-differs=true]"))).to_have_count(1)
    assert desk.overflow() == 0


@pytest.mark.spec("X1", "X4")
@pytest.mark.parametrize("opened", ["compare", "lightbox"])
def test_what_was_opened_by_a_link_and_closed_stays_closed_after_a_reload(
    studio: Studio, open_desk: OpenDesk, opened: str
) -> None:
    member = studio.member("animatic")
    first, second = batch_of(studio, member, 2)
    query = f"compare={first},{second}" if opened == "compare" else f"clip={first}"
    desk = open_desk(member, path=f"/?{query}")
    expect(desk.get(opened)).to_be_visible()
    desk.reload()
    expect(desk.get(opened)).to_be_visible()
    desk.page.keyboard.press("Escape")
    expect(desk.get(opened)).to_be_hidden()
    desk.page.add_init_script(
        f"""new MutationObserver(() => {{
          if (document.querySelector("[data-testid={opened}][open]")) window.openedAgain = true;
        }}).observe(document, {{ subtree: true, attributes: true, childList: true }});"""
    )
    desk.reload()
    desk.wait_until_filled()
    desk.button.click()
    assert desk.page.evaluate("window.openedAgain ?? false") is False


def test_anothers_clips_are_not_compared(studio: Studio, open_desk: OpenDesk) -> None:
    other = studio.member("animatic")
    first, second = batch_of(studio, other, 2)
    desk = open_desk(studio.member("animatic"), path=f"/?compare={first},{second}")
    expect(desk.page.get_by_text("there is nothing to compare")).to_be_visible()
    expect(desk.get("compare")).to_be_hidden()
    expect(desk.page).not_to_have_url(re.compile("compare="))


@pytest.mark.spec("X4", "G6")
def test_selected_clips_are_compared(studio: Studio, open_desk: OpenDesk) -> None:
    member = studio.member()
    studio.shelve(member, [f"Take {number}" for number in range(5)])
    desk = open_desk(member)
    desk.get("select").click()
    compare = desk.get("selection-compare")
    expect(compare).to_be_disabled()
    for number in (1, 3):
        desk.card(f"Take {number}").get_by_test_id("card-open").click()
    compare.click()
    expect(desk.get("compare-film")).to_have_count(2)
    desk.page.keyboard.press("Escape")
    desk.get("select-all").click()
    expect(compare).to_be_disabled()
