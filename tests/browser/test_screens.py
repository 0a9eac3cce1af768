"""What a page owes a person: nothing jumps, a lost connection is said, unwanted motion stops."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenDesk
from tests.browser.desk import DESKTOP, MAKING, PHONE, Desk, Screen
from tests.browser.test_recovery import Network
from tests.browser.watch import Watch
from tests.support.studio import Studio

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

_WATCH_SHIFTS = """() => {
  window.shifts = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const name = ({ node }) => {
        const part = node?.closest ? node : node?.parentElement;
        if (part?.closest("[data-testid=clip-card]")) return "clip-card";
        // On a phone the sheet goes, since Generate was pressed in it.
        if (innerWidth < 1024 && part?.closest("dialog.panel")) return "clip-card";
        return part?.outerHTML.slice(0, 120);
      };
      window.shifts.push([entry.value, ...entry.sources.map(name)]);
    }
  }).observe({ type: "layout-shift" });
}"""


@pytest.mark.spec("V1", "J1")
@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=lambda screen: screen.name)
def test_nothing_jumps_when_cards_arrive_and_change(
    open_desk: OpenDesk, studio: Studio, at_rest: None, screen: Screen
) -> None:
    member = studio.member("kling-3.0-pro", "seedance-2.0")
    studio.shelve(member, [f"Older {number}" for number in range(9)])
    desk = open_desk(member, screen)
    desk.describe("Nothing moves [[run:2]]")
    desk.page.evaluate(_WATCH_SHIFTS)
    desk.generate()
    for card in (desk.card("Nothing moves").nth(0), desk.card("Nothing moves").nth(1)):
        desk.expect_status(card, "completed")
    # Cards that make room for newer ones move because somebody pressed a button; the rest of the page stands.
    shifts = desk.page.evaluate("window.shifts")
    moved = [shift for shift in shifts if any("clip-card" not in (node or "") for node in shift[1:])]
    assert sum(shift[0] for shift in moved) < 0.01, moved


@pytest.mark.spec("V5")
def test_a_lost_connection_is_said_and_so_is_its_return_and_the_draft_is_kept(
    open_desk: OpenDesk, studio: Studio, watch: Watch, at_rest: None
) -> None:
    watch.expect_outage()
    member = studio.member("kling-3.0-pro")
    desk = open_desk(member, path=None)
    network = Network()
    desk.page.route_web_socket("**/_event/**", network.pass_on)
    desk.open()
    desk.describe("Written on a train")
    expect(desk.button).to_have_attribute("data-action", "generate")
    network.drop()
    desk.page.context.set_offline(True)
    expect(desk.get("connection-lost")).to_be_visible()
    desk.button.click()
    expect(desk.prompt).to_have_value("Written on a train")
    network.up = True
    desk.page.context.set_offline(False)
    expect(desk.get("connection-back")).to_be_visible(timeout=MAKING)
    expect(desk.get("connection-back")).to_have_count(0)
    expect(desk.prompt).to_have_value("Written on a train")
    if not studio.clips(member):
        desk.generate()
    desk.expect_status(desk.card("Written on a train"), "completed")
    assert len(studio.requests("Written on a train")) == 1


_WATCH_DIALOGS = """
  window.opened = [];
  const showModal = HTMLDialogElement.prototype.showModal;
  HTMLDialogElement.prototype.showModal = function () {
    window.opened.push(this.id);
    showModal.call(this);
  };
"""


def _lose_and_find(desk: Desk, network: Network) -> None:
    desk.page.context.set_offline(True)
    expect(desk.get("connection-lost")).to_be_visible()
    network.cut()
    desk.page.context.set_offline(False)
    expect(desk.get("connection-back")).to_be_visible()


@pytest.mark.spec("V5")
def test_nothing_is_back_before_the_server_has_answered(
    open_desk: OpenDesk, studio: Studio, watch: Watch, at_rest: None
) -> None:
    watch.expect_outage()
    desk = open_desk(studio.member(), path=None)
    network = Network()
    desk.page.route_web_socket("**/_event/**", network.pass_on)
    desk.open()
    network.drop()
    desk.page.context.set_offline(True)
    expect(desk.get("connection-lost")).to_be_visible()
    desk.page.context.set_offline(False)
    desk.page.wait_for_function("navigator.onLine")
    desk.page.wait_for_timeout(500)
    expect(desk.get("connection-lost")).to_be_visible()
    expect(desk.get("connection-back")).to_have_count(0)
    network.up = True
    expect(desk.get("connection-back")).to_be_visible(timeout=MAKING)


@pytest.mark.spec("M1", "V5")
def test_what_is_open_stays_open_over_a_lost_connection_and_closes_with_a_reload(
    open_desk: OpenDesk, studio: Studio, watch: Watch, at_rest: None
) -> None:
    watch.expect_outage()
    desk = open_desk(studio.member("kling-3.0-pro"), path=None)
    network = Network()
    desk.page.route_web_socket("**/_event/**", network.pass_on)
    desk.open()
    desk.get("source-local").click()
    expect(desk.get("source-local")).to_have_attribute("aria-checked", "true")
    _lose_and_find(desk, network)
    desk.get("filter-favorites").click()
    expect(desk.get("empty-favorites")).to_be_visible()  # The server answers again.
    expect(desk.get("source-local")).to_have_attribute("aria-checked", "true")
    desk.get("filter-all").click()
    desk.get("source-cloud").click()
    desk.get("model-settings-kling-3.0-pro").click()
    dialog = desk.page.locator("dialog#model-settings[open]")
    sound = dialog.get_by_test_id("setting-audio")
    sound.click()
    expect(sound).to_have_attribute("aria-checked", "true")
    _lose_and_find(desk, network)
    sound.click()
    expect(sound).to_have_attribute("aria-checked", "false")
    expect(dialog).to_be_visible()
    desk.page.add_init_script(_WATCH_DIALOGS)
    desk.reload()
    desk.get("filter-favorites").click()
    expect(desk.get("empty-favorites")).to_be_visible()
    expect(dialog).to_have_count(0)
    assert desk.page.evaluate("window.opened") == []


@pytest.mark.spec("V3")
def test_a_film_stops_when_motion_becomes_unwanted(open_desk: OpenDesk, studio: Studio) -> None:
    member = studio.member()
    studio.shelve(member, ["Moving"])
    desk = open_desk(member)
    desk.cards().first.get_by_test_id("card-open").click()
    film = desk.get("player-film")
    desk.expect_playing(film)
    desk.page.emulate_media(reduced_motion="reduce")
    desk.page.wait_for_function("film => film.paused", arg=film.element_handle())
