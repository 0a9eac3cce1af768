"""What the lightbox says of a clip, and who stands beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sorceress_video.jobs.queues import get_redis
from sorceress_video.library.ids import new_id
from sorceress_video.library.tables import Account, Batch, ClipInput
from sorceress_video.ui.gallery.demo import demo_clips
from sorceress_video.ui.gallery.state import GalleryState, _usual_times
from sorceress_video.ui.kit.toast import ToastState
from sorceress_video.ui.lightbox.state import REACH, LightboxState
from sorceress_video.ui.lightbox.transform import output_line
from sorceress_video.ui.prompt_panel.state import PromptState
from tests.http.workspace import Workspace, workspace
from tests.library.conftest import add_image
from tests.ui.gallery_library import PROMPT, Shelf
from tests.ui.tab import Tab, open_tab

__all__ = ["workspace"]


def add_batch(shelf: Shelf) -> str:
    """Another click of the member; its id."""
    with shelf.db.write() as session:
        batch = Batch(account_id=shelf.account_id, token=new_id())
        session.add(batch)
    return batch.id


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


def strip_of(tab: Tab) -> list[str]:
    return [card["id"] for card in tab.of(LightboxState)["strip"]]


@pytest.mark.spec("X2")
async def test_the_story_of_a_clip_is_told_whole(tab: Tab, shelf: Shelf) -> None:
    made = shelf.put(
        mode="image", seed=42, model_id="kling-3.0-pro", settings={"duration": "5", "audio": True, "seed": 42}
    )
    with shelf.db.write() as session:
        session.add(ClipInput(clip_id=made, role="start_frame", position=0, asset_id=shelf.video_id))
    await tab.send(LightboxState.open, made)

    story = tab.of(LightboxState)["story"]
    assert story["prompt"] == PROMPT
    assert {fact["name"]: fact["value"] for fact in story["facts"]} == {
        "Model": "Kling 3.0 Pro",
        "Mode": "Image to Video",
        "Output": "1920 × 1080 · 5.0 s · 24 fps",
        "Seed": "42",
        "Took": "1 min 24 s",
    }
    assert {fact["name"]: fact["value"] for fact in story["settings"]} == {
        "Duration": "5 s",
        "Native audio": "On",
    }
    assert (story["cost"], story["billed"]) == ("$0.56", "billed")
    assert [given["label"] for given in story["inputs"]] == ["Start Frame"]


@pytest.mark.spec("X1")
async def test_the_strip_is_the_completed_clips_of_the_present_filter(tab: Tab, shelf: Shelf) -> None:
    oldest = shelf.put(favorite=True)
    shelf.put()
    middle = shelf.put(favorite=True)
    shelf.put("failed", favorite=True)
    newest = shelf.put(favorite=True)
    await tab.send(GalleryState.load)
    await tab.send(GalleryState.show, "favorites")
    await tab.send(LightboxState.open, middle)

    shown = tab.of(LightboxState)
    assert strip_of(tab) == [newest, middle, oldest]
    assert (shown["index"], shown["total"], shown["where"]) == (1, 3, "Favorites")


@pytest.mark.spec("X1")
async def test_the_way_goes_on_to_the_last_clip_and_the_strip_stays_short(tab: Tab, shelf: Shelf) -> None:
    ids = shelf.fill(40)
    seen = [ids[-1]]
    await tab.send(LightboxState.open, ids[-1])
    while (place := strip_of(tab).index(seen[-1])) + 1 < len(strip_of(tab)):
        seen.append(strip_of(tab)[place + 1])
        await tab.send(LightboxState.open, seen[-1])
        assert len(strip_of(tab)) <= 2 * REACH + 1
        assert max(tab.message_bytes) < 12_000
    assert seen == ids[::-1]


async def test_a_relative_outside_the_filter_opens_between_its_neighbours(tab: Tab, shelf: Shelf) -> None:
    older, plain, newer = shelf.put(favorite=True), shelf.put(), shelf.put(favorite=True)
    await tab.send(GalleryState.load)
    await tab.send(LightboxState.open, older)
    await tab.send(GalleryState.show, "favorites")
    await tab.send(LightboxState.open, plain)

    assert strip_of(tab) == [newer, plain, older]
    assert tab.of(LightboxState)["index"] == -1


@pytest.mark.spec("X1")
async def test_a_link_opens_its_clip(tab: Tab, shelf: Shelf) -> None:
    made = shelf.put()
    await tab.send(LightboxState.enter, query=f"clip={made}")
    assert tab.of(LightboxState)["linked"]["id"] == made


@pytest.mark.parametrize("clip", ["", "nobody", "../x", "f" * 32, "x" * 9000])
async def test_a_link_to_nothing_opens_nothing(tab: Tab, shelf: Shelf, clip: str) -> None:
    await tab.send(LightboxState.enter, query=f"clip={clip}")
    assert tab.of(LightboxState).get("linked") is None
    said = [toast["text"] for toast in tab.of(ToastState).get("toasts", [])]
    assert said == (["This clip is not there any more."] if clip else [])


async def test_a_clip_in_the_making_does_not_open(tab: Tab, shelf: Shelf) -> None:
    await tab.send(LightboxState.open, shelf.put("running"))
    assert tab.of(LightboxState)["problem"] == "This clip is not there any more."


@pytest.mark.spec("J8")
async def test_the_family_names_where_a_clip_comes_from_and_what_came_of_it(tab: Tab, shelf: Shelf) -> None:
    parent = shelf.put()
    batch = add_batch(shelf)
    made = shelf.put(batch_id=batch, parent_id=parent, parent_relation="reroll")
    twin = shelf.put(batch_id=batch)
    failed = shelf.put("failed", batch_id=batch)
    child = shelf.put(batch_id=add_batch(shelf), parent_id=made, parent_relation="continue")
    await tab.send(LightboxState.open, made)

    family = tab.of(LightboxState)["story"]["family"]
    assert [one["id"] for one in family["parents"]] == [parent]
    assert family["how"] == "Reroll"
    assert [(one["id"], one["note"]) for one in family["siblings"]] == [
        (failed, "Failed"),
        (twin, ""),
        (made, "Reroll"),
    ]
    assert [(one["id"], one["note"]) for one in family["children"]] == [(child, "Continued")]
    assert family["batch"] == [twin, made]


@pytest.mark.spec("X3")
async def test_continue_puts_the_frame_in_place_with_the_clips_own_model(
    tab: Tab, shelf: Shelf, ada: Account
) -> None:
    made = shelf.put(model_id="animatic", model_name="Animatic", provider="sandbox")
    frame = add_image(shelf.db, ada.id)
    await tab.send(LightboxState.open, made)
    await tab.send(LightboxState.continue_with, frame)

    panel = tab.of(PromptState)
    assert (panel["mode"], panel["selected_count"]) == ("image", 1)
    assert panel["slots"][0]["frame"]["asset_id"] == frame


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
        assert [card["id"] for card in shown["strip"]][:3] == [clip.id for clip in clips[:3]]


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
