"""A dropped film's recipe: offered as text, taken over on a click, and never believed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from sorceress_video.jobs.downloads import wants_tags
from sorceress_video.jobs.queues import get_redis
from sorceress_video.library.tables import Account
from sorceress_video.media.tags import ClipTags
from sorceress_video.ui.kit.toast import ToastState
from sorceress_video.ui.prompt_panel.state import PromptState
from sorceress_video.ui.recipe.state import DownloadsState, RecipeState
from tests.http.workspace import Workspace, workspace
from tests.ui.tab import Tab, open_tab

__all__ = ["workspace"]


@pytest.fixture
def ada(workspace: Workspace) -> Account:
    return workspace.add_account()


@pytest.fixture
async def tab(
    workspace: Workspace, ada: Account, valkey: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Tab]:
    workspace.configure(REDIS_URL=valkey)
    get_redis.cache_clear()
    cookie = "; ".join(f"{name}={value}" for name, value in workspace.cookie_for(ada).items())
    async with open_tab(cookie, valkey, monkeypatch) as opened:
        await opened.send(PromptState.enter)
        yield opened


def recipe(**changes: Any) -> str:
    facts: dict[str, Any] = {
        "prompt": "Embers <b>drift</b>",
        "model_id": "animatic",
        "model_name": "Animatic",
        "mode": "text",
        "settings": {"resolution": "480p", "duration": 3},
        "settings_line": "",
        "seed": 7,
        "made_at": datetime(2026, 11, 25, tzinfo=UTC),
    }
    return ClipTags(**facts | changes).recipe()


def selected(tab: Tab) -> list[str]:
    return [model for model, line in tab.of(PromptState)["lines"].items() if line["selected"]]


async def test_a_film_of_ours_offers_prompt_model_and_settings(tab: Tab) -> None:
    await tab.send(RecipeState.read, recipe())

    offer = tab.of(RecipeState)["offer"]
    assert (offer["open"], offer["prompt"], offer["model"], offer["offered"]) == (
        True,
        "Embers <b>drift</b>",
        "Animatic",
        True,
    )
    assert {"name": "Resolution", "value": "480p"} in offer["settings"]
    assert selected(tab) == []

    await tab.send(RecipeState.take)
    assert tab.of(PromptState)["text"] == "Embers <b>drift</b>"
    assert selected(tab) == ["animatic"]
    assert "480p" in tab.of(PromptState)["lines"]["animatic"]["summary"]
    assert tab.of(RecipeState)["offer"]["open"] is False


async def test_a_model_that_is_not_offered_leaves_the_prompt(tab: Tab) -> None:
    await tab.send(RecipeState.read, recipe(model_id="dream-9", model_name="Dream 9"))
    assert tab.of(RecipeState)["offer"]["offered"] is False
    await tab.send(RecipeState.take)
    assert tab.of(PromptState)["text"] == "Embers <b>drift</b>"
    assert selected(tab) == []


async def test_declined_nothing_comes_in_and_nothing_can_be_taken_later(tab: Tab) -> None:
    await tab.send(RecipeState.read, recipe())
    await tab.send(RecipeState.decline)
    await tab.send(RecipeState.take)
    assert tab.of(PromptState).get("text", "") == ""


@pytest.mark.parametrize(
    "settings",
    [
        {"resolution": "480p", "rehearsal": "fail", "resolutoin": 1},
        {"resolution": {"a": [1, 2]}, "duration": "9" * 40},
        {"duration": 1e308, "aspect_ratio": ["16:9"]},
        {"duration": None, "resolution": True},
    ],
)
async def test_hostile_settings_end_as_values_that_the_model_takes(
    tab: Tab, settings: dict[str, Any]
) -> None:
    text = json.loads(recipe()) | {"settings": settings, "mode": "../motion"}
    await tab.send(RecipeState.read, json.dumps(text))
    await tab.send(RecipeState.take)
    panel = tab.of(PromptState)
    assert selected(tab) == ["animatic"]
    assert panel["lines"]["animatic"]["price"] != ""
    assert panel["mode"] in ("text", "image")


@pytest.mark.parametrize("text", ["", "{}", '{"format": "other"}', "x" * 200_000])
async def test_a_film_without_a_recipe_is_said_to_have_none(tab: Tab, text: str) -> None:
    await tab.send(RecipeState.read, text)
    assert "offer" not in tab.of(RecipeState) or not tab.of(RecipeState)["offer"]["open"]
    assert tab.of(ToastState)["toasts"][0]["text"] == "This film does not say how it was made."


async def test_the_switch_is_kept_with_the_account(tab: Tab, workspace: Workspace, ada: Account) -> None:
    assert wants_tags(workspace.db, ada.id)
    await tab.send(DownloadsState.choose, False)
    assert not wants_tags(workspace.db, ada.id)
    await tab.send(DownloadsState.load)
    assert tab.of(DownloadsState)["embed"] is False
    await tab.send(DownloadsState.choose, True)
    assert wants_tags(workspace.db, ada.id)
