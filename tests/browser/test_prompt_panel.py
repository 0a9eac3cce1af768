"""Choosing and describing: settings, frames, the prompt, and what the button says."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Route, WebSocketRoute, expect

from sorceress_video.library import ledger, preferences
from tests.browser.conftest import OpenDesk
from tests.browser.desk import DESKTOP, MAKING, PHONE, Screen
from tests.browser.watch import Watch
from tests.support.studio import Studio

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

ASSETS = Path(__file__).parents[1] / "assets"
START = ASSETS / "start-frame.jpg"
END = ASSETS / "end-frame.jpg"
LONG = 100_000  # characters
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="360"><script>alert(1)</script></svg>'
SCRIPTS = (
    "👩‍🚀🦄 racing 🌈 over 東京",
    "راكب وحيد يعبر التلال",
    "<img src=x onerror=alert(1)> ' \" \\ {{7*7}}",
)


# --- settings


@pytest.mark.spec("M4", "M6", "P9", "P12")
def test_settings_change_summary_price_and_are_kept_with_the_account(
    open_desk: OpenDesk, studio: Studio
) -> None:
    member = studio.member("kling-3.0-pro")
    desk = open_desk(member)
    price = desk.get("model-price-kling-3.0-pro").inner_text()
    desk.get("model-settings-kling-3.0-pro").click()
    desk.get("setting-duration").select_option("10")
    expect(desk.get("settings-price")).not_to_have_text(price)
    desk.get("setting-audio").click()
    expect(desk.get("setting-audio")).to_have_attribute("aria-checked", "true")
    with_sound = desk.get("settings-price").inner_text()
    desk.get("settings-done").click()

    card = desk.page.locator("article").filter(has=desk.model("kling-3.0-pro"))
    expect(card).to_contain_text("10 s")
    expect(desk.get("estimate")).to_have_text(with_sound)
    elsewhere = open_desk(member)
    expect(elsewhere.get("models-count")).to_have_text("1 selected")
    expect(elsewhere.get("estimate")).to_have_text(with_sound)

    elsewhere.get("model-settings-kling-3.0-pro").click()
    elsewhere.get("settings-reset").click()
    expect(elsewhere.get("setting-duration")).to_have_value("5")
    expect(elsewhere.get("settings-reset")).to_have_count(0)


@pytest.mark.spec("M4")
def test_an_impossible_choice_is_disabled_with_its_reason(open_desk: OpenDesk, studio: Studio) -> None:
    desk = open_desk(studio.member("veo-3.1-fast"))
    desk.get("model-settings-veo-3.1-fast").click()
    dialog = desk.page.locator("dialog#model-settings")
    expect(desk.get("setting-resolution-1080p")).to_be_disabled()
    expect(dialog).to_contain_text("1080p and 4K only at 8 s")
    desk.get("setting-duration-8s").click()
    desk.get("setting-resolution-1080p").click()
    expect(desk.get("setting-resolution-1080p")).to_have_attribute("aria-checked", "true")
    expect(desk.get("setting-duration-4s")).to_be_disabled()


def test_a_value_outside_the_choices_sent_over_the_socket_changes_nothing(
    open_desk: OpenDesk, studio: Studio
) -> None:
    member = studio.member("animatic")
    desk = open_desk(member, path=None)
    forged: list[str] = []

    def forge(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            if isinstance(message, str) and "change_setting" in message and "1080p" in message:
                forged.append(message)
                message = message.replace("1080p", "8K; DROP TABLE clip")
            server.send(message)

        socket.on_message(pass_on)

    desk.page.route_web_socket("**/_event/**", forge)
    desk.open()
    desk.get("model-settings-animatic").click()
    desk.get("setting-resolution-1080p").click()
    expect(desk.page.locator("dialog#model-settings").get_by_role("alert")).to_be_visible()
    assert forged
    expect(desk.get("setting-resolution-480p")).to_have_attribute("aria-checked", "true")
    desk.reload()
    expect(desk.page.locator("article").filter(has=desk.model("animatic"))).to_contain_text("480p")


@pytest.mark.spec("M5")
def test_the_summary_tells_what_a_model_does_and_costs(open_desk: OpenDesk, studio: Studio) -> None:
    desk = open_desk(studio.member())
    desk.get("model-info-kling-3.0-pro").click()
    dialog = desk.page.locator("dialog#model-info")
    expect(dialog).to_contain_text("Start and end frame")
    expect(dialog).to_contain_text("Price")
    desk.page.keyboard.press("Escape")
    expect(dialog).not_to_be_visible()
    expect(desk.get("model-info-kling-3.0-pro")).to_be_focused()


@pytest.mark.spec("M1", "M3")
def test_models_are_deselected_cleared_and_the_page_opens_on_cloud(
    open_desk: OpenDesk, studio: Studio
) -> None:
    desk = open_desk(studio.member("animatic", "kling-3.0-pro", "veo-3.1-fast"))
    expect(desk.get("models-count")).to_have_text("3 selected")
    desk.model("animatic").click()
    expect(desk.model("animatic")).to_have_attribute("aria-pressed", "false")
    desk.get("models-clear").click()
    expect(desk.get("models-count")).to_have_text("0 selected")
    desk.get("source-local").click()
    expect(desk.get("local-empty")).to_be_visible()
    desk.reload()
    expect(desk.get("source-cloud")).to_have_attribute("aria-checked", "true")


# --- frames


@pytest.mark.spec("P4", "P5", "P8")
def test_frames_come_by_drop_and_by_paste_and_go(open_desk: OpenDesk, studio: Studio) -> None:
    desk = open_desk(studio.member("animatic"))
    desk.get("mode-image").click()
    desk.drop(START, desk.get("start-frame"))
    expect(desk.frame("start-frame")).to_be_visible()
    desk.paste(END)
    expect(desk.frame("end-frame")).to_be_visible()
    desk.get("start-frame").hover()
    desk.get("start-frame-remove").click()
    expect(desk.frame("start-frame")).to_have_count(0)
    expect(desk.button).to_contain_text("Add Start Frame")
    desk.button.click()
    expect(desk.get("start-frame")).to_be_focused()


@pytest.mark.spec("P4")
def test_a_link_opens_the_workspace_with_a_frame(open_desk: OpenDesk, studio: Studio) -> None:
    member = studio.member("animatic")
    asset_id = studio.picture(member, START)
    desk = open_desk(member, path=f"/?start_frame={asset_id}")
    expect(desk.get("mode-image")).to_have_attribute("aria-selected", "true")
    expect(desk.frame()).to_have_attribute("src", f"/media/{asset_id}/image")


@pytest.mark.spec("A6", "P4")
def test_another_members_picture_is_no_frame_of_mine(
    open_desk: OpenDesk, studio: Studio, watch: Watch
) -> None:
    watch.expect("status of 404")
    theirs = studio.picture(studio.member(), START)
    desk = open_desk(studio.member("animatic"), path=f"/?start_frame={theirs}")
    expect(desk.page.get_by_text("This picture is not in your library.")).to_be_visible()
    desk.get("mode-image").click()
    expect(desk.button).to_contain_text("Add Start Frame")
    assert desk.page.evaluate(f"fetch('/media/{theirs}/image').then((answer) => answer.status)") == 404


@pytest.mark.spec("A6")
def test_another_members_picture_is_no_frame_of_mine_over_the_socket_either(
    open_desk: OpenDesk, studio: Studio
) -> None:
    theirs = studio.picture(studio.member(), START)
    desk = open_desk(studio.member("animatic"), path=None)

    def forge(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def pass_on(message: str | bytes) -> None:
            if isinstance(message, str) and "use_frame" in message:
                own = message.split('"asset_id":"')[1].split('"')[0]
                message = message.replace(own, theirs)
            server.send(message)

        socket.on_message(pass_on)

    desk.page.route_web_socket("**/_event/**", forge)
    desk.open()
    desk.get("mode-image").click()
    desk.get("start-frame-file").set_input_files(START)
    expect(desk.page.get_by_text("This picture is not in your library.")).to_be_visible()
    expect(desk.frame()).to_have_count(0)


@pytest.mark.spec("P8")
@pytest.mark.parametrize(
    ("name", "mime", "content"),
    [
        ("drawing.svg", "image/svg+xml", SVG.encode()),
        ("empty.png", "image/png", b""),
        ("torn.jpg", "image/jpeg", START.read_bytes()[:4000]),
        ("page.png", "image/png", b"<html><body>not a picture</body></html>"),
    ],
    ids=("svg", "empty", "torn", "page"),
)
def test_a_file_that_is_no_picture_is_refused_with_a_sentence(  # noqa: PLR0917
    open_desk: OpenDesk, studio: Studio, watch: Watch, name: str, mime: str, content: bytes
) -> None:
    watch.expect("status of 4(00|13|15|22)")
    desk = open_desk(studio.member("animatic"))
    desk.get("mode-image").click()
    desk.get("start-frame-file").set_input_files({"name": name, "mimeType": mime, "buffer": content})
    assert desk.get("upload-refused").inner_text().endswith(".")
    expect(desk.frame()).to_have_count(0)
    desk.get("start-frame-file").set_input_files(START)
    expect(desk.frame()).to_be_visible()
    expect(desk.get("upload-refused")).to_have_count(0)


# --- the prompt


@pytest.mark.spec("P1")
def test_a_mode_that_not_every_model_has_says_who_lacks_it(open_desk: OpenDesk, studio: Studio) -> None:
    desk = open_desk(studio.member("animatic", "kling-3.0-pro"))
    expect(desk.get("mode-image")).to_have_attribute("aria-disabled", "false")
    desk.get("mode-image").click()
    expect(desk.get("mode-image")).to_have_attribute("aria-selected", "true")


@pytest.mark.spec("P2", "P10")
def test_a_prompt_of_a_hundred_thousand_characters_is_refused_before_it_is_sent(
    open_desk: OpenDesk, studio: Studio
) -> None:
    member = studio.member("kling-3.0-pro")
    desk = open_desk(member)
    desk.describe("x" * LONG)
    expect(desk.get("prompt-count")).to_have_text("100\u202f000 / 2\u202f500")
    expect(desk.prompt).to_have_attribute("aria-invalid", "true")
    expect(desk.button).to_have_attribute("data-action", "show")
    expect(desk.get("missing")).to_contain_text("2\u202f500")
    desk.prompt.press("Control+Enter")
    expect(desk.prompt).to_be_focused()
    desk.describe("A short one")
    expect(desk.button).to_have_attribute("data-action", "generate")
    assert studio.clips(member) == []


@pytest.mark.spec("P2", "J1")
def test_any_script_arrives_as_it_was_typed(open_desk: OpenDesk, studio: Studio, at_rest: None) -> None:
    member = studio.member("animatic")
    desk = open_desk(member)
    for number, text in enumerate(SCRIPTS, start=1):
        desk.describe(text)
        desk.prompt.press("Control+Enter")
        expect(desk.cards()).to_have_count(number)
        assert studio.clips(member)[0].prompt == text
    expect(desk.prompt).to_have_value(SCRIPTS[-1])


@pytest.mark.spec("P2")
def test_the_last_prompts_come_back_with_alt_and_the_arrows(open_desk: OpenDesk, studio: Studio) -> None:
    member = studio.member("animatic")
    studio.shelve(member, ["The oldest", "The newest", "The newest"])
    desk = open_desk(member)
    desk.describe("A draft")
    desk.prompt.press("Alt+ArrowUp")
    expect(desk.prompt).to_have_value("The newest")
    desk.prompt.press("Alt+ArrowUp")
    expect(desk.prompt).to_have_value("The oldest")
    desk.prompt.press("Alt+ArrowUp")
    desk.prompt.press("Alt+ArrowDown")
    expect(desk.prompt).to_have_value("The newest")
    desk.prompt.press("Alt+ArrowDown")
    expect(desk.prompt).to_have_value("A draft")
    desk.prompt.press("Control+z")
    expect(desk.prompt).to_have_value("The newest")


# --- money


@pytest.mark.spec("P9")
@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=lambda screen: screen.name)
def test_a_large_sum_is_confirmed_once_however_often_the_button_is_hit(
    open_desk: OpenDesk, studio: Studio, at_rest: None, screen: Screen
) -> None:
    member = studio.member("animatic", "kling-3.0-pro")
    preferences.save(studio.db, member.account_id, ledger.ASK_ABOVE, 200_000)
    desk = open_desk(member, screen)
    desk.generate("A ridge that costs something")
    dialog = desk.page.locator("dialog#confirm-spend")
    expect(dialog).to_be_visible()
    expect(dialog).to_contain_text("Kling 3.0 Pro")
    total = desk.get("confirm-total").inner_text()
    expect(desk.get("confirm-spend")).to_have_text(f"Spend {total}")
    assert desk.overflow() == 0

    desk.press(desk.get("confirm-cancel"))
    expect(dialog).not_to_be_visible()
    expect(desk.button).not_to_have_attribute("aria-busy", "true")
    assert studio.clips(member) == []

    desk.press(desk.button)
    expect(dialog).to_be_visible()
    desk.get("confirm-spend").dblclick()
    expect(dialog).not_to_be_visible()
    desk.close_sheets()
    expect(desk.cards()).to_have_count(2)
    assert len(studio.clips(member)) == 2


@pytest.mark.spec("P9", "J8")
@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=lambda screen: screen.name)
def test_trying_a_large_clip_again_asks_where_the_panel_is_not_in_view(
    open_desk: OpenDesk, studio: Studio, screen: Screen
) -> None:
    member = studio.member()
    prompt = f"Another try on a {screen.name}"
    failed = studio.leave(member, "failed", prompt, billed="no", retry_helps=True)
    preferences.save(studio.db, member.account_id, ledger.ASK_ABOVE, 200_000)
    desk = open_desk(member, screen)
    if not screen.narrow:
        desk.get("fold-right").click()
    desk.press(desk.get("card-retry"))
    expect(desk.get("confirm-total")).to_be_visible()
    assert studio.rows([failed])[0].status == "failed"
    desk.press(desk.get("confirm-spend"))
    expect(desk.get("confirm-total")).not_to_be_visible()
    expect(desk.cards("completed")).to_have_count(1, timeout=MAKING)
    assert len(studio.requests(prompt)) == 1


@pytest.mark.spec("P9")
def test_the_parts_of_the_estimate_are_there_on_demand(open_desk: OpenDesk, studio: Studio) -> None:
    desk = open_desk(studio.member("animatic", "kling-3.0-pro"))
    parts = desk.page.locator("details.estimate li")
    expect(parts.first).not_to_be_visible()
    desk.get("estimate-parts").press("Enter")
    expect(parts).to_have_count(2)
    expect(parts.nth(1)).to_contain_text("1 × " + desk.get("estimate").inner_text())


@pytest.mark.spec("P9")
def test_the_limit_is_set_on_the_account_page(open_desk: OpenDesk, studio: Studio) -> None:
    member = studio.member("kling-3.0-pro")
    desk = open_desk(member, path=None)
    desk.page.goto(f"{desk.url}/settings")
    expect(desk.get("profile-name")).not_to_have_value("")  # the page is alive
    desk.get("ask-above").fill("0.20")
    desk.get("ask-above").press("Enter")
    expect(desk.get("ask-above-answer")).to_contain_text("more than $0.20 asks first")
    desk.open()
    desk.generate("A ridge that costs something")
    expect(desk.page.locator("dialog#confirm-spend")).to_be_visible()
    assert studio.clips(member) == []


@pytest.mark.spec("P9")
def test_what_is_typed_before_the_page_is_alive_stays_and_counts(open_desk: OpenDesk, studio: Studio) -> None:
    desk = open_desk(studio.member(), path=None)
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    desk.page.route("**/assets/*.js", hold)
    desk.page.goto(f"{desk.url}/settings", wait_until="commit")
    desk.get("ask-above").fill("0.2")
    assert held
    desk.page.unroute("**/assets/*.js", hold)  # and so they go on
    expect(desk.get("profile-name")).not_to_have_value("")
    expect(desk.get("ask-above")).to_have_value("0.2")
    desk.get("ask-above").press("Enter")
    expect(desk.get("ask-above-answer")).to_contain_text("more than $0.20 asks first")
    expect(desk.get("ask-above")).to_have_value("0.20")


@pytest.mark.spec("P12")
def test_the_draft_is_still_there_after_a_reload(open_desk: OpenDesk, studio: Studio) -> None:
    desk = open_desk(studio.member("animatic"))
    desk.describe("A draft that stays")
    desk.prompt.blur()
    desk.get("fold-left").click()
    expect(desk.get("unfold-left")).to_be_visible()
    desk.reload()
    expect(desk.prompt).to_have_value("A draft that stays")
    expect(desk.get("unfold-left")).to_be_visible()


@pytest.mark.spec("P12", "V1")
def test_folded_panels_and_the_mode_are_there_on_another_device(open_desk: OpenDesk, studio: Studio) -> None:
    member = studio.member("animatic")
    desk = open_desk(member)
    desk.get("fold-left").click()
    expect(desk.get("unfold-left")).to_be_visible()
    desk.get("mode-image").click()
    expect(desk.get("mode-image")).to_have_attribute("aria-selected", "true")
    elsewhere = open_desk(member)
    expect(elsewhere.get("unfold-left")).to_be_visible()
    expect(elsewhere.get("fold-right")).to_be_visible()
    expect(elsewhere.get("mode-image")).to_have_attribute("aria-selected", "true")
    elsewhere.get("unfold-left").click()
    desk.reload()
    expect(desk.get("fold-left")).to_be_visible()
