"""Before there is an account: the demo gallery, the owner's setup, signing in and out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import OpenDesk
from tests.browser.desk import DESKTOP, PHONE, Screen
from tests.browser.watch import Watch
from tests.support.studio import PASSWORD, Studio
from tests.support.workspace import Workspace

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

_ONLY_THE_PAGE = """
from sorceress_video.runtime.output import Terminal
from sorceress_video.runtime.roles import ROLES
from sorceress_video.runtime.supervisor import run
from sorceress_video.settings import get_settings
run(get_settings(), Terminal("console"), roles=tuple(role for role in ROLES if role.name == "web"))
"""


@pytest.mark.spec("A1")
@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=lambda screen: screen.name)
def test_a_visitor_sees_the_demo_gallery_and_a_way_in(open_desk: OpenDesk, screen: Screen) -> None:
    desk = open_desk(screen=screen)
    expect(desk.cards("completed").nth(5)).to_be_attached()
    first = desk.cards().first
    if screen.touch:
        first.get_by_test_id("card-play").tap()
    else:
        first.hover()
    desk.expect_playing(first.get_by_test_id("card-film"))

    desk.press(first.get_by_test_id("card-open"))
    desk.expect_playing(desk.get("player-film"))
    desk.page.keyboard.press("ArrowRight")
    expect(desk.get("lightbox")).to_have_attribute("data-clip-id", "forest-in-mist")
    desk.page.keyboard.press("Escape")
    expect(desk.get("player")).to_have_count(0)

    for forbidden in ("card-actions", "card-menu", "account"):
        expect(desk.get(forbidden)).to_have_count(0)
    desk.show_prompt()
    expect(desk.button).to_have_text("Sign in to generate")
    desk.press(desk.button)
    desk.page.wait_for_url(re.compile(r"/sign-in/?$"))


@pytest.mark.spec("A1")
def test_a_visitors_uploads_and_events_change_nothing(open_desk: OpenDesk, watch: Watch) -> None:
    watch.expect("status of 401")
    desk = open_desk()
    answer = desk.page.evaluate(
        "fetch('/api/uploads?purpose=start_frame', {method: 'POST', body: 'x'}).then((a) => a.status)"
    )
    assert answer == 401


@pytest.mark.spec("A2")
def test_the_printed_link_makes_the_owner_once(chromium: Browser, watch: Watch, tmp_path: Path) -> None:
    watch.expect("status of 404")
    with Workspace(tmp_path, command=("-c", _ONLY_THE_PAGE)) as fresh:
        fresh.wait_until_running()
        context = chromium.new_context(**DESKTOP.context)
        watch.follow(context)
        page = context.new_page()
        page.goto(fresh.setup_link)
        page.get_by_test_id("email").fill("owner@example.com")
        page.get_by_test_id("password").fill(PASSWORD)
        page.get_by_label("The same again").fill("another phrase")
        page.get_by_test_id("setup-submit").click()
        expect(page.get_by_role("alert")).to_be_visible()
        page.get_by_test_id("email").fill("owner@example.com")
        page.get_by_test_id("password").fill(PASSWORD)
        page.get_by_label("The same again").fill(PASSWORD)
        page.get_by_test_id("setup-submit").click()
        page.wait_for_url(f"{fresh.url}/")
        expect(page.get_by_test_id("account")).to_have_attribute("aria-label", "Account: owner@example.com")
        expect(page.get_by_test_id("empty-gallery")).to_be_visible()
        again = page.goto(fresh.setup_link)
        assert again is not None
        assert again.status == 404
        context.close()


@pytest.mark.spec("A4")
def test_signing_in_and_out(open_desk: OpenDesk, studio: Studio) -> None:
    member = studio.member()
    desk = open_desk()
    desk.get("sign-in-link").click()
    desk.get("email").fill(member.email)
    desk.get("password").fill("not the password")
    desk.get("sign-in-submit").click()
    expect(desk.page.get_by_role("alert")).to_be_visible()

    desk.get("email").fill(member.email.upper())
    desk.get("password").fill(PASSWORD)
    desk.get("sign-in-submit").click()
    expect(desk.get("account")).to_have_attribute("aria-label", f"Account: {member.email}")
    expect(desk.get("empty-gallery")).to_be_visible()

    desk.get("account").click()
    desk.get("sign-out").click()
    expect(desk.get("sign-in-link")).to_be_visible()
    expect(desk.cards("completed").first).to_be_visible()


@pytest.mark.spec("A6")
def test_signing_out_in_one_tab_shuts_the_others(open_desk: OpenDesk, studio: Studio) -> None:
    member = studio.member()
    studio.shelve(member, ["A secret harbour"])
    desk = open_desk(member)
    other = desk.page.context.new_page()
    other.goto(desk.url)
    other.get_by_test_id("account").click()
    other.get_by_test_id("sign-out").click()
    expect(other.get_by_test_id("sign-in-link")).to_be_visible()
    desk.get("search").fill("harbour")
    expect(desk.card("A secret harbour")).to_have_count(0)


def test_an_address_that_is_none_says_so(open_desk: OpenDesk, watch: Watch) -> None:
    watch.expect("status of 404")
    desk = open_desk(path=None)
    answer = desk.page.goto(f"{desk.url}/nothing/here")
    assert answer is not None
    assert answer.status == 404
    desk.get("go-home").click()
    desk.page.wait_for_url(re.compile(r"/$"))
    desk.wait_until_filled()
