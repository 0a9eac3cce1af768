"""Clips in the making, as the page shows them: live, in every tab, and whatever the provider does."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import WebSocketRoute, expect

from sorceress_video.generation.lifecycle import ClipStatus
from tests.browser.conftest import OpenDesk
from tests.browser.desk import MAKING
from tests.support.studio import Studio
from tests.support.waiting import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180), pytest.mark.usefixtures("at_rest")]

MOVING = re.compile("queued|submitting|running|fetching")


@pytest.mark.spec("J1", "J9", "P10")
def test_a_double_click_makes_one_set_of_clips(open_desk: OpenDesk, studio: Studio) -> None:
    member = studio.member("kling-3.0-pro", "seedance-2.0")
    desk = open_desk(member)
    desk.describe("Clicked twice")
    expect(desk.button).to_have_text(re.compile("Generate 2 Videos"))
    desk.button.dblclick()
    expect(desk.cards()).to_have_count(2)
    desk.expect_status(desk.cards().nth(0), "completed")
    desk.expect_status(desk.cards().nth(1), "completed")
    assert len(studio.clips(member)) == 2
    assert len(studio.requests("Clicked twice")) == 2


@pytest.mark.spec("J9")
def test_a_replayed_generate_makes_one_set_of_clips(open_desk: OpenDesk, studio: Studio) -> None:
    member = studio.member("kling-3.0-pro")
    desk = open_desk(member, path=None)
    replayed: list[str | bytes] = []

    def replay(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            server.send(message)
            if isinstance(message, str) and "prompt_state.generate" in message:
                replayed.append(message)
                server.send(message)
                server.send(message)

        socket.on_message(pass_on)

    desk.page.route_web_socket("**/_event/**", replay)
    desk.open()
    desk.generate("Sent three times")
    desk.expect_status(desk.cards().first, "completed")
    assert replayed
    assert len(studio.clips(member)) == 1
    assert len(studio.requests("Sent three times")) == 1


@pytest.mark.spec("J2")
def test_two_tabs_and_a_reload_follow_the_same_clip_live(open_desk: OpenDesk, studio: Studio) -> None:
    member = studio.member("kling-3.0-pro")
    desk = open_desk(member)
    second = open_desk(member)
    desk.generate("Seen by two [[run:6]]")
    for tab in (desk, second):
        expect(tab.cards()).to_have_count(1)
        expect(tab.page.locator("[data-testid=card-progress][aria-valuenow]")).to_be_visible()
        expect(tab.get("card-phase")).to_have_text(re.compile("Step|Generating"))
        expect(tab.get("queue-open")).to_have_accessible_name("Queue of 1: 1 running")
    desk.reload()
    desk.expect_status(desk.cards().first, re.compile("running|fetching|completed"))
    for tab in (desk, second):
        tab.expect_status(tab.cards().first, "completed")
        tab.cards().first.hover()
        tab.expect_playing(tab.get("card-film"))
    assert len(studio.requests("Seen by two")) == 1


@pytest.mark.spec("J5")
def test_cancel_stops_the_clip_here_and_at_the_provider(open_desk: OpenDesk, studio: Studio) -> None:
    member = studio.member("kling-3.0-pro")
    desk = open_desk(member)
    desk.generate("Better not [[queue:40]]")
    card = desk.card("Better not")
    desk.expect_status(card, "running")
    card.hover()
    card.get_by_test_id("card-cancel").click()
    desk.expect_status(card, "cancelled")
    (request,) = studio.requests("Better not")
    assert request["charged"] is False
    card.get_by_test_id("card-remove").click()
    expect(card).to_have_count(0)
    expect(desk.get("empty-gallery")).to_be_visible()


@pytest.mark.spec("J6")
def test_a_refused_clip_says_why_and_can_be_removed(open_desk: OpenDesk, studio: Studio) -> None:
    desk = open_desk(studio.member("kling-3.0-pro"))
    desk.generate("Flagged [[fault:error:content_policy_violation]]")
    card = desk.card("Flagged")
    desk.expect_status(card, "failed")
    expect(card.get_by_test_id("card-reason")).to_contain_text("Kling 3.0 Pro refused")
    expect(card.get_by_test_id("card-note")).to_contain_text("a retry will not help")
    expect(desk.get("announcement")).to_contain_text("failed")
    card.get_by_test_id("card-remove").click()
    expect(card).to_have_count(0)


@pytest.mark.spec("J6")
def test_retry_runs_on_the_same_card(open_desk: OpenDesk, studio: Studio) -> None:
    member = studio.member("kling-3.0-pro")
    studio.simulator.arm("error:runner_disconnected", times=1, match="At the second try")
    desk = open_desk(member)
    desk.generate("At the second try")
    card = desk.card("At the second try")
    desk.expect_status(card, "failed")
    expect(card.get_by_test_id("card-note")).to_contain_text("a retry can help")
    card.get_by_test_id("card-retry").click()
    desk.expect_status(card, "completed")
    (row,) = studio.clips(member)
    assert row.attempt == 2


@pytest.mark.spec("J3", "J2")
def test_a_busy_provider_is_waited_for(open_desk: OpenDesk, studio: Studio) -> None:
    studio.simulator.arm("submit_429", times=2, match="In the queue")
    desk = open_desk(studio.member("kling-3.0-pro"))
    desk.generate("In the queue")
    card = desk.card("In the queue")
    expect(card.get_by_text("Waiting for capacity…")).to_be_visible()
    desk.expect_status(card, "completed")
    assert len(studio.requests("In the queue")) == 1


@pytest.mark.spec("J9")
def test_an_answer_that_never_came_is_asked_about_and_never_sent_again_by_itself(
    open_desk: OpenDesk, studio: Studio
) -> None:
    member = studio.member("kling-3.0-pro")
    desk = open_desk(member)
    desk.generate("No answer [[fault:submit_hang]]")
    card = desk.card("No answer")
    desk.expect_status(card, "ambiguous")
    expect(card.get_by_test_id("card-reason")).to_contain_text("may be accepted and charged")
    expect(card.get_by_test_id("card-note")).to_contain_text("twice")
    desk.reload()
    desk.expect_status(card, "ambiguous")
    card.get_by_test_id("card-dismiss").click()
    desk.expect_status(card, "failed")
    expect(card.get_by_test_id("card-note")).to_contain_text("May have been charged")
    assert len(studio.requests("No answer")) == 1


@pytest.mark.spec("J4")
def test_recheck_asks_the_provider_now(open_desk: OpenDesk, studio: Studio) -> None:
    member = studio.member("kling-3.0-pro")
    desk = open_desk(member)
    desk.page.clock.install()
    desk.reload()
    desk.generate("Longer than usual [[run:20]]")  # Long enough for a busy machine.
    card = desk.card("Longer than usual")
    desk.expect_status(card, "running")
    expect(card.get_by_test_id("card-recheck")).to_have_count(0)
    desk.page.clock.run_for(400_000)
    card.get_by_test_id("card-recheck").click()
    desk.page.clock.resume()
    wait_for(
        lambda: studio.clips(member)[0].status == ClipStatus.COMPLETED,
        seconds=MAKING / 1000,
        what="the clip",
    )
    desk.expect_status(card, "completed")


@pytest.mark.spec("J1", "G1")
def test_new_clips_come_to_the_top_and_leave_the_search(open_desk: OpenDesk, studio: Studio) -> None:
    member = studio.member("kling-3.0-pro")
    studio.shelve(member, ["An old harbour", "A lighthouse"])
    desk = open_desk(member)
    desk.get("search").fill("harbour")
    expect(desk.cards()).to_have_count(1)
    desk.generate("A new shore")
    expect(desk.cards()).to_have_count(3)
    expect(desk.cards().first).to_have_attribute("aria-label", re.compile("A new shore"))
    expect(desk.get("search")).to_have_value("")
