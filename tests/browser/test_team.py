"""The team in the browser: an invitation that somebody takes, a request for Pro, a member who is shut out."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenDesk
from tests.browser.desk import DESKTOP, PHONE, Screen
from tests.browser.watch import Watch
from tests.support.studio import PASSWORD, Studio

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]


@pytest.mark.spec("A3")
@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=lambda screen: screen.name)
def test_an_invitation_from_the_link_to_the_first_look(
    open_desk: OpenDesk, studio: Studio, watch: Watch, screen: Screen
) -> None:
    watch.expect("status of 400")
    watch.expect("status of 410")
    owner = open_desk(studio.member(role="owner"), screen, path=None)
    owner.page.goto(f"{owner.url}/team")
    owner.press(owner.get("invite"))
    owner.press(owner.get("invite-make"))
    link = owner.get("link").input_value()
    owner.page.keyboard.press("Escape")
    expect(owner.get("invitations")).to_be_visible()
    assert owner.overflow() == 0

    guest = open_desk(screen=screen, path=None)
    guest.page.goto(link)
    guest.get("name").fill("Cleo")
    guest.get("email").fill(f"cleo-{screen.name}@example.com")
    guest.get("password").fill("password")
    guest.page.get_by_label("The same again").fill("password")
    guest.press(guest.get("join-submit"))
    expect(guest.get("form-error")).to_contain_text("Choose another one")
    expect(guest.get("name")).to_have_value("Cleo")
    guest.get("password").fill(PASSWORD)
    guest.page.get_by_label("The same again").fill(PASSWORD)
    guest.press(guest.get("join-submit"))
    expect(guest.get("account")).to_have_attribute("aria-label", f"Account: cleo-{screen.name}@example.com")

    late = open_desk(screen=screen, path=None)
    late.page.goto(link)
    expect(late.get("link-closed")).to_contain_text("has been used")


@pytest.mark.spec("A5")
def test_a_free_member_asks_for_pro_and_is_shut_out_later(open_desk: OpenDesk, studio: Studio) -> None:
    member, boss = studio.member(plan="free"), studio.member(role="owner")
    desk = open_desk(member)
    desk.get("source-local").click()
    desk.get("upgrade").click()
    desk.get("upgrade-note").fill("For the trailer.")
    desk.get("upgrade-send").click()
    expect(desk.get("upgrade-open")).to_be_visible()
    desk.page.keyboard.press("Escape")

    owner = open_desk(boss)
    owner.get("account").click()
    expect(owner.get("team-badge")).to_be_visible()
    owner.get("team-link").click()
    request = owner.get("request").filter(has_text=member.email)
    request.get_by_test_id("request-grant").click()
    expect(request).to_have_count(0)
    row = owner.get("member").filter(has_text=member.email)
    owner.get("members-search").fill(member.email)
    expect(owner.get("member")).to_have_count(1)
    expect(row.get_by_test_id("member-plan")).to_have_value("pro")

    row.get_by_test_id("member-deactivate").click()
    owner.get("deactivate-finish").click()
    expect(row.get_by_test_id("member-disabled")).to_be_visible()
    # The open page hears of it by itself.
    desk.page.wait_for_url("**/sign-in**")


@pytest.mark.spec("A4")
@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=lambda screen: screen.name)
def test_settings_keep_a_name_and_end_another_browser(
    open_desk: OpenDesk, studio: Studio, screen: Screen
) -> None:
    member = studio.member()
    other = open_desk(member, screen)
    desk = open_desk(member, screen)
    desk.press(desk.get("account"))
    desk.press(desk.get("settings-link"))
    desk.get("profile-name").fill("Robin Vale")
    desk.page.keyboard.press("Enter")
    expect(desk.get("profile-answer")).to_have_text("Saved.")
    expect(desk.get("providers")).to_have_count(0)
    assert desk.overflow() == 0
    desk.press(desk.get("session-end").first)
    expect(desk.get("session-end")).to_have_count(0)
    other.page.reload()
    expect(other.get("sign-in-link")).to_be_visible()
