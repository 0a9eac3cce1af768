"""The prompt panel as a tab has it: frames by owner, one request for one token, what “Reuse” brings back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from reflex_base.event import Event

from sorceress_video.jobs import queues
from sorceress_video.library import gallery, ledger, preferences
from sorceress_video.library.gallery import GalleryFilter
from sorceress_video.library.tables import Account, Asset, ClipInput, StoredFile
from sorceress_video.ui.gallery.state import GalleryState
from sorceress_video.ui.kit.toast import ToastState
from sorceress_video.ui.model_panel.state import ModelPanelState
from sorceress_video.ui.prompt_panel.state import KEPT_CHARACTERS, PromptState
from tests.http.workspace import Workspace, workspace
from tests.ui.gallery_library import Shelf
from tests.ui.reading import page
from tests.ui.tab import Tab, open_tab

__all__ = ["workspace"]

TOKEN = "one click"


@pytest.fixture
def deployment(workspace: Workspace, valkey: str) -> Workspace:
    workspace.configure(REDIS_URL=valkey, FAL_KEY="a key of the test's own")
    queues.get_redis.cache_clear()
    return workspace


@pytest.fixture
def ada(deployment: Workspace) -> Account:
    return deployment.add_account()


def cookie(deployment: Workspace, account: Account) -> str:
    return "; ".join(f"{name}={value}" for name, value in deployment.cookie_for(account).items())


@pytest.fixture
async def tab(
    deployment: Workspace, ada: Account, valkey: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Tab]:
    """A tab in which Ada has the workspace open and the animatic selected."""
    async with open_tab(cookie(deployment, ada), valkey, monkeypatch) as opened:
        await opened.send(PromptState.enter)
        await opened.send(PromptState.toggle_model, "animatic")
        yield opened


def picture(deployment: Workspace, account: Account, *, kind: str = "image", **fields: Any) -> str:
    """A picture in the account's library; its id."""
    key = f"aa/{kind}-{account.id}"
    given = {"width": 1920, "height": 1080, "name": "ridge.png", "mime": "image/png"} | fields
    with deployment.db.write() as session:
        session.merge(StoredFile(key=key, bytes=1000, mime=given["mime"]))
        session.flush()
        asset = Asset(
            account_id=account.id,
            origin="upload",
            kind=kind,
            sha256="0" * 64,
            bytes=1000,
            file_key=key,
            **given,
        )
        session.add(asset)
        session.flush()
        return asset.id


def clips(deployment: Workspace, account: Account) -> list[gallery.ClipCard]:
    return gallery.page(deployment.db, account.id, GalleryFilter(), 0, 100).cards


def slot(tab: Tab, role: str) -> dict[str, Any] | None:
    slots = {given["role"]: given["frame"] for given in page(tab, PromptState)["slots"]}
    return slots.get(role)


def said(tab: Tab) -> list[str]:
    return [toast["text"] for toast in page(tab, ToastState).get("toasts", [])]


async def open_page(tab: Tab, address: str) -> list[Event]:
    """Open the workspace at an address with a query."""
    await tab.open_page()
    assert tab.processor is not None
    router = {
        "token": tab.token,
        "sid": f"socket-{tab.token}",
        "ip": "127.0.0.1",
        "pathname": "/",
        "asPath": address,
        "query": {},
        "headers": {"cookie": tab.cookie, "origin": "http://localhost:3000"},
    }
    for event in Event.from_event_type(PromptState.enter, router_data=router):
        done = await tab.processor.enqueue(tab.token, event)
        await done.wait_all()
    return tab.events


# --- frames


@pytest.mark.spec("P4")
async def test_an_uploaded_picture_fills_its_slot_and_the_panel_goes_to_image_to_video(
    tab: Tab, deployment: Workspace, ada: Account
) -> None:
    asset_id = picture(deployment, ada)
    await tab.send(PromptState.use_frame, "start_frame", asset_id)
    assert page(tab, PromptState)["mode"] == "image"
    held = slot(tab, "start_frame")
    assert held is not None
    assert (held["asset_id"], held["size"]) == (asset_id, "1920 × 1080")
    await tab.send(PromptState.remove_frame, "start_frame")
    assert slot(tab, "start_frame") is None


@pytest.mark.spec("P4")
async def test_a_link_opens_the_workspace_with_its_start_frame(
    tab: Tab, deployment: Workspace, ada: Account
) -> None:
    asset_id = picture(deployment, ada)
    await open_page(tab, f"/?start_frame={asset_id}")
    held = slot(tab, "start_frame")
    assert held is not None
    assert held["asset_id"] == asset_id

    await tab.send(PromptState.remove_frame, "start_frame")
    await tab.send(PromptState.enter, query=f"start_frame={asset_id}")
    assert slot(tab, "start_frame") is None, "a connection that came back takes no frame again"


@pytest.mark.spec("A6")
@pytest.mark.parametrize("case", ["another member's", "deleted", "a video", "nobody's"])
async def test_a_picture_that_is_not_the_members_own_never_fills_a_slot(
    tab: Tab, deployment: Workspace, ada: Account, case: str
) -> None:
    asset_id = {
        "another member's": lambda: picture(deployment, deployment.add_account("bob@example.com")),
        "deleted": lambda: picture(deployment, ada, deleted_at=ada.created_at),
        "a video": lambda: picture(deployment, ada, kind="video", mime="video/mp4"),
        "nobody's": lambda: "x" * 5000,
    }[case]()
    await tab.send(PromptState.use_frame, "start_frame", asset_id)
    assert page(tab, PromptState)["mode"] == "text"
    assert said(tab) == ["This picture is not in your library."]


async def test_a_slot_that_does_not_exist_takes_nothing(
    tab: Tab, deployment: Workspace, ada: Account
) -> None:
    await tab.send(PromptState.use_frame, "motion_clip", picture(deployment, ada))
    assert page(tab, PromptState)["mode"] == "text"


async def test_a_frame_that_was_deleted_meanwhile_is_missed_before_anything_is_sent(
    tab: Tab, deployment: Workspace, ada: Account
) -> None:
    asset_id = picture(deployment, ada)
    await tab.send(PromptState.use_frame, "start_frame", asset_id)
    with deployment.db.write() as session:
        session.get_one(Asset, asset_id).deleted_at = ada.created_at
    await tab.send(PromptState.generate, "A ridge", TOKEN)
    refusal = page(tab, PromptState)["refusal"]
    assert refusal == "The start frame is no longer in your library. Add it again."
    assert clips(deployment, ada) == []


# --- generating


@pytest.mark.spec("J1")
async def test_one_click_makes_one_clip_for_each_model_and_the_gallery_shows_them(
    tab: Tab, deployment: Workspace, ada: Account
) -> None:
    await tab.send(PromptState.toggle_model, "kling-3.0-pro")
    await tab.send(PromptState.generate, "A ridge at dusk", TOKEN)
    made = clips(deployment, ada)
    assert [clip.model_id for clip in made] == ["animatic", "kling-3.0-pro"]
    assert {clip.prompt for clip in made} == {"A ridge at dusk"}
    assert page(tab, PromptState)["accepted"] == TOKEN
    assert [card["id"] for card in page(tab, GalleryState)["cards"]] == [clip.id for clip in made]


async def test_a_double_click_is_one_request(tab: Tab, deployment: Workspace, ada: Account) -> None:
    await tab.send(PromptState.generate, "A ridge", TOKEN)
    await tab.send(PromptState.generate, "A ridge", TOKEN)
    assert len(clips(deployment, ada)) == 1
    await tab.send(PromptState.generate, "A ridge", "another click")
    assert len(clips(deployment, ada)) == 2


@pytest.mark.parametrize(
    ("text", "token", "words"),
    [
        ("", TOKEN, "needs a prompt"),
        ("x" * 100_000, TOKEN, "up to 4000 characters"),
        ("a\x00b", TOKEN, "cannot be sent"),
        ("A ridge", "", "token of its own"),
        ("A ridge", "x" * 500, "token of its own"),
    ],
)
async def test_what_cannot_be_sent_is_refused_in_words_and_makes_nothing(  # noqa: PLR0917
    tab: Tab, deployment: Workspace, ada: Account, text: str, token: str, words: str
) -> None:
    await tab.send(PromptState.generate, text, token)
    assert words in page(tab, PromptState)["refusal"]
    assert not page(tab, PromptState).get("accepted")
    assert clips(deployment, ada) == []


@pytest.mark.spec("P2", "A6")
async def test_the_history_holds_the_own_last_prompts_each_once_and_no_more_than_a_draft(
    tab: Tab, deployment: Workspace, ada: Account
) -> None:
    bea = deployment.add_account("bea@example.com")
    Shelf(deployment.db, bea.id).put(prompt="Bea's secret")
    shelf = Shelf(deployment.db, ada.id)
    for prompt in ("x" * KEPT_CHARACTERS, "first", "second", "", "second"):
        shelf.put(prompt=prompt)
    await tab.send(PromptState.read_history)
    assert page(tab, PromptState)["history"] == ["second", "first"]
    assert page(tab, PromptState)["history_read"] == 1


@pytest.fixture
def asks_above(deployment: Workspace, ada: Account) -> Callable[[int | None], None]:
    """Sets Ada's own limit, in micro-dollars."""
    return lambda limit: preferences.save(deployment.db, ada.id, ledger.ASK_ABOVE, limit)


@pytest.mark.spec("P9")
async def test_a_sum_above_the_limit_is_asked_about_and_a_double_click_through_makes_one_set(
    tab: Tab, deployment: Workspace, ada: Account, asks_above: Callable[[int | None], None]
) -> None:
    asks_above(500_000)
    await tab.send(PromptState.toggle_model, "kling-3.0-pro")
    for _ in range(2):
        await tab.send(PromptState.generate, "A ridge", TOKEN)
    sheet = page(tab, PromptState)["confirm"]
    assert (sheet["total"], sheet["token"]) == ("$0.84", TOKEN)
    assert [line["name"] for line in sheet["prices"]] == ["Animatic", "Kling 3.0 Pro"]
    assert "your limit of $0.50" in sheet["reason"]
    assert clips(deployment, ada) == []

    for _ in range(2):
        await tab.send(PromptState.generate, "A ridge", TOKEN, sheet["sum"])
    assert len(clips(deployment, ada)) == 2
    assert page(tab, PromptState)["confirm"]["sum"] == ""


@pytest.mark.spec("P9")
async def test_only_the_very_click_and_sum_that_were_confirmed_are_spent_without_another_question(
    tab: Tab, deployment: Workspace, ada: Account, asks_above: Callable[[int | None], None]
) -> None:
    asks_above(500_000)
    await tab.send(PromptState.toggle_model, "kling-3.0-pro")
    await tab.send(PromptState.generate, "A ridge", TOKEN, "1+0")
    sheet = page(tab, PromptState)["confirm"]
    assert clips(deployment, ada) == [], "a forged sum confirms nothing"
    await tab.send(PromptState.generate, "A ridge", TOKEN, sheet["sum"])
    await tab.send(PromptState.generate, "The same sum again", "second click")
    assert page(tab, PromptState)["confirm"]["token"] == "second click", "one answer is for one click"
    assert len(clips(deployment, ada)) == 2
    await tab.send(ModelPanelState.open_settings, "kling-3.0-pro")
    await tab.send(ModelPanelState.change_setting, "duration", "10")
    await tab.send(PromptState.generate, "Another sum", "third click")
    assert page(tab, PromptState)["confirm"]["sum"] not in {"", sheet["sum"]}
    assert len(clips(deployment, ada)) == 2
    await tab.send(PromptState.spend_nothing)
    assert page(tab, PromptState)["confirm"]["sum"] == ""


@pytest.mark.spec("P9")
async def test_the_smaller_of_the_members_and_the_admins_limit_counts(
    tab: Tab, deployment: Workspace, ada: Account, asks_above: Callable[[int | None], None]
) -> None:
    with deployment.db.write() as session:
        session.get_one(Account, ada.id).confirm_above_micro_usd = 600_000
    await tab.send(PromptState.toggle_model, "kling-3.0-pro")
    asks_above(700_000)
    await tab.send(PromptState.generate, "A ridge", TOKEN)
    assert "an admin set" in page(tab, PromptState)["confirm"]["reason"]
    asks_above(10_000)
    await tab.send(PromptState.generate, "A ridge", TOKEN)
    assert "your limit of $0.01" in page(tab, PromptState)["confirm"]["reason"]
    assert clips(deployment, ada) == []


@pytest.mark.parametrize("nonsense", ["5", -1, True, {"a": 1}, None, 1.5])
async def test_a_limit_that_is_no_number_asks_nothing(
    deployment: Workspace, ada: Account, nonsense: Any
) -> None:
    preferences.save(deployment.db, ada.id, ledger.ASK_ABOVE, nonsense)
    assert ledger.ask_limit(deployment.db, ada.id).micro_usd is None


async def test_every_answer_is_noticed_even_the_same_refusal_twice(tab: Tab) -> None:
    await tab.send(PromptState.generate, "", TOKEN)
    first = page(tab, PromptState)["answers"]
    await tab.send(PromptState.generate, "", TOKEN)
    assert page(tab, PromptState)["answers"] == first + 1


async def test_a_long_draft_does_not_grow_the_tabs_state(tab: Tab) -> None:
    await tab.send(PromptState.sync_text, "x" * 500_000)
    assert len(page(tab, PromptState)["text"]) == KEPT_CHARACTERS


async def test_a_locked_model_cannot_be_selected(
    tab: Tab, deployment: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("FAL_KEY")
    deployment.configure()
    await tab.send(PromptState.toggle_model, "kling-3.0-pro")
    assert not page(tab, PromptState)["lines"]["kling-3.0-pro"]["selected"]


@pytest.mark.spec("A1")
async def test_a_visitor_may_look_but_not_generate(
    deployment: Workspace, valkey: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_tab("", valkey, monkeypatch) as visitor:
        await visitor.send(PromptState.enter)
        await visitor.send(PromptState.toggle_model, "animatic")
        shown = page(visitor, PromptState)
        assert shown["lines"]["animatic"]["selected"]
        assert shown["faces"]["filled"]["label"] == "Sign in to generate"
        events = await visitor.send(PromptState.generate, "A ridge", TOKEN)
        assert "/sign-in" in str([event.payload for event in events])
        await visitor.send(PromptState.use_frame, "start_frame", "anything")
        assert "accepted" not in visitor.of(PromptState) or not visitor.of(PromptState)["accepted"]


# --- bringing back


@pytest.mark.spec("J8")
async def test_reuse_brings_prompt_model_settings_mode_and_frames_back(
    tab: Tab, deployment: Workspace, ada: Account
) -> None:
    shelf, asset_id = Shelf(deployment.db, ada.id), picture(deployment, ada)
    clip_id = shelf.put(
        model_id="kling-3.0-pro", mode="image", prompt="Embers", settings={"duration": "10", "audio": False}
    )
    with deployment.db.write() as session:
        session.add(ClipInput(clip_id=clip_id, role="start_frame", position=0, asset_id=asset_id))
    await tab.send(PromptState.reuse, clip_id)
    shown = page(tab, PromptState)
    assert (shown["text"], shown["mode"]) == ("Embers", "image")
    assert shown["text_version"]
    assert [name for name, line in shown["lines"].items() if line["selected"]] == ["kling-3.0-pro"]
    assert "10 s" in shown["lines"]["kling-3.0-pro"]["summary"]
    held = slot(tab, "start_frame")
    assert held is not None
    assert held["asset_id"] == asset_id


@pytest.mark.spec("J8")
async def test_reuse_leaves_out_a_frame_that_is_gone(tab: Tab, deployment: Workspace, ada: Account) -> None:
    asset_id = picture(deployment, ada, deleted_at=ada.created_at)
    clip_id = Shelf(deployment.db, ada.id).put(model_id="kling-3.0-pro", mode="image")
    with deployment.db.write() as session:
        session.add(ClipInput(clip_id=clip_id, role="start_frame", position=0, asset_id=asset_id))
    await tab.send(PromptState.reuse, clip_id)
    assert page(tab, PromptState)["mode"] == "image"
    assert slot(tab, "start_frame") is None
    assert page(tab, PromptState)["faces"]["filled"]["label"] == "Add Start Frame"


@pytest.mark.spec("A6")
async def test_another_members_clip_brings_nothing_back(tab: Tab, deployment: Workspace) -> None:
    bob = deployment.add_account("bob@example.com")
    clip_id = Shelf(deployment.db, bob.id).put(prompt="Bob's secret")
    for handler in (PromptState.reuse, PromptState.use_prompt):
        await tab.send(handler, clip_id)
    assert not page(tab, PromptState).get("text")
    assert set(said(tab)) == {"This clip is not there any more."}


@pytest.mark.spec("J8")
async def test_a_clip_of_a_model_that_is_not_offered_brings_its_prompt_back(
    tab: Tab, deployment: Workspace, ada: Account
) -> None:
    clip_id = Shelf(deployment.db, ada.id).put(model_id="gone-1.0", model_name="Gone 1.0", prompt="Embers")
    await tab.send(PromptState.reuse, clip_id)
    shown = page(tab, PromptState)
    assert shown["text"] == "Embers"
    assert shown["lines"]["animatic"]["selected"], "the selection stays"
    assert said(tab) == ["The prompt is back. Gone 1.0 is not offered here."]
