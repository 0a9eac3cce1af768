"""What the lightbox says of a clip, and who stands beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sorceress_video.jobs.queues import get_redis
from sorceress_video.library.tables import Account, ClipInput
from sorceress_video.ui.gallery.demo import demo_clips
from sorceress_video.ui.gallery.state import GalleryState, _usual_times
from sorceress_video.ui.lightbox.state import LightboxState
from sorceress_video.ui.lightbox.transform import output_line
from tests.http.workspace import Workspace, workspace
from tests.ui.gallery_library import PROMPT, Shelf
from tests.ui.tab import Tab, open_tab

__all__ = ["workspace"]


@pytest.fixture
def ada(workspace: Workspace) -> Account:
    _usual_times.cache_clear()
    return workspace.add_account()


@pytest.fixture
def shelf(workspace: Workspace, ada: Account) -> Shelf:
    return Shelf(workspace.db, ada.id)


@pytest.fixture
async def tab(
    workspace: Workspace, ada: Account, valkey: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Tab]:
    workspace.configure(REDIS_URL=valkey)
    get_redis.cache_clear()
    cookie = "; ".join(f"{name}={value}" for name, value in workspace.cookie_for(ada).items())
    async with open_tab(cookie, valkey, monkeypatch) as opened:
        yield opened


async def test_the_story_of_a_clip_is_told_whole(tab: Tab, shelf: Shelf) -> None:
    made = shelf.put(mode="image", seed=42)
    with shelf.db.write() as session:
        session.add(ClipInput(clip_id=made, role="start_frame", position=0, asset_id=shelf.video_id))
    await tab.send(LightboxState.open, made)

    story = tab.of(LightboxState)["story"]
    assert story["prompt"] == PROMPT
    assert {fact["name"]: fact["value"] for fact in story["facts"]} == {
        "Model": "Kling 3.0 Pro",
        "Mode": "Image to Video",
        "Output": "1920 × 1080 · 5.0 s · 24 fps",
        "Settings": "1080p · 5 s · 16:9",
        "Seed": "42",
        "Took": "1 min 24 s",
    }
    assert (story["cost"], story["billed"]) == ("$0.56", "billed")
    assert [given["label"] for given in story["inputs"]] == ["Start Frame"]


async def test_the_neighbours_are_the_completed_clips_of_the_present_filter(tab: Tab, shelf: Shelf) -> None:
    oldest = shelf.put(favorite=True)
    shelf.put()
    middle = shelf.put(favorite=True)
    shelf.put("failed", favorite=True)
    newest = shelf.put(favorite=True)
    await tab.send(GalleryState.load)
    await tab.send(GalleryState.show, "favorites")
    await tab.send(LightboxState.open, middle)

    shown = tab.of(LightboxState)
    assert (shown["previous"]["id"], shown["next"]["id"]) == (newest, oldest)
    assert (shown["index"], shown["total"], shown["where"]) == (1, 3, "Favorites")


async def test_at_the_ends_there_is_no_further_neighbour(tab: Tab, shelf: Shelf) -> None:
    only = shelf.put()
    await tab.send(LightboxState.open, only)

    assert tab.of(LightboxState)["story"]["id"] == only
    assert tab.of(LightboxState).get("previous") is None
    assert tab.of(LightboxState).get("next") is None


async def test_another_members_clip_cannot_be_opened(tab: Tab, workspace: Workspace) -> None:
    otto = workspace.add_account("otto@example.com")
    his = Shelf(workspace.db, otto.id).put(prompt="a secret")
    await tab.send(LightboxState.open, his)

    assert tab.of(LightboxState)["problem"] == "This clip is not there any more."
    assert "secret" not in repr(tab.shown)


async def test_a_heart_in_the_lightbox_shows_in_the_gallery(tab: Tab, shelf: Shelf) -> None:
    made = shelf.put()
    await tab.send(GalleryState.load)
    await tab.send(LightboxState.open, made)
    await tab.send(LightboxState.favorite, True)

    assert tab.of(LightboxState)["story"]["favorite"] is True
    assert tab.of(GalleryState)["cards"][0]["favorite"] is True


async def test_signed_out_the_demo_clips_open(
    workspace: Workspace, valkey: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    clips = demo_clips()
    async with open_tab("", valkey, monkeypatch) as visitor:
        await visitor.send(GalleryState.load)
        await visitor.send(LightboxState.open, clips[1].id)

        shown = visitor.of(LightboxState)
        assert shown["story"]["prompt"] == clips[1].prompt
        assert (shown["previous"]["id"], shown["next"]["id"]) == (clips[0].id, clips[2].id)


@pytest.mark.parametrize(
    ("given", "line"),
    [
        ((1920, 1080, 5.0, 24.0), "1920 × 1080 · 5.0 s · 24 fps"),
        ((1280, 720, 8.04, 23.976), "1280 × 720 · 8.0 s · 24 fps"),
        ((None, None, None, None), ""),
    ],
)
def test_the_output_is_named_as_far_as_it_is_known(given: tuple[object, ...], line: str) -> None:
    assert output_line(*given) == line  # type: ignore[arg-type]
