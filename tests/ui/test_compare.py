"""What Compare knows of its clips: only the account's own, what tells them apart, and who won."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from sorceress_video.jobs.queues import get_redis
from sorceress_video.library.tables import Account
from sorceress_video.ui.compare.state import CompareState
from sorceress_video.ui.gallery.state import GalleryState
from sorceress_video.ui.kit.toast import ToastState
from sorceress_video.ui.lightbox.state import LightboxState
from tests.http.workspace import Workspace, workspace
from tests.ui.gallery_library import PROMPT, Shelf
from tests.ui.tab import Tab, open_tab

__all__ = ["workspace"]

pytestmark = pytest.mark.spec("X4")


@pytest.fixture
def ada(workspace: Workspace) -> Account:
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


def sides(tab: Tab) -> list[str]:
    return [side["id"] for side in tab.of(CompareState).get("sides", [])]


async def test_the_table_marks_what_differs(tab: Tab, shelf: Shelf) -> None:
    first = shelf.put(model_id="kling-3.0-pro", settings={"duration": "5", "audio": True}, seed=1)
    second = shelf.put(
        model_id="kling-3.0-pro", settings={"duration": "10", "audio": True}, seed=2, cost_micro_usd=1_120_000
    )
    await tab.send(CompareState.open, [first, second])

    assert sides(tab) == [first, second]
    rows = {row["name"]: (row["values"], row["differs"]) for row in tab.of(CompareState)["rows"]}
    assert rows == {
        "Model": (["Kling 3.0 Pro"] * 2, False),
        "Prompt": ([PROMPT] * 2, False),
        "Mode": (["Text to Video"] * 2, False),
        "Output": (["1920 × 1080 · 5.0 s · 24 fps"] * 2, False),
        "Duration": (["5 s", "10 s"], True),
        "Native audio": (["On"] * 2, False),
        "Seed": (["1", "2"], True),
        "Cost": (["$0.56 billed", "$1.12 billed"], True),
        "Took": (["1 min 24 s"] * 2, False),
    }


async def test_clips_of_others_unfinished_ones_and_the_fifth_are_left_out(
    tab: Tab, shelf: Shelf, workspace: Workspace
) -> None:
    otto = workspace.add_account("otto@example.com")
    his = Shelf(workspace.db, otto.id).put(prompt="a secret")
    mine = shelf.fill(5)
    await tab.send(CompareState.open, [mine[0], his, shelf.put("running"), mine[1], mine[2]])
    assert sides(tab) == [mine[0], mine[1]]
    await tab.send(CompareState.open, [*mine, mine[0]])
    assert sides(tab) == mine[:4]
    assert "secret" not in repr(tab.shown)


@pytest.mark.parametrize("asked", [[], ["nobody", "x" * 900], [None, 3, {}], "abcd"])
async def test_what_names_no_two_clips_is_said_and_shows_nothing(tab: Tab, shelf: Shelf, asked: Any) -> None:
    await tab.send(CompareState.open, asked)
    assert sides(tab) == []
    assert "nothing to compare" in tab.of(CompareState)["problem"]


async def test_a_link_opens_its_clips_and_one_to_others_clips_says_so(
    tab: Tab, shelf: Shelf, workspace: Workspace
) -> None:
    otto = workspace.add_account("otto@example.com")
    his = Shelf(workspace.db, otto.id).fill(2)
    mine = shelf.fill(2)
    await tab.send(CompareState.enter, query=f"compare={','.join(mine)}")
    assert tab.of(CompareState)["linked"] == mine
    await tab.send(CompareState.enter, query=f"compare={','.join(his)}")
    assert tab.of(CompareState)["linked"] == []
    assert sides(tab) == []
    assert len(tab.of(ToastState)["toasts"]) == 1


async def test_the_winner_is_a_favourite_everywhere(tab: Tab, shelf: Shelf) -> None:
    first, second = shelf.fill(2)
    await tab.send(GalleryState.load)
    await tab.send(LightboxState.open, second)
    await tab.send(CompareState.open, [first, second])
    await tab.send(CompareState.favorite, second, True)

    assert [side["favorite"] for side in tab.of(CompareState)["sides"]] == [False, True]
    assert tab.of(LightboxState)["story"]["favorite"] is True
    assert [card["favorite"] for card in tab.of(GalleryState)["cards"]] == [True, False]


async def test_only_what_is_compared_can_win(tab: Tab, shelf: Shelf) -> None:
    first, second, third = shelf.fill(3)
    await tab.send(GalleryState.load)
    await tab.send(CompareState.open, [first, second])
    await tab.send(CompareState.favorite, third, True)
    assert not any(card["favorite"] for card in tab.of(GalleryState)["cards"])


async def test_signed_out_nothing_is_compared(
    workspace: Workspace, shelf: Shelf, valkey: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = shelf.fill(2)
    async with open_tab("", valkey, monkeypatch) as visitor:
        await visitor.send(CompareState.enter, query=f"compare={','.join(mine)}")
        await visitor.send(CompareState.open, mine)
        assert sides(visitor) == []
