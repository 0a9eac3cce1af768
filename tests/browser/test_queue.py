"""The queue: seen, gone to and stopped from one place; the title counts it, the browser tells of its ends."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenDesk
from tests.browser.desk import DESKTOP, MAKING, PHONE, Screen
from tests.support.studio import Studio

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180), pytest.mark.usefixtures("at_rest")]

PLAIN = "Sorceress AI Video Gen"

# Notifications of a headless browser are shown nowhere; these are kept. A clip counts as long after 30 s, or
# when it ends while nobody looks: the tests look away.
_KEEP = """
window.told = [];
window.Notification = class extends EventTarget {
  static permission = (location.protocol === "http:" && localStorage.getItem("permission")) || "default";
  static async requestPermission() {
    localStorage.setItem("permission", "granted");
    return (this.permission = "granted");
  }
  constructor(title, options) { super(); Object.assign(this, { title, ...options }); window.told.push(this); }
  close() {}
};
Object.defineProperty(document, "hidden", { get: () => window.away ?? false });
"""


@pytest.mark.spec("J2", "J5", "V4")
@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=lambda screen: screen.name)
def test_what_is_in_the_making_is_listed_gone_to_and_stopped(
    open_desk: OpenDesk, studio: Studio, screen: Screen
) -> None:
    member = studio.member("kling-3.0-pro", "seedance-2.0")
    desk = open_desk(member, screen)
    expect(desk.page).to_have_title(PLAIN)
    desk.press(desk.get("queue-open"))
    expect(desk.get("queue-empty")).to_be_visible()
    desk.page.keyboard.press("Escape")
    expect(desk.get("queue-open")).to_be_focused()

    desk.generate("In a long line [[queue:60]]")
    desk.close_sheets()
    expect(desk.page).to_have_title(f"(2) {PLAIN}")
    desk.press(desk.get("queue-open"))
    queue = desk.get("queue")
    expect(desk.get("queue-line")).to_have_count(2)
    expect(queue.get_by_test_id("queue-time").first).to_have_text(re.compile(r"\d:\d\d"))
    desk.press(desk.get("queue-go").first)
    expect(queue).not_to_be_visible()
    expect(desk.page.locator("[data-clip-id] [data-tile]:focus")).to_have_count(1)

    desk.press(desk.get("queue-open"))
    desk.press(desk.get("queue-cancel").first)
    expect(desk.get("queue-line")).to_have_count(1)
    expect(desk.page).to_have_title(f"(1) {PLAIN}")
    desk.press(desk.get("queue-cancel"))
    expect(desk.get("queue-empty")).to_be_visible()
    expect(desk.page).to_have_title(PLAIN)
    assert {clip.status for clip in studio.clips(member)} == {"cancelled"}


@pytest.mark.spec("J5", "V4")
def test_every_tab_counts_the_same_and_all_is_stopped_at_the_second_press(
    open_desk: OpenDesk, studio: Studio
) -> None:
    member = studio.member("kling-3.0-pro", "seedance-2.0")
    desk, second = open_desk(member), open_desk(member)
    second.get("filter-favorites").click()
    desk.generate("Stopped at once [[queue:60]]")
    expect(second.page).to_have_title(f"(2) {PLAIN}")
    second.get("queue-open").click()
    second.get("queue-cancel-all").click()
    expect(second.get("queue-cancel-all")).to_have_text("Cancel all 2?")
    second.get("queue-cancel-all").click()
    expect(second.get("queue-empty")).to_be_visible()
    for tab in (desk, second):
        expect(tab.page).to_have_title(PLAIN)


@pytest.mark.spec("J9", "J2")
def test_what_asks_for_a_decision_stands_first(open_desk: OpenDesk, studio: Studio) -> None:
    member = studio.member("kling-3.0-pro")
    desk = open_desk(member)
    desk.generate("Silence from the provider [[fault:submit_hang]]")
    desk.expect_status(desk.cards().first, "ambiguous")
    expect(desk.get("queue-open")).to_have_accessible_name("Queue of 1: 1 needs your decision")
    desk.get("queue-open").click()
    question = desk.get("queue-question")
    expect(question).to_contain_text("may be accepted and charged")
    expect(question).to_contain_text("twice")
    question.get_by_test_id("queue-dismiss").click()
    expect(desk.get("queue-empty")).to_be_visible()
    assert studio.clips(member)[0].status == "failed"


@pytest.mark.spec("V4")
def test_the_browser_tells_once_of_clips_that_ended_while_nobody_looked(
    open_desk: OpenDesk, studio: Studio
) -> None:
    member = studio.member("kling-3.0-pro", "seedance-2.0")
    desk = open_desk(member, path=None)
    desk.page.context.add_init_script(_KEEP)
    desk.open()
    desk.get("queue-open").click()
    expect(desk.get("notify")).to_have_attribute("aria-checked", "false")
    desk.get("notify").click()
    expect(desk.get("notify")).to_have_attribute("aria-checked", "true")
    desk.page.keyboard.press("Escape")
    other = desk.page.context.new_page()
    other.goto(desk.url)
    expect(other.get_by_test_id("empty-gallery")).to_be_visible()
    for page in (desk.page, other):
        page.evaluate("window.away = true")
    desk.generate("Told of [[run:2]]")
    for page in (desk.page, other):
        expect(page.locator("[data-status=completed]")).to_have_count(2, timeout=MAKING)
    desk.page.wait_for_function("() => window.told.length > 0")
    assert _told(desk.page)[-1][0] in ("A clip is ready", "2 clips are ready")
    assert "Told of" in _told(desk.page)[-1][1]
    assert _told(other) == [], "one tab speaks for all"

    desk.page.evaluate("window.told.at(-1).onclick()")
    expect(desk.get("player")).to_be_visible()
    desk.page.keyboard.press("Escape")
    desk.reload()
    desk.page.evaluate("window.away = true")
    expect(desk.cards("completed")).to_have_count(2)
    assert _told(desk.page) == [], "a reload tells nothing again"


def _told(page: Page) -> list[tuple[str, str]]:
    return page.evaluate("window.told.map(({ title, body }) => [title, body])")
