"""Speaking the prompt, through the real microphone button with a recogniser that says what the test wants."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import OpenDesk
from tests.browser.desk import DESKTOP, PHONE, Desk, Screen
from tests.browser.ears import RECOGNISER, hear
from tests.support.studio import Studio

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

TROUBLES = (
    ("not-allowed", "The microphone is not allowed here."),
    ("audio-capture", "No microphone was found."),
    ("network", "could not be reached"),
    ("no-speech", "Nothing was heard."),
    ("something-new", "stopped listening (something-new)"),
)
NOTHING = "window.SpeechRecognition = undefined; window.webkitSpeechRecognition = undefined;"


def with_ears(open_desk: OpenDesk, studio: Studio, screen: Screen = DESKTOP) -> Desk:
    desk = open_desk(studio.member("animatic"), screen, path=None)
    desk.page.add_init_script(RECOGNISER)
    desk.open()
    desk.show_prompt()
    return desk


@pytest.mark.spec("P3")
@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=lambda screen: screen.name)
def test_what_is_said_is_appended_to_the_prompt_until_a_second_click(
    open_desk: OpenDesk, studio: Studio, screen: Screen
) -> None:
    desk = with_ears(open_desk, studio, screen)
    desk.prompt.fill("A rider")
    desk.press(desk.get("voice"))
    expect(desk.get("voice-status")).to_have_text("Listening... speak now")
    expect(desk.get("voice")).to_have_attribute("aria-pressed", "true")
    hear(desk.page, "crosses the", final=False)
    expect(desk.get("voice-interim")).to_have_text("crosses the")
    expect(desk.prompt).to_have_value("A rider")
    hear(desk.page, " crosses the ridge")
    expect(desk.prompt).to_have_value("A rider crosses the ridge")
    expect(desk.get("voice-interim")).to_have_count(0)
    hear(desk.page, "at dusk")
    expect(desk.prompt).to_have_value("A rider crosses the ridge at dusk")

    desk.press(desk.get("voice"))
    expect(desk.get("voice-status")).to_have_text("")
    expect(desk.get("voice")).to_have_attribute("aria-pressed", "false")
    hear(desk.page, "in rain")
    expect(desk.prompt).to_have_value("A rider crosses the ridge at dusk in rain")
    assert desk.overflow() == 0
    expect(desk.button).to_have_attribute("data-action", "generate")


@pytest.mark.spec("P3")
def test_a_pause_does_not_end_the_listening(open_desk: OpenDesk, studio: Studio) -> None:
    desk = with_ears(open_desk, studio)
    desk.get("voice").click()
    hear(desk.page, "A rider")
    desk.page.evaluate("window.ears.onend()")
    assert desk.page.evaluate("window.starts") == 2
    hear(desk.page, "alone")
    expect(desk.prompt).to_have_value("A rider alone")
    desk.prompt.blur()
    desk.reload()
    expect(desk.prompt).to_have_value("A rider alone")


@pytest.mark.spec("P3")
def test_what_keeps_it_from_listening_is_said_in_words(open_desk: OpenDesk, studio: Studio) -> None:
    desk = with_ears(open_desk, studio)
    for code, words in TROUBLES:
        desk.get("voice").click()
        expect(desk.get("voice-trouble")).to_have_text("")
        desk.page.evaluate("(error) => { window.ears.onerror({ error }); window.ears.onend(); }", code)
        expect(desk.get("voice-trouble")).to_contain_text(words)
        expect(desk.get("voice")).to_have_attribute("aria-pressed", "false")


@pytest.mark.spec("P3")
def test_a_browser_without_speech_recognition_shows_no_microphone(
    open_desk: OpenDesk, studio: Studio
) -> None:
    desk = open_desk(studio.member("animatic"), path=None)
    desk.page.add_init_script(NOTHING)
    desk.open()
    expect(desk.prompt).to_be_visible()
    expect(desk.get("voice")).to_have_count(0)
