"""The workspace in one browser tab, in the words of a person: select, describe, generate, look."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.support.studio import PASSWORD, Member
from tests.support.waiting import wait_for

PATIENCE = 20_000  # milliseconds until an expectation fails; the machine may be busy
MAKING = 60_000  # milliseconds that a clip may take on a busy machine

_PLAYS = "film => !film.paused && film.currentTime > 0.15"
_TRANSFER = """([name, type, content]) => {
  const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, { type }));
  return transfer;
}"""
_PASTE = """(transfer) => (document.activeElement ?? document.body).dispatchEvent(
  new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true }))"""


@dataclass(frozen=True)
class Screen:
    """What kind of window a test looks through."""

    name: str
    context: dict[str, Any] = field(default_factory=dict)

    @property
    def narrow(self) -> bool:
        """Whether the side panels are sheets."""
        return self.context["viewport"]["width"] < 1024

    @property
    def touch(self) -> bool:
        """Whether a finger is the pointer."""
        return bool(self.context.get("has_touch"))


DESKTOP = Screen("desktop", {"viewport": {"width": 1440, "height": 900}})
PHONE = Screen("phone", {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True})


class Desk:
    """One tab of the workspace."""

    def __init__(self, page: Page, url: str, screen: Screen) -> None:
        self.page = page
        self.url = url
        self.screen = screen

    # --- coming in

    def sign_in(self, member: Member) -> None:
        """Get the cookie as the form of the sign-in page does."""
        answer = self.page.context.request.post(
            f"{self.url}/auth/sign-in",
            form={"email": member.email, "password": PASSWORD},
            headers={"Accept": "application/json", "Origin": self.url},
        )
        assert answer.ok, answer.text()

    def open(self, path: str = "/") -> None:
        """Open the workspace and wait until it is filled."""
        self.page.goto(self.url + path)
        self.wait_until_filled()

    def reload(self) -> None:
        """Load the page anew."""
        self.page.reload()
        self.wait_until_filled()

    def wait_until_filled(self) -> None:
        """Until panels and gallery show what the server knows."""
        expect(self.get("model-card-animatic")).to_be_attached()
        expect(
            self.get("grid")
            .and_(self.page.locator("[aria-busy=false], :not([aria-busy])"))
            .or_(self.get("empty-gallery"))
            .first
        ).to_be_visible()
        expect(self.button).not_to_have_text(re.compile(r"^\s*$"))

    def get(self, testid: str) -> Locator:
        """By its ``data-testid``."""
        return self.page.get_by_test_id(testid)

    # --- the panels, wherever they stand

    def press(self, what: Locator) -> None:
        """Click, or tap under a finger."""
        if self.screen.touch:
            what.tap()
        else:
            what.click()

    def show_models(self) -> None:
        """Have the model panel in view."""
        self._show("panel-models", "models-chip")

    def show_prompt(self) -> None:
        """Have the prompt panel in view."""
        self._show("panel-prompt", "dock-prompt")

    def close_sheets(self) -> None:
        """Have the gallery in view."""
        if self.screen.narrow and self.page.locator("dialog.panel[open]").count():
            self.page.keyboard.press("Escape")
            expect(self.page.locator("dialog.panel[open]")).to_have_count(0)

    def _show(self, panel: str, opener: str) -> None:
        if not self.screen.narrow or self.page.locator(f"dialog#{panel}[open]").count():
            return
        self.close_sheets()
        self.press(self.get(opener))
        expect(self.page.locator(f"dialog#{panel}[open]")).to_be_visible()

    # --- models

    def model(self, model_id: str) -> Locator:
        """A model's card, as the button that it is."""
        return self.get(f"model-card-{model_id}")

    def select(self, *model_ids: str) -> None:
        """Select models."""
        self.show_models()
        for model_id in model_ids:
            self.press(self.model(model_id))
            expect(self.model(model_id)).to_have_attribute("aria-pressed", "true")

    # --- the prompt and the frames

    @property
    def prompt(self) -> Locator:
        """The prompt box."""
        return self.get("prompt")

    @property
    def button(self) -> Locator:
        """The button that generates: the dock's on a phone while no sheet is open."""
        if self.screen.narrow and not self.page.locator("dialog#panel-prompt[open]").count():
            return self.get("generate-dock")
        return self.get("generate")

    def describe(self, text: str) -> None:
        """Write the prompt."""
        self.show_prompt()
        self.prompt.fill(text)

    def generate(self, text: str | None = None) -> None:
        """Press the button once it says that it generates."""
        if text is not None:
            self.describe(text)
        expect(self.button).to_have_attribute("data-action", "generate")
        self.press(self.button)

    def frame(self, role: str = "start-frame") -> Locator:
        """The picture in a slot, as the server keeps it."""
        return self.get(role).locator("img.slot-picture[src^='/media/']")

    def transfer(self, path: Path, mime: str) -> Any:
        """A file as a drop or a paste carries it."""
        content = base64.b64encode(path.read_bytes()).decode()
        return self.page.evaluate_handle(_TRANSFER, [path.name, mime, content])

    def drop(self, path: Path, onto: Locator, mime: str = "image/jpeg") -> None:
        """Drop a file from the computer."""
        transfer = self.transfer(path, mime)
        onto.dispatch_event("dragover", {"dataTransfer": transfer})
        onto.dispatch_event("drop", {"dataTransfer": transfer})

    def paste(self, path: Path, mime: str = "image/jpeg") -> None:
        """Paste a picture from the clipboard."""
        self.page.evaluate(_PASTE, self.transfer(path, mime))

    # --- the gallery

    def cards(self, status: str | None = None) -> Locator:
        """The cards in view, or those of one status."""
        cards = self.get("clip-card")
        return cards.and_(self.page.locator(f"[data-status={status}]")) if status else cards

    def card(self, text: str) -> Locator:
        """The cards whose prompt contains ``text``."""
        return self.get("clip-card").and_(self.page.locator(f'[aria-label*="{text}"]'))

    def expect_status(self, card: Locator, status: str | re.Pattern[str], timeout: float = MAKING) -> None:
        """Wait until a card says so."""
        expect(card).to_have_attribute("data-status", status, timeout=timeout)

    def expect_playing(self, film: Locator) -> None:
        """Wait until a film really moves; which element plays it may change meanwhile."""
        wait_for(
            lambda: film.count() == 1 and film.evaluate(_PLAYS),
            seconds=PATIENCE / 1000,
            what="the film to play",
        )

    def overflow(self) -> int:
        """Pixels by which the page is wider than the window."""
        return int(
            self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        )
