"""The kit: every colour from the tokens, every control with a name, toasts as data."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import reflex as rx
from reflex_base.event import Event

from sorceress_video.http.session_guard import public_event
from sorceress_video.library.tables import Account
from sorceress_video.ui import kit
from sorceress_video.ui.kit.toast import ToastState
from tests.http.workspace import Workspace, workspace
from tests.ui.reading import page
from tests.ui.tab import Tab, open_tab

__all__ = ["workspace"]

ROOT = Path(__file__).parents[2]
TOKENS = (ROOT / "assets/tokens.css").read_text(encoding="utf-8")
OWN = ("kit", "frame", "model_panel", "prompt_panel", "pages")


def block(selector: str) -> dict[str, str]:
    """The variables that a rule of the token file sets."""
    rule = re.search(rf"^{re.escape(selector)} {{(.*?)^}}", TOKENS, re.DOTALL | re.MULTILINE)
    assert rule
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", rule[1]))


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


# --- tokens


@pytest.mark.spec("V3")
@pytest.mark.parametrize("theme", [":root", ".light"])
@pytest.mark.parametrize("text", ["text-1", "text-2", "text-3", "accent", "gold", "bad", "ok", "info"])
@pytest.mark.parametrize("ground", ["bg-0", "bg-1", "bg-2"])
def test_text_is_readable_on_every_ground(theme: str, text: str, ground: str) -> None:
    tokens = block(theme)
    assert contrast(tokens[text], tokens[ground]) >= 4.5


@pytest.mark.parametrize("theme", [":root", ".light"])
def test_white_is_readable_on_the_primary_fill(theme: str) -> None:
    tokens = block(theme)
    assert contrast("#ffffff", tokens["accent-solid"]) >= 4.5
    assert contrast("#ffffff", tokens["accent-solid-hover"]) >= 4.5


def test_the_light_theme_sets_every_colour_of_the_dark_one() -> None:
    own = {
        "spend",
        "spend-hover",
        "press",
        "glide",
        "ease-settle",
        "ease-leave",
        "bar",
        "left",
        "right",
        "dock",
    }
    assert set(block(":root")) - own == set(block(".light"))


def test_no_view_has_a_colour_of_its_own() -> None:
    for folder in OWN:
        for path in (ROOT / "sorceress_video/ui" / folder).rglob("*.py"):
            assert not re.findall(r"#[0-9a-fA-F]{6}\b", path.read_text(encoding="utf-8")), path


# --- controls


def test_a_control_that_is_only_an_icon_has_its_name() -> None:
    drawn = kit.icon_button("x", "Close the panel").render()
    props = " ".join(drawn["props"])
    assert '"aria-label":"Close the panel"' in props
    assert '"data-tip":"Close the panel"' in props


def test_a_button_never_submits_a_form_by_accident() -> None:
    assert any('type:"button"' in prop for prop in kit.button("Cancel").render()["props"])
    assert any('type:"submit"' in prop for prop in kit.button("Send", type="submit").render()["props"])


@pytest.mark.parametrize("variant", ["primary", "secondary", "ghost", "outline", "danger", "text"])
def test_every_variant_shows_its_focus(variant: Any) -> None:
    assert "focus-visible:ring-2" in kit.button_classes(variant)


# --- toasts


class ToastTester(rx.State):
    """A state whose handlers say something."""

    undone: str = ""

    @rx.event
    @public_event
    async def remove(self, clip_id: str):
        """Remove it."""
        await kit.say(self, "Clip deleted", action=kit.Action("Undo", "test-restore", clip_id), seconds=10)

    @rx.event
    @public_event
    def restore(self, clip_id: str):
        """Undo it."""
        self.undone = clip_id


kit.on_action("test-restore", ToastTester.restore)


@pytest.fixture
async def tab(workspace: Workspace, valkey: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Tab]:
    account: Account = workspace.add_account()
    cookie = "; ".join(f"{name}={value}" for name, value in workspace.cookie_for(account).items())
    async with open_tab(cookie, valkey, monkeypatch) as opened:
        yield opened


async def test_a_toast_travels_as_data_and_not_as_a_script(tab: Tab) -> None:
    events: list[Event] = await tab.send(ToastTester.remove, "clip-1")
    assert not [event for event in events if "script" in event.name or "function" in event.name]
    (toast,) = page(tab, ToastState)["toasts"]
    assert (toast["text"], toast["label"], toast["seconds"]) == ("Clip deleted", "Undo", 10)


async def test_a_shown_toast_is_not_shown_again_after_a_reload(tab: Tab) -> None:
    await tab.send(ToastTester.remove, "clip-1")
    (toast,) = page(tab, ToastState)["toasts"]
    await tab.send(ToastState.seen, [toast["id"]])
    assert tab.of(ToastState)["toasts"] == []


async def test_the_button_of_a_toast_runs_what_was_registered_and_nothing_else(tab: Tab) -> None:
    await tab.send(ToastState.act, "test-restore", "clip-1")
    assert tab.of(ToastTester)["undone"] == "clip-1"
    assert await tab.send(ToastState.act, "delete-everything", "clip-1") == []
